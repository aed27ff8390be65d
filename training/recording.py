"""A run from arrays: whatever trained the model, its answers on test digits become a run beside ours."""

import re
import unicodedata
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from models.classifiers import PROBABILITIES, VOTES
from training import history as histories
from training import history_columns, identity, outputs, publishing
from training.outputs import as_probabilities
from training.predictions import Predictions, to_half
from training.runs import Record, Run, Setting

MAX_NAME = 60  # letters of a run's name
MAX_CLASSES = 256  # labels are one byte
LONGEST = 200  # letters of a setting


def record(
    name: str,
    y_true: Any,
    probabilities: Any,
    history: Any = None,
    settings: Mapping[str, Any] | None = None,
    images: Any = None,
    class_names: Sequence[str] | None = None,
    tags: Sequence[str] = (),
    shelf: Path | None = None,
) -> Record:
    """Save the answers of a model of any kind as a run, and give its record.

    Args:
        name: what the run is called; its folder is the same in lower-case letters, digits, dots and dashes.
        y_true: labels (n,) of the test digits, whole numbers from 0 up, or one-hot rows (n, classes).
        probabilities: (n, classes), or the predicted classes (n,). Percentages are divided by 100, and of logits the softmax is
            taken; the setting "outputs" then says so, and a warning.
        history: a row per epoch, as history.table takes it, or None; its columns may be called as PyTorch's users or W&B call them,
            its accuracies be in per cent, and its epochs count from 0.
        settings: what is known of the training, such as seed, optimizer, learning_rate, batch_size, parameters, architecture.
        images: the test pictures (n, ...) as the model reads them; with them runs on the same digits find each other.
        class_names: one per class; their numbers by default.
        tags: words by which you find the run again.
        shelf: the folder of runs, the usual one by default.

    Raises:
        ValueError: the arrays do not fit together, in a sentence.
        RunError: the run cannot be saved.
    """
    labels = labels_of(y_true)
    pictures = _pictures(images, labels)
    rows, scores = scores_of(probabilities, labels, class_names)
    _check_rows(rows)
    plain = _with_outputs(plain_settings(settings or {}), probabilities)
    parameters = plain.pop("parameters", 0)
    shape = [] if pictures is None else [size for size in pictures.shape[1:] if size != 1]
    run = assemble(
        name,
        Predictions(labels, rows),
        _understood(history),
        identity.identify(labels, pictures),
        plain,
        class_names=class_names,
        tags=tags,
        scores=scores,
        network={"input_shape": shape} if shape else {},
        parameters=parameters if isinstance(parameters, int) and parameters > 0 else 0,
    )
    return publishing.save(run, shelf)


def _pictures(images: Any, labels: np.ndarray) -> np.ndarray | None:
    """The test pictures (n, ...), where they were given. Raises ValueError where there are not as many as labels."""
    pictures = None if images is None else to_array(images)
    if pictures is not None and len(pictures) != len(labels):
        raise ValueError(f"There are {len(labels):,} labels, but {len(pictures):,} images.")
    return pictures


def _with_outputs(settings: dict[str, Setting], scores: Any) -> dict[str, Setting]:
    """Settings that say what the rows of a model were where they were no probabilities, of which a warning says it, too."""
    kind = kind_of(scores)
    if kind not in outputs.REMARKS:
        return settings
    warnings.warn(outputs.REMARKS[kind], stacklevel=3)
    return {"outputs": kind, **settings}


def _understood(history: Any) -> pd.DataFrame:
    """A history with our names for its columns; a warning says what was read as what. Raises ValueError."""
    frame, remarks = history_columns.understand(histories.numeric(history))
    for remark in remarks if history_columns.is_drawn(frame) else (*remarks, *history_columns.not_drawn(frame)):
        warnings.warn(remark, stacklevel=3)
    return histories.table(history_columns.from_one(frame))


def _check_rows(rows: np.ndarray) -> None:
    """Raises ValueError where some of the rows contain NaN, but not all, as those of a diverged model do."""
    bad = np.isnan(rows).any(axis=1)
    if bad.any() and not bad.all():
        raise ValueError(f"{bad.sum():,} of {len(rows):,} rows of probabilities contain NaN.")


def assemble(
    name: str,
    predictions: Predictions,
    history: pd.DataFrame,
    digits: tuple[str, str],
    settings: Mapping[str, Setting],
    class_names: Sequence[str] | None = None,
    tags: Sequence[str] = (),
    origin: Literal["recorded", "imported"] = "recorded",
    **known: Any,
) -> Run:
    """A run from elsewhere, not yet saved.

    predictions: probabilities (n, classes) in any precision; history: as history.table gives it; digits: as identity.identify
    gives them; known: further fields of Record.
    """
    classes = predictions.probabilities.shape[1]
    names = [str(one) for one in class_names or range(classes)]
    if len(names) != classes:
        raise ValueError(f"There are {len(names)} class names for {classes} classes.")
    dataset, digest = digits
    described = {"name": dataset, "sha256": digest, "test_sha256": digest, "train": 0, "test": len(predictions.labels)}
    seconds = float(history["seconds"].sum()) if "seconds" in history else 0.0
    kept = Record(
        **{
            "run_id": clean_name(name),
            "origin": origin,
            "name": name.strip()[:LONGEST],
            "settings": dict(settings),
            "tags": tuple(str(tag)[:MAX_NAME] for tag in tags),
            "diverged": histories.diverged(history, predictions.probabilities),
            "dataset": described | {"class_names": names, "parts": []},
            "network": {},
            "parameters": 0,
            "seconds": round(seconds, 1) if np.isfinite(seconds) else 0.0,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {},
            "versions": {},
            **known,
        }
    )
    stored = Predictions(
        predictions.labels,
        to_half(predictions.probabilities),
        predictions.epoch_classes,
        epoch_numbers=predictions.epoch_numbers,
    )
    return Run(kept, history, stored, {})


def clean_name(name: str) -> str:
    """A name as a run's folder may have it: lower-case letters, digits, dots and dashes."""
    plain = unicodedata.normalize("NFKD", str(name)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:MAX_NAME].strip("-.") or "run"


def plain_settings(settings: Mapping[str, Any]) -> dict[str, Setting]:
    """Settings as a record keeps them: numbers, truth values and texts; anything else as text."""
    return {str(name)[:MAX_NAME]: _plain(value) for name, value in settings.items()}


def _plain(value: Any) -> Setting:
    value = value.item() if isinstance(value, np.generic) else value
    if isinstance(value, float) and not np.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)[:LONGEST]


def to_array(values: Any) -> np.ndarray:
    """An array, a list or a tensor of any library as an array. Raises ValueError."""
    try:
        if hasattr(values, "detach"):  # of PyTorch
            values = values.detach().cpu()
        return np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError("Give arrays: one row per test digit, all rows equally long.") from error


def labels_of(y_true: Any) -> np.ndarray:
    """Labels (n,) uint8 from class numbers (n,) or (n, 1), or one-hot rows (n, classes). Raises ValueError."""
    labels = to_array(y_true)
    if labels.ndim == 2:
        labels = labels[:, 0] if labels.shape[1] == 1 else labels.argmax(axis=1)
    if labels.ndim != 1 or not len(labels):
        raise ValueError("The labels must be class numbers (n,) or one-hot rows (n, classes), at least one.")
    if labels.dtype.kind not in "iufb" or not (np.isfinite(labels) & (labels == np.round(labels))).all():
        raise ValueError("The labels must be whole numbers from 0 up, one for each class.")
    if labels.min() < 0 or labels.max() >= MAX_CLASSES:
        raise ValueError(f"The labels lie from {labels.min():g} to {labels.max():g}, not from 0 to {MAX_CLASSES - 1}.")
    return labels.astype(np.uint8)


def scores_of(scores: Any, labels: np.ndarray, class_names: Sequence[str] | None = None) -> tuple[np.ndarray, str]:
    """What a model gives for test digits with these labels (n,), as rows (n, classes) float32 that sum to 1, and what they are:
    probabilities, or votes where it gives classes (n,) alone. Raises ValueError."""
    array = to_array(scores)
    if array.dtype.kind not in "iufb" or array.ndim not in (1, 2):
        raise ValueError("The probabilities must be numbers (n, classes), or the predicted classes (n,).")
    if len(array) != len(labels):
        raise ValueError(f"There are {len(labels):,} labels, but {len(array):,} rows of probabilities.")
    if array.ndim == 1:
        predicted = labels_of(array)
        classes = len(class_names) if class_names else int(max(predicted.max(), labels.max())) + 1
        _check_range(max(predicted.max(), labels.max()), classes)
        return np.eye(classes, dtype=np.float32)[predicted], VOTES
    rows = as_probabilities(array)
    _check_range(labels.max(), rows.shape[1])
    return rows, PROBABILITIES


def kind_of(scores: Any) -> str:
    """What rows of scores (n, classes) are, as outputs.meaning tells it; votes of classes (n,)."""
    array = to_array(scores)
    return outputs.meaning(array) if array.ndim == 2 and array.dtype.kind in "iufb" else VOTES


def _check_range(highest: int, classes: int) -> None:
    if classes > MAX_CLASSES:
        raise ValueError(f"There are {classes:,} classes; {MAX_CLASSES} at most can be kept.")
    if highest >= classes:
        raise ValueError(
            f"There are {classes} classes, so labels lie from 0 to {classes - 1}; the highest is {highest}."
        )
