"""Changes of the shelf of runs as a whole: a run gets another name, is deleted, and comes back."""

import contextlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from models import committees, run_directory, saved_directory
from training import annotations, publishing
from training.recording import clean_name
from training.runs import Record, RunError, load_record

DELETED = ".deleted"  # the folder of what was deleted and can come back


@dataclass(frozen=True)
class Deleted:
    """A run that was deleted. key: of its folder; run_id: its name; when: seconds since 1970."""

    key: str
    run_id: str
    when: float


def rename(run_id: str, name: str, shelf: Path | None = None) -> Record:
    """Give a run another name, or that name and the next free number; what stands beside it comes along. Raises RunError."""
    shelf = shelf or saved_directory()
    _not_a_member(run_id, shelf)
    wanted, record = clean_name(name), load_record(run_id, shelf)
    if wanted == run_id:
        return record
    saved = publishing.save_copy(record, wanted, shelf)
    beside = annotations.load(shelf).get(run_id, annotations.NOTHING)
    with contextlib.suppress(OSError):
        annotations.change({saved.run_id: beside.model_dump(), run_id: annotations.NOTHING.model_dump()}, shelf)
    shutil.rmtree(shelf / run_id, ignore_errors=True)
    return saved


def delete(run_id: str, shelf: Path | None = None) -> Deleted:
    """Take a run from the shelf; `restore` brings it back. Raises RunError."""
    shelf = shelf or saved_directory()
    try:
        folder = run_directory(run_id, shelf)
    except ValueError as error:
        raise RunError(str(error)) from error
    _not_a_member(run_id, shelf)
    now = time.time()
    key = f"{int(now * 1000)}-{run_id}"
    try:
        (shelf / DELETED).mkdir(exist_ok=True)
        folder.rename(shelf / DELETED / key)
    except OSError as error:
        raise RunError(f"The run '{run_id}' could not be deleted: {error.strerror or error}.") from error
    return Deleted(key, run_id, now)


def deleted(shelf: Path | None = None) -> list[Deleted]:
    """What was deleted and can come back, the last first."""
    folders = ((shelf or saved_directory()) / DELETED).glob("*-*")
    parts = [(folder.name, *folder.name.split("-", 1)) for folder in folders]
    entries = [Deleted(key, run_id, int(when) / 1000) for key, when, run_id in parts if when.isdecimal()]
    return sorted(entries, key=lambda one: one.when, reverse=True)


def restore(key: str, shelf: Path | None = None) -> str:
    """Bring a deleted run back; returns its name. Raises RunError where its name is taken by now, or it is gone."""
    shelf = shelf or saved_directory()
    run_id = key.partition("-")[2]
    if (shelf / run_id).exists():
        raise RunError(f"There is another run '{run_id}' by now. Rename that one, then restore this one.")
    try:
        (shelf / DELETED / Path(key).name).rename(shelf / run_id)
    except OSError as error:
        raise RunError(f"The run '{run_id}' could not be restored: {error.strerror or error}.") from error
    return run_id


def empty(shelf: Path | None = None) -> None:
    """Delete for good what was deleted."""
    shutil.rmtree((shelf or saved_directory()) / DELETED, ignore_errors=True)


def _not_a_member(run_id: str, shelf: Path) -> None:
    """Raises RunError where a saved ensemble needs a run."""
    for name in committees.listed(shelf):
        with contextlib.suppress(ValueError):
            if run_id in committees.members(name, shelf):
                raise RunError(f"The run '{run_id}' is a member of the ensemble '{name}': delete that one first.")
