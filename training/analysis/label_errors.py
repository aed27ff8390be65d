"""Which labels of a dataset are doubtful: what models that did not learn from a digit say of it, and its nearest digits.

The count follows confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021).
Our own lines stay, for cleanlab, with which the tests compare them, goes wrong where some digits have no answer (NaN).
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class LabelErrors:
    """Of each digit, (n,): own, the probability of its own label, NaN where nobody was asked; alike, the share of its nearest
    digits that have its label, NaN where nobody knows them; other, the class that speaks most against the label; called,
    whether confident learning calls the label wrong. order: the numbers of those asked, the most doubtful first."""

    own: np.ndarray
    alike: np.ndarray
    other: np.ndarray
    called: np.ndarray
    order: np.ndarray


def label_errors(labels: np.ndarray, probabilities: np.ndarray, nearest: np.ndarray) -> LabelErrors:
    """What speaks against each label.

    Args:
        labels: (n,) of the digits.
        probabilities: (n, classes), rows of NaN where no model was asked that did not learn from the digit.
        nearest: (n, k) other digits by number, k may be 0.
    """
    count, classes = probabilities.shape
    rows, asked = np.arange(count), ~np.isnan(probabilities[:, 0])
    own = probabilities[rows, labels].astype(float)
    votes = np.zeros((count, classes))
    for column in nearest.T:
        votes[rows, labels[column]] += 1 / nearest.shape[1]
    alike = votes[rows, labels] if nearest.shape[1] else np.full(count, np.nan)
    against = np.nan_to_num(probabilities) + votes
    against[rows, labels] = -1
    standing = np.where(np.isnan(alike), own, (own + alike) / 2)
    order = np.argsort(np.where(asked, standing, np.inf), kind="stable")[: asked.sum()]
    return LabelErrors(own, alike, against.argmax(axis=1), confident(labels, probabilities), order)


def confident(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Whether each label is called wrong, (n,) bool: another class is at least as probable as it is, on average, for the
    digits that bear its label, and the most probable of such classes (the off-diagonal of the confident joint)."""
    classes = probabilities.shape[1]
    asked = ~np.isnan(probabilities[:, 0])
    filled = np.nan_to_num(probabilities, nan=0.0).astype(float)
    enough = np.array(
        [
            filled[asked & (labels == one), one].mean() if (asked & (labels == one)).any() else 2
            for one in range(classes)
        ]
    )
    sure = np.where(filled >= enough, filled, -1)
    return asked & (sure.max(axis=1) >= 0) & (sure.argmax(axis=1) != labels)
