"""How many of a model's parameters are trainable: all but the statistics that batch normalisation measures."""

import re

from models import run_directory, weights_file
from models.weights_file import WeightsError
from training.runs import Record

NORMALISATION = re.compile(r"(.*/)?batch_normalization(_\d+)?")
STATISTICS = 2  # arrays of such a layer that are measured, the last: mean and variance


def trainable(record: Record) -> int | None:
    """The number of trainable parameters of a run on the shelf; None where only their number in all is known, or none is.

    A recording tells it; else it is counted in the file of the network.
    """
    told = record.network.get("trainable")
    if isinstance(told, int):
        return told
    if "model.keras" not in record.files:
        return record.parameters if "model.npz" in record.files and record.parameters else None
    try:
        groups = weights_file.read(run_directory(record.run_id) / "model.keras").groups
    except (WeightsError, ValueError):
        return None
    layers = [arrays for name, arrays in groups.items() if NORMALISATION.fullmatch(name)]
    return record.parameters - sum(int(one.size) for arrays in layers for one in arrays[-STATISTICS:])
