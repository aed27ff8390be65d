"""A dataset of a user's own: an npz file with x_train, y_train, x_test and y_test, checked before a digit is believed.

Pictures are (n, height, width) or (n, height, width, 1) of whole numbers from 0 to 255, 8 to 64 pixels a side, all of one size;
labels are the classes' numbers from 0 up, (n,) or (n, 1).
"""

import zipfile
from pathlib import Path

import numpy as np

from training.datasets.dataset import Dataset, DatasetError, of_digits

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
BYTES = 500_000_000  # more unpacked is not read: 120,000 pictures of 64 x 64
SIDES = range(8, 65)  # pixels
CLASSES = range(2, 101)


def load_npz(file: str) -> Dataset:
    """The dataset in that file. Raises DatasetError in a sentence that says what is wrong with it."""
    try:
        parts = _read(Path(file))
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
    except DatasetError as error:
        raise DatasetError(f"{file} was refused: {error}") from error
    split = np.where(np.arange(len(labels)) < count, "train", "test")
    names = tuple(map(str, range(classes)))
    return of_digits(f"npz:{file}", images, labels, split, str(file), class_names=names)


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        if path.stat().st_size == 0:
            raise DatasetError("the file is empty.")
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > BYTES:
                raise DatasetError(f"it unpacks to more than {BYTES // 10**6} MB.")
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in ARRAYS if name not in arrays.files]
            if missing:
                found = ", ".join(arrays.files[:8]) or "nothing"
                raise DatasetError(f"it has no array {missing[0]}, only {found}.")
            return {name: arrays[name] for name in ARRAYS}
    except FileNotFoundError:
        raise DatasetError("there is no such file.") from None
    except IsADirectoryError:
        raise DatasetError("it is a folder; name the npz file in it.") from None
    except PermissionError:
        raise DatasetError("it may not be read.") from None
    except zipfile.BadZipFile:
        raise DatasetError("it is no npz file, or a damaged one.") from None
    except ValueError as error:
        pickled = "allow_pickle" in str(error)
        raise DatasetError(
            "it holds Python objects, which are never loaded: save plain arrays of numbers."
            if pickled
            else f"an array in it is damaged ({error})."
        ) from error
    except RuntimeError:  # of zipfile: a password, or a way of packing that it does not know
        raise DatasetError("it is packed in a way that cannot be read: save it with numpy.savez.") from None
    except (OSError, EOFError, KeyError, MemoryError, zipfile.zlib.error) as error:
        raise DatasetError(f"it is damaged ({type(error).__name__}).") from error


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
