"""Calibration against scikit-learn's, on shipped runs and where nothing can be computed."""

import numpy as np
import pytest

from training.analysis.calibration import rejection
from training.metrics import calibration_error
from training.runs import load_predictions

SHIPPED = ("mlp-128x2", "mlp-study", "svm")


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
