"""What was learned last, forgotten and never learned, against counting digit by digit, on shipped runs and at the edges."""

import itertools

import numpy as np
import pytest
from sklearn.metrics import recall_score

from training.analysis.forgetting import changed, class_errors, forgetting
from training.runs import load_predictions

LABELS = np.array([0, 1, 1, 2])
EPOCHS = np.array([[0, 0, 1, 0], [1, 1, 1, 0], [0, 1, 0, 0]], np.uint8)


def test_what_is_remembered():
    found = forgetting(LABELS, EPOCHS)
    assert found.learned.tolist() == [3, 2, 0, 0]
    assert found.forgotten.tolist() == [1, 0, 1, 0]
    assert found.never.tolist() == [False, False, False, True]


def test_what_an_epoch_changed():
    assert [part.tolist() for part in changed(LABELS, EPOCHS, 2)] == [[1], [0]]
    assert [part.tolist() for part in changed(LABELS, EPOCHS, 3)] == [[0], [2]]
    assert [len(part) for part in changed(LABELS, EPOCHS, 1)] == [0, 0]


@pytest.mark.parametrize("run", ["cnn-large", "mlp-800", "digits-mlp-15"])
def test_shipped_runs(run):
    answers = load_predictions(run)
    found = forgetting(answers.labels, answers.epoch_classes)
    right = answers.epoch_classes == answers.labels
    for digit in range(0, len(answers.labels), 97):
        series = right[:, digit].tolist()
        since = next((e for e in range(1, len(series) + 1) if all(series[e - 1 :])), 0)
        assert found.learned[digit] == since
        assert found.forgotten[digit] == sum(a and not b for a, b in itertools.pairwise(series))
        assert found.never[digit] == (not any(series))
    errors = class_errors(answers.labels, answers.epoch_classes, 10)
    for epoch, row in enumerate(errors):
        expected = 1 - recall_score(answers.labels, answers.epoch_classes[epoch], average=None, zero_division=0)
        np.testing.assert_allclose(row, expected)


def test_one_epoch_a_perfect_and_an_absent_class():
    found = forgetting(LABELS, LABELS[None].astype(np.uint8))
    assert found.learned.tolist() == [1, 1, 1, 1]
    assert not found.forgotten.any()
    assert np.isnan(class_errors(LABELS, EPOCHS, 4)[:, 3]).all()
