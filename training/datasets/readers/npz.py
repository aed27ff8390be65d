"""Datasets in one npz file, as x_train, y_train, x_test and y_test or under other names, or in npz files of one array each."""

import zipfile
from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.datasets.contents import BYTES, start
from training.datasets.dataset import DatasetError
from training.datasets.raw import NAME_WORDS, TRAIN, Part, Raw, may_name_classes, paired, set_of_name, words
from training.datasets.readers import reader


def _is_npz(path: Path) -> bool:
    """Whether it is an archive with arrays in it; a damaged one counts if it is called so."""
    if path.is_dir():
        return len(_single(path)) > 1
    if not start(path).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return path.suffix == ".npz" or any(name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return path.suffix == ".npz"


@reader("npz", _is_npz)
def read(path: Path) -> Raw:
    """The arrays of an npz file, or of several that hold one each. Raises DatasetError."""
    beside = {
        name: file for name, file in _single(path if path.is_dir() else path.parent).items() if _of_set(name, path)
    }
    if path.is_dir() or (len(beside) > 1 and path.stem in beside):
        return _read_files(beside)
    try:
        shapes = arrays.shapes(path)
        pairs = paired([name for name in shapes if not NAME_WORDS & set(words(name))], shapes)
        wanted = [name for pair in pairs.values() for name in pair]
        named = [name for name in shapes if name not in wanted and may_name_classes(name, shapes[name])][:1]
        wanted += named
        loaded = arrays.read(path, wanted, BYTES)
    except arrays.ArraysError as error:
        raise DatasetError(f"{error}.") from error
    for name in wanted:
        if not loaded[name].ndim:
            raise DatasetError(f"the array {name} is a single value, not one for each digit.")
    parts = {part: Part(loaded[x], loaded[y], x, y) for part, (x, y) in pairs.items()}
    left_out = tuple(name for name in shapes if name not in wanted)
    names = [_text(name) for name in loaded[named[0]]] if named else None
    return Raw(parts, ("array", next(iter(pairs.values()))[1] if TRAIN in pairs else "labels"), names, left_out)


def _shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of a file's arrays; none where it is damaged."""
    try:
        return arrays.shapes(path)
    except arrays.ArraysError:
        return {}


def _single(folder: Path) -> dict[str, Path]:
    """The npz files of a folder that hold one array each, as KMNIST's do, by name."""
    return {path.stem: path for path in sorted(folder.glob("*.npz"))[:100] if len(_shapes(path)) == 1}


def _of_set(name: str, path: Path) -> bool:
    """Whether a file belongs to what was named: a folder, or a file of the same set."""
    return path.is_dir() or set_of_name(name) == set_of_name(path.stem)


def _read_files(files: dict[str, Path]) -> Raw:
    """A set of files by name."""
    sets = {set_of_name(name) for name in files}
    if len(sets) > 1:
        raise DatasetError(
            f"the folder holds several sets of npz files ({', '.join(sorted(sets))}): name a file of one."
        )
    shapes = {name: next(iter(_shapes(file).values())) for name, file in files.items()}
    pairs, loaded, left = paired(shapes, shapes), {}, BYTES
    try:
        for name in (name for pair in pairs.values() for name in pair):
            loaded[name] = next(iter(arrays.read(files[name], list(_shapes(files[name])), left).values()))
            left -= loaded[name].nbytes
    except arrays.ArraysError as error:
        raise DatasetError(f"{error}.") from error
    parts = {part: Part(loaded[x], loaded[y], f"{x}.npz", f"{y}.npz") for part, (x, y) in pairs.items()}
    left_out = tuple(f"{name}.npz" for name in files if name not in loaded)
    return Raw(parts, ("file", f"{next(iter(pairs.values()))[1]}.npz"), left_out=left_out)


def _text(name: np.generic) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
