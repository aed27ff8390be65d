"""Labelled drawings and their file: an npz with images (n, 28, 28) uint8, labels (n,) uint8, and the strokes as JSON in bytes."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.preprocessing.strokes import NoDigitError, from_strokes

MOST = 2000  # drawings in a file
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
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            too_large = sum(member.file_size for member in archive.infolist()) > BYTES
        if not too_large:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                labels, strokes = arrays["labels"].tolist(), json.loads(arrays["strokes"].tobytes())
            found = [Drawing(int(n), one, from_strokes(one)) for n, one in zip(labels, strokes, strict=True)]
            if found and len(found) <= MOST and all(0 <= one.label <= 9 for one in found):
                return found
    except (
        *(zipfile.BadZipFile, zipfile.zlib.error, KeyError, TypeError),
        *(ValueError, EOFError, OSError, RuntimeError, NoDigitError),
    ) as error:
        raise ValueError(NOT_OURS) from error
    raise ValueError(
        "The file unpacks to more than 20 MB, which no collection of drawings does." if too_large else NOT_OURS
    )


NOT_OURS = "This is no file of drawings: the page Draw gives one for the drawings that are kept under *My drawings*."
