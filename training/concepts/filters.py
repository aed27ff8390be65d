"""Filters of 3 x 3 weights, and what they make of a picture."""

import numpy as np

SIZE = 3
NINTH = 1 / 9
FILTERS: dict[str, tuple[tuple[float, ...], ...]] = {
    "vertical edges": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "horizontal edges": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "slope": ((0, 1, 2), (-1, 0, 1), (-2, -1, 0)),
    "blur": ((NINTH,) * 3,) * 3,
    "sharpen": ((0, -1, 0), (-1, 5, -1), (0, -1, 0)),
    "outline": ((0, -1, 0), (-1, 4, -1), (0, -1, 0)),
    "copy": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}


def scaled(image: np.ndarray) -> np.ndarray:
    """A picture (height, width) uint8 as (height, width) float from 0 to 1."""
    return np.asarray(image, float) / 255


def convolve(image: np.ndarray, weights: np.ndarray, bias: float = 0.0) -> np.ndarray:
    """The feature map of a filter: at each place the sum of patch times weights, and the bias.

    image: (..., height, width); weights: (size, size). Gives (..., height - size + 1, width - size + 1). The filter is not turned
    round, as in every library for deep learning (there the mathematical name is cross-correlation).
    """
    weights = np.asarray(weights, float)
    patches = np.lib.stride_tricks.sliding_window_view(np.asarray(image, float), weights.shape, axis=(-2, -1))
    return np.einsum("...ij,ij->...", patches, weights) + bias


def products(image: np.ndarray, weights: np.ndarray, row: int, column: int) -> np.ndarray:
    """What is summed up for the output pixel of that row and column, counted from 0: patch times weights, (size, size)."""
    weights = np.asarray(weights, float)
    height, width = weights.shape
    return np.asarray(image, float)[row : row + height, column : column + width] * weights


def shifted(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """The picture (height, width) moved by so many pixels, either way; what leaves is lost, what enters is 0."""
    height, width = image.shape
    moved = np.zeros_like(image)
    rows, columns = max(0, height - abs(down)), max(0, width - abs(right))
    top, left, from_top, from_left = max(0, down), max(0, right), max(0, -down), max(0, -right)
    moved[top : top + rows, left : left + columns] = image[from_top : from_top + rows, from_left : from_left + columns]
    return moved
