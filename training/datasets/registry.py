"""The datasets: a table of names, each loaded as one `Dataset`; several joined by + are one."""

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from models.preprocessing.strokes import from_strokes
from training.datasets import kept
from training.datasets.dataset import Dataset, DatasetError, Report, of_digits
from training.datasets.drawings import from_bytes
from training.datasets.files import load_file
from training.datasets.generator import rewrite
from training.datasets.mnist import load_mnist
from training.datasets.understanding import Options

DRAWN = re.compile(r"drawn:(?P<file>.+?)(:(?P<count>\d{1,9}))?(:(?P<seed>\d{1,9}))?")
# a file or folder that somebody brings; npz:, its older name, means the same
FILE = re.compile(
    r"(?P<kind>npz|file):(?P<file>.+?)(?P<inverted>:inverted)?(?P<transposed>:transposed)?(:seed=(?P<seed>\d{1,9}))?"
)
MIN_DRAWINGS = 12  # drawings to learn from
COUNT, SEED = 6000, 1  # of digits that are written, where nothing else is asked for
GENERATED = f"generated:{COUNT}:{SEED}"  # what "generated" is in full
PREFIXES = ("drawn", "npz", "file", kept.PREFIX)  # of names that go on with what somebody brought
QUOTES = "\"'"


def load(name: str, download: bool = True, report: Report | None = None) -> Dataset:
    """The dataset called `name`. Raises DatasetError for an unknown name or one that cannot be had.

    name: an entry of DATASETS; generated:COUNT or generated:COUNT:SEED; drawn:FILE, drawn:FILE:COUNT or drawn:FILE:COUNT:SEED;
    file:FILE, perhaps with :inverted, :transposed and :seed=NUMBER behind it, in this order, where npz: may stand for file:;
    kept:NAME; or several of them joined by + whose training digits are put together, the test digits being those of the first. A
    FILE may begin with ~ and stand in quotes, which keep a + in it from joining. download: whether it may be fetched; report:
    called with the bytes received, and may raise to stop the download.
    """
    parts = split_name(name)
    if len(parts) > 1:
        return _joined([load(part, download, report) for part in parts])
    name = parts[0]
    if mine := DRAWN.fullmatch(name):
        return drawn(_path(mine["file"]), int(mine["count"] or COUNT), int(mine["seed"] or SEED))
    if brought := FILE.fullmatch(name):
        return _brought(brought)
    if name.startswith(f"{kept.PREFIX}:"):
        return kept.load(name.partition(":")[2])
    if name in DATASETS:
        return DATASETS[name](download, report)
    if name.partition(":")[0] not in DATASETS:
        if os.path.exists(name):
            raise DatasetError(f"There is no dataset '{name}'. Write file:{name} to open the file of that name.")
        raise DatasetError(f"There is no dataset '{name}'. Choose one of: {', '.join(DATASETS)}.")
    numbers = series(name)
    if numbers is None:
        raise DatasetError(f"There is no dataset '{name}'. Write generated:COUNT or generated:COUNT:SEED.")
    return generated(*numbers)


def split_name(name: str) -> list[str]:
    """The names that are joined in a name. A + joins where the name of a dataset follows it, outside quotes; another is part of
    a path."""
    alternatives = "|".join(re.escape(one) for one in DATASETS)
    joins = re.finditer(rf"\+\s*(?=(?:{alternatives})(?:[:+\s]|$)|(?:{'|'.join(PREFIXES)}):)", name)
    places = [place.span() for place in joins if name[: place.start()].count('"') % 2 == 0]
    starts, ends = [0, *(end for _, end in places)], [*(start for start, _ in places), len(name)]
    return [name[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def files_of(name: str) -> list[Path]:
    """The files that a dataset of that name is read from, as its name gives them; MNIST's own places aside."""
    files = []
    for part in split_name(name):
        if mine := DRAWN.fullmatch(part):
            files.append(Path(_path(mine["file"])))
        elif brought := FILE.fullmatch(part):
            files.append(Path(_path(brought["file"])))
    return files


def kept_files_of(name: str) -> list[Path]:
    """The files of the kept datasets in a name."""
    names = [part.partition(":")[2] for part in split_name(name) if part.startswith(f"{kept.PREFIX}:")]
    return [place for one in names if (place := kept.place(one))]


def switched(name: str, inverted: bool, transposed: bool) -> str:
    """The name of a dataset that is a file, or its path alone, with these switches."""
    named = FILE.fullmatch(name.strip())
    brought = named or FILE.fullmatch(f"file:{name.strip()}")
    if brought is None:
        return name
    path = _in_name(_path(brought["file"]))
    seed = "" if brought["seed"] is None else f":seed={brought['seed']}"
    start = f"{brought['kind']}:" if named else ""
    return f"{start}{path}{':inverted' * inverted}{':transposed' * transposed}{seed}"


def from_folder(name: str, folder: Path) -> str:
    """The name of a dataset, not joined, with a relative path in it taken from that folder."""
    if mine := DRAWN.fullmatch(name):
        rest = "".join(f":{mine[part]}" for part in ("count", "seed") if mine[part])
        return f"drawn:{_in_name(str(folder / _path(mine['file'])))}{rest}"
    brought = FILE.fullmatch(name)
    return _named(brought, str(folder / _path(brought["file"]))) if brought else name


def written(name: str) -> int:
    """How many digits a dataset of that name has written for it; 0 where they are read."""
    count = 0
    for part in split_name(name):
        if mine := DRAWN.fullmatch(part):
            count += int(mine["count"] or COUNT)
        elif part.startswith("generated"):
            asked = part.split(":")[1:2]
            count += int(asked[0]) if asked and asked[0].isdecimal() else COUNT
    return count


def series(name: str) -> tuple[int, int] | None:
    """Count and seed of a dataset that the generator alone writes; None for any other name."""
    kind, *numbers = name.split(":")
    if kind != "generated" or len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        return None
    count, seed = (*map(int, numbers), *(COUNT, SEED)[len(numbers) :])
    return count, seed


def _path(text: str) -> str:
    """A path as it was typed or pasted, without blanks and quotes around it and with the home folder for ~."""
    bare = text.strip()
    if len(bare) > 1 and bare[0] == bare[-1] and bare[0] in QUOTES:
        bare = bare[1:-1].strip()
    return str(Path(bare).expanduser()) if bare.startswith("~") else bare


def _in_name(path: str) -> str:
    """A path as part of a dataset's name, in quotes where it would be read as a join or loses blanks."""
    brought = FILE.fullmatch(f"file:{path}")
    plain = len(split_name(f"file:{path}")) == 1 and path == _path(path) and brought and brought["file"] == path
    return path if plain else f'"{path}"'


def _brought(name: re.Match) -> Dataset:
    """The dataset of a name that FILE matched."""
    path, seed = _path(name["file"]), None if name["seed"] is None else int(name["seed"])
    options = Options(bool(name["inverted"]), bool(name["transposed"]), seed)
    return load_file(path, _named(name, path).removesuffix(f":seed={name['seed']}"), options)


def _named(name: re.Match, path: str) -> str:
    """The name that FILE matched with another path in it."""
    seed = "" if name["seed"] is None else f":seed={name['seed']}"
    return f"{name['kind']}:{_in_name(path)}{name['inverted'] or ''}{name['transposed'] or ''}{seed}"


def generated(count: int = COUNT, seed: int = SEED) -> Dataset:
    """Digits written by training/datasets/generator.py in the styles of many countries; the last sixth is for testing."""
    if not 60 <= count <= 1_000_000:
        raise DatasetError("From 60 to 1,000,000 digits can be generated.")
    from training.datasets.generator import generate

    images, labels, _styles = generate(count, seed)
    split = np.where(np.arange(count) < count - count // 6, "train", "test")
    return of_digits(f"generated:{count}:{seed}", images, labels, split, "strokes in many styles")


def drawn(file: str, count: int = COUNT, seed: int = SEED) -> Dataset:
    """Drawings of a user's own, from the file that the page Draw gives, each written again in many ways.

    Those of every sixth drawing are for testing, so that no drawing is on both sides.
    """
    try:
        drawings = from_bytes(Path(file).read_bytes())
    except OSError as error:
        raise DatasetError(f"The file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DatasetError(f"{file}: {error}") from error
    if len(drawings) < MIN_DRAWINGS:
        raise DatasetError(f"{file} holds {len(drawings)} drawings; a dataset needs at least {MIN_DRAWINGS}.")
    if not 60 <= count <= 1_000_000:
        raise DatasetError("From 60 to 1,000,000 digits can be written.")
    number = np.arange(count) % len(drawings)
    order = np.argsort(number % 6 == 5, kind="stable")  # those for training first
    rng = np.random.default_rng([seed, len(drawings)])
    images = [
        from_strokes(rewrite(drawings[n].strokes, rng, rng.uniform(0.2, 1.2)), rng.uniform(1.6, 3.0)) for n in number
    ]
    labels = np.array([drawings[n].label for n in number], np.uint8)
    split = np.where(number[order] % 6 == 5, "test", "train")
    name = f"drawn:{_in_name(file)}:{count}:{seed}"
    return of_digits(name, np.stack(images)[order], labels[order], split, "drawings of a user's own")


def part_of(parts: Sequence[tuple[str, int]], index: int) -> tuple[str, int]:
    """The dataset that a training digit is of, and its number there. parts: as Dataset keeps them. Raises DatasetError."""
    for name, count in parts:
        if 0 <= index < count:
            return name, index
        index -= count
    raise DatasetError("The dataset has no such digit.")


def generated_digit(name: str, number: int) -> np.ndarray:
    """The picture (height, width) uint8 of a digit of `generated:COUNT:SEED`, written anew without the others."""
    from training.datasets.generator import picture

    return picture(number, int(name.split(":")[2]))


def _joined(parts: list[Dataset]) -> Dataset:
    """The training digits of all parts and the test digits of the first."""
    first = parts[0]
    for part in parts[1:]:
        if part.input_shape != first.input_shape:
            sizes = " and ".join("{} x {}".format(*one.input_shape) for one in (first, part))
            raise DatasetError(
                f"{first.name} and {part.name} cannot be joined: their pictures are of different sizes, {sizes}."
            )
        if part.class_names != first.class_names:
            classes = " and ".join(f"{len(one.class_names)}" for one in (first, part))
            raise DatasetError(
                f"{first.name} and {part.name} cannot be joined: they have different classes, {classes} in number."
            )
    pieces = [part.part("train") for part in parts] + [first.part("test")]
    images, labels = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    taught = sum(len(piece[1]) for piece in pieces[:-1])
    split = np.where(np.arange(len(labels)) < taught, "train", "test")
    source = ", ".join(part.source for part in parts)
    names = {"class_names": first.class_names, "parts": tuple(pair for part in parts for pair in part.parts)}
    return of_digits("+".join(part.name for part in parts), images, labels, split, source, **names)


def load_digits(download: bool = True, report: Report | None = None) -> Dataset:
    """scikit-learn's digits: 1,797 of 8 x 8 pixels, from the UCI optical digits; the first 1,000 are for training."""
    from sklearn.datasets import load_digits as bundled

    bunch = bundled()
    images = (bunch.images * 15).astype(np.uint8)  # 0 to 16 become 0 to 240, without rounding
    split = np.where(np.arange(len(images)) < 1000, "train", "test")
    return of_digits("digits", images, bunch.target.astype(np.uint8), split, "scikit-learn")


def load_generated(download: bool = True, report: Report | None = None) -> Dataset:
    """Digits that a program writes, in the styles of many countries: 6,000 of 28 x 28 pixels, or any number."""
    return generated()


DATASETS: dict[str, Callable[[bool, Report | None], Dataset]] = {
    "mnist": load_mnist,
    "digits": load_digits,
    "generated": load_generated,
}
