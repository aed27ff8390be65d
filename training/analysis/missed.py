"""The digits that an ensemble or a run misclassifies: what each member says of them, and the training digits nearest to each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CHUNK = 5000  # training digits that are compared at a time


@dataclass(frozen=True)
class Missed:
    """The misclassified digits, those first whose label is the least probable.

    numbers: (k,) into the test set; labels, predicted: (k,) classes; label_probabilities, predicted_probabilities: (k, members)
    float32, what each member gives to either; correct: (k,) how many members predict the label.
    """

    numbers: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    label_probabilities: np.ndarray
    predicted_probabilities: np.ndarray
    correct: np.ndarray


def missed(labels: np.ndarray, members: Sequence[np.ndarray]) -> Missed:
    """Which digits the mean of the members' probabilities (n, classes) each misclassifies. labels: (n,)."""
    stacked = np.stack(members, axis=1).astype(np.float32)
    mean = stacked.mean(axis=1)
    numbers = np.flatnonzero(mean.argmax(axis=1) != labels)
    numbers = numbers[np.argsort(mean[numbers, labels[numbers]], kind="stable")]
    labels, predicted, chosen = labels[numbers], mean[numbers].argmax(axis=1), stacked[numbers]
    rows, correct = np.arange(len(numbers)), (chosen.argmax(axis=2) == labels[:, None]).sum(axis=1)
    return Missed(numbers, labels, predicted, chosen[rows, :, labels], chosen[rows, :, predicted], correct)


def nearest(pictures: np.ndarray, among: np.ndarray, count: int) -> np.ndarray:
    """The numbers (k, count) of the pictures among (n, height, width) uint8 that are the nearest to each of k pictures, by the
    Euclidean distance of their pixels, the nearest first; exact, a tie in the order of numbers."""
    # float64 holds these sums of squares exactly
    points = pictures.reshape(len(pictures), -1).astype(float)
    numbers, distances = np.empty((len(points), 0), int), np.empty((len(points), 0))
    for start in range(0, len(among), CHUNK):
        part = among[start : start + CHUNK].reshape(-1, points.shape[1]).astype(float)
        # without the square of the picture itself, which is the same for all
        squares = np.einsum("ij,ij->i", part, part) - 2 * points @ part.T
        closest = np.argsort(squares, axis=1, kind="stable")[:, :count]
        numbers = np.hstack([numbers, start + closest])
        distances = np.hstack([distances, np.take_along_axis(squares, closest, axis=1)])
    order = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(numbers, order, axis=1)
