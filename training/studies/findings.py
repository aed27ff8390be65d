"""What the runs of a study found: a table of them, computed from the runs."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from training.analysis import significance
from training.early_stopping import best_epoch
from training.recipe import Recipe
from training.runs import Record, list_runs, load_history, load_predictions, with_recipes
from training.studies.grids import STUDIES, Study

SHAPE_FIELDS = ("hidden", "filters")  # fields of Recipe that are the shape of a network
NUMBER_FIELDS = ("learning_rate", "batch_size", "dropout", "batch_normalization", "patience")
BASE = "the base recipe"  # where every training differs from it in one field


@dataclass(frozen=True)
class Findings:
    """The runs of a study.

    table: a row per run, the fewest errors on the held-out digits first. run; label, its setting in words; shape,
    width, depth, optimizer, the columns of NUMBER_FIELDS and every other field that varies, from the recipe; parameters; seconds;
    epochs trained; best_epoch, that of the lowest validation loss; train_loss, val_loss and their gap, of the saved weights, in
    nats; val_error on the held-out digits with val_low and val_high, test_error with low and high, their 95 % intervals, all 0
    to 1; seeds, how many runs there are of this setting, mean_error and deviation of their test errors, NaN of one run; tied,
    whether it is not significantly different from the first row on the held-out digits; p_value of its difference from the
    base there, NaN of the base and without it (both by the exact McNemar test, Holm-corrected).
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
    records = list_runs()[0] if records is None else records
    own = [(record, recipe) for record, recipe in with_recipes(records) if recipe in planned]
    if not own:
        return None
    seeds = _seeds(study, records)
    rows, recipes, held_out_wrong, test_wrong = [], {}, {}, {}
    for record, recipe in own:
        predictions, recipes[record.run_id] = load_predictions(record.run_id), recipe
        assert predictions.held_out_probabilities is not None  # every study holds digits out
        held_out_classes = predictions.held_out_probabilities.argmax(axis=1)
        held_out_wrong[record.run_id] = held_out_classes != predictions.held_out_labels
        test_wrong[record.run_id] = predictions.wrong
        row = _row(study, record, recipe, held_out_wrong[record.run_id], test_wrong[record.run_id])
        rows.append(row | _repeated(row["test_error"], recipe.seed, seeds.get(_without_seed(recipe), {})))
    table = pd.DataFrame(rows).sort_values(["val_error", "val_loss"], ignore_index=True)
    table["tied"] = ~(_p_values(table["run"], table["run"][0], held_out_wrong) < significance.SIGNIFICANCE_LEVEL)
    base = next((run for run, recipe in recipes.items() if recipe == study.base), None)
    table["p_value"] = _p_values(table["run"], base, held_out_wrong)
    return Findings(study, table, recipes, held_out_wrong, test_wrong)


def _p_values(runs: Sequence[str], against: str | None, wrong: Mapping[str, np.ndarray]) -> np.ndarray:
    """Of the differences of these runs from one of them, (runs,), Holm-corrected; NaN of itself, and where it is None."""
    values = np.full(len(runs), np.nan)
    others = np.array([run != against for run in runs])
    if against is not None:
        values[others] = significance.holm(
            [significance.mcnemar(wrong[run], wrong[against]) for run in runs if run != against]
        )
    return values


def _without_seed(recipe: Recipe) -> Recipe:
    """What repeats of a recipe under other seeds have in common, whatever they are called."""
    return recipe.model_copy(update={"name": "same", "group": "", "seed": 1})


def _seeds(study: Study, records: Sequence[Record]) -> dict[Recipe, dict[int, Record]]:
    """The runs of each setting by seed; none where the study varies the seed itself."""
    by_setting: dict[Recipe, dict[int, Record]] = defaultdict(dict)
    for record, recipe in with_recipes(records) if "seed" not in study.varied() else ():
        by_setting[_without_seed(recipe)].setdefault(recipe.seed, record)
    return by_setting


def _repeated(error: float, own: int, seeds: Mapping[int, Record]) -> dict:
    """The columns of the table about the seeds of a setting; error: the test error of one of them, under the seed `own`."""
    others = [one.run_id for seed, one in seeds.items() if seed != own]
    errors = [error, *(float(load_predictions(run).wrong.mean()) for run in others)]
    mean, deviation = (statistics.fmean(errors), statistics.stdev(errors)) if others else (np.nan, np.nan)
    return {"seeds": len(errors), "mean_error": mean, "deviation": deviation}


def _row(study: Study, record: Record, recipe: Recipe, held_out_wrong: np.ndarray, test_wrong: np.ndarray) -> dict:
    history = load_history(record.run_id)
    best = best_epoch(history.to_dict("records"))
    saved = history.iloc[best - 1 if recipe.patience else -1]
    low, high = significance.interval(int(test_wrong.sum()), len(test_wrong))
    val_low, val_high = significance.interval(int(held_out_wrong.sum()), len(held_out_wrong))
    return {
        "run": record.run_id,
        "label": label(study, recipe),
        **_setting(study, recipe),
        "parameters": record.parameters,
        "seconds": record.seconds,
        "epochs": len(history),
        "best_epoch": best,
        "train_loss": saved["train_loss"],
        "val_loss": saved["val_loss"],
        "gap": saved["val_loss"] - saved["train_loss"],
        "val_error": held_out_wrong.mean(),
        "val_low": val_low,
        "val_high": val_high,
        "best_val_error": 1 - history["val_accuracy"].iloc[best - 1],
        "test_error": test_wrong.mean(),
        "low": low,
        "high": high,
    }


def _setting(study: Study, recipe: Recipe) -> dict:
    """The columns of the table that come from a recipe; the shape is the widths of its layers in order."""
    widths = recipe.filters or recipe.hidden or ()
    varied = {name: getattr(recipe, name) for name in study.varied() if name not in SHAPE_FIELDS}
    return {
        **{name: (_joined(value) or "none") if isinstance(value, tuple) else value for name, value in varied.items()},
        "shape": "-".join(map(str, widths)),
        "width": widths[0] if widths else 0,
        "depth": len(widths),
        "optimizer": recipe.optimizer,
        **{name: 0 if getattr(recipe, name) is None else getattr(recipe, name) for name in NUMBER_FIELDS},
    }


def _joined(values: tuple) -> str:
    """Widths as 32-64, names as elastic, thickness."""
    return ("-" if values and isinstance(values[0], int) else ", ").join(map(str, values))


def label(study: Study, recipe: Recipe) -> str:
    """A training of a study in words: what the study varies throughout, and where it differs from the base."""
    varied = study.varied()
    values = {name: getattr(recipe, name) for name in varied}
    if study.one_at_a_time():
        changed = [_setting_name(name, value) for name, value in values.items() if value != getattr(study.base, name)]
        return ", ".join(changed) or BASE
    throughout = {name for name in varied if all(len(grid.get(name, ())) > 1 for grid in study.grids)}
    differing = [
        _setting_name(name, value)
        for name, value in values.items()
        if name in throughout or isinstance(value, str | tuple) or value != getattr(study.base, name)
    ]
    return ", ".join(differing or [_setting_name(name, value) for name, value in values.items()]) or recipe.name


def base_in_words(study: Study) -> str:
    """What the base has of every field that the study varies."""
    return ", ".join(_setting_name(name, getattr(study.base, name)) for name in study.varied())


def _setting_name(field: str, value: Any) -> str:
    """A value of a field of Recipe; names and shapes speak for themselves."""
    name = field.replace("_", " ")
    if value is None:
        return f"{name} by default"
    if field != "seed" and value in (False, 0, ()):
        return f"no {name}"
    if value is True:
        return name
    if isinstance(value, tuple):
        return _joined(value)
    if field == "schedule":
        return "constant learning rate" if value == "constant" else f"{value} schedule"
    return value if isinstance(value, str) else f"{name} {value:g}"
