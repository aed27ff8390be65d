"""What a run answered: its labels, probabilities, and classes after each epoch."""

import zipfile
import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Predictions:
    """The predictions of a run.

    labels: (n,) uint8 of the test set; probabilities: (n, classes) float16; epoch_classes: (epochs, n) uint8, the test
    predictions after each epoch, or None where these were not kept. If a part of the training set was held out:
    held_out_index (m,) into the training set, held_out_labels (m,) and held_out_probabilities (m, classes). epoch_numbers:
    (epochs,) the epoch of each row of epoch_classes where these are not 1, 2, and so on.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    epoch_classes: np.ndarray | None = None
    held_out_index: np.ndarray | None = None
    held_out_labels: np.ndarray | None = None
    held_out_probabilities: np.ndarray | None = None
    epoch_numbers: np.ndarray | None = None

    @property
    def epochs(self) -> np.ndarray:
        """The epoch, from 1, of each row of epoch_classes, (epochs,); none where these were not kept."""
        if self.epoch_classes is None:
            return np.zeros(0, int)
        return np.arange(1, len(self.epoch_classes) + 1) if self.epoch_numbers is None else self.epoch_numbers

    @property
    def epoch_errors(self) -> np.ndarray:
        """The test error after each of these epochs, (epochs,), 0 to 1."""
        return np.zeros(0) if self.epoch_classes is None else (self.epoch_classes != self.labels).mean(axis=1)

    @cached_property
    def classes(self) -> np.ndarray:
        """The class with the highest probability, (n,)."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of that class, (n,) float32."""
        return self.probabilities.max(axis=1).astype(np.float32)

    @cached_property
    def wrong(self) -> np.ndarray:
        """Which test digits are misclassified, (n,) bool."""
        return self.classes != self.labels


def to_half(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities as float16, (n, classes), with the predicted class still highest where rounding would tie it."""
    halves, winners, rows = (
        probabilities.astype(np.float16),
        probabilities.argmax(axis=1),
        np.arange(len(probabilities)),
    )
    tied = halves.argmax(axis=1) != winners
    halves[rows[tied], winners[tied]] = np.nextafter(halves[tied].max(axis=1), np.float16(2))
    return halves


def read_predictions(source) -> Predictions:
    """The arrays of an npz file, a path or an open stream. Raises ValueError, OSError or TypeError if it is not one."""
    try:
        with np.load(source, allow_pickle=False) as arrays:
            return Predictions(**{name: arrays[name] for name in arrays.files})
    except (EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(f"it is damaged ({type(error).__name__})") from error
