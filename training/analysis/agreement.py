"""Several runs on the same digits: which digits are hard for all, which runs agree, and what an ensemble of them predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform

from training.runs import Predictions


def misses(wrong: Sequence[np.ndarray]) -> np.ndarray:
    """How many of the runs misclassify each digit, (n,); wrong: (n,) bool per run."""
    return np.sum(wrong, axis=0)


def agreement(classes: Sequence[np.ndarray]) -> np.ndarray:
    """Share of the digits that two runs classify alike, (runs, runs), 0 to 1; classes: the predictions of each, (n,)."""
    predicted = np.stack(classes)
    return np.stack([(predicted == row).mean(axis=1) for row in predicted])


def clustered(shares: np.ndarray) -> np.ndarray:
    """An order of the runs, (runs,), that sets those that agree side by side (average linkage, optimal leaf ordering).

    shares: (runs, runs), as `agreement` gives them.
    """
    if len(shares) < 3:
        return np.arange(len(shares))
    distances = squareform(1 - shares, checks=False)
    return leaves_list(optimal_leaf_ordering(linkage(distances, "average"), distances))


@dataclass(frozen=True)
class Ensemble:
    """The mean of several runs' probabilities, all with the same weight. probabilities: (n, classes); error: 0 to 1;
    without: for each member, the error of the ensemble of all others, NaN if it is the only one."""

    probabilities: np.ndarray
    error: float
    without: tuple[float, ...]

    @cached_property
    def classes(self) -> np.ndarray:
        """The predicted classes, (n,)."""
        return self.probabilities.argmax(axis=1)


def ensemble(labels: np.ndarray, members: Sequence[np.ndarray]) -> Ensemble:
    """The ensemble of these members' probabilities (n, classes) float32 each. Raises ValueError if there are none."""
    if not members:
        raise ValueError("An ensemble needs at least one member.")
    total = np.sum(members, axis=0)

    def error(summed: np.ndarray) -> float:
        return float(np.mean(summed.argmax(axis=1) != labels))

    single = len(members) == 1
    without = tuple(np.nan if single else error(total - member) for member in members)
    return Ensemble(total / len(members), error(total), without)


def held_out(members: Sequence[Predictions]) -> tuple[np.ndarray, Ensemble] | None:
    """The labels (n,) of the digits that all of these runs held out, and the ensemble on them; None if they did not hold out the
    same."""
    index, labels = members[0].held_out_index, members[0].held_out_labels
    if index is None or labels is None:
        return None
    rows = []
    for member in members:
        other, probabilities = member.held_out_index, member.held_out_probabilities
        if other is None or probabilities is None or not np.array_equal(other, index):
            return None
        rows.append(probabilities.astype(np.float32))
    return labels, ensemble(labels, rows)


def select_members(labels: np.ndarray, candidates: Mapping[str, np.ndarray], at_most: int) -> list[str]:
    """Select an ensemble's members: greedy forward selection (Caruana, Niculescu-Mizil, Crew and Ksikes, ICML 2004).

    Starts with the best single candidate and adds the one that lowers the number of errors the most, on a tie the one with
    the lowest cross-entropy, until none helps or there are `at_most`. labels (n,) and the candidates' probabilities
    (n, classes) by name, of digits that all of them held out: selected on test digits, an ensemble would look better than it
    is. Raises ValueError if there are no candidates.
    """
    if not candidates:
        raise ValueError("An ensemble needs at least one member.")
    rows, total = np.arange(len(labels)), np.zeros(())
    selected: list[str] = []
    best = (np.inf, np.inf)
    while len(selected) < min(at_most, len(candidates)):
        results = {}
        for name in (name for name in candidates if name not in selected):
            mean = (total + candidates[name]) / (len(selected) + 1)
            loss = -np.log(np.clip(mean[rows, labels], 1e-7, 1)).mean()
            results[name] = (int((mean.argmax(axis=1) != labels).sum()), float(loss))
        name = min(results, key=lambda name: results[name])
        if results[name] >= best:
            break
        selected.append(name)
        total, best = total + candidates[name], results[name]
    return selected
