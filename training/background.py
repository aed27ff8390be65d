"""Trainings that go on by themselves: each is a process of its own, which whoever starts it may leave, followed by its files alone.

<shelf>/.trainings/<name>/  job.json      what is trained, and with which others it was started
                            status.json   where it stands, replaced as a whole
                            classes.npy   (1 + epochs, n) uint8: the test labels, and what was predicted after each epoch
                            stop          what whoever wants it to end wants of it: PAUSE, SAVE or DISCARD
                            lock          held by the process for its life: where it is free, the process has ended
                            log.txt       what libraries print

One trains at a time on a machine, the others wait in the order in which they were started.
"""

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ValidationError

from models import ROOT, saved_directory
from training import file_locks
from training.recipe import Recipe
from training.replacing import replace as replace_file

STARTING, WAITING, PREPARING, TRAINING = "starting", "waiting", "preparing", "training"
FINISHED, PAUSED, FAILED, LOST = "finished", "paused", "failed", "lost"
LIVE = (STARTING, WAITING, PREPARING, TRAINING)
PAUSE, SAVE, DISCARD = "pause", "save", "discard"
PATIENCE = 60.0  # seconds that a process may take until it holds its lock
_processes: dict[Path, subprocess.Popen] = {}  # by folder, those of this process


class Job(BaseModel, frozen=True):
    """What is trained. group: of the trainings that were started together, the same for all of them."""

    recipe: Recipe
    group: str


@dataclass(frozen=True)
class Status:
    """Where a training stands.

    state: one of those above; epoch: counts from 1; step: of steps in it; figures: loss and accuracy so far; history: a row per
    finished epoch, test_error with it; class_names: of the dataset; digits: how many an epoch trains on; rate: of them per second;
    left: seconds to its end, None where unknown; checkpoint: name of the file on the shelf that it resumes from; run_id: of the run
    that it became; message: why it failed.
    """

    state: str = STARTING
    epoch: int = 0
    step: int = 0
    steps: int = 0
    figures: dict[str, float] = field(default_factory=dict)
    history: list[dict[str, float]] = field(default_factory=list)
    class_names: list[str] = field(default_factory=list)
    digits: int = 0
    rate: float = 0.0
    left: float | None = None
    checkpoint: str = ""
    run_id: str = ""
    message: str = ""


@dataclass(frozen=True)
class Training:
    """One of them. name: of its folder, which begins with the time of its start; group: as in Job."""

    name: str
    recipe: Recipe
    group: str
    status: Status

    @property
    def run_id(self) -> str:
        """The run that it became; before, what the recipe would call it."""
        return self.status.run_id or self.recipe.run_id()

    @property
    def began(self) -> str:
        """The time of its start, as a clock shows it."""
        return f"{self.name[9:11]}:{self.name[11:13]}"

    @property
    def live(self) -> bool:
        """Whether its process is there."""
        return self.status.state in LIVE

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        status = self.status
        if status.state == FINISHED:
            return 1.0
        within = status.step / status.steps if status.steps and status.epoch > len(status.history) else 0.0
        return min(1.0, (len(status.history) + within) / self.recipe.epochs)


def folder_of(name: str, shelf: Path | None = None) -> Path:
    """Where a training keeps its files."""
    return (shelf or saved_directory()) / ".trainings" / name


def start(recipes: Sequence[Recipe], shelf: Path | None = None) -> list[str]:
    """Start trainings, one after the other, and return their names. Raises OSError where the shelf cannot be written."""
    group, names = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1_000_000_000:09d}", []
    for number, recipe in enumerate(recipes):
        folder = folder_of(f"{group}-{number:03d}-{recipe.run_id()}", shelf)
        folder.mkdir(parents=True)
        replace_file(folder / "job.json", Job(recipe=recipe, group=group).model_dump_json().encode())
        write_status(folder, Status())
        names.append(folder.name)
    for name in names:
        _launch(folder_of(name, shelf))
    return names


def resume(name: str, shelf: Path | None = None) -> None:
    """Let a training that was paused, failed or was lost go on after its last whole epoch. Nothing happens to one that goes on."""
    folder = folder_of(name, shelf)
    training = _training(folder)
    if training is None or training.live or training.status.state == FINISHED:
        return
    (folder / "stop").unlink(missing_ok=True)
    write_status(folder, replace(training.status, state=STARTING, message="", left=None))
    _launch(folder)


def stop(name: str, what: str, shelf: Path | None = None) -> None:
    """Ask a training to end. what: PAUSE, so that it can be resumed; SAVE, so that its whole epochs become a run; or DISCARD."""
    folder = folder_of(name, shelf)
    training = _training(folder)
    if training is None:
        return
    if not training.live and what == DISCARD:
        discard(name, shelf)
        return
    replace_file(folder / "stop", what.encode())
    if not training.live and what == SAVE:
        write_status(folder, replace(training.status, state=STARTING, message=""))
        _launch(folder)


def discard(name: str, shelf: Path | None = None) -> None:
    """Delete what a training that is not running has left, its run aside."""
    folder = folder_of(name, shelf)
    with contextlib.suppress(OSError, ValueError, TypeError):
        if checkpoint := read_status(folder).checkpoint:
            (folder.parent.parent / Path(checkpoint).name).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def trainings(shelf: Path | None = None) -> list[Training]:
    """All that were started and not discarded, the newest first, those that were started together in their order."""
    listed = (_training(folder) for folder in sorted(folder_of("", shelf).glob("[0-9]*")))
    by_name = sorted((one for one in listed if one), key=lambda one: one.name)
    return sorted(by_name, key=lambda one: one.group, reverse=True)


def _training(folder: Path) -> Training | None:
    """The training in a folder; None where it is being made or deleted."""
    try:
        job = Job.model_validate_json((folder / "job.json").read_bytes())
        # in this order: a process writes how it ended, then lets its lock go
        ended, held, status = _ended(folder), file_locks.held(folder / "lock"), read_status(folder)
        age = time.time() - (folder / "status.json").stat().st_mtime
    except (OSError, ValidationError, ValueError, TypeError):
        return None
    if status.state in LIVE and not held and (ended or status.state != STARTING or age > PATIENCE):
        status = replace(status, state=LOST, left=None)
    return Training(folder.name, job.recipe, job.group, status)


def _ended(folder: Path) -> bool:
    """Whether this process started the one of a training, and that has ended; asked for, it leaves no zombie."""
    process = _processes.get(folder)
    if process is None or process.poll() is None:
        return False
    _processes.pop(folder, None)
    return True


def predicted(name: str, shelf: Path | None = None) -> tuple[np.ndarray, np.ndarray] | None:
    """The labels of the test digits, (n,) uint8, and what they were predicted as after each epoch, (epochs, n) uint8; None before
    the first."""
    try:
        rows = np.load(folder_of(name, shelf) / "classes.npy", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return (rows[0], rows[1:]) if rows.ndim == 2 and len(rows) > 1 else None


def write_status(folder: Path, status: Status) -> None:
    """Replace what is known of a training. Raises OSError."""
    replace_file(folder / "status.json", json.dumps(asdict(status)).encode())


def read_status(folder: Path) -> Status:
    """What is known of a training. Raises OSError, ValueError and TypeError."""
    return Status(**json.loads((folder / "status.json").read_bytes()))


def _launch(folder: Path) -> None:
    """A process that belongs to nobody: it outlives the server that started it."""
    apart: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    with open(folder / "log.txt", "ab") as log:
        command = [sys.executable, "-m", "training.background_job", str(folder)]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **apart)
    _processes[folder] = process
