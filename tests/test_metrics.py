"""Every number against an independent computation."""

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, log_loss

from training import metrics
from training.metrics import METRICS, calibration_error, reliability
from training.runs import load_predictions


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_a_finite_number_with_a_caption(name, answers):
    assert np.isfinite(METRICS[name].of(*answers))
    assert METRICS[name].caption


def test_error_and_cross_entropy_are_scikit_learns(answers):
    labels, probabilities = answers
    assert metrics.error(labels, probabilities) == pytest.approx(1 - accuracy_score(labels, probabilities.argmax(1)))
    exact = np.maximum(probabilities.astype(float), np.finfo(np.float16).smallest_subnormal)
    exact /= exact.sum(axis=1, keepdims=True)
    assert metrics.cross_entropy(labels, exact) == pytest.approx(log_loss(labels, exact, labels=range(10)), abs=1e-6)


def test_a_perfect_and_a_hopeless_model():
    labels = np.arange(10)
    perfect = np.eye(10, dtype=np.float16)
    assert metrics.error(labels, perfect) == metrics.cross_entropy(labels, perfect) == 0
    wrong = np.roll(perfect, 1, axis=1)
    assert metrics.error(labels, wrong) == 1
    assert metrics.cross_entropy(labels, wrong) == pytest.approx(-np.log(2.0**-24))


@pytest.mark.parametrize("run", ["mlp-128x2", "mlp-study", "svm"])
def test_reliability_is_scikit_learns(run):
    found = load_predictions(run)
    ours = reliability(found.labels, found.probabilities)
    confidence, right = found.probabilities.max(1).astype(float), found.classes == found.labels
    theirs_right, theirs_confidence = calibration_curve(right, confidence, n_bins=15)
    filled = ours.digits > 0
    np.testing.assert_allclose(ours.right[filled], theirs_right)
    np.testing.assert_allclose(ours.confidence[filled], theirs_confidence)
    share = ours.digits[filled] / ours.digits.sum()
    expected = (share * np.abs(theirs_right - theirs_confidence)).sum()
    assert calibration_error(found.labels, found.probabilities) == pytest.approx(expected)


def test_no_digits_have_no_calibration_error():
    assert reliability(np.empty(0, int), np.empty((0, 10))).error == 0
