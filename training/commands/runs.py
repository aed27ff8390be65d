"""The command `python -m training runs`."""

from rich.table import Table

from training import runs
from training.analysis import significance
from training.commands.terminal import console


def list_runs() -> None:
    """Print the runs on the shelf, the damaged ones with the reason."""
    whole, damaged = runs.list_runs()
    table = Table("run", "test error", "95 % interval", "parameters", "training", "finished", box=None, pad_edge=False)
    for record in whole:
        table.add_row(*_row(record))
    for run in damaged:
        table.add_row(run.run_id, "damaged", run.reason)
    console.print(table if table.rows else "There are no runs yet. `python -m training run cnn-medium` makes one.")


def _row(record: runs.Record) -> tuple[str, ...]:
    found = runs.load_predictions(record.run_id)
    wrong, digits = int((found.classes != found.labels).sum()), len(found.labels)
    low, high = significance.interval(wrong, digits)
    parameters = f"{record.parameters:,}" if record.parameters else ""
    figures = f"{100 * wrong / digits:.2f} %", f"{100 * low:.2f} to {100 * high:.2f} %", parameters
    return record.run_id, *figures, f"{record.seconds:.0f} s", record.created[:10]
