"""Labelled drawings and their file: an npz with images (n, 28, 28) uint8, labels (n,) uint8, and the strokes as JSON in bytes."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.preprocessing.strokes import NoDigitError, from_strokes
from training.datasets import arrays

MAX_DRAWINGS = 2000  # drawings in a file
BYTES = 20_000_000  # of a file, unpacked


@dataclass(frozen=True)
class Drawing:
    """What someone drew, and what it was. strokes: lists of [x, y]; digit: (28, 28) uint8, as a model is given it."""

    label: int
    strokes: list
    digit: np.ndarray


def to_bytes(drawings: Sequence[Drawing]) -> bytes:
    """The file's contents."""
    stream = io.BytesIO()
    strokes = np.frombuffer(json.dumps([one.strokes for one in drawings]).encode(), np.uint8)
    images, labels = np.stack([one.digit for one in drawings]), np.array([one.label for one in drawings], np.uint8)
    np.savez_compressed(stream, images=images, labels=labels, strokes=strokes)
    return stream.getvalue()


def from_bytes(content: bytes) -> list[Drawing]:
    """The drawings of such a file, their digits made anew from the strokes. Raises ValueError in a sentence."""
    try:
        stored = arrays.read(content, ("labels", "strokes"), BYTES)
    except arrays.ArraysError as error:
        raise ValueError(TOO_LARGE if "MB" in str(error) else NOT_OURS) from error
    try:
        strokes = json.loads(stored["strokes"].tobytes())
        drawn = [Drawing(int(n), one, from_strokes(one)) for n, one in zip(stored["labels"], strokes, strict=True)]
    except (TypeError, ValueError, RecursionError, NoDigitError) as error:
        raise ValueError(NOT_OURS) from error
    if not 0 < len(drawn) <= MAX_DRAWINGS or not all(0 <= one.label <= 9 for one in drawn):
        raise ValueError(NOT_OURS)
    return drawn


TOO_LARGE = "The file unpacks to more than 20 MB, which no collection of drawings does."
NOT_OURS = "This is not a file of drawings. The page Draw gives one under *My drawings*."
