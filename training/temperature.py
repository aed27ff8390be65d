"""Temperature scaling: one number that divides the logits of a network so that its confidence is right (Guo et al., 2017)."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

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


def _logits(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_PROBABILITY))
