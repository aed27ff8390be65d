"""Measures of a digit's shape: one function each, marked @measure with its unit and the usual range of its values.

After Castro et al. (2019), Morpho-MNIST: quantitative assessment and diagnostics for representation learning.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measure:
    """of: from images (n, height, width) uint8 to (n,) float32 in `unit`, usually low to high; high None: the picture's side."""

    of: Callable[[np.ndarray], np.ndarray]
    unit: str
    low: float
    high: float | None


MEASURES: dict[str, Measure] = {}


def measure(unit: str, low: float, high: float | None) -> Callable:
    """Enter a measure under its function's name; unit, low and high are those of Measure."""

    def enter(function: Callable) -> Callable:
        MEASURES[function.__name__] = Measure(function, unit, low, high)
        return function

    return enter


@measure("percent", 0, 100)
def ink(images: np.ndarray) -> np.ndarray:
    """Mean grey level in percent of the highest."""
    return images.mean(axis=(1, 2), dtype=np.float32) / 2.55


@measure("degrees", -60, 60)
def slant(images: np.ndarray) -> np.ndarray:
    """Slant in degrees, positive if the top leans to the right: the shear that sets the digit upright."""
    _, _, across_down, down = _moments(images)
    return np.degrees(np.arctan2(-across_down, down))


@measure("pixels", 0, None)
def width(images: np.ndarray) -> np.ndarray:
    """Width of the digit in pixels."""
    return _extent(np.any(_foreground(images), axis=1))


@measure("pixels", 0, None)
def height(images: np.ndarray) -> np.ndarray:
    """Height of the digit in pixels."""
    return _extent(np.any(_foreground(images), axis=2))


@measure("pixels", 0.0, 8.0)
def thickness(images: np.ndarray) -> np.ndarray:
    """Thickness of the strokes in pixels: twice the area of the strokes over their perimeter, 0 for an empty picture.

    The perimeter is the total variation of the grey levels (the coarea formula; Federer, 1959), which also counts
    fractions of a pixel. It is a little low: a stroke of length l and width w measures w l / (l + w).
    """
    grey = np.pad(images.astype(np.float32) / 255, ((0, 0), (1, 1), (1, 1)))
    across, down = np.diff(grey, axis=2)[:, :-1], np.diff(grey, axis=1)[:, :, :-1]
    perimeter = np.sqrt(across**2 + down**2).sum(axis=(1, 2))
    return np.divide(2 * grey.sum(axis=(1, 2)), perimeter, out=np.zeros(len(images), np.float32), where=perimeter > 0)


def _foreground(images: np.ndarray) -> np.ndarray:
    """The pixels above half the highest grey level of their picture, (n, height, width) bool."""
    return images > images.max(axis=(1, 2), keepdims=True) / 2


def _extent(occupied: np.ndarray) -> np.ndarray:
    """Length from the first to the last occupied place of each row, both counted; 0 if there is none."""
    first, last = occupied.argmax(axis=1), occupied.shape[1] - occupied[:, ::-1].argmax(axis=1)
    return np.where(occupied.any(axis=1), last - first, 0).astype(np.float32)


def _moments(images: np.ndarray) -> tuple[np.ndarray, ...]:
    """Centre of mass in pixels, right and down, and the second moments right-down and down-down around it, each (n,)."""
    rows, columns = np.mgrid[: images.shape[1], : images.shape[2]].reshape(2, -1).astype(np.float32)
    weights = images.reshape(len(images), -1).astype(np.float32)
    total = np.maximum(weights.sum(axis=1), 1e-9)
    right, down = weights @ columns / total, weights @ rows / total
    return right, down, weights @ (columns * rows) / total - right * down, weights @ (rows * rows) / total - down * down
