"""Whether the parts of a saved run agree with one another: its record, its history and its predictions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from training.datasets import arrays

MOST = 1_000_000_000  # bytes that labels or numbers of epochs may have
SAME_LENGTH = (("labels", "probabilities"), ("held_out_labels", "held_out_probabilities"))
FEW_AXES = {"labels": 1, "probabilities": 2, "epoch_classes": 2, "epoch_numbers": 1}


def contradiction(folder: Path, dataset: Mapping[str, Any]) -> str | None:
    """What does not fit together in the run in `folder`, half a sentence; None where all does.

    dataset: what its record says of its dataset, see runs.Record.
    """
    wrong = _of_dataset(dataset)
    if wrong:
        return wrong
    path = folder / "predictions.npz"
    try:
        shapes = arrays.shapes(path)
        return _of_shapes(shapes, dataset) or _of_values(path, shapes, dataset) or _of_epochs(folder, path, shapes)
    except arrays.ArraysError as error:
        return f"predictions.npz cannot be read: {error}"


def _of_dataset(dataset: Mapping[str, Any]) -> str | None:
    """What of the dataset's description is missing or impossible."""
    kinds = {"name": str, "train": int, "test": int, "class_names": list}
    for name, kind in kinds.items():
        if not isinstance(dataset.get(name), kind) or (kind is int and dataset[name] < 0):
            return f"its record does not say what its dataset's {name} is"
    return None


def _of_shapes(shapes: Mapping[str, tuple[int, ...]], dataset: Mapping[str, Any]) -> str | None:
    for name, axes in FEW_AXES.items():
        if len(shapes.get(name, (0,) * axes)) != axes:
            return f"{name} in predictions.npz has the shape {shapes[name]}"
    if not {"labels", "probabilities"} <= set(shapes):
        return "predictions.npz has no labels or no probabilities"
    for first, second in SAME_LENGTH:
        if (first in shapes) != (second in shapes) or shapes.get(first, ())[:1] != shapes.get(second, ())[:1]:
            return f"predictions.npz does not have as many {first} as {second}"
    tested, (rows, classes) = dataset["test"], shapes["probabilities"]
    if rows != tested:
        return f"its record tells of {tested:,} test digits, predictions.npz of {rows:,}"
    if classes != len(dataset["class_names"]):
        return f"its record names {len(dataset['class_names'])} classes, predictions.npz has {classes}"
    if "epoch_classes" in shapes and shapes["epoch_classes"][1] != rows:
        return "predictions.npz does not have a class for every test digit after each epoch"
    return None


def _of_values(path: Path, shapes: Mapping[str, tuple[int, ...]], dataset: Mapping[str, Any]) -> str | None:
    """Labels, or classes after an epoch, that are none of those."""
    names = [name for name in ("labels", "held_out_labels", "epoch_classes") if name in shapes]
    for name, values in arrays.read(path, names, MOST).items():
        if values.dtype.kind not in "iu" or (values.size and int(values.max()) >= len(dataset["class_names"])):
            return f"{name} in predictions.npz has classes that its record does not name"
    return None


def _of_epochs(folder: Path, path: Path, shapes: Mapping[str, tuple[int, ...]]) -> str | None:
    """Predictions after epochs that the history does not have."""
    if "epoch_classes" not in shapes:
        return None
    rows, epochs = (folder / "history.csv").read_bytes().rstrip().count(b"\n"), shapes["epoch_classes"][0]
    numbers = arrays.read(path, ["epoch_numbers"], MOST)["epoch_numbers"] if "epoch_numbers" in shapes else None
    if numbers is not None and (len(numbers) != epochs or not (np.diff(numbers) > 0).all()):
        return "predictions.npz does not say after which epochs its classes are"
    if rows and numbers is None and epochs > rows:
        return f"predictions.npz has classes after {epochs} epochs, history.csv has {rows}"
    return None
