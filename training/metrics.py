"""One function per number, all of them pure functions of what a run stored.

A metric takes labels (n,) and probabilities (n, classes) and gives a float; @metric puts it into every table.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

BINS = 15  # as in Guo et al., On calibration of modern neural networks, 2017, arXiv:1706.04599


METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {}


def metric(function: Callable) -> Callable:
    METRICS[function.__name__] = function
    return function


@metric
def error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Share of digits whose most probable class is not their label, 0 to 1."""
    return float(np.mean(probabilities.argmax(axis=1) != labels))


@metric
def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of minus the natural logarithm of the label's probability, in nats; float16 keeps it below 16.7 a digit."""
    given = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(given, np.finfo(np.float16).smallest_subnormal)).mean())


@metric
def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean distance of confidence from the share that is right, 0 to 1, in 15 bins (expected calibration error)."""
    return reliability(labels, probabilities).error


@dataclass(frozen=True)
class Reliability:
    """Digits by how sure the model was of them, in bins of equal width.

    edges: (bins + 1,) from 0 to 1, a bin holds its upper edge; digits: (bins,) how many; confidence: (bins,) their mean
    confidence; right: (bins,) the share read rightly; both 0 to 1, NaN where a bin is empty.
    """

    edges: np.ndarray
    digits: np.ndarray
    confidence: np.ndarray
    right: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error, 0 to 1: the mean distance of confidence from the share that is right."""
        return float(np.nansum(self.digits * np.abs(self.confidence - self.right)) / max(self.digits.sum(), 1))


def reliability(labels: np.ndarray, probabilities: np.ndarray, bins: int = BINS) -> Reliability:
    """Labels (n,) and probabilities (n, classes) in bins of confidence."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], confidence, side="left")
    digits = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore"):
        means = [np.bincount(place, values, minlength=bins) / digits for values in (confidence, right)]
    return Reliability(edges, digits, *means)
