"""The command line: python -m training list | run | sweep | runs | sources | report | export | map | data | upgrade."""

import dataclasses
import signal
import sys
from pathlib import Path
from typing import Annotated

from pydantic import ValidationError
from rich.progress import Progress
from rich.table import Table

from training.analysis import significance
from training.commands.terminal import bar, console, impossible, load_dataset, stop
from training.recipe import Recipe

USAGE = """Train models on handwritten digits.

  python -m training list                 the named recipes
  python -m training run NAME [--flags]   train one; `run NAME --help` shows its flags
  python -m training sweep NAME [--flags] train every combination: --learning-rate 0.001 0.01 --seeds 3 --folds 5
  python -m training sweep STUDY          train a study: optimizer-study, mlp-study, cnn-study
  python -m training runs                 the runs on the shelf
  python -m training sources              what the sources claim, and what was measured here
  python -m training report RUN [--to F]  a run as one HTML file: recipe, curves, matrix, mistakes
  python -m training export RUN --to DIR  its architecture as JSON, weights as HDF5, .keras, legacy .h5, history as JSON
  python -m training map [NAME] [--of RUN] every digit of a dataset as a point, from its pixels or from a run's last layer
  python -m training data [NAME]          load a dataset (mnist, digits), downloading it where needed
  python -m training upgrade              bring the records of older runs to this version
"""


def main(arguments: list[str]) -> None:
    commands = {
        "list": list_recipes,
        "run": run,
        "sweep": sweep,
        "runs": runs,
        "sources": sources,
        "report": report,
        "export": export,
        "map": map_,
        "data": data,
        "upgrade": upgrade,
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
    from training.studies import grids

    if arguments and arguments[0] in grids.STUDIES:
        stop(f"'{arguments[0]}' is a study of many trainings: python -m training sweep {arguments[0]}.")
    if not arguments or arguments[0] not in recipes.RECIPES:
        named = f"'{arguments[0]}' is no recipe" if arguments else "Name a recipe"
        stop(f"{named}. Choose one of: {', '.join(recipes.RECIPES)}.")
    recipe = _changed(recipes.RECIPES[arguments[0]], arguments[1:])
    dataset = load_dataset(recipe.dataset)

    from models import import_keras, saved_directory
    from training import publishing, runs, trainer
    from training.checkpoint import Checkpoint, CheckpointError

    checkpoint = Checkpoint(saved_directory(), recipe, dataset)
    try:
        with console.status("Loading Keras"):
            import_keras()
        with bar("{task.fields[figures]}") as progress:
            finished = trainer.train(recipe, dataset, _Watch(progress, recipe), checkpoint)
        record = publishing.save(finished)
        checkpoint.remove()
    except (trainer.TrainingError, CheckpointError, runs.RunError) as error:
        stop(str(error))
    except KeyboardInterrupt:
        kept = checkpoint.load()
        done = f"Epoch {len(kept[0])} is kept: the same command goes on from there." if kept else "Nothing was saved."
        stop(f"Stopped. {done}", 130)
    found = finished.predictions
    wrong = int((found.classes != found.labels).sum())
    low, high = significance.interval(wrong, len(found.labels))
    console.print(
        f"{record.run_id}: test error {100 * wrong / len(found.labels):.2f} % "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %), {record.seconds:.0f} s"
    )


def sweep(arguments: list[str]) -> None:
    """Train every combination of the values given."""
    from training.commands.sweep import main

    main(arguments)


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
    from training.runs import load_predictions

    found = load_predictions(record.run_id)
    wrong, digits = int((found.classes != found.labels).sum()), len(found.labels)
    low, high = significance.interval(wrong, digits)
    parameters = f"{record.parameters:,}" if record.parameters else ""
    figures = f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", parameters
    return record.run_id, *figures, f"{record.seconds:.0f} s", record.created[:10]


def sources(arguments: list[str]) -> None:
    """Print the systems of the sources, claim beside measurement, as a Markdown table."""
    from training.studies.sources import markdown

    print(markdown())


def report(arguments: list[str]) -> None:
    """Print a run into one HTML file."""
    from training.analysis.report import write
    from training.runs import RunError

    if len(arguments) not in (1, 3) or (len(arguments) == 3 and arguments[1] != "--to"):
        stop("Say which run, and where to if not here: python -m training report RUN --to FILE.")
    path = Path(arguments[2] if len(arguments) == 3 else f"{arguments[0]}.html")
    try:
        console.print(f"The report is in {write(arguments[0], path)}", soft_wrap=True)
    except RunError as error:
        stop(str(error))
    except OSError as error:
        stop(f"The report could not be written to {path}: {error.strerror or error}.")


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


def map_(arguments: list[str]) -> None:
    """Make the map of a dataset and keep it beside the runs, for the dashboard."""
    from models import import_keras
    from training.analysis import projections

    if len(arguments) > 3 or (len(arguments) > 1 and arguments[-2] != "--of"):
        stop("Say which dataset, and of which run if not of its pixels: python -m training map mnist --of canvas.")
    of = arguments[-1] if len(arguments) > 1 else projections.PIXELS
    dataset = load_dataset(arguments[0] if len(arguments) in (1, 3) else "mnist")
    try:
        if of != projections.PIXELS:
            import_keras()
        with bar() as progress:
            tasks = {}

            def report(what: str, share: float) -> None:
                if what not in tasks:
                    tasks[what] = progress.add_task(what, total=1)
                progress.update(tasks[what], completed=share)

            path = projections.save(projections.tsne(projections.points(dataset, of, report), report), dataset, of)
    except projections.MapError as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("Stopped. No map was made.", 130)
    console.print(f"The map is in {path}", soft_wrap=True)


def upgrade(arguments: list[str]) -> None:
    """Bring the records of older runs to this version."""
    from training.commands.upgrade import upgrade as bring

    sys.exit(bring())


def data(arguments: list[str]) -> None:
    """Load a dataset and say what it holds."""
    dataset = load_dataset(arguments[0] if arguments else "mnist")
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
        stop(impossible(error))


class _Watch:
    """Shows a training in a rich progress bar, and sees to it that Ctrl-C stops it.

    Where a library calls back, Python drops whatever is raised there, a KeyboardInterrupt too: so it is raised again.
    """

    def __init__(self, progress: Progress, recipe):
        self.stopping = False
        signal.signal(signal.SIGINT, self._stop)
        self.progress, self.task = progress, progress.add_task(recipe.name, total=recipe.epochs, figures="")

    def _stop(self, *_) -> None:
        self.stopping = True
        raise KeyboardInterrupt

    def __call__(self, now) -> None:
        if self.stopping:
            raise KeyboardInterrupt
        shown = {"loss": "loss {:.3f}", "accuracy": "accuracy {:.4f}", "val_accuracy": "watched {:.4f}"}
        figures = "  ".join(text.format(now.figures[name]) for name, text in shown.items() if name in now.figures)
        done = now.epoch - 1 + now.step / now.steps
        self.progress.update(self.task, completed=done, figures=f"epoch {now.epoch}/{now.epochs}  {figures}")


if __name__ == "__main__":
    main(sys.argv[1:])
