"""The confusion matrix, and each class."""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix, precision_recall_curve, precision_recall_fscore_support

from training.analysis.significance import interval


def confusion(labels: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): row the label, column the prediction."""
    return confusion_matrix(labels, predicted, labels=range(classes))


def by_row(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum, so that it says what became of that label; an empty row stays 0."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def by_column(matrix: np.ndarray) -> np.ndarray:
    """Each column divided by its sum, so that it says what is behind a prediction of that class; an empty column stays 0."""
    return matrix / np.maximum(matrix.sum(axis=0, keepdims=True), 1)


def confused_pairs(matrix: np.ndarray) -> list[tuple[int, int, int]]:
    """Pairs of classes by how often one was taken for the other, either way: first, second, count; the most frequent first."""
    both = np.triu(matrix + matrix.T, 1)
    order = np.argsort(-both, axis=None, kind="stable")
    pairs = zip(*np.unravel_index(order, both.shape), strict=True)
    return [(int(first), int(second), int(both[first, second])) for first, second in pairs if both[first, second]]


def class_report(labels: np.ndarray, predicted: np.ndarray, class_names: tuple[str, ...]) -> pd.DataFrame:
    """A row per class: precision, recall and F1 (0 to 1), and support in digits; and the 95 % intervals of precision and recall,
    from precision_low to recall_high. Precision is NaN where no digit was predicted as the class, recall where none belongs to it,
    and F1 where either is."""
    columns = precision_recall_fscore_support(labels, predicted, labels=range(len(class_names)), zero_division=np.nan)
    report = pd.DataFrame(dict(zip(("precision", "recall", "f1", "support"), columns, strict=True)))
    report["f1"] = report["f1"].where(report["precision"].notna() & report["recall"].notna())
    report.insert(0, "class", class_names)
    matrix = confusion(labels, predicted, len(class_names))
    for name, of in (("precision", matrix.sum(axis=0)), ("recall", matrix.sum(axis=1))):
        ends = [
            interval(int(hits), int(n)) if n else (np.nan, np.nan)
            for hits, n in zip(matrix.diagonal(), of, strict=True)
        ]
        report[f"{name}_low"], report[f"{name}_high"] = zip(*ends, strict=True)
    return report


def precision_recall(
    labels: np.ndarray, probabilities: np.ndarray, classes: int
) -> list[tuple[np.ndarray, np.ndarray] | None]:
    """For each class, over all thresholds of its probability, precision (k,) and recall (k,), both 0 to 1, recall falling; None
    of a class that no label belongs to. labels: (n,); probabilities: (n, classes)."""
    curves = []
    for number in range(classes):
        positive = labels == number
        scores = probabilities[:, number].astype(float)
        curves.append(precision_recall_curve(positive, scores)[:2] if positive.any() else None)
    return curves
