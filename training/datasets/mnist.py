"""Where MNIST is found: a named file or folder, Keras's own cache, or a download into that cache.

A file counts as MNIST only if its arrays are MNIST's, bit for bit; any other is refused with a reason.
"""

import os
from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.datasets.dataset import Dataset, DatasetError, Report, of_digits

DATA_VARIABLE = "MNIST_ATELIER_DATA"
MNIST_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
MNIST_FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"  # as in keras.datasets.mnist
MNIST_SHA256 = (
    "c2069063c1105f2bf96266aef1ff68c6e13bdda7a54e37bf19c16f1db24efc83"  # images, then labels; see content_hash
)
MNIST_SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}
MNIST_BYTES = 60_000_000  # more than the arrays take unpacked: a file that declares more is not unpacked


def load_mnist(download: bool = True, report: Report | None = None) -> Dataset:
    """MNIST: 70,000 handwritten digits of 28 x 28 pixels, LeCun, Cortes and Burges."""
    refused: list[str] = []
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
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        parts = arrays.read(path, MNIST_SHAPES, MNIST_BYTES)
    except arrays.ArraysError as error:
        raise DatasetError(f"{path} was refused: {error}.") from error
    for name, shape in MNIST_SHAPES.items():
        if parts[name].shape != shape or parts[name].dtype != np.uint8:
            wrong = f"{parts[name].shape} {parts[name].dtype}"
            raise DatasetError(f"{path} was refused: {name} is {wrong}, not {shape} uint8.")
    images = np.concatenate([parts["x_train"], parts["x_test"]])
    labels = np.concatenate([parts["y_train"], parts["y_test"]])
    dataset = of_digits("mnist", images, labels, np.repeat(["train", "test"], [60000, 10000]), str(path), refused)
    if dataset.sha256 != MNIST_SHA256:
        raise DatasetError(f"{path} was refused: its digits differ from MNIST's published ones.")
    return dataset


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
