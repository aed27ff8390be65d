"""Where a training that was stopped goes on: one file beside the shelf's runs, replaced whole after every epoch."""

import contextlib
import hashlib
import json
import os
import zipfile
from pathlib import Path

import numpy as np

from training.datasets.dataset import Dataset
from training.recipe import Recipe


class CheckpointError(Exception):
    """An epoch that could not be kept, in a sentence a user can act on."""


class Checkpoint:
    """The last finished epoch of one recipe on one dataset; another recipe or dataset has another file."""

    def __init__(self, shelf: Path, recipe: Recipe, dataset: Dataset):
        key = hashlib.sha256(f"{recipe.model_dump_json()} {dataset.sha256}".encode()).hexdigest()[:12]
        self.path = shelf / f".unfinished-{recipe.name}-{key}.npz"

    def save(self, history: list[dict], epoch_classes: list[np.ndarray], state: dict[str, np.ndarray]) -> None:
        """Keep what the next epoch needs; a crash or a full disk while this is written leaves the epoch before.

        Raises CheckpointError.
        """
        beside = self.path.with_suffix(f".{os.getpid()}")
        told = np.frombuffer(json.dumps(history).encode(), np.uint8)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(beside, "wb") as stream:
                np.savez(stream, history=told, epoch_classes=np.stack(epoch_classes), allow_pickle=False, **state)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            kept = f"Epoch {len(history) - 1} is kept: the" if self.path.exists() else "The"
            raise CheckpointError(
                f"Epoch {len(history)} could not be kept in {self.path.parent}: {error.strerror or error}. "
                f"{kept} same command goes on when that is mended."
            ) from error

    def load(self) -> tuple[list[dict], list[np.ndarray], dict[str, np.ndarray]] | None:
        """What was saved, or None where there is nothing or nothing readable."""
        try:
            with np.load(self.path, allow_pickle=False) as arrays:
                kept = {name: arrays[name] for name in arrays.files}
            history = json.loads(kept.pop("history").tobytes())
            return history, list(kept.pop("epoch_classes")), kept
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None

    def remove(self) -> None:
        """Forget it: the run is on the shelf."""
        with contextlib.suppress(OSError):
            self.path.unlink()
