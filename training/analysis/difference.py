"""Two readers of the same digits: where they differ, and whether that could be chance."""

from dataclasses import dataclass

import numpy as np

from training.analysis.confusion import confusion
from training.analysis.significance import SIGNIFICANCE_LEVEL, mcnemar


@dataclass(frozen=True)
class Difference:
    """What tells a first reader from a second.

    matrix: (classes, classes) counts of the first minus those of the second, row the label, column the reading;
    only_first, only_second, neither: numbers of the digits that one alone reads rightly, or none; both_right: how many digits;
    chance: probability of such a difference between equals, 0 to 1 (exact McNemar test).
    """

    matrix: np.ndarray
    only_first: np.ndarray
    only_second: np.ndarray
    neither: np.ndarray
    both_right: int
    chance: float

    @property
    def both_wrong(self) -> int:
        """How many digits neither reads rightly."""
        return len(self.neither)


def difference(labels: np.ndarray, first: np.ndarray, second: np.ndarray, classes: int) -> Difference:
    """How the readings first (n,) and second (n,) of digits with these labels (n,) differ."""
    right, other = first == labels, second == labels
    return Difference(
        confusion(labels, first, classes) - confusion(labels, second, classes),
        np.flatnonzero(right & ~other),
        np.flatnonzero(other & ~right),
        np.flatnonzero(~right & ~other),
        int((right & other).sum()),
        mcnemar(~right, ~other),
    )


def verdict(found: Difference, first: str, second: str) -> str:
    """Which of two readers, called by these names, makes fewer errors, and whether that could be chance."""
    fewer = len(found.only_first) - len(found.only_second)
    if not fewer:
        return f"{first} and {second} make equally many errors."
    better, worse = (first, second) if fewer > 0 else (second, first)
    errors = "error" if abs(fewer) == 1 else "errors"
    judged = "that could be chance" if found.chance >= SIGNIFICANCE_LEVEL else "that is more than chance"
    return f"{better} makes {abs(fewer):,} {errors} fewer than {worse}; {judged} ({probability(found.chance)})."


def probability(chance: float) -> str:
    """A probability as it is written beside a verdict."""
    return "p < 0.001" if chance < 0.001 else f"p = {chance:.2g}"
