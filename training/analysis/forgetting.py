"""How a run's mistakes went away, epoch by epoch: what it learned last, what it forgot, what it never learned."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Forgetting:
    """Of each test digit over the epochs of a run; all (n,).

    learned: the epoch, from 1, since which it was read rightly to the end, 0 where it ended wrong; forgotten: how many
    times it was right after one epoch and wrong after the next (Toneva et al., An empirical study of example forgetting,
    2019, there counted on training digits); never: whether no epoch read it rightly.
    """

    learned: np.ndarray
    forgotten: np.ndarray
    never: np.ndarray


def forgetting(labels: np.ndarray, epoch_classes: np.ndarray) -> Forgetting:
    """Labels (n,) and what was read after each epoch, (epochs, n)."""
    right = epoch_classes == labels
    epochs = len(right)
    since = epochs - np.minimum.accumulate(right[::-1], axis=0).sum(axis=0) + 1
    forgotten = (right[:-1] & ~right[1:]).sum(axis=0)
    return Forgetting(np.where(right[-1], since, 0), forgotten, ~right.any(axis=0))


def changed(labels: np.ndarray, epoch_classes: np.ndarray, epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The digits that became right with that epoch, counted from 1, and those that became wrong; with the first, none."""
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
