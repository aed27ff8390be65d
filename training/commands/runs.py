"""The command `python -m training runs`."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import tyro

from training import annotations, checkpoint, runs, unfinished
from training.analysis import run_settings, significance
from training.annotations import NOTHING, Annotation
from training.commands.terminal import console, fitted

HEADINGS = ("run", "error", "95 % interval", "finished", "parameters", "training")  # the first that have room


def list_runs(
    discard: Annotated[
        tuple[str, ...],
        tyro.conf.arg(metavar="RECIPE", help="delete what unfinished trainings of these recipes have left"),
    ] = (),
    as_json: Annotated[bool, tyro.conf.arg(name="json", help="print all of it as JSON, rates from 0 to 1")] = False,
) -> None:
    """Print all saved runs.

    The damaged ones are listed with the reason, and so is what unfinished trainings have left. Recordings whose process died are
    saved first.
    """
    discarded = [left for left in checkpoint.left() if left.recipe in discard] if discard else []
    for left in discarded:
        checkpoint.discard(left.name)
    recovered = unfinished.recover()
    records, damaged = runs.list_runs()
    if as_json:
        print(json.dumps(_everything(records, damaged, recovered), indent=1))
        return
    for left in discarded:
        _say(f"What a training of {left.recipe} had left is deleted.")
    for record in recovered:
        _say(f"{record.run_id} was stopped; it is saved as far as it came.")
    for run in damaged:
        _say(f"{run.run_id} is damaged: {run.reason}.")
    _list(records)
    for left in checkpoint.left():
        _say(
            f"Unfinished: {left.recipe}, {left.epochs} epochs, {left.size / 1e6:.0f} MB. The same command resumes it; "
            f"`python -m training runs --discard {left.recipe}` deletes it."
        )


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False)


def _list(records: Sequence[runs.Record]) -> None:
    """A line for each run: in a terminal with the columns that have room, in a file or a pipe with all."""
    if not records:
        _say("There are no runs yet. Train one with `python -m training run cnn-medium`.")
        return
    lines, left_out = fitted(HEADINGS, [_row(record) for record in records], console.width, console.is_terminal)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if left_out:
        _say(f"Not shown for lack of room: {', '.join(left_out)}.")


def _row(record: runs.Record) -> tuple[str, ...]:
    rest = (
        record.created[:10],
        f"{record.parameters:,}" if record.parameters else "",
        f"{record.seconds:,.0f} s" if record.seconds or record.recipe else "",
    )
    if record.diverged is not None:
        return record.run_id, "diverged", f"in epoch {record.diverged}" if record.diverged else "", *rest
    if not record.evaluated:
        return record.run_id, "not tested", "", *rest
    wrong, digits, low, high = _tested(record)
    return record.run_id, f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", *rest


def _tested(record: runs.Record) -> tuple[int, int, float, float]:
    """How many test digits a run misclassifies, of how many, and the interval of the rate."""
    predictions = runs.load_predictions(record.run_id)
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    return wrong, digits, *significance.interval(wrong, digits)


def _everything(
    records: Sequence[runs.Record], damaged: Sequence[runs.Damaged], recovered: Sequence[runs.Record]
) -> dict[str, Any]:
    """What the command prints, as JSON has it."""
    beside = annotations.load()
    return {
        "runs": [_entry(record, beside.get(record.run_id, NOTHING)) for record in records],
        "damaged": [{"run": one.run_id, "reason": one.reason} for one in damaged],
        "unfinished": [{"recipe": one.recipe, "epochs": one.epochs, "bytes": one.size} for one in checkpoint.left()],
        "saved_now": [record.run_id for record in recovered],
    }


def _entry(record: runs.Record, beside: Annotation) -> dict[str, Any]:
    """A run as JSON has it, with null for what is not known."""
    wrong, digits, low, high = _tested(record) if record.evaluated else (None, record.dataset["test"], None, None)
    return {
        "run": record.run_id,
        "origin": record.origin,
        "dataset": record.tested,
        "digits": digits,
        "errors": wrong,
        "error": wrong / digits if wrong is not None else None,
        "low": low,
        "high": high,
        "diverged": record.diverged,
        "parameters": record.parameters or None,
        "seconds": record.seconds if record.seconds or record.recipe else None,
        "finished": record.created,
        "settings": run_settings.settings(record),
        "starred": beside.starred,
        "tags": annotations.tags(beside, record.tags),
        "note": beside.note,
    }
