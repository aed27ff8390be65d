"""Datasets that people brought and that stay: beside the runs, each in a file named by its hash, listed by its name."""

import dataclasses
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from models import saved_directory
from training.datasets import arrays
from training.datasets.contents import BYTES
from training.datasets.dataset import Dataset, DatasetError, Facts, of_digits

PREFIX = "kept"
MAX_KEPT = 50  # datasets
NAME_LENGTH = 40  # characters
ARRAYS = ("images", "labels", "tested")


def names() -> list[str]:
    """The names of all kept datasets, the newest last."""
    return sorted(records := _records(), key=lambda name: records[name]["kept"])


def free_name(wanted: str, taken: tuple[str, ...] = ()) -> str:
    """A name that no other dataset has, as near as can be to what is wanted, which may be a file's name.

    taken: names of datasets that are not kept.
    """
    bare = re.sub(
        r"[^\w .()-]+", "-", re.sub(r"(\.(npz|npy|csv|tsv|txt|gz|zip))+$", "", wanted.strip(), flags=re.IGNORECASE)
    )
    bare = bare.strip(" .-")[:NAME_LENGTH].strip() or "dataset"
    used, number, name = {*taken, *_records()}, 2, bare
    while name in used:
        name, number = f"{bare} ({number})", number + 1
    return name


def keep(dataset: Dataset, name: str) -> str:
    """Put a dataset into its file, whole or not at all; the name under which it is kept, which for digits that are kept already
    is the one they have. Raises DatasetError."""
    records = _records()
    have = next(
        (one for one, record in records.items() if record["sha256"] == dataset.sha256 and _same(record, dataset)), None
    )
    if have:
        return have
    if len(records) >= MAX_KEPT:
        raise DatasetError(f"{MAX_KEPT} datasets are kept, which is the limit: delete one first.")
    _write(dataset, name)
    return name


def _same(record: dict[str, Any], dataset: Dataset) -> bool:
    return record["class_names"] == list(dataset.class_names) and record["train"] == int(
        (dataset.split == "train").sum()
    )


def change(name: str, inverted: bool, transposed: bool) -> None:
    """Keep the digits of that name inverted or not, transposed or not, as against the file they came from. Raises DatasetError."""
    dataset = load(name)
    if dataset.facts is None or (dataset.facts.inverted, dataset.facts.transposed) == (inverted, transposed):
        return
    images = 255 - dataset.images if dataset.facts.inverted != inverted else dataset.images
    images = np.ascontiguousarray(images.transpose(0, 2, 1)) if dataset.facts.transposed != transposed else images
    facts = dataclasses.replace(dataset.facts, inverted=inverted, transposed=transposed)
    changed = of_digits(
        dataset.name,
        images,
        dataset.labels,
        dataset.split,
        dataset.source,
        class_names=dataset.class_names,
        facts=facts,
    )
    before = _records()[name]["file"]
    if _write(changed, name) != before:
        _remove(before)


def load(name: str) -> Dataset:
    """The kept dataset of that name. Raises DatasetError."""
    record = _records().get(name)
    if record is None:
        others = f" Those there are: {', '.join(names())}." if names() else ""
        raise DatasetError(f"There is no kept dataset '{name}'. Bring its file again.{others}")
    try:
        stored = arrays.read(_folder() / f"{record['file']}.npz", ARRAYS, BYTES)
        split = np.where(stored["tested"], "test", "train")
        facts = record["facts"] and Facts(**{field: _tuple(value) for field, value in record["facts"].items()})
        dataset = of_digits(
            f"{PREFIX}:{name}",
            *(stored["images"], stored["labels"], split, record["source"]),
            class_names=tuple(record["class_names"]),
            facts=facts,
        )
    except (arrays.ArraysError, TypeError, ValueError) as error:
        raise DatasetError(f"The kept dataset '{name}' is damaged: delete it and bring its file again.") from error
    if dataset.sha256 != record["sha256"]:
        raise DatasetError(f"The kept dataset '{name}' is damaged: delete it and bring its file again.")
    return dataset


def delete(name: str) -> None:
    """Delete a kept dataset; runs that were trained on it stay. One that is not there is no error."""
    if record := _records().get(name):
        _remove(record["file"])


def place(name: str) -> Path | None:
    """The file of a kept dataset."""
    record = _records().get(name)
    return _folder() / f"{record['file']}.npz" if record else None


def _folder() -> Path:
    return saved_directory() / ".datasets"


def _remove(file: str) -> None:
    for suffix in (".json", ".npz"):
        (_folder() / (file + suffix)).unlink(missing_ok=True)


def _write(dataset: Dataset, name: str) -> str:
    """The arrays, and then the record by which they are listed; the name of their files, without its end."""
    train = int((dataset.split == "train").sum())
    file = f"{dataset.sha256[:16]}-{train}-{len(dataset.class_names)}"
    record = {
        "name": name,
        "file": file,
        "sha256": dataset.sha256,
        "train": train,
        "class_names": list(dataset.class_names),
        "source": dataset.source,
        "kept": datetime.now(UTC).isoformat(),
        "facts": dataset.facts and dataclasses.asdict(dataset.facts),
    }
    held = {"images": dataset.images, "labels": dataset.labels, "tested": dataset.split == "test"}
    beside = _folder() / f".{file}.{os.getpid()}"
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        with open(beside, "wb") as stream:
            np.savez_compressed(stream, **held)
        os.replace(beside, _folder() / f"{file}.npz")
        beside.write_text(json.dumps(record, indent=1), encoding="utf-8")
        os.replace(beside, _folder() / f"{file}.json")
    except OSError as error:
        raise DatasetError(f"The dataset could not be kept: {error.strerror}.") from error
    finally:
        beside.unlink(missing_ok=True)
    return file


def _records() -> dict[str, dict[str, Any]]:
    """The records by name; a damaged one is passed over."""
    records = {}
    for path in sorted(_folder().glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            records[str(record["name"])] = record | {"file": path.stem, "kept": str(record["kept"])}
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return records


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
