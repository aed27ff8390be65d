"""The history of a training: one row per epoch, with our columns, any part of them, and further numeric ones."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HISTORY = ["epoch", "loss", "accuracy", "train_loss", "val_loss", "val_accuracy", "learning_rate", "seconds"]
LOSSES = ("loss", "train_loss", "val_loss")
MAX_EPOCHS, MAX_EPOCH = 10_000, 10_000_000  # rows of a history, and the highest number of one
MAX_NAME = 60  # letters of a column
ALIASES = {
    "acc": "accuracy",
    "sparse_categorical_accuracy": "accuracy",
    "categorical_accuracy": "accuracy",
    "binary_accuracy": "accuracy",
    "lr": "learning_rate",
}  # what else libraries call our columns, those that begin with val_ too


def table(history: Any) -> pd.DataFrame:
    """A history from elsewhere as a table: column epoch, then HISTORY and further columns as float, by rising epoch.

    history: None, rows (mappings), columns (a mapping to sequences), a data frame, or what Keras's fit returns. Columns may be
    missing; values may be missing, NaN or infinite. Without a column epoch its rows are epochs 1, 2, and so on.

    Raises:
        ValueError: it is not a history, in a sentence.
    """
    frame = to_frame(history)
    if len(frame) > MAX_EPOCHS:
        raise ValueError(f"The history has {len(frame):,} epochs; {MAX_EPOCHS:,} at most can be kept.")
    frame.columns = pd.Index(_names([str(name) for name in frame.columns]))
    for name in frame.columns:
        frame[name] = _numbers(name, frame[name])
    return _ordered(frame)


def written(history: Sequence[Mapping[str, float]] | pd.DataFrame) -> bytes:
    """A history as CSV: the columns of HISTORY, then its own."""
    frame = history if isinstance(history, pd.DataFrame) else pd.DataFrame(history)
    own = [name for name in frame.columns if name not in HISTORY]
    return frame.reindex(columns=[*HISTORY, *own]).to_csv(index=False, float_format="%.6g").encode()


def read(source: Path | bytes) -> pd.DataFrame:
    """As `table` gives it, all columns of HISTORY first, those that are missing NaN. Raises OSError or ValueError."""
    content = source if isinstance(source, bytes) else source.read_bytes()
    raw = pd.read_csv(io.BytesIO(content))
    frame = raw if _is_table(raw) else table(raw)
    own = [name for name in frame if name not in HISTORY]
    return frame.reindex(columns=[*HISTORY, *own])


def _is_table(raw: pd.DataFrame) -> bool:
    """Whether a file holds what `table` would give: asked first, for it is a quarter of the time."""
    if list(raw.columns[:1]) != ["epoch"] or not set(raw.columns) <= set(HISTORY) or not 0 < len(raw) <= MAX_EPOCHS:
        return False
    epochs = raw["epoch"].to_numpy()
    rises = epochs.dtype.kind == "i" and epochs[0] >= 1 and epochs[-1] <= MAX_EPOCH and (np.diff(epochs) > 0).all()
    return bool(rises) and all(kind.kind == "f" for kind in raw.dtypes.iloc[1:])


def diverged(history: pd.DataFrame, probabilities: np.ndarray) -> int | None:
    """The epoch from which on a training's losses were no numbers, until its end; 0 where its epochs are not known, None of one
    that did not diverge.

    history: as `table` gives it; probabilities: (n, classes) at the end, NaN where the model gives none.
    """
    sound = bool(np.isfinite(probabilities).all())
    lost = pd.Series(False, history.index)
    for name in [name for name in LOSSES if name in history]:
        lost |= np.isinf(history[name])
    # a validation loss may be missing, a training loss only where there never was one
    if "loss" in history and not (sound and history["loss"].isna().all()):
        lost |= history["loss"].isna()
    if len(lost) and lost.iloc[-1]:
        before = np.flatnonzero(~lost)
        return int(history["epoch"].iloc[before[-1] + 1 if len(before) else 0])
    if sound:
        return None
    return int(history["epoch"].iloc[-1]) if len(history) else 0


def numeric(history: Any) -> pd.DataFrame:
    """What `table` takes as columns of numbers, called as they are. Raises ValueError."""
    frame = to_frame(history).rename(columns=str)
    return frame if frame.columns.duplicated().any() else frame.apply(lambda column: _numbers(str(column.name), column))


def to_frame(history: Any) -> pd.DataFrame:
    """What `table` takes as a data frame, its columns as they are called. Raises ValueError."""
    history = getattr(history, "history", history)
    if history is None:
        return pd.DataFrame({"epoch": np.zeros(0, int)})
    if not isinstance(history, pd.DataFrame | Mapping | Sequence) or isinstance(history, str | bytes):
        raise ValueError("The history must be rows, columns or a data frame: one value of each column per epoch.")
    try:
        return pd.DataFrame(dict(history) if isinstance(history, Mapping) else history).reset_index(drop=True)
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError("The columns of the history must have one number per epoch, all equally many.") from error


def _names(names: Sequence[str]) -> list[str]:
    """Ours for the columns that are called otherwise, unless ours is there too; the others on one line."""
    shown = [" ".join(name.split()) for name in names]
    ours = {}
    for name in shown:
        prefix = "val_" if name.startswith("val_") else ""
        ours[name] = prefix + ALIASES[name.removeprefix(prefix)] if name.removeprefix(prefix) in ALIASES else name
    renamed: list[str] = []
    for name in shown:
        better = ours[name]
        renamed.append(name if better in shown or better in renamed else better)
    for name in renamed:
        if not name or len(name) > MAX_NAME or renamed.count(name) > 1:
            raise ValueError(f"Each column of the history needs a name of its own, 1 to {MAX_NAME} letters long.")
    return renamed


def _numbers(name: str, column: pd.Series) -> pd.Series:
    try:
        return pd.to_numeric(column).astype(float)
    except (ValueError, TypeError) as error:
        raise ValueError(f"The column '{name}' of the history does not hold numbers.") from error


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """By epoch, which are whole numbers from 1 up, each once."""
    if "epoch" not in frame:
        frame.insert(0, "epoch", np.arange(1.0, len(frame) + 1))
    epochs = frame["epoch"]
    if not (np.isfinite(epochs) & (epochs == epochs.round()) & epochs.between(1, MAX_EPOCH)).all():
        raise ValueError("The epochs of the history must be whole numbers from 1 up.")
    if epochs.duplicated().any():
        raise ValueError("The history has an epoch twice.")
    return frame.astype({"epoch": int}).sort_values("epoch", ignore_index=True)
