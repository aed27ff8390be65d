"""Confidence intervals and significance tests."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import binom, binomtest

SIGNIFICANCE_LEVEL = 0.05  # a difference with a smaller p-value is called significant


def interval(errors: int, digits: int) -> tuple[float, float]:
    """95 % confidence interval of an error rate, both ends 0 to 1 (Wilson's score interval, 1927).

    Raises ValueError where there are no digits, or more errors than digits.
    """
    ends = binomtest(errors, digits).proportion_ci(0.95, method="wilson")
    return float(ends.low), float(ends.high)


def mcnemar(first_wrong: np.ndarray, second_wrong: np.ndarray) -> float:
    """p-value of the difference between two classifiers on the same digits, 0 to 1 (exact McNemar test, 1947).

    first_wrong, second_wrong: (n,) bool, which digits each misclassifies. Only digits that exactly one misclassifies count.
    """
    only_first = int((first_wrong & ~second_wrong).sum())
    only_second = int((second_wrong & ~first_wrong).sum())
    fewer, discordant = min(only_first, only_second), only_first + only_second
    return min(1.0, float(2 * binom.cdf(fewer, discordant, 0.5)))


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """p-values (k,) corrected for k tests (Holm, A simple sequentially rejective procedure, 1979)."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty_like(p_values)
    corrected[order] = np.minimum(stepped, 1)
    return corrected
