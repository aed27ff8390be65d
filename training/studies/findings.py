"""What the runs of a study found: a table of them, computed from the runs."""

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

SHAPE_FIELDS = ("hidden", "filters")  # fields of Recipe that are the shape of a network
NUMBER_FIELDS = ("learning_rate", "batch_size", "dropout", "batch_normalization", "patience")


@dataclass(frozen=True)
class Findings:
    """The runs of a study.

    table: a row per run, the fewest errors on the held-out digits first. run; label, its setting in words; shape,
    width, depth, optimizer and the columns of NUMBER_FIELDS, from the recipe; parameters; seconds; epochs trained; best_epoch,
    that of the lowest validation loss; train_loss, val_loss and their gap, of the saved weights, in nats;
    val_error on the held-out digits, test_error with low and high, its 95 % interval, all 0 to 1; tied, whether it is
    not significantly different from the first row on the held-out digits (exact McNemar test, Holm-corrected).
    recipes: by run; held_out_wrong, test_wrong: by run, which held-out and test digits it misclassifies, (n,) bool.
    """

    study: Study
    table: pd.DataFrame
    recipes: dict[str, Recipe]
    held_out_wrong: dict[str, np.ndarray]
    test_wrong: dict[str, np.ndarray]

    def best_with(self, **setting) -> pd.Series | None:
        """The best run with the study's base setting but for these columns, or None if there is none."""
        rows = self.around(*setting)
        for name, value in setting.items():
            rows = rows[rows[name] == value]
        return None if rows.empty else rows.iloc[0]

    def around(self, *free: str) -> pd.DataFrame:
        """The runs that differ from the study's base in these fields of Recipe, or in their shape, alone."""
        differing = {*free, *SHAPE_FIELDS} if "shape" in free else set(free)
        fixed = [name for name in self.study.varied() if name not in differing]
        wanted = [getattr(self.study.base, name) for name in fixed]
        same = [[getattr(self.recipes[run], name) for name in fixed] == wanted for run in self.table["run"]]
        return self.table[same]


def find(name: str, records: Sequence[Record] | None = None) -> Findings | None:
    """What the saved runs of the study found, or None if there are none."""
    study = STUDIES[name]
    planned = set(study.recipes())
    records = [record for record in (list_runs()[0] if records is None else records) if record.recipe in planned]
    if not records:
        return None
    rows, recipes, held_out_wrong, test_wrong = [], {}, {}, {}
    for record in records:
        predictions, recipes[record.run_id] = load_predictions(record.run_id), record.recipe
        assert predictions.held_out_probabilities is not None  # every study holds digits out
        held_out_classes = predictions.held_out_probabilities.argmax(axis=1)
        held_out_wrong[record.run_id] = held_out_classes != predictions.held_out_labels
        test_wrong[record.run_id] = predictions.wrong
        rows.append(_row(study, record, held_out_wrong[record.run_id], test_wrong[record.run_id]))
    table = pd.DataFrame(rows).sort_values(["val_error", "val_loss"], ignore_index=True)
    best = held_out_wrong[table["run"][0]]
    others = significance.holm([significance.mcnemar(held_out_wrong[run], best) for run in table["run"][1:]])
    table = table.assign(tied=[True, *(others >= significance.SIGNIFICANCE_LEVEL)])
    return Findings(study, table, recipes, held_out_wrong, test_wrong)


def _row(study: Study, record: Record, held_out_wrong: np.ndarray, test_wrong: np.ndarray) -> dict:
    history = load_history(record.run_id)
    best = best_epoch(history.to_dict("records"))
    saved = history.iloc[best - 1 if record.recipe.patience else -1]
    low, high = significance.interval(int(test_wrong.sum()), len(test_wrong))
    return {
        "run": record.run_id,
        "label": label(study, record.recipe),
        **_setting(record.recipe),
        "parameters": record.parameters,
        "seconds": record.seconds,
        "epochs": len(history),
        "best_epoch": best,
        "train_loss": saved["train_loss"],
        "val_loss": saved["val_loss"],
        "gap": saved["val_loss"] - saved["train_loss"],
        "val_error": held_out_wrong.mean(),
        "best_val_error": 1 - history["val_accuracy"].iloc[best - 1],
        "test_error": test_wrong.mean(),
        "low": low,
        "high": high,
    }


def _setting(recipe: Recipe) -> dict:
    """The columns of the table that come from a recipe; the shape is the widths of its layers in order."""
    widths = recipe.filters or recipe.hidden or ()
    return {
        "shape": "-".join(map(str, widths)),
        "width": widths[0] if widths else 0,
        "depth": len(widths),
        "optimizer": recipe.optimizer,
        **{name: getattr(recipe, name) or 0 for name in NUMBER_FIELDS},
    }


def label(study: Study, recipe: Recipe) -> str:
    """A training of a study in words: what the study varies throughout, and where it differs from the base."""
    varied = study.varied()
    throughout = {name for name in varied if all(len(grid.get(name, ())) > 1 for grid in study.grids)}
    values = {name: getattr(recipe, name) for name in varied}
    differing = [
        _setting_name(name, value)
        for name, value in values.items()
        if name in throughout or isinstance(value, str | tuple) or value != getattr(study.base, name)
    ]
    return ", ".join(differing or [_setting_name(name, value) for name, value in values.items()]) or recipe.name


def _setting_name(field: str, value: Any) -> str:
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
