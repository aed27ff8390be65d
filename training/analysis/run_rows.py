"""A run as a row of the table of all runs: what it is, what it reached, how it was trained."""

import hashlib
import json
from typing import Any

import numpy as np
import pandas as pd

from models import caption
from models.architectures import ARCHITECTURES
from models.classifiers import CLASSIFIERS
from models.prediction import MODEL_FILES
from training import metrics
from training.analysis import significance
from training.analysis.learning_curves import course
from training.analysis.run_settings import settings
from training.recipe import Recipe
from training.runs import Predictions, Record


def run_row(record: Record, predictions: Predictions, history: pd.DataFrame) -> dict:
    """A run as a row of the table of all runs: its metrics, its training, its size. Rates are 0 to 1.

    What is not known of a run from elsewhere is NaN, or no text. A run that diverged, or was not tested, has no metrics; `diverged`
    is Record.diverged, NaN for None.
    """
    training = course(history)
    described = _told(record, len(history)) if record.recipe is None else _planned(record.recipe, record.stopped)
    return {
        "run": record.run_id,
        **described,
        "created": record.created,
        "dataset": record.tested,
        "test_digits": record.test_digits,
        **_results(record, predictions),
        "scores": record.scores,
        "digits": len(predictions.labels),
        "parameters": record.parameters or np.nan,
        "kilobytes": next((record.files[n]["bytes"] / 1000 for n in MODEL_FILES if n in record.files), np.nan),
        "best_epoch": training.best if training else np.nan,
        "last_epoch": int(history["epoch"].iloc[-1]) if len(history) else np.nan,
        "gap": training.gap if training else np.nan,
        "seconds": record.seconds if record.recipe else record.seconds or np.nan,
        "input": " x ".join(map(str, record.network.get("input_shape") or ())),
        "class_names": tuple(record.dataset["class_names"]),
        "loads": any(name in record.files for name in MODEL_FILES),
        "settings": settings(record),
        "tags": record.tags,
        "held_out": _held_out(predictions),
    }


def _held_out(predictions: Predictions) -> str:
    """The same text for runs that held out the same training digits; none where a run held out none."""
    index = predictions.held_out_index
    return "" if index is None else hashlib.sha256(np.ascontiguousarray(index).tobytes()).hexdigest()


def _results(record: Record, predictions: Predictions) -> dict[str, float]:
    """Every metric, the number of errors, and the ends of the interval of their rate."""
    if not record.evaluated:
        diverged = np.nan if record.diverged is None else record.diverged
        return dict.fromkeys([*metrics.METRICS, "errors", "low", "high"], np.nan) | {"diverged": diverged}
    values = metrics.evaluate(predictions.labels, predictions.probabilities, record.scores)
    errors = round(values["error"] * len(predictions.labels))
    low, high = significance.interval(errors, len(predictions.labels))
    return {**values, "errors": errors, "low": low, "high": high, "diverged": np.nan}


def _planned(recipe: Recipe, stopped: int | None) -> dict[str, Any]:
    """How a run of our trainer was trained; repeats: what is the same for all that repeat it.

    stopped: the epoch after which somebody ended it, which makes it another training than the recipe's.
    """
    same = recipe.model_copy(update={"seed": 1, "fold": 1}).model_dump_json()
    return {
        "about": caption((ARCHITECTURES | CLASSIFIERS)[recipe.architecture]),
        "recipe": recipe.name,
        "origin": "trained",
        "group": recipe.group,
        "seed": recipe.seed,
        "repeats": same if stopped is None else f"{same} stopped after {stopped}",
        "epochs": recipe.epochs if stopped is None else stopped,
        "batch": recipe.batch_size,
        "optimizer": f"{recipe.optimizer} {recipe.learning_rate:g}",
        "validation": recipe.validation,
        "fold": recipe.fold if recipe.validation == "fold" else 0,
    }


def _told(record: Record, epochs: int) -> dict[str, Any]:
    """The same of a run from elsewhere, from its settings. It repeats others of its name and settings that tell another seed."""
    settings, seed = record.settings, record.settings.get("seed")
    rest = {name: value for name, value in sorted(settings.items()) if name != "seed"}
    rate = settings.get("learning_rate")
    optimizer = [settings.get("optimizer"), f"{rate:g}" if isinstance(rate, float) else rate]
    return {
        "about": str(settings.get("about") or settings.get("architecture") or ""),
        "recipe": record.name or record.run_id,
        "origin": record.origin,
        "group": str(settings.get("group") or ""),
        "seed": seed if type(seed) is int else 1,
        "repeats": record.run_id if seed is None else json.dumps([record.origin, record.name, rest]),
        "epochs": epochs,
        "batch": _number(settings.get("batch_size")),
        "optimizer": " ".join(str(value) for value in optimizer if value is not None),
        "validation": str(settings.get("validation") or ""),
        "fold": 0,
    }


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else np.nan
