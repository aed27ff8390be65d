"""The command line: python -m training list | run NAME | runs | data."""

import dataclasses
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
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
  python -m training sweep NAME [--flags] train every combination: --learning-rate 0.001 0.01 --seeds 3 --folds 5
  python -m training runs                 the runs on the shelf
  python -m training sources              what the sources claim, and what was measured here
  python -m training export RUN --to DIR  its architecture as JSON, weights as HDF5, .keras, legacy .h5, history as JSON
  python -m training data [NAME]          load a dataset (mnist, digits), downloading it where needed
"""


def main(arguments: list[str]) -> None:
    commands = {
        "list": list_recipes,
        "run": run,
        "sweep": sweep,
        "runs": runs,
        "sources": sources,
        "export": export,
        "data": data,
    }
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
    from models.classifiers import CLASSIFIERS
    from training.recipes import RECIPES

    table = Table("recipe", "network", "optimizer", "epochs", "batch", box=None, pad_edge=False)
    for recipe in RECIPES.values():
        optimizer = f"{recipe.optimizer} {recipe.learning_rate:g}"
        network = caption((ARCHITECTURES | CLASSIFIERS)[recipe.architecture])
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

    from models import import_keras, saved_directory
    from training import metrics, publishing, runs, trainer
    from training.checkpoint import Checkpoint

    checkpoint = Checkpoint(saved_directory(), recipe, dataset)
    try:
        with console.status("Loading Keras"):
            import_keras()
        with _bar("{task.fields[figures]}") as progress:
            finished = trainer.train(recipe, dataset, _Watch(progress, recipe), checkpoint)
        record = publishing.save(finished)
        checkpoint.remove()
    except (trainer.TrainingError, runs.RunError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        kept = checkpoint.load()
        done = f"Epoch {len(kept[0])} is kept: the same command goes on from there." if kept else "Nothing was saved."
        stop(f"Stopped. {done}", 130)
    found = finished.predictions
    wrong = int((found.classes != found.labels).sum())
    low, high = metrics.interval(wrong, len(found.labels))
    console.print(
        f"{record.run_id}: test error {100 * wrong / len(found.labels):.2f} % "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %), {record.seconds:.0f} s"
    )


def sweep(arguments: list[str]) -> None:
    """Train every combination of the values given, several at once; what is on the shelf already is passed over."""
    from training import sweep

    chosen, recipes = _combinations(arguments)
    waiting = sweep.missing(recipes)
    console.print(f"{len(recipes)} trainings, {len(recipes) - len(waiting)} of them done already")
    _load(recipes[0].dataset)  # once, before the jobs all want it
    failed = 0
    with _bar("{task.fields[figures]}") as progress, _executor(chosen) as executor:
        whole, bars = progress.add_task("all", total=len(waiting), figures=""), {}

        def report(run_id: str, done: float) -> None:
            if run_id not in bars:
                bars[run_id] = progress.add_task(run_id, total=1, figures="")
            progress.update(bars[run_id], completed=done)

        # a cluster's workers cannot call back, so only jobs on this machine have bars of their own
        job = partial(sweep.run_job, threads=chosen.threads, report=None if chosen.dask else report)
        try:
            for found in sweep.sweep(waiting, executor, job):
                if isinstance(found, sweep.JobError):
                    failed += 1
                    progress.console.print(str(found), highlight=False)
                elif found.run_id in bars:
                    progress.update(bars[found.run_id], visible=False)
                progress.advance(whole)
        except KeyboardInterrupt:
            executor.shutdown(wait=not chosen.dask, cancel_futures=True)
            stop("Stopped. What was finished is on the shelf; the same command goes on from there.", 130)
    if failed:
        stop(f"{failed} of {len(waiting)} trainings gave no run; the same command tries them again.", 1)


def _executor(chosen):
    """Where the jobs run: on this machine, or on the Dask cluster that was named."""
    if not chosen.dask:
        return ThreadPoolExecutor(chosen.jobs)
    try:
        from distributed import Client

        return Client(chosen.dask, timeout=10).get_executor()
    except ImportError:
        stop("Sweeps on a cluster need Dask: pip install distributed.")
    except (OSError, ValueError) as error:
        stop(f"There is no Dask cluster at {chosen.dask} ({type(error).__name__}).")


def _combinations(arguments: list[str]):
    """The sweep's own flags, and the recipes that it stands for."""
    import argparse

    from training import recipes, sweep

    parser = argparse.ArgumentParser(prog="python -m training sweep", description="Train every combination.")
    parser.add_argument("name", choices=recipes.RECIPES, metavar="NAME", help="the recipe to begin with")
    parser.add_argument("--seeds", type=int, default=1, help="train each with seeds 1 to this")
    parser.add_argument("--folds", type=int, default=0, help="train on all but one fold, for each of so many")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once")
    parser.add_argument("--threads", type=int, default=0, help="threads of each; 0 is one per core")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="send the jobs to this Dask scheduler, such as tcp://host:8786"
    )
    own = {"name", "group", "seed", "fold", "folds"}
    swept = {name: field for name, field in Recipe.model_fields.items() if name not in own}
    for name, field in swept.items():
        parser.add_argument(f"--{name.replace('_', '-')}", nargs="+", help=field.description.replace("%", "%%"))
    chosen = parser.parse_args(arguments)
    if chosen.jobs < 1 or chosen.seeds < 1 or chosen.threads < 0 or not (chosen.folds == 0 or chosen.folds >= 2):
        stop("Jobs and seeds must be at least 1, folds at least 2, threads at least 0.")
    grid = {
        name: [_value(name, v) for v in getattr(chosen, name)] for name in swept if getattr(chosen, name) is not None
    }
    try:
        return chosen, sweep.expand(recipes.RECIPES[chosen.name], grid, chosen.seeds, chosen.folds)
    except ValidationError as error:
        stop(_impossible(error))


def _value(name: str, text: str):
    """A value of the grid: tuples are written 128x64, an empty one as none."""
    if name in ("hidden", "augmentation"):
        return [] if text == "none" else text.split("x" if name == "hidden" else ",")
    return text


def runs(arguments: list[str]) -> None:
    """Print the runs on the shelf, the damaged ones with the reason."""
    from training.runs import list_runs

    whole, damaged = list_runs()
    table = Table("run", "test error", "95 % interval", "parameters", "training", "finished", box=None, pad_edge=False)
    for record in whole:
        table.add_row(*_row(record))
    for run_ in damaged:
        table.add_row(run_.run_id, "damaged", run_.reason)
    console.print(table if table.rows else "There are no runs yet. `python -m training run cnn-medium` makes one.")


def _row(record) -> tuple[str, ...]:
    from training import metrics
    from training.runs import load_predictions

    found = load_predictions(record.run_id)
    wrong, digits = int((found.classes != found.labels).sum()), len(found.labels)
    low, high = metrics.interval(wrong, digits)
    parameters = f"{record.parameters:,}" if record.parameters else ""
    figures = f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", parameters
    return record.run_id, *figures, f"{record.seconds:.0f} s", record.created[:10]


def sources(arguments: list[str]) -> None:
    """Print the systems of the sources, claim beside measurement, as a Markdown table."""
    from training.sources import markdown

    print(markdown())


def export(arguments: list[str]) -> None:
    """Write a run in the forms in which the sources save theirs."""
    from models import import_keras
    from training.export import export
    from training.runs import RunError, load_record

    if len(arguments) != 3 or arguments[1] != "--to":
        stop("Say which run and where to: python -m training export RUN --to FOLDER.")
    try:
        load_record(arguments[0])
        import_keras()
        for path in export(arguments[0], Path(arguments[2])):
            print(path)
    except RunError as error:
        stop(str(error))


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
        stop(_impossible(error))


def _impossible(error: ValidationError) -> str:
    first = error.errors()[0]
    where = "".join(f"{part}: " for part in first["loc"][:1])
    return f"The recipe is not possible: {where}{first['msg'].removeprefix('Value error, ')}."


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
