"""The lowest error rates on MNIST that are known, and our own best beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.classifiers import PROBABILITIES
from training.analysis import significance
from training.runs import RunError

TEST_DIGITS = 10_000  # on which all of them were measured


@dataclass(frozen=True)
class Known:
    """A result that others report. error: on MNIST's test digits, 0 to 1; year: None where its source names none; remark: how the
    error was come by, where it is not that of one run."""

    name: str
    error: float
    year: int | None
    reference: str
    remark: str = ""

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the error, from the number of test digits."""
        return significance.interval(round(self.error * TEST_DIGITS), TEST_DIGITS)


AIM = Known("RMDL", 0.0018, 2018, "Kowsari et al., arXiv:1805.01890", "ensemble of random deep networks")
BEST_OF_MANY = "majority vote; the best of many tries on the test digits"
KNOWN = (
    Known("pairwise linear classifier", 0.076, 1998, "LeCun et al., Proceedings of the IEEE"),
    Known("random forest", 0.028, None, "digits brief"),
    Known("784-800-10", 0.016, 2003, "Simard et al., ICDAR"),
    Known("support vector machine", 0.008, 1998, "LeCun et al., Proceedings of the IEEE"),
    Known("neighbours, deformed", 0.0052, 2007, "Keysers et al., PAMI"),
    Known("deep perceptron", 0.0035, 2010, "Cireșan et al., arXiv:1003.0358", "with elastic distortions"),
    Known("6-layer CNN", 0.0027, None, "digits brief", "with elastic and affine distortions"),
    Known(
        "15 small CNNs",
        0.00255,
        2018,
        "Deotte, MNIST-CNN-99.75",
        "mean of 100 repetitions, standard deviation 0.020 points",
    ),
    Known("35 CNNs", 0.0023, 2012, "Cireșan et al., arXiv:1202.2745", "ensemble"),
    Known("DropConnect", 0.0021, 2013, "Wan et al., ICML", "ensemble of five networks"),
    AIM,
    Known("capsule network", 0.0017, 2020, "Byerly et al., arXiv:2001.09136", "the best single network"),
    Known("capsule ensemble", 0.0013, 2020, "Byerly et al., arXiv:2001.09136", "ensemble"),
    Known("3 CNNs vote", 0.0013, 2020, "An et al., arXiv:2008.10400", BEST_OF_MANY),
    Known("3 x 3 CNNs vote", 0.0009, 2020, "An et al., arXiv:2008.10400", BEST_OF_MANY),
)


@dataclass(frozen=True)
class Own:
    """A run or a saved ensemble of ours. members: its runs; wrong: which test digits it misclassifies, (n,) bool; among: of how
    many it makes the fewest errors."""

    name: str
    members: tuple[str, ...]
    wrong: np.ndarray
    among: int

    @property
    def errors(self) -> int:
        """How many test digits it misclassifies."""
        return int(self.wrong.sum())

    @property
    def error(self) -> float:
        """Their share, 0 to 1."""
        return self.errors / len(self.wrong)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the error."""
        return significance.interval(self.errors, len(self.wrong))


Wrong = Callable[
    [tuple[str, ...]], np.ndarray
]  # which test digits the mean of these runs misclassifies; raises RunError


def best_run(table: pd.DataFrame, wrong: Wrong) -> Own | None:
    """The run that makes the fewest errors on MNIST's test digits, folds aside. table: of all runs, as comparison.run_table."""
    rows = _on_mnist(table)
    if rows.empty:
        return None
    name = rows.loc[rows["error"].idxmin(), "run"]
    return Own(name, (name,), wrong((name,)), len(rows))


def best_ensemble(ensembles: Mapping[str, Sequence[str]], table: pd.DataFrame, wrong: Wrong) -> Own | None:
    """The saved ensemble that makes the fewest errors on MNIST's test digits. ensembles: members by name."""
    rows = _on_mnist(table)
    able = set() if rows.empty else set(rows.loc[rows["scores"] == PROBABILITIES, "run"])
    candidates = []
    for name, members in ensembles.items():
        if set(members) <= able:
            try:
                candidates.append((name, tuple(members), wrong(tuple(members))))
            except RunError:  # deleted since it was listed
                continue
    if not candidates:
        return None
    return Own(*min(candidates, key=lambda one: one[2].sum()), len(candidates))


def _on_mnist(table: pd.DataFrame) -> pd.DataFrame:
    return (
        table if table.empty else table[(table["dataset"] == "mnist") & (table["fold"] == 0) & table["error"].notna()]
    )
