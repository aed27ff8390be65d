"""The datasets: a table of names, each loaded as one `Dataset`.

MNIST is looked for in the file or folder named by MNIST_ATELIER_DATA, then in Keras's own cache, then downloaded into
that cache. A file counts as MNIST only if its arrays are MNIST's, bit for bit; any other is refused with a reason.
"""

import hashlib
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA_VARIABLE = "MNIST_ATELIER_DATA"
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"  # as in keras.datasets.mnist
MNIST_SHA256 = (
    "c2069063c1105f2bf96266aef1ff68c6e13bdda7a54e37bf19c16f1db24efc83"  # images, then labels; see content_hash
)
MNIST_SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}
MNIST_BYTES = 60_000_000  # more than the arrays take unpacked: a file that declares more is not unpacked

Report = Callable[[int, int], None]  # bytes received, bytes in all (0 where unknown)


class DatasetError(Exception):
    """A dataset that cannot be had, in a sentence a user can act on."""


@dataclass(frozen=True)
class Dataset:
    """Labelled digits, training part first.

    images: (n, height, width) uint8, 0 is background; labels: (n,) uint8; split: (n,) "train" or "test";
    sha256: of the arrays; source: where they came from; refused: files passed over on the way, with the reason.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    class_names: tuple[str, ...]
    sha256: str
    source: str
    refused: tuple[str, ...] = ()

    def part(self, split: str) -> tuple[np.ndarray, np.ndarray]:
        """Images and labels of "train" or "test"."""
        chosen = self.split == split
        return self.images[chosen], self.labels[chosen]

    def where(self, split: str | None = None, label: int | None = None) -> np.ndarray:
        """Indices of the digits of that split and label; None is any."""
        chosen = np.ones(len(self.labels), bool)
        if split is not None:
            chosen &= self.split == split
        if label is not None:
            chosen &= self.labels == label
        return np.flatnonzero(chosen)

    @property
    def input_shape(self) -> tuple[int, int]:
        """Height and width of a picture in pixels."""
        return self.images.shape[1:]


def load(name: str, download: bool = True, report: Report | None = None) -> Dataset:
    """The dataset called `name`. Raises DatasetError for an unknown name or one that cannot be had.

    name: an entry of DATASETS; generated:COUNT or generated:COUNT:SEED; or several of them joined by + whose training
    digits are put together, the test digits being those of the first. download: whether it may be fetched; report: called
    with the bytes received, and may raise to stop the download.
    """
    if "+" in name:
        return _joined(name, [load(part, download, report) for part in name.split("+")])
    known, *numbers = name.split(":")
    if known not in DATASETS:
        raise DatasetError(f"There is no dataset '{name}'. Choose one of: {', '.join(DATASETS)}.")
    if not numbers:
        return DATASETS[known](download, report)
    if known != "generated" or len(numbers) > 2 or not all(number.isdecimal() for number in numbers):
        raise DatasetError(f"There is no dataset '{name}'. Write generated:COUNT or generated:COUNT:SEED.")
    return generated(*map(int, numbers))


def generated(count: int = 6000, seed: int = 1) -> Dataset:
    """Digits written by training/handwriting.py in the styles of many countries; the last sixth is for testing."""
    if not 60 <= count <= 1_000_000:
        raise DatasetError("From 60 to 1,000,000 digits can be generated.")
    from training.handwriting import generate

    images, labels, _styles = generate(count, seed)
    split = np.where(np.arange(count) < count - count // 6, "train", "test")
    return _dataset("generated", images, labels, split, "strokes in many styles")


def training_digit(name: str, index: int) -> tuple[str, int, np.ndarray | None]:
    """Of a training digit of the dataset `name`: which dataset it is of, its number there, and its picture if it is written anew.

    MNIST's digits are not read here, for whoever asks has them open already or has not got them.
    """
    for part in name.split("+"):
        known, *numbers = part.split(":")
        count, seed = (int(number) for number in [*numbers, *("6000", "1")[len(numbers) :]])
        size = {"mnist": 60_000, "digits": 1000, "generated": count - count // 6}.get(known, 0)
        if index < size:
            from training.handwriting import picture

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
    return _dataset(name, images, labels, split, ", ".join(part.source for part in parts))


def load_mnist(download: bool = True, report: Report | None = None) -> Dataset:
    """MNIST: 70,000 handwritten digits of 28 x 28 pixels, LeCun, Cortes and Burges."""
    refused = []
    for path in mnist_places():
        try:
            return read_mnist(path, tuple(refused))
        except FileNotFoundError:
            continue
        except DatasetError as error:
            refused.append(str(error))
    if not download:
        raise DatasetError(" ".join(["MNIST is not on this machine.", *refused, HOW_TO_BRING]))
    return read_mnist(download_mnist(report), tuple(refused))


HOW_TO_BRING = (
    f"Put mnist.npz into a folder and name that folder in the variable {DATA_VARIABLE}, or copy the file to "
    "~/.keras/datasets, or connect this machine and try the download again."
)


def load_digits(download: bool = True, report: Report | None = None) -> Dataset:
    """scikit-learn's digits: 1,797 of 8 x 8 pixels, from the UCI optical digits; the first 1,000 are for training."""
    from sklearn.datasets import load_digits as bundled

    found = bundled()
    images = (found.images * 15).astype(np.uint8)  # 0 to 16 become 0 to 240, without rounding
    split = np.where(np.arange(len(images)) < 1000, "train", "test")
    return _dataset("digits", images, found.target.astype(np.uint8), split, "scikit-learn")


def load_generated(download: bool = True, report: Report | None = None) -> Dataset:
    """Digits that a program writes, in the styles of many countries: 6,000 of 28 x 28 pixels, or any number."""
    return generated()


DATASETS: dict[str, Callable[[bool, Report | None], Dataset]] = {
    "mnist": load_mnist,
    "digits": load_digits,
    "generated": load_generated,
}


def mnist_places() -> list[Path]:
    """The files that could be MNIST on this machine, in the order in which they are tried."""
    named = os.environ.get(DATA_VARIABLE)
    places = [Path(named) / "mnist.npz" if Path(named).is_dir() else Path(named)] if named else []
    return [*places, keras_cache() / "mnist.npz"]


def keras_cache() -> Path:
    """Folder in which Keras keeps its datasets."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"


def read_mnist(path: Path, refused: tuple[str, ...] = ()) -> Dataset:
    """MNIST from the file `path`. Raises FileNotFoundError, or DatasetError where the file is not MNIST."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MNIST_BYTES:
                raise DatasetError(f"{path} was refused: it unpacks to more than MNIST holds.")
        with np.load(path, allow_pickle=False) as arrays:
            parts = {name: arrays[name] for name in MNIST_SHAPES}
    except FileNotFoundError:
        raise
    except KeyError as error:
        raise DatasetError(f"{path} was refused: it has no array {error.args[0].split()[0]}.") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zipfile.zlib.error) as error:
        raise DatasetError(f"{path} was refused: it is no readable npz file ({error}).") from error
    for name, shape in MNIST_SHAPES.items():
        if parts[name].shape != shape or parts[name].dtype != np.uint8:
            wrong = f"{parts[name].shape} {parts[name].dtype}"
            raise DatasetError(f"{path} was refused: {name} is {wrong}, not {shape} uint8.")
    images = np.concatenate([parts["x_train"], parts["x_test"]])
    labels = np.concatenate([parts["y_train"], parts["y_test"]])
    found = _dataset("mnist", images, labels, np.repeat(["train", "test"], [60000, 10000]), str(path), refused)
    if found.sha256 != MNIST_SHA256:
        raise DatasetError(f"{path} was refused: its digits differ from MNIST's published ones.")
    return found


def download_mnist(report: Report | None = None) -> Path:
    """Fetch mnist.npz into Keras's cache, checked against its published hash. Raises DatasetError."""
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    downloader = pooch.HTTPDownloader(progressbar=_Reporter(report) if report else False, timeout=15, chunk_size=65536)
    try:
        path = pooch.retrieve(
            MNIST_URL, f"sha256:{MNIST_FILE_SHA256}", path=keras_cache(), fname="mnist.npz", downloader=downloader
        )
    except (requests.RequestException, OSError, ValueError) as error:
        reason = "its hash is not the published one" if isinstance(error, ValueError) else type(error).__name__
        raise DatasetError(f"MNIST could not be downloaded ({reason}). {HOW_TO_BRING}") from error
    return Path(path)


class _Reporter:
    """What pooch calls a progress bar: passes the bytes received on to a Report."""

    total = 0

    def __init__(self, report: Report):
        self.report, self.received = report, 0

    def update(self, received: int) -> None:
        self.received += received
        self.report(min(self.received, self.total or self.received), self.total)

    def reset(self) -> None:
        self.received = 0

    def close(self) -> None:
        pass


def _dataset(name, images, labels, split, source, refused=()) -> Dataset:
    names = tuple(str(digit) for digit in range(10))
    return Dataset(name, images, labels, split, names, content_hash(images, labels), source, refused)


def content_hash(images: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256, in hexadecimal, of the images' bytes followed by the labels' bytes."""
    digest = hashlib.sha256(np.ascontiguousarray(images))
    digest.update(np.ascontiguousarray(labels))
    return digest.hexdigest()
