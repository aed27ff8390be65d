"""How far a model's confidence can be trusted: calibration, temperature scaling and rejection."""

from dataclasses import dataclass

import numpy as np

from training.metrics import Reliability, reliability
from training.runs import Predictions
from training.temperature import at_temperature, fit_temperature


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
