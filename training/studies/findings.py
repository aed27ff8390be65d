"""What the runs of a study found: a table of them, and a conclusion in plain words, all of it computed from the runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.analysis import significance
from training.early_stopping import best_epoch
from training.runs import Record, list_runs, load_history, load_predictions
from training.studies.grids import STUDIES, Study

NUMBERS = ("learning_rate", "batch_size", "dropout", "batch_normalization", "patience")


@dataclass(frozen=True)
class Findings:
    """The runs of a study.

    table: a row per run, the fewest errors on the held-out digits first. run; label, its setting in words; shape,
    width, depth, optimizer and the columns of NUMBERS, from the recipe; parameters; seconds; epochs trained; best_epoch,
    that of the lowest validation loss; train_loss, val_loss and their gap, of the weights that were kept, in nats;
    val_error on the held-out digits, test_error with low and high, its 95 % interval, all 0 to 1; tied, whether it
    cannot be told from the first row on the held-out digits (exact McNemar test, Holm-corrected).
    held_wrong, test_wrong: by run, which held-out and test digits it reads wrongly, (n,) bool.
    """

    study: Study
    table: pd.DataFrame
    held_wrong: dict[str, np.ndarray]
    test_wrong: dict[str, np.ndarray]

    def one(self, **setting) -> pd.Series | None:
        """The best run with the study's base setting but for these columns, or None where there is none."""
        rows = self.around(*setting)
        for name, value in setting.items():
            rows = rows[rows[name] == value]
        return None if rows.empty else rows.iloc[0]

    def around(self, *free: str) -> pd.DataFrame:
        """The runs that differ from the study's base in these columns alone."""
        base, rows = _setting(self.study.base), self.table
        for name in {"shape", "optimizer", *NUMBERS} - set(free):
            rows = rows[rows[name] == base[name]]
        return rows


def find(name: str, records: Sequence[Record] | None = None) -> Findings | None:
    """What the study's runs on the shelf found, or None where there are none of them."""
    study = STUDIES[name]
    planned = set(study.recipes())
    own = [record for record in (list_runs()[0] if records is None else records) if record.recipe in planned]
    if not own:
        return None
    rows, held_wrong, test_wrong = [], {}, {}
    for record in own:
        found = load_predictions(record.run_id)
        held_wrong[record.run_id] = found.held_out_probabilities.argmax(axis=1) != found.held_out_labels
        test_wrong[record.run_id] = found.classes != found.labels
        rows.append(_row(study, record, held_wrong[record.run_id], test_wrong[record.run_id]))
    table = pd.DataFrame(rows).sort_values(["val_error", "val_loss"], ignore_index=True)
    best = held_wrong[table["run"][0]]
    others = significance.holm([significance.mcnemar(held_wrong[run], best) for run in table["run"][1:]])
    return Findings(
        study, table.assign(tied=[True, *(others >= significance.SIGNIFICANCE_LEVEL)]), held_wrong, test_wrong
    )


def _row(study: Study, record: Record, held_wrong: np.ndarray, test_wrong: np.ndarray) -> dict:
    history = load_history(record.run_id)
    best = best_epoch(history.to_dict("records"))
    kept = history.iloc[best - 1 if record.recipe.patience else -1]
    setting = _setting(record.recipe)
    low, high = significance.interval(int(test_wrong.sum()), len(test_wrong))
    return {
        "run": record.run_id,
        "label": label(setting, _setting(study.base), study.base.name == "optimizer-study"),
        **setting,
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


def _setting(recipe) -> dict:
    """What the studies vary, of one recipe; the shape is its widths in order."""
    widths = recipe.filters or recipe.hidden or ()
    return {
        "shape": "-".join(map(str, widths)),
        "width": widths[0] if widths else 0,
        "depth": len(widths),
        "optimizer": recipe.optimizer,
        **{name: getattr(recipe, name) or 0 for name in NUMBERS},
    }


def label(setting: dict, base: dict, optimizers: bool) -> str:
    """A setting in words: what it is, and where it differs from the study's base."""
    if optimizers:
        return f"{setting['optimizer']} at {setting['learning_rate']:g}"
    said = {
        "learning_rate": f"learning rate {setting['learning_rate']:g}",
        "batch_size": f"batch {setting['batch_size']}",
        "dropout": f"dropout {setting['dropout']:g}" if setting["dropout"] else "no dropout",
        "batch_normalization": "batch normalisation",
        "patience": f"patience {setting['patience']}",
    }
    return ", ".join([setting["shape"], *(text for name, text in said.items() if setting[name] != base[name])])
