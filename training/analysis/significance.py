"""Confidence intervals and significance tests."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binom, binomtest, norm

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


def paired_interval(only_first: int, only_second: int, digits: int) -> tuple[float, float]:
    """95 % confidence interval of the difference of two error rates on the same digits, first minus second, both ends -1 to 1.

    Tango's score interval (Equivalence test and confidence interval for the difference in proportions for the paired-sample
    design, Statistics in Medicine 17, 1998): all differences that the score test does not reject.

    only_first, only_second: how many of the digits only the first and only the second misclassifies.
    Raises ValueError where there are no digits, or fewer than these.
    """
    if digits < 1 or min(only_first, only_second) < 0 or only_first + only_second > digits:
        raise ValueError(f"{only_first} and {only_second} of {digits} digits")
    return -_upper_end(only_second, only_first, digits), _upper_end(only_first, only_second, digits)


def _upper_end(only_first: int, only_second: int, digits: int) -> float:
    """The highest difference that the score test does not reject."""
    z = norm.ppf(0.975)
    if only_first + only_second == 0:
        return float(z**2 / (digits + z**2))

    def rejected(difference: float) -> float:
        # the most likely rate at which only the second is wrong, given the difference
        linear = -only_first - only_second + (2 * digits - only_first + only_second) * difference
        root = np.sqrt(max(linear**2 + 8 * digits * only_second * difference * (1 - difference), 0))
        rate = (root - linear) / (4 * digits)
        variance = max(digits * (2 * rate + difference * (1 - difference)), 0)
        return digits * difference - only_first + only_second - z * np.sqrt(variance)

    estimate = (only_first - only_second) / digits
    return 1.0 if estimate == 1 else float(brentq(rejected, estimate, 1.0))


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """p-values (k,) corrected for k tests (Holm, A simple sequentially rejective procedure, 1979)."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty_like(p_values)
    corrected[order] = np.minimum(stepped, 1)
    return corrected
