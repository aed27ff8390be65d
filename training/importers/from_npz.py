"""Predictions as npz: labels, and probabilities or classes, under the names that people give them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from models.classifiers import VOTES
from training import outputs
from training.datasets import arrays
from training.importers import importer, row_order
from training.importers.parts import MAX_TABLE, Answers, Part, UnreadableError, head
from training.recording import kind_of

LABELS = ("labels", "y_true", "y_test", "truth", "true", "targets", "target", "label", "y")
SCORES = (
    *("probabilities", "probability", "probs", "proba", "y_proba", "y_prob", "y_score", "scores", "logits", "softmax"),
    *("predictions", "y_pred", "y_hat", "preds", "predicted", "pred", "outputs", "output", "prediction", "classes"),
)
IMAGES = ("images", "x_test", "pictures", "x")


def _is_npz(path: Path) -> bool:
    if not head(path).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return path.suffix == ".npz"
    return path.suffix == ".npz" or (bool(names) and all(name.endswith(".npy") for name in names))


@importer("npz predictions", _is_npz)
def read(path: Path) -> list[Part]:
    """The labels and predictions in an npz file, with the test pictures where they are there."""
    try:
        shapes = arrays.shapes(path)
        places = {name.lower(): name for name in shapes}
        wanted = [named(places, names) for names in (LABELS, SCORES, IMAGES)]
        if wanted[1] is None:
            raise UnreadableError(_without_scores(shapes))
        index = row_order.column(name for name in shapes if name not in wanted)
        loaded = arrays.read(path, [name for name in (*wanted, index) if name is not None], MAX_TABLE)
    except arrays.ArraysError as error:
        raise UnreadableError(f"cannot be read: {error}") from error
    labels, scores, images = (loaded[name] if name else None for name in wanted)
    if scores is None or not scores.ndim or not len(scores):
        raise UnreadableError("has no predictions in it: the array is empty")
    if images is not None and (images.ndim < 2 or len(images) != len(scores)):
        images = None
    answers = Answers(labels, scores, images)
    remarks: tuple[str, ...] = ()
    if index is not None:
        answers, remarks = row_order.in_order(answers, loaded[index], index)
    return [part_of(path, answers, remarks=remarks)]


def named(places: Mapping[str, str], names: Sequence[str]) -> str | None:
    """The first of these names that is there, as it is written."""
    return next((places[name] for name in names if name in places), None)


def part_of(path: Path, answers: Answers, ending: str = "", remarks: Sequence[str] = ()) -> Part:
    """Answers as a part of a run, which says what their rows are where these are no probabilities. ending: of what they are
    called, such as " as CSV"; remarks: what else is to be said."""
    kind = kind_of(answers.scores)
    form = {VOTES: "predicted classes", outputs.LOGITS: "logits", outputs.PERCENTAGES: "percentages"}.get(kind)
    every = (*remarks, outputs.REMARKS[kind]) if kind in outputs.REMARKS else tuple(remarks)
    return Part(f"{form or outputs.PROBABILITIES}{ending}", path, answers, remarks=every)


def _without_scores(shapes: Mapping[str, tuple]) -> str:
    if {"x_train", "y_train"} <= {name.lower() for name in shapes}:
        return "holds digits to learn from, not predictions: open it with --dataset file:PATH or on the page Explore"
    present = ", ".join(list(shapes)[:6]) or "nothing"
    return f"has no array of predictions, only {present}: call them labels and probabilities"
