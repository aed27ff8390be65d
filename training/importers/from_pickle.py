"""Histories that were pickled: with `pickle.dump(history.history, file)`, or by `numpy.save` of the dict."""

import io
from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.importers import importer
from training.importers.from_json import columns
from training.importers.from_npz import part_of
from training.importers.parts import MAX_TABLE, Answers, Part, UnreadableError, content, head, to_history
from training.importers.restricted import load

NPY = b"\x93NUMPY"
PICKLES = (b"\x80", b"(dp", b"(lp", b"}q", b"c__", b"cnumpy", b"cos\n", b"cposix", b"]q")


def _is_pickle(path: Path) -> bool:
    return head(path).startswith(PICKLES) or (path.suffix in (".pkl", ".pickle") and path.is_file())


@importer("NumPy", lambda path: head(path).startswith(NPY))
def read_npy(path: Path) -> list[Part]:
    """A history that `numpy.save` pickled, or an array of predictions."""
    raw = content(path, MAX_TABLE)
    kind, start = _header(raw)
    if not kind.hasobject:
        return [_answers(path)]
    if len(raw) - start > 20_000_000:
        raise UnreadableError("has too many values for a history")
    return [_history(path, raw[start:], "Keras history as .npy")]


@importer("pickle", _is_pickle)
def read(path: Path) -> list[Part]:
    """A pickled history."""
    return [_history(path, content(path), "Keras history as a pickle")]


def _history(path: Path, pickled: bytes, form: str) -> Part:
    value = load(pickled)
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    history, remarks = to_history(columns(value))
    return Part(form, path, history, remarks=remarks)


def _header(raw: bytes) -> tuple[np.dtype, int]:
    """The type that an .npy file claims, and where its contents begin. Raises UnreadableError."""
    stream = io.BytesIO(raw)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read_header(stream)[2], stream.tell()
    except (ValueError, TypeError, EOFError, SyntaxError, RecursionError, MemoryError) as error:
        raise UnreadableError("is damaged: its header cannot be read") from error


def _answers(path: Path) -> Part:
    """An array of labels counts as predicted classes; which it is, its name says."""
    try:
        scores = arrays.read_one(path, MAX_TABLE)
    except arrays.ArraysError as error:
        raise UnreadableError(f"cannot be read: {error}") from error
    if scores.ndim not in (1, 2) or scores.dtype.kind not in "iufb" or not len(scores):
        shape = " x ".join(map(str, scores.shape)) or "a single value"
        raise UnreadableError(f"is neither a history nor predictions: its shape is {shape}")
    return part_of(path, Answers(None, scores), " as .npy")
