"""A run, printed: one HTML file that needs nothing else, with its recipe, curves, confusion matrix and mistakes.

This module gathers the numbers; what the page says and how it looks stands in report.html.jinja.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from training import metrics
from training.analysis import confusion, learning_curves, significance
from training.analysis.learning_curves import course
from training.analysis.parameters import trainable
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.runs import Predictions, Record, answered, load_history, load_predictions, load_record
from training.templates import environment

MISTAKES = 200  # pictures at most, the most confident first
WIDTH, HEIGHT, EDGE = 640, 260, 56  # of the chart, and its left and lower margin, in pixels
COLUMNS = {
    "test_error": "test error",
    "loss": "training loss (during the epoch)",
    "train_loss": "training loss (after the epoch)",
    "val_loss": "validation loss",
    "val_error": "validation error",
}
TEMPLATES = environment(Path(__file__).parent)


def report(run_id: str) -> str:
    """The report of a run on the shelf as HTML. Raises RunError where there is none that can be read."""
    record, predictions, history = load_record(run_id), load_predictions(run_id), load_history(run_id)
    names = tuple(record.dataset["class_names"])
    return TEMPLATES.get_template("report.html.jinja").render(
        run_id=run_id,
        diverged=record.diverged,
        evaluated=record.evaluated,
        facts=_facts(record),
        chart=_chart(predictions.epochs, predictions.epoch_errors),
        epochs=_epochs(learning_curves.with_errors(history, predictions)),
        course=course(history),
        names=names,
        **(_answers(record, predictions, names) if record.evaluated else {}),
    )


def _answers(record: Record, predictions: Predictions, names: tuple[str, ...]) -> dict[str, Any]:
    """What the report says of a run that was tested."""
    return {
        "result": _result(predictions),
        "metrics": _metrics(predictions, record.scores),
        "matrix": _matrix(confusion.confusion(predictions.labels, predictions.classes, len(names)), names),
        "classes": confusion.class_report(predictions.labels, predictions.classes, names).to_dict("records"),
        "mistakes": _mistakes(record, predictions, names),
    }


def write(run_id: str, path: Path) -> Path:
    """Write the report of a run to a file. Raises RunError, or OSError where it cannot be written."""
    text = report(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _result(predictions: Predictions) -> dict[str, float]:
    """How many test digits are misclassified, and the interval of the rate."""
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    low, high = significance.interval(wrong, digits)
    return {"wrong": wrong, "digits": digits, "low": low, "high": high}


def _metrics(predictions: Predictions, scores: str) -> list[tuple[str, str, str]]:
    """A line per metric that the run has: its name, its value, and what it means."""
    values = metrics.evaluate(predictions.labels, predictions.probabilities, scores)
    return [
        (shown.heading, f"{values[name]:.2%}" if shown.percent else f"{values[name]:.4f}", shown.caption)
        for name, shown in metrics.METRICS.items()
        if not np.isnan(values[name])
    ]


def _facts(record: Record) -> list[tuple[str, str]]:
    settings = record.settings if record.recipe is None else record.recipe.model_dump()
    recipe = {name: value for name, value in settings.items() if value not in (None, "", ())}
    train = f"{record.dataset['train']:,} to train on, " if record.dataset["train"] else ""
    facts = {
        "tags": ", ".join(record.tags),
        "finished": record.created,
        "training time": f"{record.seconds:.0f} s" if record.recipe or record.seconds else "",
        "parameters": _parameters(record),
        "digits": f"{record.dataset['name']}: {train}{record.dataset['test']:,} to test with",
        "digits' sha256": record.dataset["sha256"],
        "machine": ", ".join(f"{name} {value}" for name, value in record.machine.items()),
        "versions": ", ".join(f"{name} {value}" for name, value in record.versions.items()),
    }
    all_facts = recipe | {name: value for name, value in facts.items() if value}
    return [(name.replace("_", " "), str(value)) for name, value in all_facts.items()]


def _parameters(record: Record) -> str:
    """Their number, and how many are trainable where the others are counted too; nothing where none are known."""
    known = trainable(record)
    some = f", of which {known:,} are trainable" if known is not None and known != record.parameters else ""
    return f"{record.parameters:,}{some}" if record.recipe or record.parameters else ""


def _chart(epochs: np.ndarray, errors: np.ndarray) -> dict[str, Any] | None:
    """Where the chart draws the error after each epoch, and its lines at none, half and all of the highest; None without any."""
    if not len(errors):
        return None
    kept = learning_curves.thinned(len(errors))
    epochs, errors = epochs[kept], errors[kept]
    top = max(float(errors.max()), 1e-4)
    across = EDGE + (WIDTH - EDGE - 10) * (epochs - epochs[0]) / max(1, epochs[-1] - epochs[0])
    up = 10 + (HEIGHT - EDGE) * (1 - errors / top)
    lines = [(share * top, 10 + (HEIGHT - EDGE) * (1 - share)) for share in (0, 0.5, 1)]
    points = list(zip(epochs, errors, across, up, strict=True))
    return {"width": WIDTH, "height": HEIGHT, "edge": EDGE, "lines": lines, "points": points}


def _epochs(history: pd.DataFrame) -> dict[str, Any]:
    """The figures after each epoch: the heads of the columns, and a row each. history: as learning_curves.with_errors gives it."""
    columns = [name for name in COLUMNS if history[name].notna().any()]
    rows = [
        [str(int(row["epoch"])), *(_number(name, row[name]) for name in columns)] for row in history.to_dict("records")
    ]
    return {"head": ["epoch", *(COLUMNS[name] for name in columns)], "rows": rows}


def _number(name: str, value: float) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.2%}" if name.endswith("error") else f"{value:.4f}"


def _matrix(matrix: np.ndarray, names: Sequence[str]) -> list[tuple[str, list[tuple[int, float]]]]:
    """A row per label: its name, and of each class the count and the shade of its cell, 0 to 1."""
    heat = np.log1p(matrix) / np.log1p(max(matrix.max(), 1))
    cells = [list(zip(*pair, strict=True)) for pair in zip(matrix.tolist(), heat.tolist(), strict=True)]
    return list(zip(names, cells, strict=True))


def _mistakes(record: Record, predictions: Predictions, names: Sequence[str]) -> dict[str, Any]:
    """The misclassified digits, the most confident first, with pictures if the dataset is here."""
    wrong = np.flatnonzero(predictions.wrong)
    shown = wrong[np.argsort(-predictions.confidence[wrong], kind="stable")][:MISTAKES]
    dataset = _tested_on(record) if len(wrong) else None
    pictures = [None] * len(shown) if dataset is None else [_png(image) for image in dataset.part("test")[0][shown]]
    rows = [
        {
            "number": int(number),
            "label": names[predictions.labels[number]],
            "prediction": names[predictions.classes[number]],
            "confidence": float(predictions.confidence[number]),
            "picture": picture,
        }
        for number, picture in zip(shown, pictures, strict=True)
    ]
    return {"count": len(wrong), "rows": rows, "pictures": dataset is not None}


def _tested_on(record: Record) -> Dataset | None:
    """The digits that the run was tested on, if they are here and unchanged."""
    try:
        dataset = registry.load(record.tested, download=False)
    except DatasetError:
        return None
    return dataset if answered(record, dataset) else None


def _png(image: np.ndarray) -> str:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
