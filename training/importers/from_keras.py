"""Networks of Keras: .keras files, HDF5 files with a network or weights alone, and descriptions as JSON."""

import stat
import zipfile
from pathlib import Path
from typing import Any

from models import limited
from models.weights_file import INSIDE, MAX_BYTES, SECONDS
from training.importers import importer, keras_config
from training.importers.parts import MAX_TEXT, Network, Part, UnreadableError, content, head, load_json
from training.importers.unpacking import check_size

HDF5 = b"\x89HDF\r\n\x1a\n"
CONFIG = "config.json"


def _is_keras(path: Path) -> bool:
    if path.is_dir() or (not head(path).startswith(b"PK") and path.suffix != ".keras"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return path.suffix == ".keras" or {CONFIG, INSIDE} <= set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return path.suffix == ".keras"


@importer("Keras", _is_keras)
def read(path: Path) -> list[Part]:
    """The network in a .keras file."""
    if head(path).startswith(HDF5):
        return read_hdf5(path)
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if member.filename in (CONFIG, INSIDE)]
            if sorted(member.filename for member in members) != [CONFIG, INSIDE]:
                raise UnreadableError("is not a model of Keras: it has no description, or no weights")
            if any(stat.S_ISLNK(member.external_attr >> 16) for member in archive.infolist()):
                raise UnreadableError("holds a link, which could lead anywhere")
            check_size(members, path.stat().st_size, MAX_BYTES)
            if archive.getinfo(CONFIG).file_size > MAX_TEXT:
                raise UnreadableError("has a description that is too long")
            config = load_json(archive.read(CONFIG))
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise UnreadableError("is damaged: it is not a whole .keras file") from error
    described, keys = keras_config.described(config)
    settings = keras_config.settings(config.get("compile_config"))
    _look(path)
    return [Part("Keras model", path, Network(_options(described), path, keys), settings=settings)]


@importer(
    "Keras in HDF5", lambda path: head(path).startswith(HDF5) or (path.suffix in (".h5", ".hdf5") and path.is_file())
)
def read_hdf5(path: Path) -> list[Part]:
    """The network in an HDF5 file, or the weights in one."""
    if not head(path).startswith(HDF5):
        raise UnreadableError("is damaged: it is not an HDF5 file")
    if path.stat().st_size > 2 * MAX_BYTES:
        raise UnreadableError(
            f"has {path.stat().st_size / 1e6:,.0f} MB, and {2 * MAX_BYTES // 10**6:,} MB at most are read"
        )
    inspected = _look(path)
    if inspected["config"] is None:
        return [Part("weights of Keras", path, Network(None, path))]
    described, keys = keras_config.described(load_json(inspected["config"]))
    settings = keras_config.settings(load_json(inspected["training"])) if inspected["training"] else {}
    return [Part("Keras model in HDF5", path, Network(_options(described), path, keys), settings=settings)]


def _is_description(path: Path) -> bool:
    start = head(path)
    return start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b'"{')) and b"class_name" in start


@importer("Keras as JSON", _is_description)
def read_description(path: Path) -> list[Part]:
    """The description of a network that `model.to_json` wrote, perhaps by way of json.dump."""
    config = load_json(content(path))
    config = load_json(config) if isinstance(config, str) else config
    described, keys = keras_config.described(config)
    return [Part("Keras model as JSON", path, Network(_options(described), None, keys))]


def _options(described: dict[str, Any]) -> dict[str, Any]:
    from models.rebuilt import NAME

    return {"architecture": NAME, "options": described}


def _look(path: Path) -> dict[str, Any]:
    """What the weights in a file are, looked at in a process of its own. Raises UnreadableError."""
    answers = limited.ask("models.weights_file", {"path": str(path.resolve())}, SECONDS)
    if not answers:
        raise UnreadableError("is damaged, or takes more time or memory than is given to it")
    if "error" in answers[0]:
        raise UnreadableError(answers[0]["error"])
    return answers[0]
