"""Intervals and paired tests against statsmodels and the formulas."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
