"""Two sets of predictions of the same digits: where they differ, and whether the difference is significant."""

from dataclasses import dataclass

import numpy as np

from training.analysis.confusion import confusion
from training.analysis.significance import SIGNIFICANCE_LEVEL, mcnemar, paired_interval


@dataclass(frozen=True)
class Difference:
    """How two sets of predictions differ.

    matrix: (classes, classes) counts of the first minus those of the second, row the label, column the prediction;
    only_first, only_second, neither: numbers of the digits that only the first, only the second or neither classifies
    correctly; both_correct: how many both do; p_value: of the exact McNemar test, 0 to 1.
    """

    matrix: np.ndarray
    only_first: np.ndarray
    only_second: np.ndarray
    neither: np.ndarray
    both_correct: int
    p_value: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the error rate of the first minus that of the second, see significance.paired_interval."""
        digits = self.both_correct + len(self.only_first) + len(self.only_second) + len(self.neither)
        return paired_interval(len(self.only_second), len(self.only_first), digits)

    @property
    def significant(self) -> bool:
        """Whether one of the two is better by more than chance explains."""
        return self.p_value < SIGNIFICANCE_LEVEL


def difference(labels: np.ndarray, first: np.ndarray, second: np.ndarray, classes: int) -> Difference:
    """How the predictions first (n,) and second (n,) of digits with these labels (n,) differ."""
    correct, other = first == labels, second == labels
    return Difference(
        confusion(labels, first, classes) - confusion(labels, second, classes),
        np.flatnonzero(correct & ~other),
        np.flatnonzero(other & ~correct),
        np.flatnonzero(~correct & ~other),
        int((correct & other).sum()),
        mcnemar(~correct, ~other),
    )
