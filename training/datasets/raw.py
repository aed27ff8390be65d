"""What a reader finds in a file, before anything of it is understood: arrays as they are, by part."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from training.datasets.dataset import DatasetError

TRAIN, TEST = "train", "test"
PART_WORDS = {"train": TRAIN, "training": TRAIN, "tr": TRAIN, "test": TEST, "testing": TEST, "te": TEST, "t10k": TEST}
PART_WORDS |= {"val": "", "valid": "", "validation": ""}
PICTURE_WORDS = {"x", "image", "images", "img", "imgs", "picture", "pictures", "data", "pixels", "features"}
LABEL_WORDS = {"y", "label", "labels", "target", "targets", "class", "classes", "category"}
NAME_WORDS = {"names", "name", "classnames", "labelnames", "targetnames"}
MANY_NAMES = 100  # names in an array of the classes' names, at most


@dataclass(frozen=True)
class Part:
    """Pictures and labels of one part, whatever their shape and type, and what the file calls them."""

    pictures: np.ndarray
    labels: np.ndarray
    pictures_name: str = "the pictures"
    labels_name: str = "the labels"


@dataclass(frozen=True)
class Raw:
    """What a file holds. parts: by "train" and "test", or one alone; labels_from: where the labels stood, as kind and name, such
    as ("column", "label"); class_names: by label, where the file gives them; left_out: what was found and not used; resized:
    whether the reader brought pictures of other sizes to one."""

    parts: dict[str, Part]
    labels_from: tuple[str, str]
    class_names: Sequence[str] | None = None
    left_out: tuple[str, ...] = ()
    resized: bool = False


def words(name: str) -> list[str]:
    """The words of a name, in small letters: x_train, trainX, train-images-idx3-ubyte."""
    pieces = []
    for word in re.findall(r"t10k|[A-Z]?[a-z]+|[A-Z]+|\d+", name):
        word = word.lower()
        glued = word[1:] in PART_WORDS and word[0] in "xy"
        pieces += [word[0], word[1:]] if glued else [word]
    return pieces


def part_of_name(name: str) -> str | None:
    """ "train" or "test" as a name says it; "" where it names another part, None where it names none."""
    return next((PART_WORDS[word] for word in words(name) if word in PART_WORDS), None)


def set_of_name(name: str) -> str:
    """What a file's name says beside its part and kind, such as emnist-letters: files of one set have it in common."""
    kinds = PICTURE_WORDS | LABEL_WORDS | {"idx", "ubyte", "gz", "npz", "1", "3"}
    return "-".join(word for word in words(name) if word not in kinds and word not in PART_WORDS)


def may_name_classes(name: str, shape: tuple[int, ...]) -> bool:
    """Whether an array, by its name and shape, may hold the names of the classes."""
    own = set(words(name))
    listed = len(shape) == 1 and shape[0] <= MANY_NAMES and not own & {"feature", "features", "pixel", "file"}
    return listed and bool(own & (NAME_WORDS | LABEL_WORDS))


def paired(names: Iterable[str], shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[str, str]]:
    """The names of pictures and labels by part, from what the names say, else from the shapes of two or four arrays.

    Raises DatasetError where neither tells.
    """
    names = list(names)
    pictures = {part_of_name(name): name for name in names if PICTURE_WORDS & set(words(name))}
    pairs = {}
    for part in (None, TRAIN, TEST):
        labels = [name for name in names if part_of_name(name) == part and LABEL_WORDS & set(words(name))]
        labels = [name for name in labels if name not in pictures.values()]
        if part in pictures and labels:
            count = shapes[pictures[part]][:1]
            pairs[part or TRAIN] = (
                pictures[part],
                next((name for name in labels if shapes[name][:1] == count), labels[0]),
            )
    if pairs:
        return pairs
    listed = ", ".join(names[:8]) or "nothing"
    deep = [name for name in names if len(shapes[name]) > 2 or (len(shapes[name]) == 2 and shapes[name][1] >= 64)]
    flat = [name for name in names if name not in deep and len(shapes[name]) in (1, 2)]
    if len(deep) == len(flat) in (1, 2):
        pairs = dict(zip((TRAIN, TEST), zip(deep, flat, strict=True), strict=False))
        if all(shapes[x][0] == shapes[y][0] for x, y in pairs.values()):
            return pairs
    raise DatasetError(
        f"no pictures with their labels were found among {listed}: name the arrays x_train, y_train, x_test and y_test."
    )
