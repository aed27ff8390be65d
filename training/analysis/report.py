"""A run, printed: one HTML file that needs nothing else, with its recipe, curves, confusion matrix and mistakes."""

import base64
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from training import metrics
from training.analysis import confusion, significance
from training.analysis.learning_curves import course
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.runs import Predictions, Record, answered, load_history, load_predictions, load_record

MISTAKES = 200  # pictures at most, the most confident first
WIDTH, HEIGHT, EDGE = 640, 260, 56  # of the chart, and its left and lower margin, in pixels
COLUMNS = {
    "loss": "loss while training",
    "train_loss": "loss on training digits",
    "val_loss": "watched loss",
    "val_error": "watched error",
}
WORDS = (
    "<p class=small>Loss says how surprised it is by the right answers, in nats, 0 for not at all; while training, averaged "
    "over the epoch, with dropout at work. Watched: on digits that it does not learn from.</p>"
)
STYLE = """
:root { color-scheme: light dark; } body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 0.5rem 0; } td, th { padding: 0.15rem 0.6rem;
  text-align: right; font-weight: normal; } th { opacity: 0.7; } td:first-child, .facts td { text-align: left; }
.matrix td, .matrix th { min-width: 1.6rem; text-align: center; padding: 0.25rem; } svg { max-width: 100%; height: auto; }
figure { display: inline-block; margin: 3px; text-align: center; font-size: 12px; } figure img { width: 56px; display: block;
  image-rendering: pixelated; background: #000; border-radius: 3px; } .wide { overflow-x: auto; } p.small { opacity: 0.7; }
"""


def report(run_id: str) -> str:
    """The report of a run on the shelf as HTML. Raises RunError where there is none that can be read."""
    record, found, history = load_record(run_id), load_predictions(run_id), load_history(run_id)
    names = tuple(record.dataset["class_names"])
    went = course(history)
    parts = [
        f"<h1>{escape(run_id)}</h1>",
        f"<p>{_result(found)}</p>",
        _metrics(found, record.scores),
        "<h2>How it was trained</h2>",
        _facts(record),
        "<h2>How it learned</h2>",
        _curves(found, history),
        f"<p>{escape(run_id)}: {escape(went.in_words())}</p>" if went else "",
        "<h2>What it reads as what</h2><p class=small>A row is a label, a column what it was read as.</p>",
        _matrix(confusion.confusion(found.labels, found.classes, len(names)), names),
        "<h2>Class by class</h2>",
        _classes(found, names),
        "<h2>Mistakes</h2>",
        _mistakes(record, found, names),
    ]
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(run_id)}</title>"
    return (
        f"<!doctype html><html lang=en><head>{head}<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def write(run_id: str, path: Path) -> Path:
    """Write the report of a run to a file. Raises RunError, or OSError where it cannot be written."""
    text = report(run_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _result(found: Predictions) -> str:
    wrong, digits = int((found.classes != found.labels).sum()), len(found.labels)
    low, high = significance.interval(wrong, digits)
    return (
        f"It misreads <b>{wrong:,}</b> of {digits:,} test digits: <b>{wrong / digits:.2%}</b>; on other digits like these "
        f"probably {low:.2%} to {high:.2%} (95 % interval)."
    )


def _metrics(found: Predictions, scores: str) -> str:
    """A line per metric that the run has: its name, its value, and what it means."""
    values = metrics.evaluate(found.labels, found.probabilities, scores)
    rows = [
        (shown.heading, f"{values[name]:.2%}" if shown.percent else f"{values[name]:.4f}", shown.caption)
        for name, shown in metrics.METRICS.items()
        if not np.isnan(values[name])
    ]
    return _table(rows, "facts")


def _facts(record: Record) -> str:
    recipe = {name: value for name, value in record.recipe.model_dump().items() if value not in (None, "", ())}
    facts = {
        "finished": record.created,
        "time of training": f"{record.seconds:.0f} s",
        "trained numbers": f"{record.parameters:,}",
        "digits": f"{record.dataset['name']}: {record.dataset['train']:,} to train on, {record.dataset['test']:,} to test with",
        "digits' sha256": record.dataset["sha256"],
        "machine": ", ".join(f"{name} {value}" for name, value in record.machine.items()),
        "versions": ", ".join(f"{name} {value}" for name, value in record.versions.items()),
    }
    return _table(((name.replace("_", " "), str(value)) for name, value in (recipe | facts).items()), "facts")


def _table(rows: Iterable[Sequence[str]], kind: str, head: Sequence[str] = ()) -> str:
    top = "<tr>" + "".join(f"<th>{escape(text)}</th>" for text in head) + "</tr>" if head else ""
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows)
    return f"<div class=wide><table class={kind}>{top}{body}</table></div>"


def _curves(found: Predictions, history: pd.DataFrame) -> str:
    """Test error after each epoch as a line, with the figures below."""
    errors = (found.epoch_classes != found.labels).mean(axis=1)
    top = max(float(errors.max()), 1e-4)
    across = EDGE + (WIDTH - EDGE - 10) * (np.arange(len(errors)) / max(1, len(errors) - 1))
    up = 10 + (HEIGHT - EDGE) * (1 - errors / top)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
    dots = "".join(
        f"<circle cx={x:.1f} cy={y:.1f} r=3.5 fill='#3a86d0'><title>epoch {number}: {error:.2%}</title></circle>"
        for number, (x, y, error) in enumerate(zip(across, up, errors, strict=True), 1)
    )
    lines = "".join(
        f"<line x1={EDGE} x2={WIDTH} y1={y:.1f} y2={y:.1f} stroke=currentColor opacity=0.15 />"
        f"<text x={EDGE - 8} y={y + 4:.1f} text-anchor=end font-size=12 fill=currentColor>{share * top:.2%}</text>"
        for share in (0, 0.5, 1)
        for y in [10 + (HEIGHT - EDGE) * (1 - share)]
    )
    chart = (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width={WIDTH} role=img aria-label='Test error by epoch'>{lines}"
        f"<polyline points='{points}' fill=none stroke='#3a86d0' stroke-width=2 />{dots}"
        f"<text x={WIDTH / 2} y={HEIGHT - 8} font-size=13 fill=currentColor>test error by epoch, 1 to {len(errors)}</text></svg>"
    )
    history = history.assign(val_error=1 - history["val_accuracy"])
    columns = [name for name in COLUMNS if history[name].notna().any()]
    rows = [
        [str(int(row["epoch"])), f"{error:.2%}", *(_number(name, row[name]) for name in columns)]
        for row, error in zip(history.to_dict("records"), errors, strict=False)
    ]
    return chart + _table(rows, "epochs", ["epoch", "test error", *(COLUMNS[name] for name in columns)]) + WORDS


def _number(name: str, value: float) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.2%}" if name == "val_error" else f"{value:.4f}"


def _matrix(matrix: np.ndarray, names: Sequence[str]) -> str:
    heat = np.log1p(matrix) / np.log1p(max(matrix.max(), 1))
    head = "<tr><th></th>" + "".join(f"<th>{escape(name)}</th>" for name in names) + "</tr>"
    rows = ""
    for name, counts, shades in zip(names, matrix, heat, strict=True):
        cells = "".join(
            f"<td style='background:rgba(58,134,208,{shade:.2f})'>{count if count else ''}</td>"
            for count, shade in zip(counts, shades, strict=True)
        )
        rows += f"<tr><th>{escape(name)}</th>{cells}</tr>"
    return f"<div class=wide><table class=matrix>{head}{rows}</table></div>"


def _classes(found: Predictions, names: tuple[str, ...]) -> str:
    rows = [
        [row["class"], *(f"{row[rate]:.2%}" for rate in ("precision", "recall", "f1")), f"{row['support']:,}"]
        for row in confusion.class_report(found.labels, found.classes, names).to_dict("records")
    ]
    return _table(rows, "classes", ["class", "precision", "recall", "F1", "digits"])


def _mistakes(record: Record, found: Predictions, names: Sequence[str]) -> str:
    """Pictures of what was misread where the digits can be had, else its numbers."""
    wrong = np.flatnonzero(found.classes != found.labels)
    wrong = wrong[np.argsort(-found.confidence[wrong], kind="stable")]
    if not len(wrong):
        return "<p>None.</p>"
    shown = wrong[:MISTAKES]
    more = f" The first {MISTAKES}:" if len(wrong) > MISTAKES else ""
    dataset = _tested_on(record)
    images = None if dataset is None else dataset.part("test")[0][shown]
    without = "" if images is not None else " Their pictures could not be had where this was written."
    title = f"<p>{len(wrong):,} digits, the most confident first.{more}{without}</p>"
    if images is None:
        rows = [
            [f"{n:,}", names[found.labels[n]], names[found.classes[n]], f"{found.confidence[n]:.1%}"] for n in shown
        ]
        return title + _table(rows, "mistakes", ["test digit", "label", "read as", "confidence"])
    return title + "".join(
        f"<figure title='test digit {number}, confidence {found.confidence[number]:.1%}'><img alt='' src='{_png(image)}'>"
        f"{escape(names[found.labels[number]])} → {escape(names[found.classes[number]])}</figure>"
        for number, image in zip(shown, images, strict=True)
    )


def _tested_on(record: Record) -> Dataset | None:
    """The digits that the run was tested on, if they are here and as they were."""
    try:
        dataset = registry.load(record.tested, download=False)
    except DatasetError:
        return None
    return dataset if answered(record, dataset) else None


def _png(image: np.ndarray) -> str:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
