"""The command `python -m training runs`."""

from rich.table import Table

from training import runs, unfinished
from training.analysis import significance
from training.commands.terminal import console


def list_runs() -> None:
    """Print all saved runs, the damaged ones with the reason; recordings whose process died are saved first."""
    for record in unfinished.recover():
        console.print(f"{record.run_id} was stopped; it is saved as far as it came.")
    records, damaged = runs.list_runs()
    table = Table("run", "test error", "95 % interval", "parameters", "training", "finished", box=None, pad_edge=False)
    for record in records:
        table.add_row(*_row(record))
    for run in damaged:
        table.add_row(run.run_id, "damaged", run.reason)
    console.print(table if table.rows else "There are no runs yet. Train one with `python -m training run cnn-medium`.")


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
