"""Publishing a run: it is staged beside its final folder, synced and renamed, so that a crash leaves nothing incomplete."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from models import saved_directory
from training import history
from training.runs import Predictions, Record, Run, RunError, read_predictions


def save(run: Run, shelf: Path | None = None) -> Record:
    """Save a run under its recipe's name, or the name and the next free number; returns its record.

    Staged beside its final folder, synced and renamed, so that a crash leaves nothing incomplete. Raises RunError.
    """
    contents = {
        "history.csv": history.written(run.history),
        "predictions.npz": _npz_bytes(run.predictions),
        **run.files,
    }
    return save_files(run.record, contents, shelf)


def save_files(record: Record, contents: Mapping[str, bytes], shelf: Path | None = None) -> Record:
    """Save a run whose files are given as they are, by name; as `save`. Raises RunError."""
    shelf = shelf or saved_directory()
    staging = None
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(shelf)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=shelf))
        staging.chmod(0o755)
        for name, content in contents.items():
            _write(staging / name, content)
        files = {name: {"sha256": hashlib.sha256(c).hexdigest(), "bytes": len(c)} for name, c in contents.items()}
        return _publish(staging, record.model_copy(update={"files": files}), shelf)
    except OSError as error:
        raise RunError(
            f"The run could not be saved in {shelf}: {error.strerror or error}. Nothing was left behind."
        ) from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def save_copy(record: Record, run_id: str, shelf: Path | None = None) -> Record:
    """Save the files of a run once more under another name, or that name and the next free number. Raises RunError."""
    shelf = shelf or saved_directory()
    staging = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=shelf))
        staging.chmod(0o755)
        for name in record.files:
            _write(staging / name, (shelf / record.run_id / name).read_bytes())
        return _publish(staging, record.model_copy(update={"run_id": run_id}), shelf)
    except OSError as error:
        raise RunError(f"The run could not be saved in {shelf}: {error.strerror or error}.") from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _publish(staging: Path, record: Record, shelf: Path) -> Record:
    for number in range(1, 10_000):
        run_id = record.run_id if number == 1 else f"{record.run_id}-{number}"
        if (shelf / run_id).exists():
            continue
        named = record.model_copy(update={"run_id": run_id})
        _write(staging / "record.json", (named.model_dump_json(indent=1) + "\n").encode())
        _sync(staging)
        try:
            staging.rename(shelf / run_id)
        except OSError:
            if (shelf / run_id).exists():  # another process took the name in between
                continue
            raise
        _sync(shelf)
        return named
    raise RunError(f"There are already 9,999 runs called '{record.run_id}'. Give this one another name.")


def pack(run: Run) -> bytes:
    """A run as bytes that `unpack` turns back into it, on another machine too."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("record.json", run.record.model_dump_json())
        rows = run.history.to_dict("records") if isinstance(run.history, pd.DataFrame) else run.history
        archive.writestr("history.json", json.dumps(rows))
        archive.writestr("predictions.npz", _npz_bytes(run.predictions))
        for name, content in run.files.items():
            archive.writestr(f"files/{name}", content)
    return stream.getvalue()


def unpack(content: bytes) -> Run:
    """The run that was packed. Raises RunError if these are not the bytes of a run."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            record = Record.model_validate_json(archive.read("record.json"))
            rows = json.loads(archive.read("history.json"))
            predictions = read_predictions(io.BytesIO(archive.read("predictions.npz")))
            files = {n.removeprefix("files/"): archive.read(n) for n in archive.namelist() if n.startswith("files/")}
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise RunError(f"What a job sent back is not a run ({type(error).__name__}).") from error
    return Run(record, rows, predictions, files)


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
    if os.name == "posix":  # elsewhere a folder cannot be opened, so the rename alone must do
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _remove_abandoned(shelf: Path) -> None:
    """Remove what a killed process left staged more than a day ago."""
    for folder in shelf.glob(".staging-*"):
        # another process may have removed it since it was listed
        with contextlib.suppress(FileNotFoundError):
            if time.time() - folder.stat().st_mtime > 86_400:
                shutil.rmtree(folder, ignore_errors=True)
