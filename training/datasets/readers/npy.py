"""Datasets in .npy files that lie side by side: x_train.npy with y_train.npy, images.npy with labels.npy, and so on."""

from pathlib import Path

import numpy as np

from training.datasets import arrays
from training.datasets.contents import BYTES
from training.datasets.dataset import DatasetError
from training.datasets.raw import Part, Raw, paired
from training.datasets.readers import reader

SIGN = b"\x93NUMPY"
REMEDY = "put pictures and labels side by side, as x_train.npy and y_train.npy"


def _is_npy(path: Path) -> bool:
    if path.is_dir():
        return bool(_files(path))
    with open(path, "rb") as stream:
        return stream.read(len(SIGN)) == SIGN


def _files(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.npy"))[:100] if path.is_file()}


@reader("npy", _is_npy)
def read(path: Path) -> Raw:
    """The arrays of a folder's .npy files, or of one of them and those beside it. Raises DatasetError."""
    files = _files(path if path.is_dir() else path.parent)
    if path.is_file():
        files = {path.stem: path} | files
    left, loaded = BYTES, {}
    try:
        shapes = {name: arrays.shape_of(file) for name, file in files.items()}
        pairs = _pairs(path, shapes)
        for name in (name for pair in pairs.values() for name in pair):
            loaded[name] = arrays.read_one(files[name], left)
            left -= loaded[name].nbytes
    except arrays.ArraysError as error:
        raise DatasetError(f"{error}.") from error
    parts = {part: Part(_whole(loaded[x]), _whole(loaded[y]), f"{x}.npy", f"{y}.npy") for part, (x, y) in pairs.items()}
    return Raw(
        parts,
        ("file", f"{next(iter(pairs.values()))[1]}.npy"),
        left_out=tuple(f"{name}.npy" for name in files if name not in loaded),
    )


def _pairs(path: Path, shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[str, str]]:
    try:
        pairs = paired(shapes, shapes)
    except DatasetError:
        near = ", ".join(f"{name}.npy" for name in list(shapes)[:4])
        raise DatasetError(f"no file with labels for the pictures was found beside {near}: {REMEDY}.") from None
    if path.is_file() and path.stem not in {name for pair in pairs.values() for name in pair}:
        raise DatasetError(f"{path.name} is not one of the pairs of pictures and labels in its folder: {REMEDY}.")
    return pairs


def _whole(array: np.ndarray) -> np.ndarray:
    return array if array.ndim else array.reshape(1)
