"""Intervals and paired tests against statsmodels and the formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from training.analysis import significance
from training.analysis.significance import interval


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


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
@settings(max_examples=25, deadline=None)
def test_mcnemar_agrees_with_statsmodels(pairs):
    first, second = np.array(pairs).T
    counts = [[(~first & ~second).sum(), (~first & second).sum()], [(first & ~second).sum(), (first & second).sum()]]
    assert significance.mcnemar(first, second) == pytest.approx(mcnemar(counts, exact=True).pvalue)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_holm_agrees_with_statsmodels(chances):
    np.testing.assert_allclose(significance.holm(chances), multipletests(chances, method="holm")[1], atol=1e-12)


def likeliest(only_first, only_second, digits, difference):
    """The most likely rate at which only the second is wrong where the first is wrong so much more often, by searching for it."""

    def unlikely(rate):
        rates = np.array([rate + difference, rate, 1 - 2 * rate - difference])
        counts = np.array([only_first, only_second, digits - only_first - only_second])
        return -float(np.sum(np.where(counts > 0, counts * np.log(np.maximum(rates, 1e-300)), 0)))

    bounds = (max(0, -difference), (1 - difference) / 2)
    return float(minimize_scalar(unlikely, bounds=bounds, method="bounded", options={"xatol": 1e-12}).x)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_the_ends_of_a_paired_interval_are_just_not_rejected(only_first, only_second, same):
    digits = only_first + only_second + same
    low, high = significance.paired_interval(only_first, only_second, digits)
    assert -1 <= low <= (only_first - only_second) / digits <= high <= 1
    for end in (low, high):
        rate = likeliest(only_first, only_second, digits, end)
        variance = digits * (2 * rate + end - end**2)  # of the difference of two indicators
        deviation = (only_first - only_second - digits * end) / np.sqrt(variance)
        assert abs(deviation) == pytest.approx(1.959963984540054, abs=2e-3)


def test_a_paired_interval_turns_with_its_runs_and_knows_its_ends():
    assert significance.paired_interval(7, 3, 50) == pytest.approx(
        [-end for end in reversed(significance.paired_interval(3, 7, 50))]
    )
    assert significance.paired_interval(5, 0, 5)[1] == 1
    assert significance.paired_interval(0, 5, 5)[0] == -1
    for counts in ((1, 0, 0), (3, 3, 5), (-1, 2, 5)):
        with pytest.raises(ValueError, match=r"of [05] digits"):
            significance.paired_interval(*counts)
