"""Small datasets as people bring them: digits whose pixels and labels are known, in the forms that readers know."""

import gzip
import struct
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from training.datasets import registry
from training.datasets.dataset import DatasetError

TRAIN, TEST = 120, 30


def digits(side: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """The first of scikit-learn's digits, (150, side, side) uint8 from 0 to 255, and their labels."""
    found = load_digits()
    images = np.rint(found.images[: TRAIN + TEST] * 255 / 16).astype(np.uint8)
    return images.repeat(side // 8, axis=1).repeat(side // 8, axis=2), found.target[: TRAIN + TEST].astype(np.uint8)


def four(images=lambda x: x, labels=lambda y: y) -> dict[str, np.ndarray]:
    """x_train, y_train, x_test and y_test, changed by these functions."""
    x, y = digits()
    return {
        "x_train": images(x[:TRAIN]),
        "y_train": labels(y[:TRAIN]),
        "x_test": images(x[TRAIN:]),
        "y_test": labels(y[TRAIN:]),
    }


def write_csv(path: Path, images, labels=None, header=True, separator=",", label="label") -> Path:
    """A table with a line for each digit, the label first."""
    lines = []
    if header:
        names = [f"pixel{n}" for n in range(images[0].size)]
        lines.append(separator.join(names if labels is None else [label, *names]))
    for n, picture in enumerate(images):
        cells = [f"{value:g}" for value in picture.ravel()]
        lines.append(separator.join(cells if labels is None else [str(labels[n]), *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    """The contents of an IDX file. kind: the number of its type."""
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.tobytes()


def write_idx(folder: Path, images, labels, part: str = "train", packed: bool = True) -> Path:
    """Pictures and labels of a part; the path of the pictures."""
    names = [f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"]
    for name, array in zip(names, (images, labels), strict=True):
        content = idx(array)
        (folder / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    return folder / (names[0] + ".gz" * packed)


def refusal(name: str) -> str:
    """The sentence that refuses the dataset of that name; empty where it is loaded."""
    try:
        registry.load(name)
    except DatasetError as error:
        return str(error)
    return ""
