"""What a dataset is: labelled digits, the same arrays for whoever asks."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Report = Callable[[int, int], None]  # bytes received, bytes in all (0 where unknown)


TEN = tuple(str(digit) for digit in range(10))


class DatasetError(Exception):
    """A dataset that cannot be had, in a sentence a user can act on."""


@dataclass(frozen=True)
class Facts:
    """What was understood of a file that somebody brought.

    form: of the reader; train, test: digits in each part; labels_from: where the labels stood, as kind and name; labels_as:
    "numbers", "text", "one-hot" or "names"; low, high: the values in the file that became 0 and 255; layout: "grey", "flat" or
    "colour"; resized: whether the pictures were brought to one size; seed: of the split, where the file has one part alone;
    looks_inverted, looks_transposed: what is suspected of the digits as the file has them; inverted, transposed: what was asked
    for and done; left_out: what was found and not used.
    """

    form: str
    train: int
    test: int
    labels_from: tuple[str, str]
    labels_as: str
    low: float
    high: float
    layout: str
    resized: bool = False
    seed: int | None = None
    looks_inverted: bool = False
    looks_transposed: bool = False
    inverted: bool = False
    transposed: bool = False
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """Labelled digits, training part first.

    name: with all that decides which digits it holds, such as generated:6000:1; images: (n, height, width) uint8, 0 is
    background; labels: (n,) uint8; split: (n,) "train" or "test"; sha256: of the arrays; source: where they came from; refused:
    files passed over on the way, with the reason; parts: where several were joined, the name of each and how many of the training
    digits are its own, in their order; facts: what was understood of a file that somebody brought.
    """

    name: str
    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    class_names: tuple[str, ...]
    sha256: str
    source: str
    refused: tuple[str, ...] = ()
    parts: tuple[tuple[str, int], ...] = ()
    facts: Facts | None = None

    @cached_property
    def test_sha256(self) -> str:
        """SHA-256 of the test part: two runs answered the same digits if it is the same for both, whatever the name."""
        return content_hash(*self.part("test"))

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


def of_digits(name, images, labels, split, source, refused=(), class_names=TEN, parts=(), facts=None) -> Dataset:
    """A dataset with its arrays hashed; see Dataset."""
    parts = parts or ((name, int((split == "train").sum())),)
    return Dataset(
        name, images, labels, split, class_names, content_hash(images, labels), source, refused, parts, facts
    )


def content_hash(images: np.ndarray, labels: np.ndarray) -> str:
    """SHA-256, in hexadecimal, of the images' bytes followed by the labels' bytes."""
    digest = hashlib.sha256(np.ascontiguousarray(images).data)
    digest.update(np.ascontiguousarray(labels).data)
    return digest.hexdigest()
