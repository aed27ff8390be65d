"""The command line: python -m training list | run NAME | runs | data."""

import dataclasses
import sys
from typing import Annotated, NoReturn

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from training.recipe import Recipe

console = Console()

USAGE = """Train models on handwritten digits.

  python -m training list                 the named recipes
  python -m training run NAME [--flags]   train one; `run NAME --help` shows its flags
  python -m training runs                 the runs on the shelf
  python -m training data [NAME]          load a dataset (mnist, digits), downloading it where needed
"""


def main(arguments: list[str]) -> None:
    commands = {"list": list_recipes, "run": run, "runs": runs, "data": data}
    if not arguments or arguments[0] in ("-h", "--help"):
        print(USAGE, end="")
    elif arguments[0] not in commands:
        stop(f"There is no command '{arguments[0]}'. Choose one of: {', '.join(commands)}.")
    else:
        commands[arguments[0]](arguments[1:])


def list_recipes(arguments: list[str]) -> None:
    """Print the named recipes."""
    from models import caption
    from models.architectures import ARCHITECTURES
    from training.recipes import RECIPES

    table = Table("recipe", "network", "optimizer", "epochs", "batch", box=None, pad_edge=False)
    for recipe in RECIPES.values():
        optimizer = f"{recipe.optimizer} {recipe.learning_rate:g}"
        network = caption(ARCHITECTURES[recipe.architecture])
        table.add_row(recipe.name, network, optimizer, str(recipe.epochs), str(recipe.batch_size))
    console.print(table)


def run(arguments: list[str]) -> None:
    """Train one named recipe, changed by flags, and put its run on the shelf."""
    from training import recipes

    if not arguments or arguments[0] not in recipes.RECIPES:
        named = f"'{arguments[0]}' is no recipe" if arguments else "Name a recipe"
        stop(f"{named}. Choose one of: {', '.join(recipes.RECIPES)}.")
    recipe = _changed(recipes.RECIPES[arguments[0]], arguments[1:])
    dataset = _load(recipe.dataset)

    from models import import_keras
    from training import metrics, runs, trainer

    try:
        with console.status("Loading Keras"):
            import_keras()
        with _bar("{task.fields[figures]}") as progress:
            finished = trainer.train(recipe, dataset, _Watch(progress, recipe))
        record = runs.save(finished)
    except (trainer.TrainingError, runs.RunError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("Stopped. Nothing was saved.", 130)
    found = finished.predictions
    wrong = int((found.classes != found.labels).sum())
    low, high = metrics.interval(wrong, len(found.labels))
    console.print(
        f"{record.run_id}: test error {100 * wrong / len(found.labels):.2f} % "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %), {record.seconds:.0f} s"
    )


def runs(arguments: list[str]) -> None:
    """Print the runs on the shelf, the damaged ones with the reason; with --markdown as a table for a README."""
    from training.runs import list_runs

    whole, damaged = list_runs()
    rows = [_row(record) for record in whole]
    if "--markdown" in arguments:
        print(markdown(rows))
        return
    table = Table(*HEADINGS, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*row)
    for run_ in damaged:
        table.add_row(run_.run_id, "damaged", run_.reason)
    console.print(table if table.rows else "There are no runs yet. `python -m training run cnn-medium` makes one.")


HEADINGS = ("run", "test error", "95 % interval", "parameters", "training", "finished")


def _row(record) -> tuple[str, ...]:
    """A run in words, under HEADINGS."""
    from training import metrics
    from training.runs import load_predictions

    found = load_predictions(record.run_id)
    wrong, digits = int((found.classes != found.labels).sum()), len(found.labels)
    low, high = metrics.interval(wrong, digits)
    figures = f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", f"{record.parameters:,}"
    return record.run_id, *figures, f"{record.seconds:.0f} s", record.created[:10]


def markdown(rows: list[tuple[str, ...]]) -> str:
    """The rows under HEADINGS as a Markdown table, the command that makes each run in place of its date."""
    lines = [(*HEADINGS[:-1], "made by"), ("---",) * len(HEADINGS)]
    lines += [(*row[:-1], f"`python -m training run {row[0]}`") for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def data(arguments: list[str]) -> None:
    """Load a dataset and say what it holds."""
    dataset = _load(arguments[0] if arguments else "mnist")
    for refused in dataset.refused:
        console.print(refused)
    height, width = dataset.input_shape
    counts = ", ".join(f"{(dataset.split == part).sum():,} {part}" for part in ("train", "test"))
    console.print(f"{dataset.name}: {counts}, {height} x {width} pixels, from {dataset.source}")


def _changed(recipe: Recipe, flags: list[str]) -> Recipe:
    """The recipe with the flags applied; every field of Recipe is a flag."""
    import tyro

    def flag(name, field):
        described = Annotated[field.annotation, tyro.conf.arg(help=field.description)]
        return name, described, dataclasses.field(default=getattr(recipe, name))

    # tyro would print pydantic's errors as a box of several lines; so it only parses, and Recipe checks
    flags_of = dataclasses.make_dataclass("Recipe", [flag(*item) for item in Recipe.model_fields.items()], frozen=True)
    chosen = tyro.cli(flags_of, args=flags, prog=f"python -m training run {recipe.name}", description="Train one run.")
    try:
        return Recipe(**vars(chosen))
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"{part}: " for part in first["loc"][:1])
        stop(f"The recipe is not possible: {where}{first['msg'].removeprefix('Value error, ')}.")


def _load(name: str):
    from training import datasets

    try:
        with _bar(DownloadColumn(), start=False) as progress:
            task = None

            def report(received: int, total: int) -> None:
                nonlocal task
                task = progress.add_task("Downloading MNIST", total=total or None) if task is None else task
                progress.update(task, completed=received)

            return datasets.load(name, report=report)
    except datasets.DatasetError as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("Stopped.", 130)


def _bar(*columns, start: bool = True) -> Progress:
    parts = [TextColumn("{task.description}"), BarColumn(), *columns, TimeElapsedColumn(), TimeRemainingColumn()]
    return Progress(*(TextColumn(p) if isinstance(p, str) else p for p in parts), console=console)


class _Watch:
    """Shows a training in a rich progress bar."""

    def __init__(self, progress: Progress, recipe):
        self.progress, self.task = progress, progress.add_task(recipe.name, total=recipe.epochs, figures="")

    def __call__(self, now) -> None:
        shown = {"loss": "loss {:.3f}", "accuracy": "accuracy {:.4f}", "val_accuracy": "watched {:.4f}"}
        figures = "  ".join(text.format(now.figures[name]) for name, text in shown.items() if name in now.figures)
        done = now.epoch - 1 + now.step / now.steps
        self.progress.update(self.task, completed=done, figures=f"epoch {now.epoch}/{now.epochs}  {figures}")


def stop(sentence: str, code: int = 2) -> NoReturn:
    """Say what is wrong on standard error and leave."""
    Console(stderr=True).print(sentence, soft_wrap=True, markup=False, highlight=False)
    sys.exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
