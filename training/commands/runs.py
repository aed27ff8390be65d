"""The command `python -m training runs`."""

from typing import Annotated

import tyro
from rich.table import Table

from training import checkpoint, runs, unfinished
from training.analysis import significance
from training.commands.terminal import console


def list_runs(
    discard: Annotated[
        tuple[str, ...],
        tyro.conf.arg(metavar="RECIPE", help="delete what unfinished trainings of these recipes have left"),
    ] = (),
) -> None:
    """Print all saved runs, the damaged ones with the reason, and what unfinished trainings have left; recordings whose process
    died are saved first."""
    for left in checkpoint.left() if discard else ():
        if left.recipe in discard:
            checkpoint.discard(left.name)
            console.print(f"What a training of {left.recipe} had left is deleted.")
    for record in unfinished.recover():
        console.print(f"{record.run_id} was stopped; it is saved as far as it came.")
    records, damaged = runs.list_runs()
    table = Table(box=None, pad_edge=False)
    # by its name a run is asked for, so the other columns fold first
    table.add_column("run", no_wrap=True, min_width=max((len(record.run_id) for record in records), default=0))
    for name in ("test error", "95 % interval", "parameters", "training", "finished"):
        table.add_column(name, overflow="fold")
    for record in records:
        table.add_row(*_row(record))
    for run in damaged:
        console.print(f"{run.run_id} is damaged: {run.reason}.")
    console.print(table if table.rows else "There are no runs yet. Train one with `python -m training run cnn-medium`.")
    for left in checkpoint.left():
        console.print(
            f"Unfinished: {left.recipe}, {left.epochs} epochs, {left.size / 1e6:.0f} MB. The same command resumes it; "
            f"`python -m training runs --discard {left.recipe}` deletes it."
        )


def _row(record: runs.Record) -> tuple[str, ...]:
    parameters = f"{record.parameters:,}" if record.parameters else ""
    seconds = f"{record.seconds:.0f} s" if record.seconds or record.recipe else ""
    if not record.evaluated:
        when = f" in epoch {record.diverged}" if record.diverged else ""
        why = "not tested" if record.diverged is None else f"diverged{when}"
        return record.run_id, why, "", parameters, seconds, record.created[:10]
    predictions = runs.load_predictions(record.run_id)
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    low, high = significance.interval(wrong, digits)
    figures = f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", parameters
    return record.run_id, *figures, seconds, record.created[:10]
