"""How sure a model may be of what it reads: confidence against truth, a temperature that mends it, and what is left unread."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

BINS = 15  # as in Guo et al., On calibration of modern neural networks, 2017, arXiv:1706.04599
LEAST = float(np.finfo(np.float16).smallest_subnormal)  # what a stored probability of 0 may have been


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


def fit_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature, 0.05 to 20, under which probabilities (n, classes) make the labels (n,) most likely (Guo et al., 2017).

    Above 1 the model was too sure, below 1 not sure enough. Fit it on digits that the model neither learned from nor is
    tested on. Raises ValueError where there are no digits.
    """
    if not len(labels):
        raise ValueError("A temperature needs digits to be fitted on.")
    scores, rows = _scores(probabilities), np.arange(len(labels))
    found = minimize_scalar(
        lambda t: -log_softmax(scores / np.exp(t), axis=1)[rows, labels].mean(),
        bounds=(np.log(0.05), np.log(20)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (n, classes) float64 as they are at that temperature; the class read stays the same."""
    return softmax(_scores(probabilities) / temperature, axis=1)


def _scores(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), LEAST))


def rejection(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What is misread where the digits that the model is least sure of may stay unread.

    Returns the share left unread (k,), rising from 0, and the error (k,) among the others, both 0 to 1; digits of equal
    confidence are left together.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum((probabilities.argmax(axis=1) != labels)[order])
    read = np.arange(1, len(order) + 1)
    last = np.append(np.diff(confidence[order]) != 0, True)[: len(order)]
    share, error = 1 - read[last] / max(len(order), 1), wrong[last] / read[last]
    return share[::-1], error[::-1]
