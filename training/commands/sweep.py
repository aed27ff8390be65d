"""The command python -m training sweep: its flags, its bars, and where its jobs run."""

import argparse
import signal
from collections.abc import Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from pydantic import ValidationError

from training import recipes, sweep
from training.commands.terminal import bar, console, impossible, load_dataset, stop
from training.recipe import Recipe
from training.studies import grids


def main(arguments: Sequence[str]) -> None:
    """Train a study, or every combination of the values given; what is on the shelf already is passed over."""
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs start deaf to it, and so would theirs
    chosen, recipes = _combinations(arguments)
    waiting = sweep.missing(recipes)
    console.print(f"{len(recipes)} trainings, {len(recipes) - len(waiting)} of them done already")
    load_dataset(recipes[0].dataset)  # once, before the jobs all want it
    failed = 0
    with bar("{task.fields[figures]}") as progress, _executor(chosen) as executor:
        whole, bars = progress.add_task("all", total=len(waiting), figures=""), {}

        def report(run_id: str, done: float) -> None:
            if run_id not in bars:
                bars[run_id] = progress.add_task(run_id, total=1, figures="")
            progress.update(bars[run_id], completed=done)

        # a cluster's workers cannot call back, so only jobs on this machine have bars of their own
        job = partial(sweep.run_job, threads=chosen.threads, report=None if chosen.dask else report)
        try:
            for found in sweep.sweep(waiting, executor, job, models=not chosen.without_models):
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


def _executor(chosen: argparse.Namespace) -> Executor:
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


def _combinations(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[Recipe]]:
    """The sweep's own flags, and the recipes that it stands for."""
    parser = argparse.ArgumentParser(prog="python -m training sweep", description="Train every combination.")
    bases = {name: [recipe] for name, recipe in recipes.RECIPES.items()}
    bases |= {name: study.recipes() for name, study in grids.STUDIES.items()}
    parser.add_argument("name", choices=bases, metavar="NAME", help="the recipe to begin with, or a study")
    parser.add_argument("--seeds", type=int, default=1, help="train each with seeds 1 to this")
    parser.add_argument("--folds", type=int, default=0, help="train on all but one fold, for each of so many")
    parser.add_argument("--jobs", type=int, default=1, help="trainings at once")
    parser.add_argument("--threads", type=int, default=0, help="threads of each; 0 is one per core")
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="send the jobs to this Dask scheduler, such as tcp://host:8786"
    )
    parser.add_argument(
        "--without-models", action="store_true", help="keep records, histories and predictions, but not the models"
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
        found = [sweep.expand(base, grid, chosen.seeds, chosen.folds) for base in bases[chosen.name]]
        return chosen, [recipe for some in found for recipe in some]
    except ValidationError as error:
        stop(impossible(error))


def _value(name: str, text: str):
    """A value of the grid: tuples are written 128x64, an empty one as none."""
    if name in ("hidden", "filters", "augmentation"):
        return [] if text == "none" else text.split("," if name == "augmentation" else "x")
    return text
