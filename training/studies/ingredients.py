"""What it does to change one thing about the base of a study, and nothing else."""

from dataclasses import dataclass

import pandas as pd

from training.analysis import significance
from training.studies.findings import Findings, base_in_words


@dataclass(frozen=True)
class Ingredients:
    """What it does to change one field of the base alone.

    base: its row; setting: what it has of all that varies, in words; changes: the rows that differ from it in one field, the
    fewest errors on held-out digits first; held_out: how many of these digits there are; comparisons: for how many the p-values
    are corrected, all runs of the study but the base.
    """

    base: pd.Series
    setting: str
    changes: pd.DataFrame
    held_out: int
    comparisons: int

    @property
    def significant(self) -> pd.DataFrame:
        """The changes that make a significant difference on the held-out digits."""
        return self.changes[self.changes["p_value"] < significance.SIGNIFICANCE_LEVEL]


def ingredients(findings: Findings) -> Ingredients | None:
    """The base and its changes; None where the base has no run, or none of the changes has."""
    base, rows = findings.best_with(), changed_once(findings)
    if base is None or len(rows) < 2:
        return None
    changes = rows[rows["run"] != base["run"]]
    held_out, comparisons = len(findings.held_out_wrong[base["run"]]), len(findings.table) - 1
    return Ingredients(base, base_in_words(findings.study), changes, held_out, comparisons)


def changed_once(findings: Findings) -> pd.DataFrame:
    """The base and the runs that differ from it in one field alone, the fewest errors on held-out digits first."""
    near = [findings.around(field)["run"] for field in findings.study.varied()]
    return findings.table[findings.table["run"].isin(pd.concat(near))]
