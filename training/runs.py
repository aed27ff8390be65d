"""Runs on the shelf: a folder each, published whole or not at all, never changed afterwards.

<run_id>/  model.keras       the network, without optimizer state (where it can be shipped)
           history.csv       one row per epoch, the columns of HISTORY
           predictions.npz   the arrays of Predictions
           record.json       the Record, written last
"""

import hashlib
import io
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from models import run_directory, saved_directory
from training.recipe import Recipe

SCHEMA_VERSION = 1
HISTORY = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"]


class RunError(Exception):
    """A run that cannot be read or saved, in a sentence a user can act on."""


class Record(BaseModel):
    """What a run is: everything about it that is not an array."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    run_id: str
    """Name of the run's folder."""
    recipe: Recipe
    dataset: dict[str, Any]
    """name, sha256 of its arrays, train and test: how many digits each."""
    network: dict[str, Any] | None
    """The arguments of models.architectures.build; None where the run is no network."""
    parameters: int
    """Trained numbers in the model."""
    seconds: float
    """Time of the whole training in seconds."""
    created: str
    """When it was finished, ISO 8601, UTC."""
    machine: dict[str, Any]
    """What it was trained on: processor or accelerator, threads."""
    versions: dict[str, str]
    """Of Python and the libraries."""
    files: dict[str, dict[str, Any]] = {}
    """sha256 and size in bytes of each other file of the run."""


@dataclass(frozen=True)
class Predictions:
    """What a run answered.

    labels: (n,) uint8 of the test set; probabilities: (n, classes) float16; epoch_classes: (epochs, n) uint8, the test
    predictions after each epoch. Where a part of the training set was held out: held_out_index (m,) into the training
    set, held_out_labels (m,) and held_out_probabilities (m, classes).
    """

    labels: np.ndarray
    probabilities: np.ndarray
    epoch_classes: np.ndarray
    held_out_index: np.ndarray | None = None
    held_out_labels: np.ndarray | None = None
    held_out_probabilities: np.ndarray | None = None

    @property
    def classes(self) -> np.ndarray:
        """The class with the highest probability, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> np.ndarray:
        """The probability of that class, (n,) float32."""
        return self.probabilities.max(axis=1).astype(np.float32)


@dataclass(frozen=True)
class Damaged:
    """A folder on the shelf that is no whole run, and why."""

    run_id: str
    reason: str


@dataclass(frozen=True)
class Run:
    """A finished training before it is saved. files: further contents by name, such as model.keras."""

    record: Record
    history: list[Mapping[str, float]]
    predictions: Predictions
    files: Mapping[str, bytes]


def to_half(probabilities: np.ndarray) -> np.ndarray:
    """Probabilities as float16, (n, classes), with the highest class kept highest where rounding would tie it."""
    halves, winners, rows = (
        probabilities.astype(np.float16),
        probabilities.argmax(axis=1),
        np.arange(len(probabilities)),
    )
    tied = halves.argmax(axis=1) != winners
    halves[rows[tied], winners[tied]] = np.nextafter(halves[tied].max(axis=1), np.float16(2))
    return halves


def save(run: Run, shelf: Path | None = None) -> Record:
    """Put a run on the shelf under its recipe's name, or the name and the next free number; returns its record.

    Staged beside its place, synced and renamed, so that a crash leaves nothing half done. Raises RunError.
    """
    shelf = shelf or saved_directory()
    staging = None
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        _sweep_abandoned(shelf)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=shelf))
        staging.chmod(0o755)
        contents = {
            "history.csv": _history_bytes(run.history),
            "predictions.npz": _npz_bytes(run.predictions),
            **run.files,
        }
        for name, content in contents.items():
            _write(staging / name, content)
        files = {name: {"sha256": hashlib.sha256(c).hexdigest(), "bytes": len(c)} for name, c in contents.items()}
        return _publish(staging, run.record.model_copy(update={"files": files}), shelf)
    except OSError as error:
        raise RunError(
            f"The run could not be saved in {shelf}: {error.strerror or error}. Nothing was left behind."
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _publish(staging: Path, record: Record, shelf: Path) -> Record:
    for number in range(1, 10_000):
        run_id = record.recipe.name if number == 1 else f"{record.recipe.name}-{number}"
        if (shelf / run_id).exists():
            continue
        record = record.model_copy(update={"run_id": run_id})
        _write(staging / "record.json", (record.model_dump_json(indent=1) + "\n").encode())
        _sync(staging)
        try:
            staging.rename(shelf / run_id)
        except OSError:
            if (shelf / run_id).exists():  # another process took the name in between
                continue
            raise
        _sync(shelf)
        return record
    raise RunError(f"There are already 9,999 runs called '{record.recipe.name}'. Give the recipe another name.")


def list_runs(shelf: Path | None = None) -> tuple[list[Record], list[Damaged]]:
    """The whole runs on the shelf, oldest first, and the damaged ones."""
    shelf = shelf or saved_directory()
    folders = sorted(p for p in shelf.glob("*") if p.is_dir() and not p.name.startswith(".")) if shelf.is_dir() else []
    found = [_check(folder, _stamp(folder)) for folder in folders]
    records = sorted((r for r in found if isinstance(r, Record)), key=lambda r: (r.created, r.run_id))
    return records, [d for d in found if isinstance(d, Damaged)]


def shelf_stamp(shelf: Path | None = None) -> tuple:
    """Changes whenever a run appears, disappears or is touched: the key for what is cached about the shelf."""
    shelf = shelf or saved_directory()
    folders = sorted(p for p in shelf.glob("*") if not p.name.startswith(".")) if shelf.is_dir() else []
    return (str(shelf), *((folder.name, _stamp(folder)) for folder in folders))


def _stamp(folder: Path) -> tuple:
    try:
        with os.scandir(folder) as entries:
            return tuple(sorted((e.name, e.stat().st_mtime_ns, e.stat().st_size) for e in entries))
    except OSError:  # deleted meanwhile
        return ()


@lru_cache(maxsize=4096)
def _check(folder: Path, stamp: tuple) -> Record | Damaged:
    """The record of the run in `folder` with all its files verified, or what is wrong; stamp only keys the cache."""
    try:
        record = Record.model_validate_json((folder / "record.json").read_bytes())
        if record.schema_version != SCHEMA_VERSION:
            return Damaged(folder.name, f"its record has version {record.schema_version}, not {SCHEMA_VERSION}")
        if record.run_id != folder.name:
            return Damaged(folder.name, f"its record belongs to the run '{record.run_id}'")
        missing = {"history.csv", "predictions.npz"} - set(record.files)
        if missing:
            return Damaged(folder.name, f"its record names no {', '.join(sorted(missing))}")
        for name, expected in record.files.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected.get("sha256"):
                return Damaged(folder.name, f"{name} differs from what was saved")
    except FileNotFoundError as error:
        return Damaged(folder.name, f"{Path(error.filename).name} is missing")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return Damaged(folder.name, f"record.json cannot be read: {where} {first['msg']}".replace(":  ", ": "))
    except OSError as error:
        return Damaged(folder.name, f"it cannot be read: {error.strerror}")
    return record


def load_record(run_id: str, shelf: Path | None = None) -> Record:
    """The record of one run, its files verified. Raises RunError with the reason."""
    try:
        folder = run_directory(run_id, shelf)
    except ValueError as error:
        raise RunError(str(error)) from error
    found = _check(folder, _stamp(folder))
    if isinstance(found, Damaged):
        raise RunError(f"The run '{run_id}' is damaged: {found.reason}.")
    return found


def load_history(run_id: str, shelf: Path | None = None) -> pd.DataFrame:
    """One row per epoch with the columns of HISTORY; what was not watched is NaN. Raises RunError."""
    load_record(run_id, shelf)
    try:
        return pd.read_csv((shelf or saved_directory()) / run_id / "history.csv")[HISTORY]
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"The history of the run '{run_id}' cannot be read: {error}.") from error


def load_predictions(run_id: str, shelf: Path | None = None) -> Predictions:
    """The stored answers of one run. Raises RunError."""
    load_record(run_id, shelf)
    try:
        with np.load((shelf or saved_directory()) / run_id / "predictions.npz", allow_pickle=False) as arrays:
            return Predictions(**{name: arrays[name] for name in arrays.files})
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"The predictions of the run '{run_id}' cannot be read: {error}.") from error


def _history_bytes(history: list[Mapping[str, float]]) -> bytes:
    return pd.DataFrame(history, columns=HISTORY).to_csv(index=False, float_format="%.6g").encode()


def _npz_bytes(predictions: Predictions) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **{name: array for name, array in asdict(predictions).items() if array is not None})
    return stream.getvalue()


def _write(path: Path, content: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened, and the rename alone is what there is
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep_abandoned(shelf: Path) -> None:
    """Remove what a killed process left staged more than a day ago."""
    for folder in shelf.glob(".staging-*"):
        if time.time() - folder.stat().st_mtime > 86_400:
            shutil.rmtree(folder, ignore_errors=True)
