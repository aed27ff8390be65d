"""Tables as CSV: histories of Keras's CSVLogger and their like, predictions, and exports of W&B and Trackio."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.importers import importer, row_order
from training.importers.from_npz import IMAGES, LABELS, SCORES, named, part_of
from training.importers.parts import Answers, Part, UnreadableError, content, head, to_history, without_percent

MAX_CSV = 50_000_000  # bytes
MAX_COLUMNS = 2000
CLASS = re.compile(r"(?:p|prob|proba|probability|probabilities|class|score|logit|pred)?[ _.\[(]*(\d{1,3})[\])]?")
COUNTS = ("epoch", "epochs", "_step", "step", "global_step", "trainer/global_step", "iteration")
RUN_NAMES = ("run", "run_name", "name", "run_id")
NOT_METRICS = {"_runtime", "_timestamp", "timestamp", "time", "wall time", "relative time (process)", "unnamed: 0", ""}
# of which one at least stands in the columns of a history that counts nothing
TELLING = re.compile(
    r"loss|acc|err|auc|f1|precision|recall|mse|mae|entropy|score|metric|perplex|(^|[^a-z])(lr|train|val|valid|test|eval)([^a-z]|$)"
)
WANDB_ENDS = ("__MIN", "__MAX")


def _is_csv(path: Path) -> bool:
    start = head(path)[:4096]
    return (
        bool(start)
        and b"\0" not in start
        and not start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"["))
        and all(byte >= 32 or byte in b"\t\r\n\f" for byte in start)
        and bool(re.search(rb"[,;\t]", start.partition(b"\n")[0]))
    )


@importer("CSV", _is_csv)
def read(path: Path) -> list[Part]:
    """The histories or the predictions in a table."""
    frame = _table(path)
    names = [str(name) for name in frame.columns]
    part = _predictions(path, frame, {name.strip().lower(): name for name in names})
    if part is not None:
        return [part]
    charted = [name for name in names if " - " in name and not name.endswith(WANDB_ENDS)]
    if charted:
        return _charts(path, frame, charted)
    return _histories(path, frame)


def _table(path: Path) -> pd.DataFrame:
    raw = content(path, MAX_CSV)
    first = raw.partition(b"\n")[0].decode("utf-8-sig", "replace")
    separator = max(",;\t", key=first.count)
    if first.count(separator) >= MAX_COLUMNS:
        raise UnreadableError(f"has more than {MAX_COLUMNS:,} columns, so it is not a history")
    try:
        text = io.StringIO(raw.decode("utf-8-sig"))
        return pd.read_csv(text, sep=separator, skipinitialspace=True, decimal="," if separator == ";" else ".")
    except (ValueError, UnicodeDecodeError, pd.errors.ParserError, OverflowError) as error:
        raise UnreadableError("is damaged: it is not a table with a line of names and a value for each") from error


def _predictions(path: Path, frame: pd.DataFrame, places: dict[str, str]) -> Part | None:
    """Predictions by the digit that each row is of, where the table has some."""
    index = row_order.column(places)
    answers = _answers(frame, places)
    remarks: tuple[str, ...] = ()
    label = named(places, LABELS)
    if answers is None and label is not None and index is not None and len(places) == 2:
        # as Kaggle's submissions are
        answers = Answers(None, _column(frame, label))
        remarks = (f"Its column {label} is taken for the predicted classes, for it has no others.",)
    if answers is None:
        return None
    if index is not None:
        answers, more = row_order.in_order(answers, frame[places[index]], places[index])
        remarks += more
    return part_of(path, answers, " as CSV", remarks)


def _answers(frame: pd.DataFrame, places: dict[str, str]) -> Answers | None:
    """Predictions, where the table has a column of labels or predictions and no count of epochs or steps."""
    if any(name in places for name in COUNTS):
        return None
    label, predicted = named(places, LABELS), named(places, SCORES)
    numbered = {place: int(found.group(1)) for name, place in places.items() if (found := CLASS.fullmatch(name))}
    numbered = {place: number for place, number in numbered.items() if place not in (label, predicted)}
    classes = len(numbered)
    if classes >= 2 and sorted(numbered.values()) in (list(range(classes)), list(range(1, classes + 1))):
        columns = [_column(frame, place) for place in sorted(numbered, key=lambda place: numbered[place])]
        return Answers(_column(frame, label), np.stack(columns, axis=1).astype(np.float64))
    if predicted is None or named(places, IMAGES) == predicted:
        if label is not None and len(places) > 60:
            raise UnreadableError("holds digits, not predictions: open it with --dataset file:PATH")
        return None
    return Answers(_column(frame, label), _column(frame, predicted))


def _column(frame: pd.DataFrame, name: str | None) -> Any:
    """The numbers of a column, None of none."""
    if name is None:
        return None
    try:
        return pd.to_numeric(without_percent(frame[name])).to_numpy()
    except (ValueError, TypeError) as error:
        raise UnreadableError(f"has text in its column {name!r}: give the number of each class, from 0") from error


def _charts(path: Path, frame: pd.DataFrame, charted: list[str]) -> list[Part]:
    """Each run of a chart that W&B exported: columns called "run - metric" beside the step."""
    runs: dict[str, dict[str, str]] = {}
    for name in charted:
        run, _, metric = name.rpartition(" - ")
        if metric.lower() not in NOT_METRICS and metric not in ("_step", "epoch"):
            runs.setdefault(run.strip(), {})[name] = metric
    count = next((name for name in frame.columns if name.strip().lower() in COUNTS), None)
    parts = []
    for run, columns in runs.items():
        own = frame[list(columns)].rename(columns=columns)
        own = own if count is None else own.assign(**{"step": frame[count]})
        parts += _histories(path, own.dropna(how="all", subset=list(columns.values())), "W&B chart", run)
    return parts


def _histories(path: Path, frame: pd.DataFrame, form: str = "", run: str = "") -> list[Part]:
    """The history of a table, or of each run that a column names."""
    names = {str(name).strip().lower(): name for name in frame.columns}
    runs = next((names[name] for name in RUN_NAMES if name in names and not _is_numeric(frame[names[name]])), None)
    if runs is not None:
        groups = frame.drop(columns=runs).groupby(frame[runs].astype(str), sort=False)
        if len(groups) > 1 or not run:
            return [part for name, own in groups for part in _histories(path, own, form or "runs as CSV", str(name))]
    if not any(name in COUNTS or TELLING.search(name) for name in names):
        raise UnreadableError(_unknown(names))
    frame, remark = _by_epoch(frame, names)
    history, remarks = to_history(frame)
    return [Part(form or _form(names), path, history, run, remarks=(*remark, *remarks))]


def _unknown(names: dict[str, str]) -> str:
    """What is missing in a table with these columns."""
    label = named(names, LABELS)
    if label is not None:
        return f"has labels in its column {label}, but no predictions beside them, such as y_pred or prob_0, prob_1 and so on"
    shown = ", ".join(str(name)[:40] for name in list(names.values())[:6])
    return (
        "has no column of a history or of predictions, such as epoch, loss, val_accuracy, y_pred or prob_0, prob_1 and so on; "
        f"it has {shown}"
    )


def _is_numeric(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column))


def _form(names: dict[str, str]) -> str:
    if "_step" in names or "_runtime" in names:
        return "W&B history"
    return "history as CSV" if "epoch" in names else "metrics as CSV"


def _by_epoch(frame: pd.DataFrame, names: dict[str, str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row per epoch where the table tells epochs, else one per step, called epoch."""
    places = {name: place for name, place in names.items() if place in frame}
    metrics = frame[[place for name, place in places.items() if _is_metric(name)]]
    counts = {name: pd.to_numeric(frame[places[name]], errors="coerce") for name in COUNTS if name in places}
    count = next((name for name, counted in counts.items() if counted.notna().any()), None)
    if count is None:
        return metrics, ()
    counted = counts[count]
    by_epoch = count in ("epoch", "epochs")
    if by_epoch and not _logged_by_step(counted):
        return metrics.assign(epoch=counted), ()
    # a value of each epoch is its last that is there
    whole = counted.notna() & ((counted == counted.round()) | (not by_epoch))
    merged = metrics[whole].groupby(counted[whole]).last().rename_axis("epoch").reset_index()
    return merged, () if by_epoch else ("It counts steps, which stand for epochs.",)


def _is_metric(name: str) -> bool:
    return name not in NOT_METRICS and name not in COUNTS and not name.endswith(("__min", "__max"))


def _logged_by_step(epochs: pd.Series) -> bool:
    """Whether an epoch has several rows, as loggers of steps write them."""
    known = epochs.dropna()
    return bool(known.duplicated().any() and (known.diff().dropna() >= 0).all())
