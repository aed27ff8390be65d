"""The datasets: a table of names, each loaded as one `Dataset`; several joined by + are one."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.preprocessing.strokes import from_strokes
from training.datasets.dataset import Dataset, DatasetError, Report, of_digits
from training.datasets.drawings import from_bytes
from training.datasets.generator import rewrite
from training.datasets.mnist import load_mnist
from training.datasets.npz import load_npz

DRAWN = re.compile(r"drawn:(?P<file>.+?)(:(?P<count>\d{1,9}))?(:(?P<seed>\d{1,9}))?")
FEWEST = 12  # drawings to learn from


def load(name: str, download: bool = True, report: Report | None = None) -> Dataset:
    """The dataset called `name`. Raises DatasetError for an unknown name or one that cannot be had.

    name: an entry of DATASETS; generated:COUNT or generated:COUNT:SEED; drawn:FILE, drawn:FILE:COUNT or
    drawn:FILE:COUNT:SEED; npz:FILE; or several of them joined by + whose training digits are put together, the test digits being
    those of the first. download: whether it may be fetched; report: called
    with the bytes received, and may raise to stop the download.
    """
    if "+" in name:
        return _joined(name, [load(part, download, report) for part in name.split("+")])
    if mine := DRAWN.fullmatch(name):
        return drawn(mine["file"], int(mine["count"] or 6000), int(mine["seed"] or 1))
    if name.startswith("npz:"):
        return load_npz(name.removeprefix("npz:"))
    known, *numbers = name.split(":")
    if known not in DATASETS:
        raise DatasetError(f"There is no dataset '{name}'. Choose one of: {', '.join(DATASETS)}.")
    if not numbers:
        return DATASETS[known](download, report)
    if known != "generated" or len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        raise DatasetError(f"There is no dataset '{name}'. Write generated:COUNT or generated:COUNT:SEED.")
    return generated(*map(int, numbers))


def generated(count: int = 6000, seed: int = 1) -> Dataset:
    """Digits written by training/datasets/generator.py in the styles of many countries; the last sixth is for testing."""
    if not 60 <= count <= 1_000_000:
        raise DatasetError("From 60 to 1,000,000 digits can be generated.")
    from training.datasets.generator import generate

    images, labels, _styles = generate(count, seed)
    split = np.where(np.arange(count) < count - count // 6, "train", "test")
    return of_digits("generated", images, labels, split, "strokes in many styles")


def drawn(file: str, count: int = 6000, seed: int = 1) -> Dataset:
    """Drawings of a user's own, from the file that the page Draw gives, each written again in many ways.

    Those of every sixth drawing are for testing, so that no drawing is on both sides.
    """
    try:
        drawings = from_bytes(Path(file).read_bytes())
    except OSError as error:
        raise DatasetError(f"The file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise DatasetError(f"{file}: {error}") from error
    if len(drawings) < FEWEST:
        raise DatasetError(f"{file} holds {len(drawings)} drawings. To learn from them takes {FEWEST} at least.")
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
    return of_digits(f"drawn:{file}", np.stack(images)[order], labels[order], split, "drawings of a user's own")


def training_digit(name: str, index: int) -> tuple[str, int, np.ndarray | None]:
    """Of a training digit of the dataset `name`: which dataset it is of, its number there, and its picture if it is written anew.

    MNIST's digits are not read here, for whoever asks has them open already or has not got them.
    """
    for part in name.split("+"):
        if part.startswith("drawn:"):  # from a file that is wherever it was
            return "drawn", index, None
        known, *numbers = part.split(":")
        count, seed = (int(number) for number in [*numbers, *("6000", "1")[len(numbers) :]])
        size = {"mnist": 60_000, "digits": 1000, "generated": count - count // 6}.get(known, 0)
        if index < size:
            from training.datasets.generator import picture

            return known, index, picture(index, seed) if known == "generated" else None
        index -= size
    raise DatasetError(f"The dataset '{name}' has no such digit.")


def _joined(name: str, parts: list[Dataset]) -> Dataset:
    """The training digits of all parts and the test digits of the first."""
    if len({part.input_shape for part in parts}) > 1:
        raise DatasetError(f"The datasets of '{name}' have pictures of different sizes.")
    pieces = [part.part("train") for part in parts] + [parts[0].part("test")]
    images, labels = (np.concatenate(arrays) for arrays in zip(*pieces, strict=True))
    taught = sum(len(piece[1]) for piece in pieces[:-1])
    split = np.where(np.arange(len(labels)) < taught, "train", "test")
    return of_digits(name, images, labels, split, ", ".join(part.source for part in parts))


def load_digits(download: bool = True, report: Report | None = None) -> Dataset:
    """scikit-learn's digits: 1,797 of 8 x 8 pixels, from the UCI optical digits; the first 1,000 are for training."""
    from sklearn.datasets import load_digits as bundled

    found = bundled()
    images = (found.images * 15).astype(np.uint8)  # 0 to 16 become 0 to 240, without rounding
    split = np.where(np.arange(len(images)) < 1000, "train", "test")
    return of_digits("digits", images, found.target.astype(np.uint8), split, "scikit-learn")


def load_generated(download: bool = True, report: Report | None = None) -> Dataset:
    """Digits that a program writes, in the styles of many countries: 6,000 of 28 x 28 pixels, or any number."""
    return generated()


DATASETS: dict[str, Callable[[bool, Report | None], Dataset]] = {
    "mnist": load_mnist,
    "digits": load_digits,
    "generated": load_generated,
}
