"""`python -m training upgrade`: brings records of older versions to this one."""

import os
from pathlib import Path

from models import saved_directory
from training.analysis import projections
from training.commands.terminal import console
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.runs import SCHEMA_VERSION, Record, described_dataset, list_runs

DATASETS_WITH_MAPS = ("mnist", "digits", "generated")  # whose maps older versions saved under the name of a run alone


def upgrade() -> int:
    """Bring the records of all runs to this version.

    From version 1 to 2 a record gains the hash of its test digits and the full name of its dataset, both taken from the dataset
    itself, which must still be the one that the run was trained on. A run whose dataset is missing or has changed stays as
    it is and can still be read.
    From version 2 to 3 nothing changes but what a record may say. Maps of a run's last layer get the hash of its weights into
    their name if they fit these.
    """
    failed = 0
    datasets: dict[str, Dataset | str] = {}
    for record in list_runs()[0]:
        if record.schema_version == SCHEMA_VERSION:
            continue
        upgraded = _upgraded(record, datasets)
        if isinstance(upgraded, str):
            failed += 1
            console.print(f"{record.run_id} stays at version {record.schema_version}: {upgraded}", soft_wrap=True)
        else:
            _write(upgraded)
            console.print(f"{record.run_id}: version {SCHEMA_VERSION}")
    for name in DATASETS_WITH_MAPS:
        _adopt(name, datasets)
    return 1 if failed else 0


def _adopt(name: str, datasets: dict[str, Dataset | str]) -> None:
    """Put the hash of a run's weights into the name of its map of a dataset, for each run that has one."""
    dataset = _loaded(name, datasets)
    if isinstance(dataset, str):
        return
    for record in list_runs()[0]:
        try:
            if projections.adopt(dataset, record.run_id):
                console.print(f"{name}: the map of {record.run_id} is of its weights")
        except projections.MapError as error:
            console.print(str(error))


def _upgraded(record: Record, datasets: dict[str, Dataset | str]) -> Record | str:
    """The record at this version, or why the dataset that its run was trained on cannot be described."""
    newer: dict = {"schema_version": SCHEMA_VERSION}
    if record.schema_version == 1 and record.recipe is not None:
        dataset = _loaded(record.recipe.dataset, datasets)
        if isinstance(dataset, str):
            return dataset
        if dataset.sha256 != record.dataset["sha256"]:
            return f"the dataset {dataset.name} has changed since the run was trained on it."
        newer["dataset"] = described_dataset(dataset)
    return record.model_copy(update=newer)


def _loaded(name: str, datasets: dict[str, Dataset | str]) -> Dataset | str:
    if name not in datasets:
        try:
            datasets[name] = registry.load(name, download=False)
        except DatasetError as error:
            datasets[name] = str(error)
    return datasets[name]


def _write(record: Record) -> None:
    """Replace a record by a newer one, as a whole or not at all."""
    path: Path = saved_directory() / record.run_id / "record.json"
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_bytes((record.model_dump_json(indent=1) + "\n").encode())
    beside.replace(path)
