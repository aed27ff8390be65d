"""The confusion matrix and the report of classes against independent computations."""

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import classification_report, confusion_matrix
from statsmodels.stats.proportion import proportion_confint

from training.analysis.confusion import by_column, by_row, class_report, confused_pairs, confusion


def test_confusion_counts_every_digit(answers):
    labels, predicted = answers[0], answers[1].argmax(1)
    matrix = confusion(labels, predicted, 10)
    counts = Counter(zip(labels.tolist(), predicted.tolist(), strict=True))
    assert {(row, column): matrix[row, column] for row, column in zip(*matrix.nonzero(), strict=True)} == counts
    for ours, normalize in ((by_row(matrix), "true"), (by_column(matrix), "pred")):
        np.testing.assert_allclose(ours, confusion_matrix(labels, predicted, labels=range(10), normalize=normalize))
    both = Counter(frozenset(pair) for pair in counts.elements() if pair[0] != pair[1])
    pairs = confused_pairs(matrix)
    assert {frozenset(pair[:2]): pair[2] for pair in pairs} == both
    assert [pair[2] for pair in pairs] == sorted(both.values(), reverse=True)


def test_a_class_that_is_absent_stays_nought():
    matrix = confusion(np.array([0, 0]), np.array([0, 1]), 3)
    np.testing.assert_array_equal(by_row(matrix), [[0.5, 0.5, 0], [0, 0, 0], [0, 0, 0]])
    report = class_report(np.array([0, 0]), np.array([0, 1]), ("a", "b", "c"))
    np.testing.assert_array_equal(report["precision"], [1, 0, np.nan])
    np.testing.assert_array_equal(report["recall"], [0.5, np.nan, np.nan])
    np.testing.assert_allclose(report["f1"], [2 / 3, np.nan, np.nan])
    assert report["recall_high"].isna().tolist() == [False, True, True]
    assert report["precision_low"].isna().tolist() == [False, False, True]


def test_a_report_has_wilsons_intervals(answers):
    labels, probabilities = answers
    predicted = probabilities.argmax(1)
    report = class_report(labels, predicted, tuple("0123456789"))
    for digit, row in report.iterrows():
        hits = ((labels == digit) & (predicted == digit)).sum()
        for name, of in (("precision", predicted == digit), ("recall", labels == digit)):
            expected = proportion_confint(hits, of.sum(), method="wilson") if of.any() else (np.nan, np.nan)
            assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_confused_pairs_are_counted_both_ways():
    matrix = np.array([[5, 2, 0], [3, 7, 1], [0, 1, 9]])
    assert confused_pairs(matrix) == [(0, 1, 5), (1, 2, 2)]
    assert confused_pairs(np.diag([4, 4])) == []


def test_report_is_scikit_learns(answers):
    labels, probabilities = answers
    ours = class_report(labels, probabilities.argmax(1), tuple("0123456789")).set_index("class")
    names = list("0123456789")
    theirs = classification_report(
        labels, probabilities.argmax(1), labels=range(10), target_names=names, output_dict=True, zero_division=np.nan
    )
    for digit in names:
        row = theirs[digit]
        expected = [row["precision"], row["recall"], row["f1-score"], row["support"]]
        expected[2] = np.nan if np.isnan(expected[:2]).any() else expected[2]
        given = ours.loc[digit, ["precision", "recall", "f1", "support"]].tolist()
        assert given == pytest.approx(expected, nan_ok=True)
