"""The difference of two runs, against scikit-learn, statsmodels and plain counting."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix
from statsmodels.stats.contingency_tables import mcnemar

from training.analysis.difference import difference
from training.runs import load_predictions


@pytest.mark.parametrize(("first", "second"), [("canvas", "cnn-large"), ("svm", "cnn-kfold"), ("mlp-800", "mlp-800")])
def test_a_difference_of_shipped_runs(first, second):
    a, b = load_predictions(first), load_predictions(second)
    found = difference(a.labels, a.classes, b.classes, 10)
    expected = confusion_matrix(a.labels, a.classes) - confusion_matrix(b.labels, b.classes)
    np.testing.assert_array_equal(found.matrix, expected)
    counts = [[found.both_correct, len(found.only_first)], [len(found.only_second), len(found.neither)]]
    assert np.sum(counts) == 10_000
    assert found.p_value == pytest.approx(mcnemar(counts, exact=True).pvalue)
    fewer = round(10_000 * (accuracy_score(a.labels, a.classes) - accuracy_score(b.labels, b.classes)))
    assert len(found.only_first) - len(found.only_second) == fewer
    low, high = found.interval
    assert low <= -fewer / 10_000 <= high
    assert (low <= 0 <= high) == (found.p_value >= 0.05)
    assert (a.classes == a.labels)[found.only_first].all()
    assert not (b.classes == b.labels)[found.only_first].any()


def test_a_perfect_and_a_constant_run():
    labels = np.repeat(np.arange(3), 4)  # of four classes, one absent
    found = difference(labels, labels, np.zeros(12, int), 4)
    assert found.matrix.tolist() == [[0, 0, 0, 0], [-4, 4, 0, 0], [-4, 0, 4, 0], [0, 0, 0, 0]]
    assert (len(found.only_first), len(found.only_second), found.both_correct, len(found.neither)) == (8, 0, 4, 0)
    assert found.significant
    assert not difference(labels, labels, labels, 4).significant
