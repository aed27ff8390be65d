"""What the commands share in the terminal: progress bars, loading a dataset, and the sentence for an invalid recipe."""

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from models.command_line import stop
from training.datasets import registry
from training.datasets.dataset import Dataset

console = Console()


def load_dataset(name: str) -> Dataset:
    """Load a dataset, downloading it with a bar if needed; exits with a sentence if it cannot be loaded."""
    try:
        with bar(DownloadColumn(), start=False) as progress:
            task = None

            def report(received: int, total: int) -> None:
                nonlocal task
                task = progress.add_task("Downloading MNIST", total=total or None) if task is None else task
                progress.update(task, completed=received)

            return registry.load(name, report=report)
    except registry.DatasetError as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("Stopped.", 130)


def bar(*columns, start: bool = True) -> Progress:
    """A progress bar of rich with these columns after the bar itself; a text is a format of the task."""
    parts = [TextColumn("{task.description}"), BarColumn(), *columns, TimeElapsedColumn(), TimeRemainingColumn()]
    return Progress(*(TextColumn(p) if isinstance(p, str) else p for p in parts), console=console)


def impossible(error: ValidationError) -> str:
    """The sentence for an invalid recipe."""
    first = error.errors()[0]
    where = "".join(f"{part}: " for part in first["loc"][:1])
    return f"The recipe is not possible: {where}{first['msg'].removeprefix('Value error, ')}."
