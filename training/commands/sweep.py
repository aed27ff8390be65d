"""The command `python -m training sweep`: its flags, its bars, and where its jobs run."""

import dataclasses
import signal
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from typing import Annotated, Any

import tyro
from pydantic import ValidationError

from models.command_line import stop
from training import recipes
from training import sweep as trainings
from training.commands.terminal import bar, console, impossible, load_dataset
from training.recipe import Recipe
from training.studies import grids

NAMES = tyro.extras.literal_type_from_choices([*recipes.RECIPES, *grids.STUDIES])
SET_BY_SWEEP = {"name", "group", "seed", "fold", "folds"}  # fields of Recipe that are not flags of the grid
PATIENCE = 10  # seconds until a Dask cluster must have answered


def _grid() -> Any:
    """A flag with several values, as text, for every other field of Recipe."""

    def flag(name, field):
        argument = tyro.conf.arg(metavar="VALUE...", help=field.description)
        return name, Annotated[tuple[str, ...] | None, argument], dataclasses.field(default=None)

    fields = [flag(*item) for item in Recipe.model_fields.items() if item[0] not in SET_BY_SWEEP]
    return dataclasses.make_dataclass("Grid", fields, frozen=True)


def _help(text: str, **options: Any) -> Any:
    return tyro.conf.arg(help=text, **options)


def sweep(
    name: Annotated[tyro.conf.Positional[str], _help("the base recipe, or a study", constructor=NAMES)],
    grid: Annotated[Any, tyro.conf.arg(constructor=_grid())],
    seeds: Annotated[int, _help("number of seeds; each combination is trained with all of them")] = 1,
    folds: Annotated[int, _help("number of folds for cross-validation; 0 is none")] = 0,
    jobs: Annotated[int, _help("trainings at once")] = 1,
    threads: Annotated[int, _help("threads of each training; 0 is one per core")] = 0,
    dask: Annotated[
        str | None, _help("send the jobs to this Dask scheduler, such as tcp://host:8786", metavar="ADDRESS")
    ] = None,
    without_models: Annotated[bool, _help("save records, histories and predictions, but not the models")] = False,
) -> None:
    """Train a study, or every combination of the given values; trainings that have a run already are skipped."""
    # background jobs of a shell ignore SIGINT, and so would their child processes
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if jobs < 1 or seeds < 1 or threads < 0 or not (folds == 0 or folds >= 2):
        stop("Jobs and seeds must be at least 1, folds at least 2, threads at least 0.")
    wanted = _combinations(
        name, {field: texts for field, texts in vars(grid).items() if texts is not None}, seeds, folds
    )
    waiting = trainings.missing(wanted)
    console.print(f"{len(wanted)} trainings, {len(wanted) - len(waiting)} of them done already")
    load_dataset(wanted[0].dataset)  # once, before all jobs need it
    with _executor(dask, jobs) as executor:
        failed = train(waiting, executor, threads, models=not without_models, here=not dask)
    if failed:
        stop(f"{failed} of {len(waiting)} trainings failed; the same command tries them again.", 1)


def train(waiting: list[Recipe], executor: Executor, threads: int, models: bool = True, here: bool = True) -> int:
    """Train them all with bars; returns how many failed.

    threads: of each training; models: whether the models are saved too; here: whether the jobs run on this machine.
    """
    failed = 0
    with bar("{task.fields[figures]}") as progress:
        overall, bars = progress.add_task("all", total=len(waiting), figures=""), {}

        def report(run_id: str, done: float) -> None:
            if run_id not in bars:
                bars[run_id] = progress.add_task(run_id, total=1, figures="")
            progress.update(bars[run_id], completed=done)

        # a cluster's workers cannot call back, so only jobs on this machine have bars of their own
        job = partial(trainings.run_job, threads=threads, report=report if here else None)
        try:
            for result in trainings.sweep(waiting, executor, job, models=models):
                if isinstance(result, trainings.JobError):
                    failed += 1
                    progress.console.print(str(result), highlight=False)
                elif result.run_id in bars:
                    progress.update(bars[result.run_id], visible=False)
                progress.advance(overall)
        except KeyboardInterrupt:
            executor.shutdown(wait=here, cancel_futures=True)
            stop("Stopped. Finished trainings are saved; the same command continues with the others.", 130)
    return failed


def _executor(dask: str | None, jobs: int) -> Executor:
    """Where the jobs run: on this machine, or on a Dask cluster."""
    if not dask:
        return ThreadPoolExecutor(jobs)
    try:
        from distributed import Client

        return Client(dask, timeout=PATIENCE).get_executor()
    except ImportError:
        stop("Sweeps on a cluster need Dask: pip install distributed.")
    except (OSError, ValueError) as error:
        stop(f"There is no Dask cluster at {dask} ({type(error).__name__}).")


def _combinations(name: str, texts: dict[str, tuple[str, ...]], seeds: int, folds: int) -> list[Recipe]:
    """The recipes that the sweep stands for. texts: values of the grid by field, as text."""
    for field, values in texts.items():
        if not values:
            stop(f"Give at least one value after --{field.replace('_', '-')}.")
    grid = {field: [_value(field, text) for text in values] for field, values in texts.items()}
    bases = grids.STUDIES[name].recipes() if name in grids.STUDIES else [recipes.RECIPES[name]]
    try:
        return [recipe for base in bases for recipe in trainings.expand(base, grid, seeds, folds)]
    except ValidationError as error:
        stop(impossible(error))


def _value(name: str, text: str) -> str | list[str]:
    """A value of the grid: tuples are written 128x64, or with commas if they hold words; an empty one is written none."""
    kind = str(Recipe.model_fields[name].annotation)
    if "tuple" not in kind:
        return text
    return [] if text == "none" else text.split("," if "str" in kind else "x")
