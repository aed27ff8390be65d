"""One training of training/background.py in its own process: `python -m training.background_job FOLDER`."""

import contextlib
import io
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from models import import_keras
from models.classifiers import CLASSIFIERS
from training import background, file_locks, publishing, replacing, trainer
from training.background import Job
from training.checkpoint import Checkpoint, CheckpointError
from training.datasets import registry
from training.datasets.dataset import Dataset
from training.held_out import how_many
from training.recipe import Recipe
from training.runs import Run, RunError

NICENESS = 10  # so that pages stay quick
OFTEN = 0.3  # seconds between two reports
FAILURES = (trainer.TrainingError, CheckpointError, registry.DatasetError, RunError, OSError, MemoryError, ValueError)


class Stop(Exception):
    """Somebody wants the training to end; its argument is what they want of it: see background.stop."""


class Reporter:
    """Writes where a training stands into its folder, and raises Stop where somebody asks for it."""

    def __init__(self, folder: Path):
        self.folder, self.status, self.written = folder, background.read_status(folder), 0.0
        self.began: tuple[float, float] | None = None
        self.classes: list[np.ndarray] = []  # the labels, then what was predicted after each epoch

    def write(self, **changes) -> None:
        """Replace what is known."""
        self.status, self.written = replace(self.status, **changes), time.monotonic()
        background.write_status(self.folder, self.status)

    def check(self, begun: bool = True) -> None:
        """Raises Stop where it is asked for. begun: whether its turn has come; before, nothing can be saved."""
        with contextlib.suppress(OSError):
            asked = (self.folder / "stop").read_text(encoding="utf-8")
            if begun or asked != background.SAVE:
                raise Stop(asked)

    def begin(self, history: list[dict], classes: list[np.ndarray], dataset: Dataset, digits: int) -> None:
        """Take in the epochs that are finished already, what they are tested on, and how many digits an epoch trains on."""
        self.classes = [dataset.part("test")[1]]
        rows = [self._row(row, predicted) for row, predicted in zip(history, classes, strict=True)]
        fields = {"history": rows, "digits": digits, "class_names": list(dataset.class_names)}
        self.write(state=background.TRAINING, epoch=len(rows), step=0, **fields)

    def __call__(self, now: trainer.Progress) -> None:
        """Take in a step, or the end of an epoch. Raises Stop."""
        if now.classes is not None:
            row = self._row({"epoch": now.epoch} | now.figures, now.classes)
            self.write(epoch=now.epoch, step=now.steps, figures=now.figures, history=[*self.status.history, row])
            return  # the epoch is whole: it is saved before anything may end the training
        self.check()
        if time.monotonic() - self.written >= OFTEN:
            rate, left = self._speed(now)
            self.write(epoch=now.epoch, step=now.step, steps=now.steps, figures=now.figures, rate=rate, left=left)

    def _row(self, row: dict, classes: np.ndarray) -> dict:
        """A row of the history with the test error; what was predicted is written beside it."""
        self.classes.append(classes)
        stream = io.BytesIO()
        np.save(stream, np.stack(self.classes), allow_pickle=False)
        replacing.replace(self.folder / "classes.npy", stream.getvalue())
        return row | {"test_error": float((classes != self.classes[0]).mean())}

    def _speed(self, now: trainer.Progress) -> tuple[float, float | None]:
        """Digits a second and the seconds left, from what was done since the first step that was reported."""
        done, moment = now.epoch - 1 + now.step / now.steps, time.monotonic()
        if self.began is None:
            self.began = moment, done
        seconds, epochs = moment - self.began[0], done - self.began[1]
        if epochs <= 0:
            return 0.0, None
        return self.status.digits * epochs / seconds, (now.epochs - done) * seconds / epochs


def main(folder: Path) -> int:
    """Train; exit code 0 where the training came to an end of its own or was asked to stop, 2 where it failed."""
    with file_locks.locked(folder / "lock"):
        code = _attend(folder, Reporter(folder))
    if code is None:
        background.discard(folder.name, folder.parent.parent)
    return code or 0


def _attend(folder: Path, report: Reporter) -> int | None:
    """The exit code; None where the training is to be discarded."""
    report.write(state=background.WAITING)
    try:
        job = Job.model_validate_json((folder / "job.json").read_bytes())
        with _turn(folder, report):
            _train(job.recipe, folder.parent.parent, report)
    except Stop as asked:
        if asked.args[0] == background.DISCARD:
            return None
        report.write(state=background.PAUSED, left=None)
    except FAILURES as error:
        report.write(state=background.FAILED, message=_reason(error), left=None)
        return 2
    return 0


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return "There is not enough memory." if isinstance(error, MemoryError) else str(error) or type(error).__name__


@contextlib.contextmanager
def _turn(folder: Path, report: Reporter) -> Iterator[None]:
    """Wait until no other training of the shelf goes on, and none that was started earlier waits; then go on alone."""
    with contextlib.ExitStack() as turn:
        while True:
            report.check(begun=False)
            earlier = (one for one in folder.parent.glob("[0-9]*") if one.name < folder.name)
            if not any(file_locks.held(one / "lock") for one in earlier):
                with contextlib.suppress(TimeoutError):
                    turn.enter_context(file_locks.locked(folder.parent / "turn", wait=0))
                    break
            time.sleep(OFTEN)
        yield


def _train(recipe: Recipe, shelf: Path, report: Reporter) -> None:
    report.write(state=background.PREPARING)
    dataset = registry.load(recipe.dataset)
    if recipe.architecture not in CLASSIFIERS:
        import_keras()
    checkpoint = Checkpoint(shelf, recipe, dataset)
    report.write(checkpoint=checkpoint.path.name)
    try:
        report.check()
        run = _follow(recipe, dataset, checkpoint, report)
    except Stop as asked:
        done = checkpoint.load()
        if asked.args[0] != background.SAVE or done is None:
            raise
        (report.folder / "stop").unlink()
        run = _follow(recipe, dataset, checkpoint, report, until=len(done[0]))
    record = publishing.save(run, shelf)
    checkpoint.remove()
    report.write(state=background.FINISHED, run_id=record.run_id, left=0.0)


def _follow(
    recipe: Recipe, dataset: Dataset, checkpoint: Checkpoint, report: Reporter, until: int | None = None
) -> Run:
    """The run, trained from its last whole epoch on."""
    saved = checkpoint.load()
    history, classes = saved[:2] if saved else ([], [])
    report.begin(history, classes, dataset, how_many(recipe, int((dataset.split == "train").sum())))
    return trainer.train(recipe, dataset, report, checkpoint, until)


def _give_way() -> None:
    """Compute only with what others leave of the processor. Linux weighs sessions against each other where it groups them, and a
    process of another session by its group alone."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")


if __name__ == "__main__":
    _give_way()
    sys.exit(main(Path(sys.argv[1])))
