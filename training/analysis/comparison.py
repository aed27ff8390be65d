"""Which run is better: a row per run or per repeated recipe, and which of them differ significantly from the best."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from models import SHIPPED_UNTIL
from models.classifiers import PROBABILITIES
from training.analysis import significance
from training.analysis.run_rows import run_row as run_row
from training.runs import Damaged, RunError, list_runs

BEST, TIE, WORSE = "fewest errors", "not significantly different", "significantly more errors"
DIVERGED, UNTESTED = "diverged", "not tested"
ALONE = "nothing to compare with"  # of these runs no other was tested on the same digits


def run_table(row: Callable[[str], dict]) -> tuple[pd.DataFrame, list[Damaged]]:
    """A row per whole run on the shelf, oldest first, those of sweeps at the end; and the damaged runs.

    row: gives a run's row, as run_row does, by its name, and raises RunError.
    """
    whole, damaged = list_runs()
    rows = []
    for record in whole:
        try:
            rows.append(row(record.run_id))
        except RunError as error:  # deleted or damaged since it was listed
            damaged = [*damaged, Damaged(record.run_id, str(error))]
    return pd.DataFrame(sorted(rows, key=lambda row: row["group"])), damaged


def entries(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """What can be compared, by name: every recipe that was repeated with other seeds or folds as one, then every run.

    Of runs with the same seed and fold, which are the same training once more, the first alone counts as a repeat.
    """
    repeated: dict[str, tuple[str, ...]] = {}
    for _, rows in table.drop_duplicates(["repeats", "seed", "fold"]).groupby("repeats", sort=False):
        if len(rows) > 1:
            name = f"{rows['recipe'].iloc[0]} ({len(rows)} {'folds' if rows['fold'].any() else 'seeds'})"
            repeated[name if name not in repeated else f"{name} of {rows['run'].iloc[0]}"] = tuple(rows["run"])
    return repeated | {run: (run,) for run in table["run"]}


def same_trainings(table: pd.DataFrame, chosen: Collection[str]) -> list[tuple[str, ...]]:
    """Of these runs those that are the same training more than once: of one recipe, seed and fold."""
    own = table[table["run"].isin(chosen)]
    groups = own.groupby(["repeats", "seed", "fold"], sort=False)["run"]
    return [tuple(runs) for _, runs in groups if len(runs) > 1]


def repeats(table: pd.DataFrame) -> set[str]:
    """The runs of a table that repeat another: folds, and every seed of a recipe after the lowest, a user's own runs and those of
    the project apart. Empty where all would be."""
    lowest = table.groupby(["repeats", table["created"] > SHIPPED_UNTIL])["seed"].transform("min")
    again = (table["fold"] > 0) | (table["seed"] > lowest)
    return set() if again.all() else set(table.loc[again, "run"])


def newest(table: pd.DataFrame) -> str | None:
    """The run that was finished last, repeats aside, if it is newer than all that come with the project: a user's own."""
    own = table[(table["created"] > SHIPPED_UNTIL) & ~table["run"].isin(repeats(table))]
    return None if own.empty else str(own.loc[own["created"].idxmax(), "run"])


def own_runs(table: pd.DataFrame) -> list[str]:
    """The runs that are newer than all that come with the project, a user's own, without repeats, folds and sweeps; the newest
    first."""
    own = table[(table["created"] > SHIPPED_UNTIL) & ~table["run"].isin(repeats(table)) & (table["group"] == "")]
    return list(own.loc[own["fold"] == 0].sort_values("created", ascending=False)["run"])


def rival(table: pd.DataFrame, first: str, wrong: Callable[[str], np.ndarray]) -> str | None:
    """Of the runs tested on the same digits as a run, without repeats and its own: the one whose error is nearest among those that
    differ from it significantly; where none does, the one with the fewest errors; None where there is no other.

    table: as run_table gives it; wrong: by a run's name, which test digits it misclassifies, (n,) bool.
    """
    if first not in set(evaluated(table)["run"]):
        return None
    row = table.set_index("run").loc[first]
    others = evaluated(table[(table["test_digits"] == row["test_digits"]) & (table["repeats"] != row["repeats"])])
    others = others[~others["run"].isin(repeats(table))]
    for other in others.loc[(others["error"] - row["error"]).abs().sort_values(kind="stable").index, "run"]:
        if significance.mcnemar(wrong(first), wrong(other)) < significance.SIGNIFICANCE_LEVEL:
            return str(other)
    return None if others.empty else str(others.loc[others["error"].idxmin(), "run"])


def evaluated(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the runs that have an error: that were tested, and did not diverge."""
    return table[table["error"].notna()] if len(table) else table


def tested_on(table: pd.DataFrame, test_digits: Collection[str]) -> list[str]:
    """The runs that were tested on these digits, those of sweeps and folds aside. table: of all runs; test_digits: as
    runs.digits_of gives them."""
    if table.empty:
        return []
    able = evaluated(table)
    same = able["test_digits"].isin(test_digits)
    return list(able.loc[same & (able["group"] == "") & (able["fold"] == 0), "run"])


def in_folds(table: pd.DataFrame, test_digits: Collection[str]) -> list[str]:
    """Of these runs those whose recipe was trained in folds too, so that a fold did not learn from a training digit."""
    if table.empty:
        return []
    folded = (table["origin"] == "trained") & table["recipe"].isin(table.loc[table["fold"] > 0, "recipe"])
    tested = set(tested_on(table, test_digits))
    return [run for run in table.loc[folded, "run"] if run in tested]


def held_out_groups(table: pd.DataFrame) -> dict[str, list[list[str]]]:
    """By test digits, the runs with probabilities that held out the same training digits, the largest groups first. table: of all
    runs."""
    groups: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    able = evaluated(table)
    for row in able[able["scores"] == PROBABILITIES].to_dict("records") if len(able) else ():
        if row["held_out"]:
            groups[row["test_digits"]][row["held_out"]].append(row["run"])
    return {digits: sorted(own.values(), key=len, reverse=True) for digits, own in groups.items()}


def most_tested(table: pd.DataFrame) -> str:
    """The test digits on which most rows of a table were tested, on a tie those that come first."""
    return table["test_digits"].value_counts(sort=False).idxmax()


def compare(table: pd.DataFrame, chosen: Mapping[str, Sequence[str]], wrong: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """A row per entry, the lowest error first.

    table: a row per run, as `run_row` gives it; chosen: runs by entry; wrong: by run, which test digits it misclassifies (n,).
    Columns: run (the entry's name), verdict (BEST, TIE or WORSE, among those with the same test digits, else ALONE, DIVERGED or
    UNTESTED), p_value (of the difference from the best, exact McNemar test, Holm-corrected over these rows; NaN of the best),
    error (mean over the repeats) with low and high (Wilson, of that mean over the test digits), runs, deviation (of the error
    between repeats, NaN of one), and the means of the table's numbers. Of a repeated recipe the test takes the repeat of middle
    error.
    """
    by_run = {row["run"]: row for row in table.to_dict("records")}
    rows = [_entry(name, [by_run[run] for run in runs]) for name, runs in chosen.items()]
    verdicts = pd.DataFrame(rows).sort_values("error", kind="stable", ignore_index=True)
    verdicts["p_value"] = np.nan
    verdicts["verdict"] = np.where(verdicts["error"].notna(), BEST, UNTESTED)
    verdicts.loc[verdicts["diverged"].notna(), "verdict"] = DIVERGED
    for _, rivals in evaluated(verdicts).groupby("test_digits"):
        best, others = rivals.index[0], rivals.index[1:]
        if others.empty:
            verdicts.loc[best, "verdict"] = ALONE
        p_values = [
            significance.mcnemar(wrong[run], wrong[rivals.loc[best, "middle"]]) for run in rivals.loc[others, "middle"]
        ]
        verdicts.loc[others, "p_value"] = significance.holm(p_values)
        tied = verdicts.loc[others, "p_value"] >= significance.SIGNIFICANCE_LEVEL
        verdicts.loc[others, "verdict"] = np.where(tied, TIE, WORSE)
    return verdicts


def _entry(name: str, repeats: list[dict]) -> dict:
    whole = [row for row in repeats if not np.isnan(row["error"])]
    repeats = sorted(whole or repeats[:1], key=lambda row: row["error"])
    middle = repeats[(len(repeats) - 1) // 2]
    entry = middle | {"run": name, "runs": len(repeats), "middle": middle["run"], "deviation": np.nan}
    if len(repeats) == 1:
        return entry
    table = pd.DataFrame(repeats)
    low, high = significance.interval(round(table["errors"].mean()), int(middle["digits"]))
    means = table.mean(numeric_only=True).drop(["loads", "fold", "seed"], errors="ignore").to_dict()
    return entry | means | {"runs": len(repeats), "low": low, "high": high, "deviation": table["error"].std(ddof=1)}


def pareto(values: np.ndarray) -> np.ndarray:
    """Which rows of values (n, k), lower being better, are on the Pareto front, (n,) bool: no other row is at least as good in
    every column and better in one."""
    values = np.asarray(values, float)
    no_worse = (values[:, None] <= values[None]).all(axis=2)
    better = (values[:, None] < values[None]).any(axis=2)
    return ~(no_worse & better).any(axis=0) & ~np.isnan(values).any(axis=1)


def pareto_front(table: pd.DataFrame, columns: Mapping[str, bool]) -> set[str]:
    """The entries that no other entry equals or beats in all of these columns, being better in one. table: as `compare` gives it;
    columns: by name, whether lower is better."""
    complete = table.dropna(subset=list(columns))
    signs = [1 if lower_is_better else -1 for lower_is_better in columns.values()]
    return set(complete.loc[pareto(complete[list(columns)].to_numpy(float) * signs), "run"])
