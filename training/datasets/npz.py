"""A dataset of a user's own: an npz file with x_train, y_train, x_test and y_test, checked before a digit is believed.

Pictures are (n, height, width) or (n, height, width, 1) of whole numbers from 0 to 255, 8 to 64 pixels a side, all of one size;
labels are the classes' numbers from 0 up, (n,) or (n, 1).
"""

from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.datasets.dataset import Dataset, DatasetError, of_digits

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
BYTES = 500_000_000  # more of arrays is not read: 120,000 pictures of 64 x 64
SIDES = range(8, 65)  # pixels
CLASSES = range(2, 101)


def load_npz(file: str, name: str) -> Dataset:
    """The dataset in that file, under that name. Raises DatasetError in a sentence that says what is wrong with it."""
    try:
        parts = arrays.read(Path(file), ARRAYS, BYTES)
        pictures = [_pictures(name, parts[name]) for name in ("x_train", "x_test")]
        if pictures[0].shape[1:] != pictures[1].shape[1:]:
            raise DatasetError("x_train and x_test have pictures of different sizes.")
        images = np.concatenate(pictures)
        labels = np.concatenate(
            [_labels(name, parts[name], len(parts["x" + name[1:]])) for name in ("y_train", "y_test")]
        )
        count = len(parts["x_train"])
        classes = int(labels.max()) + 1
        if classes not in CLASSES:
            raise DatasetError(
                f"its highest label is {classes - 1}: there must be from 2 to 100 classes, numbered from 0."
            )
        absent = np.setdiff1d(np.arange(classes), labels[:count])
        if len(absent):
            raise DatasetError(f"y_train has no digit of class {absent[0]}, so nothing can learn it.")
    except (DatasetError, arrays.ArraysError) as error:
        told = f"{error}." if isinstance(error, arrays.ArraysError) else str(error)
        raise DatasetError(f"{file} was refused: {told}") from error
    split = np.where(np.arange(len(labels)) < count, "train", "test")
    names = tuple(map(str, range(classes)))
    return of_digits(name, images, labels, split, str(file), class_names=names)


def _pictures(name: str, array: np.ndarray) -> np.ndarray:
    """(n, height, width) uint8."""
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim != 3:
        colour = " They are in colour: make them grey." if array.ndim == 4 else ""
        raise DatasetError(f"{name} has the shape {array.shape}, not (digits, height, width).{colour}")
    if not len(array):
        raise DatasetError(f"{name} holds no digit.")
    if not all(side in SIDES for side in array.shape[1:]):
        raise DatasetError(
            f"the pictures of {name} have {array.shape[1]} x {array.shape[2]} pixels; 8 to 64 a side can be used."
        )
    if array.dtype.kind not in "ui":
        raise DatasetError(
            f"{name} holds {array.dtype} instead of whole numbers from 0 (paper) to 255 (ink): "
            "scale to that and save it as uint8."
        )
    if array.min() < 0 or array.max() > 255:
        raise DatasetError(f"{name} holds {array.min()} to {array.max()}; grey levels go from 0 to 255.")
    if array.max() == array.min():
        raise DatasetError(f"every pixel of {name} is {array.max()}: nothing is drawn there.")
    return array.astype(np.uint8, copy=False)


def _labels(name: str, array: np.ndarray, count: int) -> np.ndarray:
    """(n,) uint8."""
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 2 and array.dtype.kind in "uifb" and array.shape[0] == count:
        raise DatasetError(f"{name} is one-hot, {array.shape}: give the classes' numbers instead, as argmax does.")
    if array.shape != (count,):
        raise DatasetError(f"{name} has the shape {array.shape}, but there are {count:,} pictures.")
    if array.dtype.kind not in "ui":
        raise DatasetError(f"{name} holds {array.dtype} instead of whole numbers from 0 up.")
    if array.min() < 0 or array.max() not in range(100):
        raise DatasetError(f"{name} holds labels from {array.min()} to {array.max()}; they go from 0 to 99.")
    return array.astype(np.uint8)
