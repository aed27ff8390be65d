"""The difference of two readers, against scikit-learn, statsmodels and plain counting."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar

from training.analysis.difference import difference, probability, verdict
from training.runs import load_predictions


@pytest.mark.parametrize(("first", "second"), [("canvas", "cnn-large"), ("svm", "cnn-kfold"), ("mlp-800", "mlp-800")])
def test_a_difference_of_shipped_runs(first, second):
    a, b = load_predictions(first), load_predictions(second)
    found = difference(a.labels, a.classes, b.classes, 10)
    expected = confusion_matrix(a.labels, a.classes) - confusion_matrix(b.labels, b.classes)
    np.testing.assert_array_equal(found.matrix, expected)
    counts = [[found.both_right, len(found.only_first)], [len(found.only_second), found.both_wrong]]
    assert np.sum(counts) == 10_000
    assert found.chance == pytest.approx(mcnemar(counts, exact=True).pvalue)
    fewer = round(10_000 * (accuracy_score(a.labels, a.classes) - accuracy_score(b.labels, b.classes)))
    assert len(found.only_first) - len(found.only_second) == fewer
    assert (a.classes == a.labels)[found.only_first].all()
    assert not (b.classes == b.labels)[found.only_first].any()


def test_a_perfect_and_a_constant_reader():
    labels = np.repeat(np.arange(3), 4)  # of four classes, one absent
    found = difference(labels, labels, np.zeros(12, int), 4)
    assert found.matrix.tolist() == [[0, 0, 0, 0], [-4, 4, 0, 0], [-4, 0, 4, 0], [0, 0, 0, 0]]
    assert (len(found.only_first), len(found.only_second), found.both_right, found.both_wrong) == (8, 0, 4, 0)
    assert verdict(found, "A", "B") == "A makes 8 errors fewer than B; that is more than chance (p = 0.0078)."
    assert verdict(difference(labels, np.zeros(12, int), labels, 4), "A", "B").startswith(
        "B makes 8 errors fewer than A"
    )


def test_equals_and_neighbours():
    labels = np.zeros(5, int)
    assert verdict(difference(labels, labels, labels, 2), "A", "B") == "A and B make equally many errors."
    one = difference(labels, labels, np.array([0, 0, 0, 0, 1]), 2)
    assert verdict(one, "A", "B") == "A makes 1 error fewer than B; that could be chance (p = 1)."


def test_probabilities_are_written():
    assert [probability(p) for p in (0.0004, 0.184, 1.0)] == ["p < 0.001", "p = 0.18", "p = 1"]
