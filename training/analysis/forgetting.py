"""Which test digits a run learned last, forgot or never learned, epoch by epoch."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Forgetting:
    """Of each test digit over the epochs of a run; all (n,).

    learned: the epoch, from 1, since which it was classified correctly to the end, 0 if it ended wrong; forgotten: how many
    times it was correct after one epoch and wrong after the next (Toneva et al., An empirical study of example forgetting,
    2019, there counted on training digits); never: whether it was wrong after every epoch.
    """

    learned: np.ndarray
    forgotten: np.ndarray
    never: np.ndarray


def forgetting(labels: np.ndarray, epoch_classes: np.ndarray) -> Forgetting:
    """Labels (n,) and the predictions after each epoch, (epochs, n)."""
    correct = epoch_classes == labels
    epochs = len(correct)
    since = epochs - np.minimum.accumulate(correct[::-1], axis=0).sum(axis=0) + 1
    forgotten = (correct[:-1] & ~correct[1:]).sum(axis=0)
    return Forgetting(np.where(correct[-1], since, 0), forgotten, ~correct.any(axis=0))


def changed(labels: np.ndarray, epoch_classes: np.ndarray, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The digits that became correct in that epoch, counted from 1, and those that became wrong; in the first, none."""
    if epoch < 2:
        return np.empty(0, int), np.empty(0, int)
    before, after = epoch_classes[epoch - 2] == labels, epoch_classes[epoch - 1] == labels
    return np.flatnonzero(after & ~before), np.flatnonzero(before & ~after)


def class_errors(labels: np.ndarray, epoch_classes: np.ndarray, classes: int) -> np.ndarray:
    """Error of each class after each epoch, (epochs, classes), 0 to 1; NaN of a class without digits."""
    wrong = epoch_classes != labels
    with np.errstate(invalid="ignore"):
        return np.stack(
            [np.bincount(labels, row, minlength=classes) / np.bincount(labels, minlength=classes) for row in wrong]
        )
