"""How sure a model may be of what it reads: confidence against truth, a temperature that mends it, and what is left unread."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from training.metrics import Reliability, reliability
from training.runs import Predictions

LEAST = float(np.finfo(np.float16).smallest_subnormal)  # what a stored probability of 0 may have been


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


@dataclass(frozen=True)
class Calibration:
    """How far a run's confidence can be trusted: before, as it is; temperature and after, at that temperature, or None where
    no digits were held out to fit it on."""

    before: Reliability
    temperature: float | None = None
    after: Reliability | None = None


def calibrate(found: Predictions) -> Calibration:
    """Reliability on the test digits, and at the temperature that fits the held-out digits best."""
    before = reliability(found.labels, found.probabilities)
    labels, probabilities = found.held_out_labels, found.held_out_probabilities
    if labels is None or probabilities is None or not len(labels):
        return Calibration(before)
    temperature = fit_temperature(labels, probabilities)
    return Calibration(before, temperature, reliability(found.labels, at_temperature(found.probabilities, temperature)))


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
