"""Datasets in one npz file: x_train, y_train, x_test and y_test, or other names, or one part alone."""

import zipfile
from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.datasets.contents import BYTES, start
from training.datasets.dataset import DatasetError
from training.datasets.raw import NAME_WORDS, TRAIN, Part, Raw, paired, words
from training.datasets.readers import reader


def _is_npz(path: Path) -> bool:
    """Whether it is an archive with arrays in it; a damaged one counts if it is called so."""
    if not path.is_file() or not start(path).startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return path.suffix == ".npz" or any(name.endswith(".npy") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError):
        return path.suffix == ".npz"


@reader("npz", _is_npz)
def read(path: Path) -> Raw:
    """The arrays of an npz file. Raises DatasetError."""
    try:
        shapes = arrays.shapes(path)
        named = [name for name in shapes if NAME_WORDS & set(words(name)) and len(shapes[name]) == 1]
        pairs = paired([name for name in shapes if name not in named], shapes)
        wanted = [name for pair in pairs.values() for name in pair] + named[:1]
        found = arrays.read(path, wanted, BYTES)
    except arrays.ArraysError as error:
        raise DatasetError(f"{error}.") from error
    for name in wanted:
        if not found[name].ndim:
            raise DatasetError(f"the array {name} is a single value, not one for each digit.")
    parts = {part: Part(found[x], found[y], x, y) for part, (x, y) in pairs.items()}
    left_out = tuple(name for name in shapes if name not in wanted)
    names = [_text(name) for name in found[named[0]]] if named else None
    return Raw(parts, ("array", next(iter(pairs.values()))[1] if TRAIN in pairs else "labels"), names, left_out)


def _text(name: np.generic) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
