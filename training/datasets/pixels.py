"""Pictures as people keep them, flat, in colour, of any range of values, as (n, height, width) uint8 with 0 to 255."""

import math
from collections.abc import Sequence

import numpy as np

from training.datasets.dataset import DatasetError

SIDES = range(8, 65)  # pixels
PIECE = 4096  # pictures that are converted at a time, so that what lies between is small
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue, ITU-R BT.601
FEW_LEVELS = (1, 3, 7, 15, 16, 31, 63)  # highest values of ranges that have fewer levels than 256
MANY_LEVELS = (1023, 4095, 65535)
DIM = 64  # a highest value from here to 255 counts as one of 0 to 255
REMEDY = "scale them to 0 (background) to 255 (foreground)"


def laid_out(name: str, array: np.ndarray) -> tuple[np.ndarray, str]:
    """The pictures as (n, height, width) or (n, height, width, 3), and whether they were "grey", "flat" or in "colour".

    Raises DatasetError in a sentence without its beginning.
    """
    if array.ndim == 0 or not len(array):
        raise DatasetError(f"{name} holds no digit.")
    if array.dtype.kind not in "buif":
        raise DatasetError(f"{name} holds {array.dtype} instead of numbers.")
    layout = "grey"
    if array.ndim == 2:
        array, layout = _squares(name, array), "flat"
    elif array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    elif array.ndim == 4 and array.shape[3] != 3 and array.shape[1] in (1, 3):
        array = array[:, 0] if array.shape[1] == 1 else np.moveaxis(array, 1, 3)
    if array.ndim == 4 and array.shape[3] == 3:
        layout = "colour"
    elif array.ndim != 3:
        raise DatasetError(
            f"{name} has the shape {array.shape}; pictures are (digits, height, width), with 1 or 3 channels at the end, or "
            "flat, such as (digits, 784)."
        )
    if array.shape[2] not in SIDES and array.shape[0] in SIDES and array.shape[1] in SIDES:
        raise DatasetError(
            f"{name} has the shape {array.shape}: move the digits to the front, by numpy.moveaxis({name}, -1, 0)."
        )
    height, width = array.shape[1:3]
    if height not in SIDES or width not in SIDES:
        raise DatasetError(
            f"the pictures of {name} have {height} x {width} pixels, and 8 to 64 a side can be used: resize them, for "
            "example to 28 x 28."
        )
    return array, layout


def _squares(name: str, array: np.ndarray) -> np.ndarray:
    side = math.isqrt(array.shape[1])
    if side * side != array.shape[1]:
        raise DatasetError(
            f"{name} has {array.shape[1]} values a picture, which make no square: save it as (digits, height, width)."
        )
    return array.reshape(len(array), side, side)


def value_range(named: Sequence[tuple[str, np.ndarray]]) -> tuple[float, float]:
    """The values that mean 0 and 255 in these arrays together. Raises DatasetError where no usual range fits."""
    ends = []
    for name, array in named:
        low, high = float(array.min()), float(array.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            raise DatasetError(
                f"{name} holds values that are not numbers (NaN or infinite): replace them, by 0 for example."
            )
        if low == high:
            raise DatasetError(f"every pixel of {name} is {low:g}: nothing is drawn there.")
        ends.append((low, high))
    highest = max(high for _, high in ends)
    for low, high in ends:
        if highest > 8 * max(high, 1e-9) or (min(ends)[0] < 0 <= low and high > 1):
            ranges = " and ".join(f"{one} {a:g} to {b:g}" for (one, _), (a, b) in zip(named, ends, strict=True))
            raise DatasetError(f"the parts have different ranges, {ranges}: {REMEDY}.")
    kinds = {array.dtype.kind for _, array in named}
    return _usual(named[0][0], min(low for low, _ in ends), highest, kinds <= set("bui"), named[0][1].dtype)


def _usual(name: str, low: float, high: float, whole: bool, kind: np.dtype) -> tuple[float, float]:
    """The usual range that values from `low` to `high` are of."""
    if low < 0:
        if low == -0.5 and high <= 0.5:
            return -0.5, 0.5
        if low >= -1 and high <= 1:
            return -1.0, 1.0
        standard = " They seem to be standardized: undo it." if not whole and low > -8 and high < 16 else ""
        raise DatasetError(
            f"{name} holds {low:g} to {high:g}, which is not a range of grey levels: {REMEDY}.{standard}"
        )
    if high <= 1:
        return 0.0, 1.0
    if DIM <= high <= 255:
        return 0.0, 255.0
    if high in FEW_LEVELS or high in MANY_LEVELS:
        return 0.0, high
    if kind == np.uint16 and high > MANY_LEVELS[1]:
        return 0.0, 65535.0
    raise DatasetError(f"{name} holds {low:g} to {high:g}, which is not a usual range of grey levels: {REMEDY}.")


def as_bytes(array: np.ndarray, low: float, high: float) -> np.ndarray:
    """(n, height, width) uint8 of what laid_out gives, `low` becoming 0 and `high` 255, rounded."""
    if array.ndim == 3 and array.dtype == np.uint8 and (low, high) == (0, 255):
        return array
    images = np.empty(array.shape[:3], np.uint8)
    for start in range(0, len(array), PIECE):
        piece = array[start : start + PIECE].astype(np.float64)
        piece = piece @ np.array(LUMA) if piece.ndim == 4 else piece
        images[start : start + PIECE] = np.rint((piece - low) * (255 / (high - low))).clip(0, 255)
    return images
