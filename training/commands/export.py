"""The command `python -m training export`."""

from pathlib import Path
from typing import Annotated

import tyro

from models import import_keras
from models.command_line import stop
from training.export import export, pack
from training.runs import RunError, load_record

To = Annotated[
    Path, tyro.conf.arg(metavar="FOLDER", help="a folder for the files of one run, or x.zip for any number of runs")
]


def export_run(
    runs: Annotated[tyro.conf.Positional[tuple[str, ...]], tyro.conf.arg(metavar="RUN...", help="saved runs")], to: To
) -> None:
    """Write a run's architecture as JSON, weights as HDF5, network as .keras and legacy .h5, history as JSON; or runs as a zip."""
    if not runs:
        stop("Name at least one run.")
    try:
        for run in runs:
            load_record(run)
        if to.suffix == ".zip":
            pack(runs, to)
            print(to)
            return
        if len(runs) > 1:
            stop("A folder takes one run; several go into a zip archive: --to runs.zip.")
        import_keras()
        for path in export(runs[0], to):
            print(path)
    except RunError as error:
        stop(str(error))
