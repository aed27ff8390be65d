"""Every number against an independent computation."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, log_loss
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from models import caption
from training import metrics
from training.metrics import METRICS, by_column, by_row, class_report, confusion, interval
from training.runs import load_predictions

SHIPPED = ("canvas", "svm", "random-forest", "mlp-800", "digits-mlp-15")


@pytest.fixture(params=[*SHIPPED, "by lot", "perfect", "constant", "no four", "one digit"])
def answers(request, rng):
    """Labels (n,) and probabilities (n, 10) float16 of shipped runs, and of models at the edge."""
    if request.param in SHIPPED:
        found = load_predictions(request.param)
        return found.labels, found.probabilities
    labels = rng.integers(0, 10, 1 if request.param == "one digit" else 500).astype(np.uint8)
    if request.param == "perfect":
        return labels, np.eye(10, dtype=np.float16)[labels]
    if request.param == "constant":
        return labels, np.tile(np.eye(10, dtype=np.float16)[3], (500, 1))
    labels = labels[labels != 4] if request.param == "no four" else labels
    scores = rng.random((len(labels), 10)) + 2 * np.eye(10)[labels] * (rng.random((len(labels), 1)) < 0.8)
    return labels, (scores / scores.sum(axis=1, keepdims=True)).astype(np.float16)


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_is_a_finite_number_with_a_caption(name, answers):
    assert np.isfinite(METRICS[name](*answers))
    assert caption(METRICS[name])


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


@given(st.integers(1, 10_000), st.data())
@settings(deadline=None)
def test_interval_is_wilsons(digits, data):
    errors = data.draw(st.integers(0, digits))
    low, high = interval(errors, digits)
    z, rate = 1.959963984540054, errors / digits
    centre = (rate + z**2 / (2 * digits)) / (1 + z**2 / digits)
    half = z / (1 + z**2 / digits) * np.sqrt(rate * (1 - rate) / digits + z**2 / (4 * digits**2))
    assert (low, high) == pytest.approx((max(centre - half, 0), min(centre + half, 1)), abs=1e-9)
    assert low <= rate <= high


def test_interval_refuses_what_cannot_be():
    for errors, digits in ((1, 0), (3, 2)):
        with pytest.raises(ValueError):  # noqa: PT011  scipy's own words
            interval(errors, digits)


def test_confusion_counts_every_digit(answers):
    labels, predicted = answers[0], answers[1].argmax(1)
    matrix = confusion(labels, predicted, 10)
    counts = Counter(zip(labels.tolist(), predicted.tolist(), strict=True))
    assert {(row, column): matrix[row, column] for row, column in zip(*matrix.nonzero(), strict=True)} == counts
    for ours, normalize in ((by_row(matrix), "true"), (by_column(matrix), "pred")):
        np.testing.assert_allclose(ours, confusion_matrix(labels, predicted, labels=range(10), normalize=normalize))
    both = Counter(frozenset(pair) for pair in counts.elements() if pair[0] != pair[1])
    pairs = metrics.confused_pairs(matrix)
    assert {frozenset(pair[:2]): pair[2] for pair in pairs} == both
    assert [pair[2] for pair in pairs] == sorted(both.values(), reverse=True)


def test_a_class_that_is_absent_stays_nought():
    matrix = confusion(np.array([0, 0]), np.array([0, 1]), 3)
    np.testing.assert_array_equal(by_row(matrix), [[0.5, 0.5, 0], [0, 0, 0], [0, 0, 0]])
    report = class_report(np.array([0, 0]), np.array([0, 1]), ("a", "b", "c"))
    assert report["recall"].tolist() == [0.5, 0, 0]
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
    assert metrics.confused_pairs(matrix) == [(0, 1, 5), (1, 2, 2)]
    assert metrics.confused_pairs(np.diag([4, 4])) == []


def test_report_is_scikit_learns(answers):
    labels, probabilities = answers
    ours = class_report(labels, probabilities.argmax(1), tuple("0123456789")).set_index("class")
    names = list("0123456789")
    theirs = classification_report(
        labels, probabilities.argmax(1), labels=range(10), target_names=names, output_dict=True, zero_division=0
    )
    for digit in names:
        row = theirs[digit]
        expected = [row["precision"], row["recall"], row["f1-score"], row["support"]]
        assert ours.loc[digit, ["precision", "recall", "f1", "support"]].tolist() == pytest.approx(expected)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_mcnemar_agrees_with_statsmodels(pairs):
    first, second = np.array(pairs).T
    counts = [[(~first & ~second).sum(), (~first & second).sum()], [(first & ~second).sum(), (first & second).sum()]]
    assert metrics.mcnemar(first, second) == pytest.approx(mcnemar(counts, exact=True).pvalue)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_holm_agrees_with_statsmodels(chances):
    np.testing.assert_allclose(metrics.holm(chances), multipletests(chances, method="holm")[1], atol=1e-12)
