"""Label errors: which labels of a dataset are doubtful, by what models that did not learn from a digit predict, and its neighbours.

The count follows confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021).
Our own lines stay, for cleanlab, with which the tests compare them, goes wrong where some digits have no prediction (NaN).
"""

from dataclasses import dataclass

import numpy as np

REFERENCE_RUN = "cnn-kfold"  # its folds predict every digit of MNIST


@dataclass(frozen=True)
class LabelErrors:
    """Of each digit, (n,): label_probability, the probability of its own label, NaN where no model predicted it; same_label_share,
    of its nearest digits the share that has its label, NaN where they are not known; alternative, the class that is the strongest
    against the label; flagged, whether confident learning calls the label wrong. order: the numbers of the digits that were
    predicted, the most doubtful first."""

    label_probability: np.ndarray
    same_label_share: np.ndarray
    alternative: np.ndarray
    flagged: np.ndarray
    order: np.ndarray


def label_errors(labels: np.ndarray, probabilities: np.ndarray, nearest: np.ndarray) -> LabelErrors:
    """What speaks against each label.

    Args:
        labels: (n,) of the digits.
        probabilities: (n, classes), rows of NaN where no model was predicted that did not learn from the digit.
        nearest: (n, k) other digits by number, k may be 0.
    """
    count, classes = probabilities.shape
    rows, predicted = np.arange(count), ~np.isnan(probabilities[:, 0])
    label_probability = probabilities[rows, labels].astype(float)
    votes = np.zeros((count, classes))
    for column in nearest.T:
        votes[rows, labels[column]] += 1 / nearest.shape[1]
    same_label_share = votes[rows, labels] if nearest.shape[1] else np.full(count, np.nan)
    against = np.nan_to_num(probabilities) + votes
    against[rows, labels] = -1
    standing = np.where(np.isnan(same_label_share), label_probability, (label_probability + same_label_share) / 2)
    order = np.argsort(np.where(predicted, standing, np.inf), kind="stable")[: predicted.sum()]
    return LabelErrors(
        label_probability, same_label_share, against.argmax(axis=1), confident(labels, probabilities), order
    )


def confident(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Whether each label is called wrong, (n,) bool: another class is at least as probable as it is, on average, for the
    digits that bear its label, and the most probable of such classes (the off-diagonal of the confident joint)."""
    classes = probabilities.shape[1]
    predicted = ~np.isnan(probabilities[:, 0])
    filled = np.nan_to_num(probabilities, nan=0.0).astype(float)
    enough = np.array(
        [
            filled[predicted & (labels == one), one].mean() if (predicted & (labels == one)).any() else 2
            for one in range(classes)
        ]
    )
    sure = np.where(filled >= enough, filled, -1)
    return predicted & (sure.max(axis=1) >= 0) & (sure.argmax(axis=1) != labels)


def own_mistakes(flagged: np.ndarray, better_wrong: np.ndarray) -> int:
    """How many labels that a run calls wrong are to be expected to be its own mistakes: those that a better run predicts.

    flagged: (n,) bool, as LabelErrors has it; better_wrong: (n,) bool, which of the same digits the better run misclassifies.
    """
    return int((flagged & ~better_wrong).sum())
