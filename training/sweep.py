"""Many trainings at once: a recipe becomes a list of them, and each is a job of its own in a fresh process.

The seam is concurrent.futures.Executor: whatever has `submit` can run the jobs, threads that each wait for a process on
this machine, or a cluster's workers. A job takes a recipe as JSON and returns its run as bytes.
"""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path
from typing import Any

from models import ROOT
from training import publishing, runs
from training.recipe import Recipe

LABELS = {"learning_rate": "lr", "batch_size": "batch", "batch_normalization": "bn"} | dict.fromkeys(
    ("architecture", "hidden", "filters", "optimizer", "schedule", "precision"), ""
)  # of fields in the names of runs
Report = Callable[[str, float], None]  # run id, share of its epochs that is done


class JobError(Exception):
    """A job that failed, in a sentence."""


def expand(recipe: Recipe, grid: Mapping[str, Sequence[Any]], seeds: int = 1, folds: int = 0) -> list[Recipe]:
    """Every combination of the grid's values, with seeds 1 to `seeds` where there are several, and for each of the `folds`.

    The values of what varies are in the names. Raises pydantic.ValidationError for an invalid combination.
    """
    expanded = []
    for values in itertools.product(*grid.values()):
        varied = [(field, value) for (field, many), value in zip(grid.items(), values, strict=True) if len(many) > 1]
        name = "-".join([recipe.name, *(_short(*pair) for pair in varied)])
        changes = dict(zip(grid, values, strict=True)) | {"name": name}
        if varied:
            changes["group"] = recipe.group or recipe.name
        for seed in range(1, seeds + 1) if seeds > 1 else [recipe.seed]:
            for fold in range(1, folds + 1) or [0]:
                fold_fields = {"validation": "fold", "folds": folds, "fold": fold} if fold else {}
                expanded.append(Recipe.model_validate(recipe.model_dump() | {"seed": seed} | fold_fields | changes))
    return expanded


def _short(field: str, value: Any) -> str:
    """A value as part of a name, after that of its field unless it is clear without."""
    text = str(value)
    if isinstance(value, list | tuple):  # widths as 32x64, names as elastic-thickness
        text = ("x" if value and isinstance(value[0], int) else "-").join(map(str, value)) or "none"
    label = LABELS.get(field, field)
    return f"{label}-{text}".removeprefix("-").lower().replace("_", "-")


def missing(recipes: Sequence[Recipe], shelf: Path | None = None) -> list[Recipe]:
    """Those recipes that have no run yet."""
    done = {record.recipe for record in runs.list_runs(shelf)[0] if record.stopped is None}
    return [recipe for recipe in recipes if recipe not in done]


def sweep(
    recipes: Sequence[Recipe],
    executor: Executor,
    job: Callable[[str], bytes],
    shelf: Path | None = None,
    models: bool = True,
) -> Iterator[runs.Record | JobError]:
    """Run the jobs and save each run as it arrives; yields its record, or what went wrong with it.

    models: whether the trained models are saved too, or only records, histories and predictions.
    """
    futures = [executor.submit(job, recipe.model_dump_json()) for recipe in recipes]
    try:
        for future in as_completed(futures):
            try:
                run = publishing.unpack(future.result())
                yield publishing.save(run if models else replace(run, files={}), shelf)
            except (JobError, runs.RunError) as error:
                yield JobError(str(error))
            except Exception as error:  # whatever the executor itself reports of a lost worker
                yield JobError(f"A job was lost ({type(error).__name__}); the same command runs it again.")
    finally:
        for future in futures:
            future.cancel()


def run_job(recipe: str, threads: int = 0, report: Report | None = None) -> bytes:
    """Train one recipe, given as JSON, in a fresh process, and return its run as bytes; see publishing.unpack.

    threads: of the process, 0 for one per core; the same number gives the same bits wherever the job runs. A process that
    is killed is started a second time. Raises JobError.
    """
    for _attempt in range(2):
        code, content, message = _process(recipe, threads, report)
        if code == 0:
            return content
        if code > 0:
            break
    raise JobError(message or f"The job's process was ended by signal {-code}, twice.")


def _process(recipe: str, threads: int, report: Report | None) -> tuple[int, bytes, str]:
    """Exit code, what was written to standard output, and the last line of standard error that does not report progress."""
    environment = os.environ | (
        {"TF_NUM_INTRAOP_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)} if threads else {}
    )
    command = [sys.executable, "-m", "training.job"]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environment, **pipes) as process, ThreadPoolExecutor(1) as reader:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            content = reader.submit(process.stdout.read)  # beside the progress, or a full pipe would stop the job
            process.stdin.write(recipe.encode())
            process.stdin.close()
            message, run_id = "", Recipe.model_validate_json(recipe).run_id()
            for line in process.stderr:
                word, _, rest = line.decode(errors="replace").strip().partition(" ")
                if word == "done" and report:
                    report(run_id, float(rest))
                elif word and word != "done":
                    message = f"{word} {rest}".strip()
            return process.wait(), content.result(), message
        except BaseException:
            process.kill()
            raise
