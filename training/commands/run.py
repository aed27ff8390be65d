"""The command `python -m training run`: its flags are the fields of Recipe, and its bar follows the training."""

import dataclasses
import operator
import signal
from collections.abc import Sequence
from functools import reduce
from typing import Annotated, Any

import tyro
from pydantic import ValidationError
from rich.progress import Progress

from models import caption, import_keras, saved_directory
from models.architectures import ARCHITECTURES
from models.classifiers import CLASSIFIERS
from models.command_line import stop
from training import publishing, trainer
from training.analysis import significance
from training.checkpoint import Checkpoint, CheckpointError
from training.commands.terminal import bar, console, impossible, load_dataset
from training.datasets.dataset import Dataset
from training.recipe import Recipe
from training.recipes import RECIPES
from training.runs import Predictions, Record, RunError
from training.studies.grids import STUDIES


def refusal(arguments: Sequence[str]) -> str | None:
    """A sentence if the first argument is not a recipe."""
    name = arguments[0] if arguments else None
    if name in STUDIES:
        return f"'{name}' is a study of many trainings: python -m training sweep {name}."
    if name in RECIPES or name in ("-h", "--help"):
        return None
    return f"{f'{name!r} is not a recipe' if name else 'Name a recipe'}. Choose one of: {', '.join(RECIPES)}."


def _flags(recipe: Recipe) -> Any:
    """A subcommand with a flag for each field of Recipe, whose default is the value of the named recipe.

    tyro would print pydantic's errors as a box of several lines, so it only parses, and Recipe checks.
    """

    def flag(name, field):
        kind, described = field.annotation, tyro.conf.arg(help=field.description)
        return name, Annotated[kind, described], dataclasses.field(default=getattr(recipe, name))

    fields = [flag(*item) for item in Recipe.model_fields.items()]
    description = caption((ARCHITECTURES | CLASSIFIERS)[recipe.architecture])
    named = tyro.conf.subcommand(recipe.name, prefix_name=False, description=description)
    return Annotated[dataclasses.make_dataclass("Flags", fields, frozen=True), named]


FLAGS = reduce(operator.or_, map(_flags, RECIPES.values()))


def run(recipe: Annotated[Any, tyro.conf.arg(constructor=FLAGS)]) -> None:
    """Train a named recipe, changed by flags, and save its run; `run NAME --help` shows the flags."""
    try:
        wanted = Recipe(**vars(recipe))
    except ValidationError as error:
        stop(impossible(error))
    changed = {field.name for field in dataclasses.fields(recipe) if getattr(recipe, field.name) != field.default}
    if idle := [name for name in wanted.unused() if name in changed]:
        console.print(f"Not used by this recipe: {', '.join(idle)}.")
    console.print(_train(wanted, load_dataset(wanted.dataset)))


def _train(recipe: Recipe, dataset: Dataset) -> str:
    """Train with a bar and publish the run; returns its result in a sentence."""
    checkpoint = Checkpoint(saved_directory(), recipe, dataset)
    try:
        with console.status("Loading Keras"):
            import_keras()
        with bar("{task.fields[figures]}") as progress:
            finished = trainer.train(recipe, dataset, _Watch(progress, recipe), checkpoint)
        record = publishing.save(finished)
        checkpoint.remove()
    except (trainer.TrainingError, CheckpointError, RunError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        saved = checkpoint.load()
        done = (
            f"Epoch {len(saved[0])} is saved: the same command resumes from there." if saved else "Nothing was saved."
        )
        stop(f"Stopped. {done}", 130)
    return _result(record, finished.predictions)


def _result(record: Record, predictions: Predictions) -> str:
    if record.diverged is not None:
        return (
            f"{record.run_id} diverged in epoch {record.diverged}, so it has no test error: try a lower learning rate."
        )
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    low, high = significance.interval(wrong, digits)
    return (
        f"{record.run_id}: test error {100 * wrong / digits:.2f} % "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %), {record.seconds:.0f} s"
    )


class _Watch:
    """Shows a training in a rich progress bar, and makes sure that Ctrl-C stops it.

    In a callback from a library Python drops any exception, a KeyboardInterrupt too, so it is raised again.
    """

    def __init__(self, progress: Progress, recipe: Recipe):
        self.stopping = False
        signal.signal(signal.SIGINT, self._stop)
        self.progress, self.task = progress, progress.add_task(recipe.name, total=recipe.epochs, figures="")

    def _stop(self, *_) -> None:
        self.stopping = True
        raise KeyboardInterrupt

    def __call__(self, now: trainer.Progress) -> None:
        if self.stopping:
            raise KeyboardInterrupt
        shown = {"loss": "loss {:.3f}", "accuracy": "accuracy {:.4f}", "val_accuracy": "validation {:.4f}"}
        figures = "  ".join(text.format(now.figures[name]) for name, text in shown.items() if name in now.figures)
        done = now.epoch - 1 + now.step / now.steps
        self.progress.update(self.task, completed=done, figures=f"epoch {now.epoch}/{now.epochs}  {figures}")
