"""The command `python -m training report`."""

from pathlib import Path
from typing import Annotated

import tyro

from models.command_line import stop
from training.analysis.report import write
from training.commands.terminal import console
from training.runs import RunError


def write_report(
    run: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="a run on the shelf")],
    to: Annotated[Path | None, tyro.conf.arg(metavar="FILE", help="where it is written; RUN.html by default")] = None,
) -> None:
    """Write the report of a run as one HTML file: recipe, curves, confusion matrix, mistakes."""
    path = to or Path(f"{run}.html")
    try:
        console.print(f"The report is in {write(run, path)}", soft_wrap=True)
    except RunError as error:
        stop(str(error))
    except OSError as error:
        stop(f"The report could not be written to {path}: {error.strerror or error}.")
