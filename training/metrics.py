"""One function per number, all of them pure functions of what a run stored.

A metric takes labels (n,) and probabilities (n, classes) and gives a float; @metric puts it into every table.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import binom, binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from training.calibration import reliability

CHANCE = 0.05  # below this probability a difference is called one

METRICS: dict[str, Callable[[np.ndarray, np.ndarray], float]] = {}


def metric(function: Callable) -> Callable:
    METRICS[function.__name__] = function
    return function


@metric
def error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Share of digits whose most probable class is not their label, 0 to 1."""
    return float(np.mean(probabilities.argmax(axis=1) != labels))


@metric
def cross_entropy(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean of minus the natural logarithm of the label's probability, in nats; float16 keeps it below 16.7 a digit."""
    given = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(given, np.finfo(np.float16).smallest_subnormal)).mean())


@metric
def calibration_error(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Mean distance of confidence from the share that is right, 0 to 1, in 15 bins (expected calibration error)."""
    return reliability(labels, probabilities).error


def interval(errors: int, digits: int) -> tuple[float, float]:
    """95 % confidence interval of an error rate, both ends 0 to 1 (Wilson's score interval, 1927).

    Raises ValueError where there are no digits, or more errors than digits.
    """
    found = binomtest(errors, digits).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def mcnemar(first_wrong: np.ndarray, second_wrong: np.ndarray) -> float:
    """Probability that two readers of the same digits differ so much by chance, 0 to 1 (exact McNemar test, 1947).

    first_wrong, second_wrong: (n,) bool, which digits each reads wrongly. Only digits that one of them misses count.
    """
    only_first = int((first_wrong & ~second_wrong).sum())
    only_second = int((second_wrong & ~first_wrong).sum())
    fewer, discordant = min(only_first, only_second), only_first + only_second
    return min(1.0, float(2 * binom.cdf(fewer, discordant, 0.5)))


def holm(p_values: np.ndarray) -> np.ndarray:
    """Probabilities (k,) corrected for asking k times (Holm, A simple sequentially rejective procedure, 1979)."""
    p_values = np.asarray(p_values, float)
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty_like(p_values)
    corrected[order] = np.minimum(stepped, 1)
    return corrected


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): row the label, column the prediction."""
    return confusion_matrix(labels, predicted, labels=range(classes))


def by_row(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum, so that it says what became of that label; an empty row stays 0."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def by_column(matrix: np.ndarray) -> np.ndarray:
    """Each column divided by its sum, so that it says what was read as that class; an empty column stays 0."""
    return matrix / np.maximum(matrix.sum(axis=0, keepdims=True), 1)


def confused_pairs(matrix: np.ndarray) -> list[tuple[int, int, int]]:
    """Pairs of classes by how often one was read as the other, either way: first, second, count; the most often first."""
    both = np.triu(matrix + matrix.T, 1)
    order = np.argsort(-both, axis=None, kind="stable")
    pairs = zip(*np.unravel_index(order, both.shape), strict=True)
    return [(int(first), int(second), int(both[first, second])) for first, second in pairs if both[first, second]]


def class_report(labels: np.ndarray, predicted: np.ndarray, class_names: tuple[str, ...]) -> pd.DataFrame:
    """A row per class: precision, recall and F1 (0 to 1; 0 where undefined), and support in digits; and the 95 % intervals
    of precision and recall, from precision_low to recall_high (NaN where nothing was read as it, or nothing belongs to it)."""
    columns = precision_recall_fscore_support(labels, predicted, labels=range(len(class_names)), zero_division=0)
    report = pd.DataFrame(dict(zip(("precision", "recall", "f1", "support"), columns, strict=True)))
    report.insert(0, "class", class_names)
    matrix = confusion(labels, predicted, len(class_names))
    for name, of in (("precision", matrix.sum(axis=0)), ("recall", matrix.sum(axis=1))):
        ends = [
            interval(int(hits), int(n)) if n else (np.nan, np.nan)
            for hits, n in zip(matrix.diagonal(), of, strict=True)
        ]
        report[f"{name}_low"], report[f"{name}_high"] = zip(*ends, strict=True)
    return report
