"""What an importer finds in a file: a history, answers, a network, its weights, or a whole run, and how large it may be."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training import history as histories
from training import history_columns
from training.annotations import NOTHING, Annotation
from training.runs import Record, Setting

MAX_TEXT = 20_000_000  # bytes of a history, or of a description of a network
MAX_TABLE = 200_000_000  # bytes of a table of predictions
TENSORBOARD = "TensorBoard"  # the form of event files, of which one run has several
START = 65_536  # bytes by which a format is recognized


class UnreadableError(Exception):
    """A file that cannot be imported: what is wrong with it, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class History:
    """A row per epoch, as history.table gives it."""

    table: pd.DataFrame


@dataclass(frozen=True)
class Answers:
    """labels: (n,) or one-hot rows, None where the file has none; scores: (n, classes) or the predicted classes (n,); images: the
    test pictures (n, ...), if they are there; order: (n,) the rows of the file in the order of these, if they were sorted; paired:
    whether the labels stand in the same file."""

    labels: np.ndarray | None
    scores: np.ndarray
    images: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None
    order: np.ndarray | None = None
    paired: bool = True


@dataclass(frozen=True)
class Network:
    """described: `architecture` and `options` as models.architectures.build takes them, None of weights alone; weights: the file
    that holds them, None of a description alone; keys: under which names each layer keeps its weights there, as keras_config.Found
    has them."""

    described: dict[str, Any] | None
    weights: Path | None
    keys: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True)
class Whole:
    """A run that was exported: its record, its files by name, and what stood beside it."""

    record: Record
    folder: Path
    beside: Annotation = NOTHING

    @property
    def network(self) -> dict[str, Any] | None:
        """What its network is, where it has one that can be loaded."""
        return self.record.network if {"model.keras"} <= set(self.record.files) and self.record.network else None


@dataclass(frozen=True)
class Part:
    """What was found in a file. content: a History, Answers, a Network or a Whole; form: what it is, in a few words; name: of its
    run, where the file tells it; settings: what it tells of the training; remarks: sentences about what was made of it."""

    form: str
    path: Path
    content: Any
    name: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def head(path: Path) -> bytes:
    """The first bytes of a file; none of a folder, or where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.read(START)
    except OSError:
        return b""


def content(path: Path, most: int = MAX_TEXT) -> bytes:
    """All bytes of a file. Raises UnreadableError where it is empty or too large."""
    size = path.stat().st_size
    if not size:
        raise UnreadableError("is empty")
    if size > most:
        raise UnreadableError(f"has {size / 1e6:,.0f} MB, and {most // 10**6} MB at most are read")
    return path.read_bytes()


def load_json(text: bytes | str) -> Any:
    """What JSON says. Raises UnreadableError, also where it is nested deeper than Python reads."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("is damaged: it is not JSON as Python writes it") from error


def to_history(columns: Any) -> tuple[History, tuple[str, ...]]:
    """Rows or columns as a history, with sentences on what was changed: columns are called as ours, epochs that count from 0 count
    from 1, and where they begin again the rows are counted on. Columns without a number are left out. Raises UnreadableError."""
    try:
        frame = pd.DataFrame(columns).reset_index(drop=True)
        frame = frame.dropna(axis=1, how="all") if len(frame) else frame
        frame, understood = history_columns.understand(_numeric(frame))
        frame, remarks = _counted(frame)
        table = histories.table(frame)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        reason = str(error) if isinstance(error, ValueError) and str(error).startswith(("The ", "Each ")) else ""
        raise UnreadableError(f"is not a history: {_lowered(reason) or 'its columns are not equally long'}") from error
    if not len(table) or len(table.columns) < 2:
        raise UnreadableError("is not a history: it has no epochs with numbers")
    return History(table), (*remarks, *understood, *history_columns.not_drawn(table))


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _numeric(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns with numbers, and the names of the epochs; 71.2 % in text is 71.2."""
    kept = {}
    for name, column in frame.items():
        numbers = pd.to_numeric(without_percent(column), errors="coerce")
        if numbers.notna().any() or name == "epoch":
            kept[str(name)] = numbers.astype(float)
    return pd.DataFrame(kept)


def without_percent(column: pd.Series) -> pd.Series:
    """A column whose texts end with a percent sign without these signs."""
    if column.dtype.kind in "iufb":
        return column
    return column.map(lambda value: value.strip().removesuffix("%").strip() if isinstance(value, str) else value)


def _counted(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    if "epoch" not in frame or not len(frame):
        return frame, ()
    epochs = frame["epoch"].to_numpy()
    if len(epochs) > 1 and np.isfinite(epochs).all() and not (np.diff(epochs) > 0).all():
        counted = frame.assign(epoch=np.arange(1.0, len(frame) + 1))
        return counted, ("Its epochs begin again, so its rows are counted on.",)
    return (frame.assign(epoch=epochs + 1), ()) if epochs[0] == 0 else (frame, ())
