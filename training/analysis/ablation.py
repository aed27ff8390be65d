"""What a network loses with one of its maps: errors, and the classes that suffer most."""

from typing import NamedTuple

import numpy as np

from training.analysis.confusion import confusion
from training.analysis.significance import mcnemar


class Harm(NamedTuple):
    """What became of n digits without a map. errors, before: how many are misclassified without it, and with it; p: p-value of the
    difference, 0 to 1 (exact McNemar test); label, prediction, new: the most frequent new error, a digit that was classified
    correctly before, and how often it is made; new is 0 where there is none."""

    digits: int
    errors: int
    before: int
    p: float
    label: int = 0
    prediction: int = 0
    new: int = 0


def harm(labels: np.ndarray, whole: np.ndarray, without: np.ndarray) -> Harm:
    """The same of predictions of all maps and without one. labels: (n,) classes; whole, without: (n, classes) probabilities."""
    before, after = (probabilities.argmax(axis=1) for probabilities in (whole, without))
    lost = (before == labels) & (after != labels)
    pairs = confusion(labels[lost], after[lost], whole.shape[1]) if lost.any() else np.zeros((1, 1), int)
    label, prediction = np.unravel_index(pairs.argmax(), pairs.shape)
    counts = int((after != labels).sum()), int((before != labels).sum())
    p = mcnemar(before != labels, after != labels)
    return Harm(len(labels), *counts, p, int(label), int(prediction), int(pairs.max()))
