"""Runs as they lie on a shelf: exported on another machine, and taken as they are once their hashes and arrays were checked."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from training import annotations
from training import history as histories
from training.annotations import NOTHING, Annotation
from training.datasets import arrays
from training.importers import importer
from training.importers.parts import MAX_TABLE, Part, UnreadableError, Whole, content
from training.predictions import Predictions
from training.recording import clean_name
from training.runs import READABLE, Record

FILES = {"history.csv", "predictions.npz", "model.keras", "model.npz", "references.npz"}  # that a run may have
MAX_FILE = 500_000_000  # bytes of one
MAX_ANNOTATION = 100_000  # bytes of star, tags and note


@importer("run", lambda path: path.is_dir() and (path / "record.json").is_file())
def read(path: Path) -> list[Part]:
    """The run in a folder. Raises UnreadableError where it is not whole."""
    try:
        record = Record.model_validate_json(content(path / "record.json"))
    except (ValidationError, RecursionError, ValueError) as error:
        raise UnreadableError("has a record that cannot be read: it is damaged, or of a newer version") from error
    if record.schema_version not in READABLE:
        raise UnreadableError(f"has a record of version {record.schema_version}, which is not read here")
    if (
        not {"history.csv", "predictions.npz"} <= set(record.files) <= FILES
        or clean_name(record.run_id) != record.run_id
    ):
        raise UnreadableError("is not a run: its record lists other files than a run has")
    for name, expected in record.files.items():
        if not (path / name).is_file() or (path / name).is_symlink():
            raise UnreadableError(f"is not whole: {name} is missing")
        if hashlib.sha256(content(path / name, MAX_FILE)).hexdigest() != expected.get("sha256"):
            raise UnreadableError(f"is damaged: {name} differs from what was saved")
    _check(record, path)
    beside, remarks = _beside(path / annotations.CARRIED)
    return [Part("run", path, Whole(record, path, beside), record.run_id, remarks=remarks)]


def _beside(path: Path) -> tuple[Annotation, tuple[str, ...]]:
    """What stood beside a run where it came from, or a sentence on why that is left out."""
    if not path.is_file() or path.is_symlink():
        return NOTHING, ()
    try:
        return annotations.brought(content(path, MAX_ANNOTATION)), ()
    except (UnreadableError, ValueError):
        return NOTHING, ("Its star, tags and note cannot be read, and are left out.",)


def _check(record: Record, folder: Path) -> None:
    """Raises UnreadableError where the parts of a run do not fit together."""
    try:
        history = histories.read(folder / "history.csv")
        predictions = Predictions(**_arrays(folder / "predictions.npz"))
        for name in {"model.npz", "references.npz"} & set(record.files):
            _arrays(folder / name)
    except (ValueError, TypeError, OSError, arrays.ArraysError) as error:
        raise UnreadableError(
            f"is damaged: its history or predictions cannot be read ({type(error).__name__})"
        ) from error
    digits, classes = len(predictions.labels), len(record.dataset.get("class_names", ()))
    epochs = 0 if predictions.epoch_classes is None else len(predictions.epoch_classes)
    fits = (
        predictions.labels.ndim == 1
        and predictions.probabilities.ndim == 2
        and predictions.probabilities.shape[0] == digits == record.dataset.get("test")
        and (predictions.probabilities.shape[1] == classes or not digits)
        and (not digits or predictions.labels.max() < classes)
        and (predictions.epoch_classes is None or predictions.epoch_classes.shape[1:] == (digits,))
        and (predictions.epoch_numbers is None or len(predictions.epoch_numbers) == epochs)
        and epochs <= max(len(history), 1)
        and record.parameters >= 0
    )
    if not fits:
        raise UnreadableError("is damaged: its record, history and predictions do not fit together")


def _arrays(path: Path) -> dict:
    return arrays.read(path, list(arrays.shapes(path)), MAX_TABLE)
