"""Labels as people keep them, numbers, text, one-hot, counted from anywhere, as classes numbered from 0 and their names."""

from collections.abc import Sequence

import numpy as np

from training.datasets.dataset import DatasetError

MAX_CLASSES = 100
NAME_LENGTH = 40  # characters of a class's name
NUMBERS, TEXT, ONE_HOT, NAMED = "numbers", "text", "one-hot", "names"


def bare(name: str, array: np.ndarray, count: int) -> tuple[np.ndarray, str]:
    """The labels of `count` digits as (n,) int64 or text, and how they were given. Raises DatasetError."""
    form = NUMBERS
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.dtype.kind in "buif" and len(array) == count:
        array, form = _from_one_hot(name, array), ONE_HOT
    if array.shape != (count,):
        raise DatasetError(
            f"{name} has the shape {array.shape}, but there are {count:,} pictures: one label each is needed."
        )
    if array.dtype.kind in "US":
        return _from_text(name, array)
    if array.dtype.kind == "f" and (not np.isfinite(array).all() or (array != np.rint(array)).any()):
        raise DatasetError(
            f"{name} holds fractions or empty values: give each digit the number or the name of its class."
        )
    if array.dtype.kind not in "buif":
        raise DatasetError(f"{name} holds {array.dtype} instead of numbers or names of classes.")
    if array.min() < 0 or array.max() > 1e9:
        raise DatasetError(
            f"{name} holds labels from {array.min():g} to {array.max():g}: leave out what has no label, and number the "
            "classes from 0."
        )
    return array.astype(np.int64), form


def _from_one_hot(name: str, array: np.ndarray) -> np.ndarray:
    if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1, dtype=np.int64) == 1).all()):
        raise DatasetError(
            f"{name} has the shape {array.shape} but is not one-hot: give each digit the number of its class."
        )
    return array.argmax(axis=1)


def _from_text(name: str, array: np.ndarray) -> tuple[np.ndarray, str]:
    texts = np.char.decode(array, "utf-8", "replace") if array.dtype.kind == "S" else array
    texts = np.char.strip(texts)
    if (texts == "").any():
        raise DatasetError(f"{name} has {int((texts == '').sum()):,} empty labels: leave out what has no label.")
    distinct = [str(text) for text in np.unique(texts)]
    if all(text.isascii() and text.isdecimal() and len(text) < 10 for text in distinct):
        return texts.astype(np.int64), NUMBERS
    return texts, TEXT


def classes(parts: Sequence[np.ndarray], names: Sequence[str] | None) -> tuple[list[np.ndarray], tuple[str, ...]]:
    """The labels of each part as (n,) uint8 and the names of the classes, which are those that occur.

    parts: of the training digits and, perhaps, of the test digits, as `bare` gives them; names: of all classes by number from 0
    or from 1, where known. Raises DatasetError.
    """
    if len({part.dtype.kind for part in parts}) > 1:
        parts = [part.astype(str) for part in parts]
    distinct = np.unique(np.concatenate(parts))
    if len(distinct) < 2:
        raise DatasetError(
            f"every digit is of the class {_name(distinct[0])}: there must be from 2 to {MAX_CLASSES} classes."
        )
    if len(distinct) > MAX_CLASSES:
        raise DatasetError(
            f"there are {len(distinct):,} different labels, and up to {MAX_CLASSES} classes are possible."
        )
    untaught = np.setdiff1d(distinct, parts[0])
    if len(untaught):
        count = int((parts[-1] == untaught[0]).sum())
        raise DatasetError(
            f"the class {_name(untaught[0])} is in the test part alone ({count:,} digits), so nothing can learn it: take it "
            "out there, or put some of it into the training part."
        )
    named = tuple(map(_name, distinct))
    if names is not None and distinct.dtype.kind == "i" and distinct[-1] <= len(names):
        first = 1 if distinct[-1] == len(names) else 0
        named = tuple(_name(names[int(label) - first]) for label in distinct) if distinct[0] >= first else named
    if len(set(named)) < len(named):
        raise DatasetError("two classes have the same name: give each its own.")
    return [np.searchsorted(distinct, part).astype(np.uint8) for part in parts], named


def _name(label: object) -> str:
    """A class's name on one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(label)).split())[:NAME_LENGTH]
