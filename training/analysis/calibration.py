"""How far a model's confidence can be trusted: calibration, temperature scaling and rejection."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from training.metrics import Reliability, reliability
from training.runs import Predictions

SMALLEST_PROBABILITY = float(np.finfo(np.float16).smallest_subnormal)  # what a stored probability of 0 may have been


def fit_temperature(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The temperature, 0.05 to 20, under which probabilities (n, classes) make the labels (n,) most likely (Guo et al., 2017).

    Above 1 the model was overconfident, below 1 underconfident. Fit it on digits that the model was neither trained nor is
    tested on. Raises ValueError if there are no digits.
    """
    if not len(labels):
        raise ValueError("A temperature needs digits to be fitted on.")
    logits, rows = _logits(probabilities), np.arange(len(labels))
    fit = minimize_scalar(
        lambda t: -log_softmax(logits / np.exp(t), axis=1)[rows, labels].mean(),
        bounds=(np.log(0.05), np.log(20)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(fit.x))


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities (n, classes) float64 as they are at that temperature; the predicted class stays the same."""
    return softmax(_logits(probabilities) / temperature, axis=1)


@dataclass(frozen=True)
class Calibration:
    """How far a run's confidence can be trusted: before, as it is; temperature and after, at that temperature, or None where
    no digits were held out to fit it on."""

    before: Reliability
    temperature: float | None = None
    after: Reliability | None = None


def calibrate(predictions: Predictions) -> Calibration:
    """Reliability on the test digits, and at the temperature that fits the held-out digits best."""
    before = reliability(predictions.labels, predictions.probabilities)
    labels, probabilities = predictions.held_out_labels, predictions.held_out_probabilities
    if labels is None or probabilities is None or not len(labels):
        return Calibration(before)
    temperature = fit_temperature(labels, probabilities)
    scaled = at_temperature(predictions.probabilities, temperature)
    return Calibration(before, temperature, reliability(predictions.labels, scaled))


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_PROBABILITY))


def confidence_counts(confidence: np.ndarray, wrong: np.ndarray, bins: int = 20) -> dict[str, np.ndarray]:
    """How many digits were classified with which confidence. confidence: (n,) 0 to 1; wrong: (n,) bool.

    Returns edges (bins + 1,), and correct and wrong (bins,).
    """
    edges = np.linspace(0, 1, bins + 1)
    return {
        "edges": edges,
        "correct": np.histogram(confidence[~wrong], edges)[0],
        "wrong": np.histogram(confidence[wrong], edges)[0],
    }


def rejection(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The error that remains when the digits with the lowest confidence are rejected.

    Returns the share rejected (k,), rising from 0, and the error (k,) among the others, both 0 to 1; digits of equal
    confidence are rejected together.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum((probabilities.argmax(axis=1) != labels)[order])
    accepted = np.arange(1, len(order) + 1)
    last = np.append(np.diff(confidence[order]) != 0, True)[: len(order)]
    share, error = 1 - accepted[last] / max(len(order), 1), wrong[last] / accepted[last]
    return share[::-1], error[::-1]
