"""Pooling: a map in windows, of each of which one number stays; and how much of a map outlasts a shift of the digit."""

from collections.abc import Callable, Sequence

import numpy as np

from training.concepts.filters import convolve, shifted

POOLINGS: dict[str, Callable] = {"maximum": np.max, "average": np.mean}


def pool(feature_map: np.ndarray, size: int, kind: str) -> np.ndarray:
    """Of each window of size x size one number, by one of POOLINGS; rows and columns that fill no window are dropped.

    feature_map: (..., height, width). Gives (..., height // size, width // size).
    """
    *before, height, width = feature_map.shape
    rows, columns = height // size, width // size
    whole = feature_map[..., : rows * size, : columns * size]
    return POOLINGS[kind](whole.reshape(*before, rows, size, columns, size), axis=(-3, -1))


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    """The cosine of the angle between two maps taken as vectors: 1 for the same pattern, 0 for nothing in common."""
    length = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / length) if length else float(not a.any() and not b.any())


def outlasting(image: np.ndarray, weights: np.ndarray, shifts: Sequence[int], size: int, kind: str) -> np.ndarray:
    """How similar the pooled map stays, (shifts,), when the digit moves to the right by so many pixels.

    image: (height, width), 0 to 1; size: of the windows, 1 for no pooling. The map is that of a filter, behind relu.
    """
    maps = [pool(np.maximum(convolve(shifted(image, 0, shift), weights), 0), size, kind) for shift in (0, *shifts)]
    return np.array([similarity(maps[0], one) for one in maps[1:]])
