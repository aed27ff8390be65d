"""From what a reader found in a file to a Dataset, with the facts that were understood on the way."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from training.datasets import class_labels, looks, pixels
from training.datasets.dataset import Dataset, DatasetError, Facts, of_digits
from training.datasets.raw import TEST, TRAIN, Part, Raw

SEED = 1  # of a split, where none is asked for
TEST_SHARE = 6  # one digit in so many is for testing where a file has one part alone, as in MNIST nearly


@dataclass(frozen=True)
class Options:
    """What a dataset's name asks for: digits inverted, transposed, and the seed of a split."""

    inverted: bool = False
    transposed: bool = False
    seed: int | None = None


def understand(raw: Raw, form: str, name: str, source: str, options: Options) -> Dataset:
    """The dataset that a file holds. Raises DatasetError in a sentence without its beginning.

    form: of the reader; name: of the dataset, without a seed; source: where it came from.
    """
    parts = [raw.parts[part] for part in (TRAIN, TEST) if part in raw.parts]
    images, seen = _images(parts)
    bare = [class_labels.bare(part.labels_name, part.labels, len(part.pictures)) for part in parts]
    labels, class_names = class_labels.classes([array for array, _ in bare], raw.class_names)
    if len(parts) == 1:
        seen["seed"] = SEED if options.seed is None else options.seed
        images, labels = _split(images[0], labels[0], seen["seed"])
        name += f":seed={seen['seed']}"
    train, test = map(len, labels)
    digits, digit_labels = np.concatenate(images), np.concatenate(labels)
    seen |= _looks(digits, digit_labels, class_names)
    labels_as = class_labels.NAMED if raw.class_names is not None else bare[0][1]
    asked: dict[str, Any] = {"inverted": options.inverted, "transposed": options.transposed}
    from_reader: dict[str, Any] = {"labels_from": raw.labels_from, "resized": raw.resized, "left_out": raw.left_out}
    facts = Facts(form=form, train=train, test=test, labels_as=labels_as, **seen, **asked, **from_reader)
    split = np.repeat([TRAIN, TEST], [train, test])
    return of_digits(
        name, _switched(digits, options), digit_labels, split, source, class_names=class_names, facts=facts
    )


def _images(parts: list[Part]) -> tuple[list[np.ndarray], dict[str, Any]]:
    """The pictures of each part, (n, height, width) uint8, and how they stood in the file, as fields of Facts."""
    laid = [pixels.laid_out(part.pictures_name, part.pictures) for part in parts]
    if len({array.shape[1:] for array, _ in laid}) > 1:
        raise DatasetError("the training and the test part have pictures of different sizes: bring them to one size.")
    named = [(part.pictures_name, array) for part, (array, _) in zip(parts, laid, strict=True)]
    low, high = pixels.value_range(named)
    return [pixels.as_bytes(array, low, high) for array, _ in laid], {"low": low, "high": high, "layout": laid[0][1]}


def _looks(images: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...]) -> dict[str, Any]:
    """What is suspected of the pictures as the file has them, as fields of Facts."""
    inverted = looks.inverted(images)
    transposed = looks.transposed(255 - images if inverted else images, labels, class_names)
    return {"looks_inverted": inverted, "looks_transposed": transposed}


def _switched(images: np.ndarray, options: Options) -> np.ndarray:
    """The pictures as they were asked for."""
    images = 255 - images if options.inverted else images
    return np.ascontiguousarray(images.transpose(0, 2, 1)) if options.transposed else images


def _split(images: np.ndarray, labels: np.ndarray, seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Training and test digits, one in TEST_SHARE of each class being for testing, each part in the order of the file.

    A class of one digit is for training.
    """
    rng, tested = np.random.default_rng(seed), np.zeros(len(labels), bool)
    for label in np.unique(labels):
        own = rng.permutation(np.flatnonzero(labels == label))
        tested[own[: max(round(len(own) / TEST_SHARE), 1 if len(own) > 1 else 0)]] = True
    if not tested.any():
        raise DatasetError("there is one digit of each class: with so few none can be put aside for testing.")
    return [images[~tested], images[tested]], [labels[~tested], labels[tested]]
