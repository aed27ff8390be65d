"""One function per number, all of them pure functions of what a run stored.

A metric takes labels (n,) and probabilities (n, classes) and gives a float; @metric makes it a column of the page Compare
and a line of a run's report, both under its name and explained by the first line of its docstring.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models import caption
from models.classifiers import PROBABILITIES

BINS = 15  # as in Guo et al., On calibration of modern neural networks, 2017, arXiv:1706.04599


@dataclass(frozen=True)
class Metric:
    """A metric and how it is shown.

    of: the function; percent: whether it is a share from 0 to 1, written in percent; unit: of any other number;
    lower_is_better: which way is better; needs_probabilities: whether it means nothing where a run gives votes instead.
    """

    of: Callable[[np.ndarray, np.ndarray], float]
    percent: bool = False
    unit: str = ""
    lower_is_better: bool = True
    needs_probabilities: bool = True

    @property
    def heading(self) -> str:
        """Its name in words, and its unit."""
        return self.of.__name__.replace("_", " ") + (f" ({self.unit})" if self.unit else "")

    @property
    def caption(self) -> str:
        """What it means, in a sentence."""
        return caption(self.of)


METRICS: dict[str, Metric] = {}


def metric(function: Callable | None = None, **shown) -> Callable:
    """Enter a function into METRICS: as @metric, or as @metric(percent=True) with fields of Metric."""

    def enter(function: Callable) -> Callable:
        METRICS[function.__name__] = Metric(function, **shown)
        return function

    return enter(function) if function else enter


def evaluate(labels: np.ndarray, probabilities: np.ndarray, scores: str = PROBABILITIES) -> dict[str, float]:
    """Every metric by name; NaN where one needs probabilities and the scores are something else, such as votes."""
    return {
        name: np.nan if entry.needs_probabilities and scores != PROBABILITIES else entry.of(labels, probabilities)
        for name, entry in METRICS.items()
    }


@metric(percent=True, needs_probabilities=False)
def error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Share of digits whose most probable class is not their label, 0 to 1."""
    return float(np.mean(probabilities.argmax(axis=1) != labels))


@metric(unit="nats")
def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of minus the logarithm of the label's probability; 0 is best, and confident mistakes cost most.

    The logarithm is natural; float16 limits the loss of a digit to 16.7.
    """
    label_probabilities = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(label_probabilities, np.finfo(np.float16).smallest_subnormal)).mean())


@metric(percent=True)
def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Expected calibration error: mean distance between confidence and accuracy (15 bins), 0 to 1."""
    return reliability(labels, probabilities).error


@dataclass(frozen=True)
class Reliability:
    """Digits by the confidence of the model, in bins of equal width.

    edges: (bins + 1,) from 0 to 1, a bin holds its upper edge; digits: (bins,) how many; confidence: (bins,) their mean
    confidence; right: (bins,) the share classified correctly; both 0 to 1, NaN where a bin is empty.
    """

    edges: np.ndarray
    digits: np.ndarray
    confidence: np.ndarray
    right: np.ndarray

    @property
    def error(self) -> float:
        """Expected calibration error, 0 to 1: the mean distance between confidence and accuracy."""
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
