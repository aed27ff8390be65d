"""Checkpoints: one file beside the runs, replaced as a whole after every epoch, from which a stopped training resumes."""

import contextlib
import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models import saved_directory
from training.datasets.dataset import Dataset
from training.recipe import Recipe

PREFIX = ".unfinished-"


class CheckpointError(Exception):
    """A checkpoint that could not be saved, in a sentence a user can act on."""


@dataclass(frozen=True)
class Left:
    """What a training that did not come to its end has left. name: of its file; recipe: name of the recipe; epochs: how many are
    whole; size: in bytes; when: seconds since 1970 of the last epoch."""

    name: str
    recipe: str
    epochs: int
    size: int
    when: float


def left(shelf: Path | None = None) -> list[Left]:
    """What trainings have left on the shelf, the newest first, those that cannot be read with 0 epochs."""
    checkpoints = []
    for path in (shelf or saved_directory()).glob(f"{PREFIX}*.npz"):
        try:
            about = path.stat()
            with np.load(path, allow_pickle=False) as arrays:
                epochs = len(json.loads(arrays["history"].tobytes()))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            epochs = 0
        recipe = path.stem.removeprefix(PREFIX).rpartition("-")[0]
        checkpoints.append(Left(path.name, recipe, epochs, about.st_size, about.st_mtime))
    return sorted(checkpoints, key=lambda one: one.when, reverse=True)


def discard(name: str, shelf: Path | None = None) -> None:
    """Delete what a training has left. Raises ValueError where there is nothing of that name."""
    shelf = shelf or saved_directory()
    if name not in {one.name for one in left(shelf)}:
        raise ValueError(f"No unfinished training has left a file '{name}'.")
    (shelf / name).unlink(missing_ok=True)


class Checkpoint:
    """The last finished epoch of one recipe on one dataset; another recipe or dataset has another file."""

    def __init__(self, shelf: Path, recipe: Recipe, dataset: Dataset):
        key = hashlib.sha256(f"{recipe.model_dump_json()} {dataset.sha256}".encode()).hexdigest()[:12]
        self.path = shelf / f"{PREFIX}{recipe.name}-{key}.npz"

    def save(self, history: list[dict], epoch_classes: list[np.ndarray], state: dict[str, np.ndarray]) -> None:
        """Save what the next epoch needs; a crash or a full disk while this is written leaves the previous epoch.

        Raises CheckpointError.
        """
        beside = self.path.with_suffix(f".{os.getpid()}")
        encoded = np.frombuffer(json.dumps(history).encode(), np.uint8)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(beside, "wb") as stream:
                np.savez(stream, history=encoded, epoch_classes=np.stack(epoch_classes), allow_pickle=False, **state)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            saved = f"Epoch {len(history) - 1} is saved: the" if self.path.exists() else "The"
            raise CheckpointError(
                f"Epoch {len(history)} could not be saved in {self.path.parent}: {error.strerror or error}. "
                f"{saved} same command resumes the training once this is solved."
            ) from error

    def load(self) -> tuple[list[dict], list[np.ndarray], dict[str, np.ndarray]] | None:
        """History, test predictions by epoch and state that were saved, or None if there are none, or none that can be read."""
        try:
            with np.load(self.path, allow_pickle=False) as arrays:
                saved = {name: arrays[name] for name in arrays.files}
            history = json.loads(saved.pop("history").tobytes())
            return history, list(saved.pop("epoch_classes")), saved
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def remove(self) -> None:
        """Delete it: the run is published."""
        with contextlib.suppress(OSError):
            self.path.unlink()
