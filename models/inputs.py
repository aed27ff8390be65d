"""What a saved run or ensemble takes and answers, from its record: the size of its pictures and the names of its classes."""

import json
from dataclasses import dataclass

from models import committees, run_directory
from models.preprocessing.strokes import SIDE


@dataclass(frozen=True)
class Input:
    """shape: height and width of a picture in pixels; class_names: what each probability is of, empty where that is not known."""

    shape: tuple[int, int] = (SIDE, SIDE)
    class_names: tuple[str, ...] = ()


def of(run: str) -> Input:
    """What the run of that name takes, or the first member of that ensemble; as MNIST has it where its record does not say.

    Raises ValueError, in a sentence, where there is no such run.
    """
    folder = run_directory(committees.members(run)[0])
    try:
        record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        height, width = record["network"].get("input_shape") or (SIDE, SIDE)
        names = record["dataset"].get("class_names") or ()
        return Input((int(height), int(width)), tuple(map(str, names)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Input()  # what is wrong with the record is told when its model is loaded
