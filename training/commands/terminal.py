"""What the commands share in the terminal: progress bars, loading a dataset, and the sentence for an invalid recipe."""

from collections.abc import Sequence

from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from models.command_line import stop
from training.datasets import registry
from training.datasets.dataset import Dataset, Facts
from training.recipe import A_NAME

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

            dataset = registry.load(name, report=report)
        if dataset.facts:
            console.print(_understood(dataset, dataset.facts), highlight=False, markup=False)
        return dataset
    except registry.DatasetError as error:
        stop(str(error))
    except KeyboardInterrupt:
        stop("Stopped.", 130)


def _understood(dataset: Dataset, facts: Facts) -> str:
    """What was understood of a file that somebody brought, and what looks odd in it."""
    height, width = dataset.input_shape
    parts = [f"{facts.form}: {facts.train:,} train and {facts.test:,} test digits of {height} x {width} pixels"]
    parts.append(f"{len(dataset.class_names)} classes, {dataset.class_names[0]} to {dataset.class_names[-1]}")
    parts += [f"values {facts.low:g} to {facts.high:g}"] + (
        [f"split with seed {facts.seed}"] if facts.seed is not None else []
    )
    parts += [f"without {', '.join(facts.left_out[:5])}"] if facts.left_out else []
    lines = [", ".join(parts) + "."]
    for switch, looks, asked in (
        ("inverted", facts.looks_inverted, facts.inverted),
        ("transposed", facts.looks_transposed, facts.transposed),
    ):
        if looks and not asked:
            lines.append(f"The digits look {switch}: file:PATH:{switch} turns them.")
    return "\n".join(lines)


def fitted(
    headings: Sequence[str], rows: Sequence[Sequence[str]], width: int, limited: bool = True
) -> tuple[list[str], list[str]]:
    """A table as lines, the first column to the left and the others to the right, and the headings of the last columns that are
    left out where the lines would be longer than `width` letters. limited: whether any are."""
    table = [tuple(headings), *(tuple(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    count = len(headings)
    while limited and count > 1 and sum(widths[:count]) + 2 * (count - 1) > width:
        count -= 1
    lines = [
        "  ".join([row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, count))]).rstrip()
        for row in table
    ]
    return lines, list(headings[count:])


def bar(*columns, start: bool = True) -> Progress:
    """A progress bar of rich with these columns after the bar itself; a text is a format of the task."""
    parts = [TextColumn("{task.description}"), BarColumn(), *columns, TimeElapsedColumn(), TimeRemainingColumn()]
    return Progress(*(TextColumn(p) if isinstance(p, str) else p for p in parts), console=console)


def impossible(error: ValidationError) -> str:
    """The sentence for an invalid recipe."""
    first = error.errors()[0]
    where = "".join(f"{part}: " for part in first["loc"][:1])
    said = A_NAME if first["type"] == "string_pattern_mismatch" else first["msg"].removeprefix("Value error, ")
    return f"The recipe is not possible: {where}{said}."
