"""Calibration against scikit-learn's, on shipped runs and where nothing can be computed."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss

from training.analysis.calibration import SMALLEST_PROBABILITY, at_temperature, fit_temperature, rejection
from training.metrics import calibration_error
from training.runs import load_predictions

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


def test_a_perfect_a_constant_and_an_empty_answer():
    labels = np.arange(10)
    assert calibration_error(labels, np.eye(10, dtype=np.float16)) == 0
    constant = np.tile(np.eye(10, dtype=np.float16)[3], (10, 1))
    assert calibration_error(labels, constant) == pytest.approx(0.9)
    share, error = rejection(labels, constant)
    assert (share.tolist(), error.tolist()) == ([0], [0.9])


@pytest.mark.parametrize("run", SHIPPED)
def test_rejection_is_the_error_of_what_is_read(run):
    found = load_predictions(run)
    share, error = rejection(found.labels, found.probabilities)
    confidence, wrong = found.probabilities.max(1), found.classes != found.labels
    assert share[0] == 0
    assert error[0] == pytest.approx(wrong.mean())
    assert (np.diff(share) > 0).all()
    for place in range(0, len(share), max(1, len(share) // 7)):
        read = np.isin(
            np.arange(len(wrong)), np.argsort(-confidence, kind="stable")[: round((1 - share[place]) * len(wrong))]
        )
        assert error[place] == pytest.approx(wrong[read].mean())
        assert not read.all() or place == 0
        assert confidence[read].min() > confidence[~read].max() if place else True
