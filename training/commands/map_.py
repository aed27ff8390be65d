"""The command `python -m training map`."""

from typing import Annotated

import tyro

from models import import_keras
from models.command_line import stop
from training.analysis import projections
from training.commands.terminal import bar, console, load_dataset

Of = Annotated[str, tyro.conf.arg(metavar="RUN", help="the run whose last layer gives the features; pixels by default")]


def make_map(
    name: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="the dataset")] = "mnist",
    of: Of = projections.PIXELS,
) -> None:
    """Lay out every digit of a dataset as a point with t-SNE, and save the map beside the runs, for the dashboard."""
    dataset = load_dataset(name)
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
