"""Trainings that go on, with their curves so far: those that were started from a page, and those that a RunRecorder records."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from training import background, unfinished
from training.analysis.learning_curves import with_errors, with_rates
from training.background import Training
from training.history import HISTORY
from training.publishing import unpack
from training.runs import RunError


@dataclass(frozen=True)
class UnderWay:
    """A training that has finished an epoch and goes on.

    key: differs for others; name: what its run would be called; recipe: what it shares with runs of the same recipe; epochs: how
    many it is to have, None where that is not known; history: of its finished epochs, as learning_curves.with_errors gives it.
    """

    key: str
    name: str
    recipe: str
    epochs: int | None
    history: pd.DataFrame

    @property
    def epoch(self) -> int:
        """The epoch that it is in, from 1."""
        now = int(self.history["epoch"].iloc[-1]) + 1
        return now if self.epochs is None else min(now, self.epochs)


def under_way(shelf: Path | None = None) -> list[UnderWay]:
    """All of them, those from a page first."""
    started = [
        UnderWay(one.name, one.run_id, one.recipe.name, one.recipe.epochs, history(one.status.history))
        for one in background.trainings(shelf)
        if one.live and one.status.history
    ]
    return [*started, *(one for path in unfinished.going(shelf) if (one := _recorded(path)))]


def any_goes_on(started: Sequence[Training], shelf: Path | None = None) -> bool:
    """Whether one goes on, perhaps still in its first epoch. started: as background.trainings gives them."""
    return any(one.live for one in started) or bool(unfinished.going(shelf))


def history(rows: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """The finished epochs of a training from a page, as learning_curves.with_errors gives those of a run. rows: of its status."""
    table = pd.DataFrame(rows).reindex(columns=[*HISTORY, "test_error"])
    return with_rates(table.astype(float).astype({"epoch": int}))


def _recorded(path: Path) -> UnderWay | None:
    """What a file of a recording holds; None where it was published meanwhile, or has no epoch."""
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size)
    except (OSError, RunError):
        return None


@functools.lru_cache(maxsize=16)
def _read(path: Path, changed: int, size: int) -> UnderWay | None:
    """What the file holds; changed and size only key the cache. Raises OSError and RunError."""
    run = unpack(path.read_bytes())
    rows = pd.DataFrame(run.history)
    if rows.empty:
        return None
    own = [name for name in rows if name not in HISTORY]
    table = with_errors(rows.reindex(columns=[*HISTORY, *own]).astype({"epoch": int}), run.predictions)
    epochs = run.record.settings.get("epochs")
    planned = epochs if isinstance(epochs, int) and not isinstance(epochs, bool) else None
    name = run.record.name or run.record.run_id
    return UnderWay(path.name, name, name, planned, table)
