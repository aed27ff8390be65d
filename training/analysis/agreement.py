"""Several runs on the same digits: which digits are hard for all, which runs agree, and what a committee of them reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
from scipy.spatial.distance import squareform


def misses(wrong: Sequence[np.ndarray]) -> np.ndarray:
    """How many of the runs misread each digit, (n,); wrong: (n,) bool a run."""
    return np.sum(wrong, axis=0)


def agreement(classes: Sequence[np.ndarray]) -> np.ndarray:
    """Share of the digits that two runs read alike, (runs, runs), 0 to 1; classes: what each read, (n,)."""
    read = np.stack(classes)
    return np.stack([(read == row).mean(axis=1) for row in read])


def clustered(alike: np.ndarray) -> np.ndarray:
    """An order of the runs, (runs,), that sets those that agree side by side (average linkage, optimal leaf ordering)."""
    if len(alike) < 3:
        return np.arange(len(alike))
    apart = squareform(1 - alike, checks=False)
    return leaves_list(optimal_leaf_ordering(linkage(apart, "average"), apart))


@dataclass(frozen=True)
class Committee:
    """What runs read together, each with the same say. probabilities: their mean, (n, classes); error: 0 to 1;
    without: by member, the error of all others together, NaN of one alone."""

    probabilities: np.ndarray
    error: float
    without: tuple[float, ...]

    @cached_property
    def classes(self) -> np.ndarray:
        """What the committee reads, (n,)."""
        return self.probabilities.argmax(axis=1)


def committee(labels: np.ndarray, members: Sequence[np.ndarray]) -> Committee:
    """The committee of these members' probabilities (n, classes) float32 each. Raises ValueError where there are none."""
    if not members:
        raise ValueError("A committee needs a member.")
    total = np.sum(members, axis=0)

    def error(summed: np.ndarray) -> float:
        return float(np.mean(summed.argmax(axis=1) != labels))

    alone = len(members) == 1
    without = tuple(np.nan if alone else error(total - member) for member in members)
    return Committee(total / len(members), error(total), without)


def choose(labels: np.ndarray, members: Mapping[str, np.ndarray], most: int) -> list[str]:
    """Who should sit in a committee: greedy forward selection (Caruana, Niculescu-Mizil, Crew and Ksikes, ICML 2004).

    Begins with the best alone and adds whoever makes the mean err least, of equals the one with the lowest cross-entropy,
    until nobody makes it better or there are `most`. labels (n,) and members' probabilities (n, classes) by name, of digits
    that all of them held out: chosen on test digits, a committee would look better than it is. Raises ValueError where there
    are none.
    """
    if not members:
        raise ValueError("A committee needs a member.")
    rows, total = np.arange(len(labels)), np.zeros(())
    chosen: list[str] = []
    best = (np.inf, np.inf)
    while len(chosen) < min(most, len(members)):
        tried = {}
        for name in (name for name in members if name not in chosen):
            mean = (total + members[name]) / (len(chosen) + 1)
            loss = -np.log(np.clip(mean[rows, labels], 1e-7, 1)).mean()
            tried[name] = (int((mean.argmax(axis=1) != labels).sum()), float(loss))
        name = min(tried, key=lambda name: tried[name])
        if tried[name] >= best:
            break
        chosen.append(name)
        total, best = total + members[name], tried[name]
    return chosen
