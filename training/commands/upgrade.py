"""`python -m training upgrade`: writes the records of older versions anew, with what later versions keep."""

import os
from pathlib import Path

from models import saved_directory
from training.analysis import projections
from training.commands.terminal import console
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.runs import SCHEMA_VERSION, Record, described_dataset, list_runs

MAPPED = ("mnist", "digits", "generated")  # datasets whose maps were kept under the name of a run alone


def upgrade() -> int:
    """Bring the records of all runs to this version.

    From version 1 to 2 a record gains the hash of its test digits and the full name of its dataset, both taken from the dataset
    itself, which must still be what the run learned from. A run whose dataset is gone or has changed stays as it is and can
    still be read. Maps of a run's last layer get the hash of its weights into their name where they fit these weights.
    """
    failed = 0
    datasets: dict[str, Dataset | str] = {}
    for record in list_runs()[0]:
        if record.schema_version == SCHEMA_VERSION:
            continue
        found = _dataset(record, datasets)
        if isinstance(found, str):
            failed += 1
            console.print(f"{record.run_id} stays at version {record.schema_version}: {found}")
        else:
            _write(upgraded(record, found))
            console.print(f"{record.run_id}: version {SCHEMA_VERSION}")
    for name in MAPPED:
        _adopt(name, datasets)
    return 1 if failed else 0


def _adopt(name: str, datasets: dict[str, Dataset | str]) -> None:
    """Give the maps of a dataset, one for each run that has some, the hash of the run's weights in their name."""
    dataset = _loaded(name, datasets)
    if isinstance(dataset, str):
        return
    for record in list_runs()[0]:
        try:
            if projections.adopt(dataset, record.run_id):
                console.print(f"{name}: the map of {record.run_id} is of its weights")
        except projections.MapError as error:
            console.print(str(error))


def upgraded(record: Record, dataset: Dataset) -> Record:
    """The record at this version. dataset: what it learned from, checked by its hash."""
    return record.model_copy(update={"schema_version": SCHEMA_VERSION, "dataset": described_dataset(dataset)})


def _dataset(record: Record, known: dict[str, Dataset | str]) -> Dataset | str:
    """The dataset that the run learned from, or why it cannot be had."""
    found = _loaded(record.recipe.dataset, known)
    if isinstance(found, Dataset) and found.sha256 != record.dataset["sha256"]:
        return f"the dataset {found.name} has changed since the run learned from it."
    return found


def _loaded(name: str, known: dict[str, Dataset | str]) -> Dataset | str:
    if name not in known:
        try:
            known[name] = registry.load(name, download=False)
        except DatasetError as error:
            known[name] = str(error)
    return known[name]


def _write(record: Record) -> None:
    """Put a record in the place of the older one, whole or not at all."""
    path: Path = saved_directory() / record.run_id / "record.json"
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_bytes((record.model_dump_json(indent=1) + "\n").encode())
    beside.replace(path)
