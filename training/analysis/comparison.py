"""Which run is better: a row per run or per repeated recipe, and which of them chance could have made the best."""

from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from models import caption
from models.architectures import ARCHITECTURES
from models.classifiers import CLASSIFIERS
from models.prediction import MODEL_FILES
from training import metrics
from training.analysis import significance
from training.analysis.learning_curves import course
from training.runs import Damaged, Predictions, Record, RunError, list_runs

BEST, TIE, WORSE = "fewest errors", "could be equal", "more errors"


def run_row(record: Record, found: Predictions, history: pd.DataFrame) -> dict:
    """A run as a row of the table of all runs: its metrics, its training, its size. Rates are 0 to 1."""
    figures = metrics.evaluate(found.labels, found.probabilities, record.scores)
    wrong = round(figures["error"] * len(found.labels))
    low, high = significance.interval(wrong, len(found.labels))
    went = course(history)
    return {
        "run": record.run_id,
        "about": caption((ARCHITECTURES | CLASSIFIERS)[record.recipe.architecture]),
        "recipe": record.recipe.name,
        "group": record.recipe.group,
        "repeats": record.recipe.model_copy(update={"seed": 1, "fold": 1}).model_dump_json(),
        "dataset": record.tested,
        "test_digits": record.test_digits,
        **figures,
        "scores": record.scores,
        "digits": len(found.labels),
        "errors": wrong,
        "low": low,
        "high": high,
        "parameters": record.parameters or np.nan,
        "kilobytes": next((record.files[n]["bytes"] / 1000 for n in MODEL_FILES if n in record.files), np.nan),
        "epochs": record.recipe.epochs,
        "best_epoch": went.best if went else np.nan,
        "last_epoch": len(history),
        "gap": went.gap if went else np.nan,
        "batch": record.recipe.batch_size,
        "optimizer": f"{record.recipe.optimizer} {record.recipe.learning_rate:g}",
        "seconds": record.seconds,
        "watched": record.recipe.validation,
        "fold": record.recipe.fold if record.recipe.validation == "fold" else 0,
        "loads": any(name in record.files for name in MODEL_FILES),
    }


def run_table(row: Callable[[str], dict]) -> tuple[pd.DataFrame, list[Damaged]]:
    """A row per whole run on the shelf, oldest first, those of sweeps at the end; and the damaged runs.

    row: gives a run's row, as run_row does, by its name, and raises RunError.
    """
    whole, damaged = list_runs()
    rows = []
    for record in sorted(whole, key=lambda record: record.recipe.group):
        try:
            rows.append(row(record.run_id))
        except RunError as error:  # deleted or damaged since it was listed
            damaged = [*damaged, Damaged(record.run_id, str(error))]
    return pd.DataFrame(rows), damaged


def entries(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """What can be compared, by name: every recipe that was repeated with other seeds or folds as one, then every run."""
    found: dict[str, tuple[str, ...]] = {}
    for _, own in table.groupby("repeats", sort=False):
        if len(own) > 1:
            name = f"{own['recipe'].iloc[0]} ({len(own)} {'folds' if own['fold'].any() else 'seeds'})"
            found[name if name not in found else f"{name} of {own['run'].iloc[0]}"] = tuple(own["run"])
    return found | {run: (run,) for run in table["run"]}


def tested_on(table: pd.DataFrame, test_digits: Collection[str]) -> list[str]:
    """The runs that were tested on these digits, those of sweeps and folds aside. table: of all runs; test_digits: as
    runs.digits_of gives them."""
    if table.empty:
        return []
    same = table["test_digits"].isin(test_digits)
    return list(table.loc[same & (table["group"] == "") & (table["fold"] == 0), "run"])


def in_folds(table: pd.DataFrame, test_digits: Collection[str]) -> list[str]:
    """Of these runs those whose recipe was trained in folds too, so that a fold did not learn from a training digit."""
    if table.empty:
        return []
    folded = table["recipe"].isin(table.loc[table["fold"] > 0, "recipe"])
    own = set(tested_on(table, test_digits))
    return [run for run in table.loc[folded, "run"] if run in own]


def most_tested(table: pd.DataFrame) -> str:
    """The test digits on which most rows of a table were tested, of equally many those that come first."""
    return table["test_digits"].value_counts(sort=False).idxmax()


def compare(table: pd.DataFrame, chosen: Mapping[str, Sequence[str]], wrong: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """A row per entry, the lowest error first.

    table: a row per run, as `row` gives it; chosen: runs by entry; wrong: by run, which test digits it misreads (n,).
    Columns: run (the entry's name), verdict (BEST, TIE or WORSE, among those with the same test digits), chance (of so large a
    difference from the best, exact McNemar test, Holm-corrected over these rows; NaN of the best), error (mean over the
    repeats) with low and high (Wilson, of that mean over the test digits), runs, deviation (of the error between repeats,
    NaN of one), and the means of the table's numbers. Of a repeated recipe the test takes the repeat of middle error.
    """
    of = {row["run"]: row for row in table.to_dict("records")}
    rows = [_entry(name, [of[run] for run in runs]) for name, runs in chosen.items()]
    found = pd.DataFrame(rows).sort_values("error", kind="stable", ignore_index=True)
    found["chance"], found["verdict"] = np.nan, BEST
    for _, own in found.groupby("test_digits"):
        best, others = own.index[0], own.index[1:]
        chances = [
            significance.mcnemar(wrong[run], wrong[own.loc[best, "middle"]]) for run in own.loc[others, "middle"]
        ]
        found.loc[others, "chance"] = significance.holm(chances)
        found.loc[others, "verdict"] = np.where(
            found.loc[others, "chance"] >= significance.SIGNIFICANCE_LEVEL, TIE, WORSE
        )
    return found


def _entry(name: str, own: list[dict]) -> dict:
    own = sorted(own, key=lambda row: row["error"])
    middle = own[(len(own) - 1) // 2]
    found = middle | {"run": name, "runs": len(own), "middle": middle["run"], "deviation": np.nan}
    if len(own) == 1:
        return found
    table = pd.DataFrame(own)
    low, high = significance.interval(round(table["errors"].mean()), int(middle["digits"]))
    means = table.mean(numeric_only=True).drop(["loads", "fold"], errors="ignore").to_dict()
    return found | means | {"runs": len(own), "low": low, "high": high, "deviation": table["error"].std(ddof=1)}


def pareto(values: np.ndarray) -> np.ndarray:
    """Which rows of values (n, k), lower being better, no other row beats or equals in all while better in one, (n,) bool."""
    values = np.asarray(values, float)
    no_worse = (values[:, None] <= values[None]).all(axis=2)
    better = (values[:, None] < values[None]).any(axis=2)
    return ~(no_worse & better).any(axis=0) & ~np.isnan(values).any(axis=1)
