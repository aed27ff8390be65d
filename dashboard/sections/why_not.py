"""Why a run that an address names cannot be chosen on a page, in a sentence."""

from dashboard import wording
from models import committees
from models.preprocessing.strokes import SIDE
from training import runs


def anywhere(run_id: str) -> str:
    """What keeps a run, or an ensemble, from every list of single runs; nothing where it is whole and was tested."""
    if run_id in committees.listed():
        return "It is an ensemble, and here are single runs."
    try:
        record = runs.load_record(run_id)
    except runs.RunError as error:
        return wording.plain(error)
    if record.evaluated:
        return ""
    return f"The run {wording.not_evaluated(record.diverged, False)}"


def drawn(run_id: str) -> str:
    """What keeps a run from classifying drawings; nothing where nothing does."""
    if reason := anywhere(run_id):
        return reason
    record = runs.load_record(run_id)
    if record.weights is None:
        return "Only its predictions were saved, no model that could classify a drawing."
    shape = tuple(record.network.get("input_shape") or ())
    if shape and shape != (SIDE, SIDE):
        return f"It takes pictures of {shape[0]} x {shape[1]} pixels, and a drawing becomes one of {SIDE} x {SIDE}."
    return ""
