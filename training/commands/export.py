"""The command `python -m training export`."""

from pathlib import Path
from typing import Annotated

import tyro

from models import import_keras
from models.command_line import stop
from training.export import export
from training.runs import RunError, load_record


def export_run(
    run: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="a saved run")],
    to: Annotated[Path, tyro.conf.arg(metavar="FOLDER", help="the folder that the files are written into")],
) -> None:
    """Write a run's architecture as JSON, weights as HDF5, network as .keras and legacy .h5, history as JSON."""
    try:
        load_record(run)
        import_keras()
        for path in export(run, to):
            print(path)
    except RunError as error:
        stop(str(error))
