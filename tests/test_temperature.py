"""Temperature scaling against scikit-learn's."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss

from training.runs import load_predictions
from training.temperature import SMALLEST_PROBABILITY, at_temperature, fit_temperature

SHIPPED = ("mlp-128x2", "mlp-study", "svm")


class Said(ClassifierMixin, BaseEstimator):
    """A model whose scores are what it is given."""

    def fit(self, scores, labels):
        self.classes_ = np.unique(labels)
        return self

    def predict(self, scores):
        return scores.argmax(axis=1)

    def decision_function(self, scores):
        return scores


def test_a_temperature_is_scikit_learns():
    found = load_predictions("mlp-study")
    labels, probabilities = found.held_out_labels, found.held_out_probabilities
    scores = np.log(np.maximum(probabilities.astype(float), SMALLEST_PROBABILITY))
    model = FrozenEstimator(Said().fit(scores, labels))
    theirs = CalibratedClassifierCV(model, method="temperature").fit(scores, labels)
    temperature = fit_temperature(labels, probabilities)
    ours = at_temperature(probabilities, temperature)
    np.testing.assert_allclose(ours, theirs.predict_proba(scores), atol=2e-3)
    around = [log_loss(labels, at_temperature(probabilities, temperature * by)) for by in (0.97, 1, 1.03)]
    assert around[1] == min(around)


@pytest.mark.parametrize("temperature", [0.5, 1, 3])
def test_a_temperature_keeps_what_is_read(temperature, rng):
    probabilities = rng.dirichlet(np.ones(10), 50)
    found = at_temperature(probabilities, temperature)
    np.testing.assert_allclose(found.sum(1), 1)
    assert (found.argmax(1) == probabilities.argmax(1)).all()
    if temperature == 1:
        np.testing.assert_allclose(found, probabilities, atol=1e-6)


def test_without_digits_there_is_no_temperature():
    with pytest.raises(ValueError, match="digits"):
        fit_temperature(np.empty(0, int), np.empty((0, 10)))
