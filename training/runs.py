"""Saved runs: a folder each, published as a whole or not at all, never changed afterwards.

<run_id>/  model.keras       the network, without optimizer state (where it can be shipped)
           (or model.npz)    the arrays of a small classifier
           history.csv       one row per epoch, the columns of HISTORY and perhaps more
           predictions.npz   the arrays of Predictions
           record.json       the Record, written last
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, ValidationError, model_validator

from models import run_directory, saved_directory
from models.prediction import MODEL_FILES
from training.consistency import contradiction
from training.datasets.dataset import Dataset
from training.datasets.registry import split_name
from training.history import HISTORY as HISTORY
from training.history import read as read_history
from training.predictions import Predictions as Predictions
from training.predictions import read_predictions as read_predictions
from training.predictions import to_half as to_half
from training.recipe import Recipe

SCHEMA_VERSION = 3
READABLE = (1, 2, 3)  # versions of records; `python -m training upgrade` brings older ones to the newest
BELONGS = "its record belongs to the run '{0}': rename the folder so, or delete it where it is only a copy"
Setting = str | int | float | bool | None


class RunError(Exception):
    """A run that cannot be read or saved, in a sentence a user can act on."""


class Record(BaseModel):
    """What a run is: everything about it that is not an array."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    run_id: str
    """Name of the run's folder."""
    origin: Literal["trained", "recorded", "imported"] = "trained"
    """Whether our trainer made the run, or whoever brought it: while it was trained elsewhere, or afterwards."""
    recipe: Recipe | None = None
    """What our trainer was told; None of a run from elsewhere."""
    name: str = ""
    """What whoever brought the run calls it."""
    settings: dict[str, Setting] = {}
    """Of a run without a recipe: whatever is known of how it was trained, such as seed, batch_size, optimizer, learning_rate."""
    tags: tuple[str, ...] = ()
    """Words by which its owner finds it again."""
    diverged: int | None = None
    """The epoch from which on its loss or its probabilities were no numbers, 0 where that is not known; None where all are."""
    stopped: int | None = None
    """The epoch after which somebody ended its training before the recipe's last and kept what there was; None where nobody did."""
    teacher: str | None = None
    """The hash of the weights of the run that it learned from; None where its recipe names no teacher."""
    scores: str = "probabilities"
    """What the stored rows are: probabilities, or votes (of neighbours, trees, or one against one) divided by their number."""
    dataset: dict[str, Any]
    """name in full, sha256 of its arrays and test_sha256 of its test part, train and test: how many digits each, class_names,
    and parts: of each dataset that was joined its name and how many training digits are its own. Of a run from elsewhere
    test_sha256 is what identity.identify gives, and train is 0 where it is not known."""
    network: dict[str, Any]
    """What the model is: architecture, input_shape, classes and options, as models.architectures.build takes them. Of a run from
    elsewhere what is known of it: input_shape, layers and trainable, the number of trainable parameters, or nothing."""
    parameters: NonNegativeInt
    """Number of parameters of the model, the statistics of batch normalisation included; 0 where none are known."""
    seconds: NonNegativeFloat
    """Time of the whole training in seconds."""
    created: str
    """When it was finished, ISO 8601, UTC."""
    machine: dict[str, Any]
    """What it was trained on, as models.device gives it: device, name, backend, threads. Older records lack name and
    backend: theirs is in versions."""
    versions: dict[str, str]
    """Of Python and the libraries."""
    files: dict[str, dict[str, Any]] = {}
    """sha256 and size in bytes of each other file of the run."""

    @model_validator(mode="after")
    def _has_its_recipe(self) -> Self:
        if (self.recipe is None) == (self.origin == "trained"):
            raise ValueError("a run of our trainer has a recipe, and no other has one")
        return self

    @property
    def tested(self) -> str:
        """Name of the dataset that the test digits are of: the first where several were joined for training."""
        return split_name(self.dataset["name"])[0]

    @property
    def evaluated(self) -> bool:
        """Whether its answers say anything: it was tested, and did not diverge."""
        return self.diverged is None and self.dataset["test"] > 0

    @property
    def test_digits(self) -> str:
        """Identity of the test digits: the hash of their pictures and labels. Records of version 1 have none; the hash of
        their whole dataset takes its place, so these are compared among themselves only."""
        return self.dataset.get("test_sha256") or f"version 1: {self.tested} {self.dataset['sha256']}"

    @property
    def weights(self) -> str | None:
        """The hash of the model file: results made from the model belong to it. None if the run has no model file."""
        return next((self.files[name]["sha256"] for name in MODEL_FILES if name in self.files), None)

    @property
    def answers(self) -> str:
        """The hash of the predictions: results computed from them belong to it."""
        return self.files["predictions.npz"]["sha256"]


def described_dataset(dataset: Dataset) -> dict[str, Any]:
    """What a record keeps of a dataset; see Record.dataset."""
    return {
        "name": dataset.name,
        "sha256": dataset.sha256,
        "test_sha256": dataset.test_sha256,
        **{part: int((dataset.split == part).sum()) for part in ("train", "test")},
        "class_names": list(dataset.class_names),
        "parts": [list(part) for part in dataset.parts],
    }


def same_digits(first: Record, second: Record) -> bool:
    """Whether two runs answered the same test digits, pictures and labels, whatever their datasets are called."""
    return first.test_digits == second.test_digits


def answered(record: Record, dataset: Dataset) -> bool:
    """Whether a run was tested on the test digits of a dataset, whatever both call it."""
    return record.test_digits in digits_of(dataset)


def digits_of(dataset: Dataset) -> tuple[str, str]:
    """What `Record.test_digits` is of a run that was tested on the test digits of a dataset, by either version of records."""
    return dataset.test_sha256, f"version 1: {dataset.name} {dataset.sha256}"


@dataclass(frozen=True)
class Damaged:
    """A folder that is not a complete run, and why."""

    run_id: str
    reason: str


@dataclass(frozen=True)
class Run:
    """A finished training before it is saved. history: rows, or a table; files: further contents by name, such as model.keras."""

    record: Record
    history: Sequence[Mapping[str, float]] | pd.DataFrame
    predictions: Predictions
    files: Mapping[str, bytes]


def list_runs(shelf: Path | None = None) -> tuple[list[Record], list[Damaged]]:
    """All complete runs, oldest first, and the damaged ones."""
    shelf = shelf or saved_directory()
    folders = sorted(p for p in shelf.glob("*") if p.is_dir() and not p.name.startswith(".")) if shelf.is_dir() else []
    checked = [_check(folder, _stamp(folder)) for folder in folders]
    records = sorted((r for r in checked if isinstance(r, Record)), key=lambda r: (r.created, r.run_id))
    return records, [d for d in checked if isinstance(d, Damaged)]


def with_recipes(records: Sequence[Record]) -> list[tuple[Record, Recipe]]:
    """Of these runs those that our trainer brought to a good end, each with its recipe."""
    return [(one, one.recipe) for one in records if one.recipe and one.diverged is None and one.stopped is None]


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
        if record.schema_version not in READABLE:
            return Damaged(folder.name, f"its record has version {record.schema_version}, not {SCHEMA_VERSION}")
        if record.run_id != folder.name:
            return Damaged(folder.name, BELONGS.format(record.run_id))
        missing = {"history.csv", "predictions.npz"} - set(record.files)
        if missing:
            return Damaged(folder.name, f"its record does not list {', '.join(sorted(missing))}")
        for name, expected in record.files.items():
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected.get("sha256"):
                return Damaged(folder.name, f"{name} differs from what was saved")
        if wrong := contradiction(folder, record.dataset):
            return Damaged(folder.name, wrong)
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
    record = _check(folder, _stamp(folder))
    if isinstance(record, Damaged):
        raise RunError(f"The run '{run_id}' is damaged: {record.reason}.")
    return record


def load_history(run_id: str, shelf: Path | None = None) -> pd.DataFrame:
    """One row per epoch with the columns of HISTORY and those of its own; what was not evaluated is NaN. Raises RunError."""
    load_record(run_id, shelf)
    try:
        return read_history((shelf or saved_directory()) / run_id / "history.csv")
    except (OSError, ValueError) as error:
        raise RunError(f"The history of the run '{run_id}' cannot be read: {error}.") from error


def load_predictions(run_id: str, shelf: Path | None = None) -> Predictions:
    """The stored predictions of one run. Raises RunError."""
    load_record(run_id, shelf)
    try:
        return read_predictions((shelf or saved_directory()) / run_id / "predictions.npz")
    except (OSError, ValueError, TypeError) as error:
        raise RunError(f"The predictions of the run '{run_id}' cannot be read: {error}.") from error
