"""What the runs of a study found: a table of them, and a conclusion in plain words, all of it computed from the runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.analysis import significance
from training.early_stopping import best_epoch
from training.recipe import Recipe
from training.runs import Record, list_runs, load_history, load_predictions
from training.studies.grids import STUDIES, Study

SHAPE = ("hidden", "filters")  # fields of Recipe that are the shape of a network
NUMBERS = ("learning_rate", "batch_size", "dropout", "batch_normalization", "patience")


@dataclass(frozen=True)
class Findings:
    """The runs of a study.

    table: a row per run, the fewest errors on the held-out digits first. run; label, its setting in words; shape,
    width, depth, optimizer and the columns of NUMBERS, from the recipe; parameters; seconds; epochs trained; best_epoch,
    that of the lowest validation loss; train_loss, val_loss and their gap, of the weights that were kept, in nats;
    val_error on the held-out digits, test_error with low and high, its 95 % interval, all 0 to 1; tied, whether it
    cannot be told from the first row on the held-out digits (exact McNemar test, Holm-corrected).
    recipes: by run; held_wrong, test_wrong: by run, which held-out and test digits it reads wrongly, (n,) bool.
    """

    study: Study
    table: pd.DataFrame
    recipes: dict[str, Recipe]
    held_wrong: dict[str, np.ndarray]
    test_wrong: dict[str, np.ndarray]

    def one(self, **setting) -> pd.Series | None:
        """The best run with the study's base setting but for these columns, or None where there is none."""
        rows = self.around(*setting)
        for name, value in setting.items():
            rows = rows[rows[name] == value]
        return None if rows.empty else rows.iloc[0]

    def around(self, *free: str) -> pd.DataFrame:
        """The runs that differ from the study's base in these fields of Recipe, or in their shape, alone."""
        differing = {*free, *SHAPE} if "shape" in free else set(free)
        fixed = [name for name in self.study.varied() if name not in differing]
        wanted = [getattr(self.study.base, name) for name in fixed]
        same = [[getattr(self.recipes[run], name) for name in fixed] == wanted for run in self.table["run"]]
        return self.table[same]


def find(name: str, records: Sequence[Record] | None = None) -> Findings | None:
    """What the study's runs on the shelf found, or None where there are none of them."""
    study = STUDIES[name]
    planned = set(study.recipes())
    own = [record for record in (list_runs()[0] if records is None else records) if record.recipe in planned]
    if not own:
        return None
    rows, recipes, held_wrong, test_wrong = [], {}, {}, {}
    for record in own:
        found, recipes[record.run_id] = load_predictions(record.run_id), record.recipe
        assert found.held_out_probabilities is not None  # every study holds digits out
        held_wrong[record.run_id] = found.held_out_probabilities.argmax(axis=1) != found.held_out_labels
        test_wrong[record.run_id] = found.classes != found.labels
        rows.append(_row(study, record, held_wrong[record.run_id], test_wrong[record.run_id]))
    table = pd.DataFrame(rows).sort_values(["val_error", "val_loss"], ignore_index=True)
    best = held_wrong[table["run"][0]]
    others = significance.holm([significance.mcnemar(held_wrong[run], best) for run in table["run"][1:]])
    table = table.assign(tied=[True, *(others >= significance.SIGNIFICANCE_LEVEL)])
    return Findings(study, table, recipes, held_wrong, test_wrong)


def _row(study: Study, record: Record, held_wrong: np.ndarray, test_wrong: np.ndarray) -> dict:
    history = load_history(record.run_id)
    best = best_epoch(history.to_dict("records"))
    kept = history.iloc[best - 1 if record.recipe.patience else -1]
    low, high = significance.interval(int(test_wrong.sum()), len(test_wrong))
    return {
        "run": record.run_id,
        "label": label(study, record.recipe),
        **_setting(record.recipe),
        "parameters": record.parameters,
        "seconds": record.seconds,
        "epochs": len(history),
        "best_epoch": best,
        "train_loss": kept["train_loss"],
        "val_loss": kept["val_loss"],
        "gap": kept["val_loss"] - kept["train_loss"],
        "val_error": held_wrong.mean(),
        "best_val_error": 1 - history["val_accuracy"].iloc[best - 1],
        "test_error": test_wrong.mean(),
        "low": low,
        "high": high,
    }


def _setting(recipe: Recipe) -> dict:
    """What the figures lay out, of one recipe; the shape is its widths in order."""
    widths = recipe.filters or recipe.hidden or ()
    return {
        "shape": "-".join(map(str, widths)),
        "width": widths[0] if widths else 0,
        "depth": len(widths),
        "optimizer": recipe.optimizer,
        **{name: getattr(recipe, name) or 0 for name in NUMBERS},
    }


def label(study: Study, recipe: Recipe) -> str:
    """A training of a study in words: what the study varies throughout, and where it differs from the base."""
    varied = study.varied()
    throughout = {name for name in varied if all(len(grid.get(name, ())) > 1 for grid in study.grids)}
    values = {name: getattr(recipe, name) for name in varied}
    told = [
        _in_words(name, value)
        for name, value in values.items()
        if name in throughout or isinstance(value, str | tuple) or value != getattr(study.base, name)
    ]
    return ", ".join(told or [_in_words(name, value) for name, value in values.items()]) or recipe.name


def _in_words(field: str, value: Any) -> str:
    """A value of a field of Recipe; names and shapes speak for themselves."""
    name = field.replace("_", " ")
    if value is None:
        return f"{name} by default"
    if value is False or value == ():
        return f"no {name}"
    if value is True:
        return name
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return value if isinstance(value, str) else f"{name} {value:g}"
