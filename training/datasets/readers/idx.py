"""Datasets in IDX files, packed with gzip or not, as MNIST, EMNIST and their like are published: four files in a folder."""

import math
import re
import struct
from pathlib import Path

import numpy as np

from training.datasets import contents
from training.datasets.dataset import DatasetError
from training.datasets.raw import LABEL_WORDS, PICTURE_WORDS, TEST, TRAIN, Part, Raw, part_of_name, set_of_name, words
from training.datasets.readers import reader

TYPES = {8: ">u1", 9: ">i1", 0xB: ">i2", 0xC: ">i4", 0xD: ">f4", 0xE: ">f8"}
FORM = re.compile(r"idx\d|ubyte|\.gz$", re.IGNORECASE)


def _is_idx(path: Path) -> bool:
    if path.is_dir():
        return bool(_files(path))
    head = contents.start(path)[:4]
    return len(head) == 4 and head[:2] == b"\0\0" and head[2] in TYPES and 1 <= head[3] <= 4


def _files(folder: Path) -> list[Path]:
    near = [path for path in sorted(folder.iterdir()) if path.is_file() and FORM.search(path.name)][:200]
    return [path for path in near if _is_idx(path)]


@reader("IDX", _is_idx)
def read(path: Path) -> Raw:
    """The set of files in a folder, or the one that a file belongs to. Raises DatasetError."""
    sets: dict[str, dict[tuple[str, str], Path]] = {}
    for file in _files(path) if path.is_dir() else {path: None, **dict.fromkeys(_files(path.parent))}:
        kind = "x" if PICTURE_WORDS & set(words(file.name)) else "y" if LABEL_WORDS & set(words(file.name)) else ""
        sets.setdefault(set_of_name(file.name), {}).setdefault((part_of_name(file.name) or TRAIN, kind), file)
    own = sets if path.is_dir() else {set_of_name(path.name): sets[set_of_name(path.name)]}
    if len(own) > 1:
        raise DatasetError(
            f"the folder holds several sets of IDX files ({', '.join(filter(None, own))}): name a file of one."
        )
    files = next(iter(own.values()))
    whole = [part for part in (TRAIN, TEST) if (part, "x") in files and (part, "y") in files]
    if not whole:
        names = ", ".join(file.name for file in files.values())
        raise DatasetError(
            f"only {names} was found: put the pictures and their labels into one folder, as train-images-idx3-ubyte and "
            "train-labels-idx1-ubyte."
        )
    parts, left = {}, contents.BYTES
    for part in whole:
        pictures, labels = (_array(files[part, kind], left) for kind in "xy")
        left -= pictures.nbytes
        parts[part] = Part(pictures, labels, files[part, "x"].name, files[part, "y"].name)
    used = {files[part, kind] for part in whole for kind in "xy"}
    left_out = tuple(file.name for file in files.values() if file not in used)
    return Raw(parts, ("file", files[whole[0], "y"].name), left_out=left_out)


def _array(file: Path, most: int) -> np.ndarray:
    """The array of an IDX file, whose header claims no more than `most` bytes."""
    with contents.opened(file, most + 1000) as stream:
        head = stream.read(4)
        sides = stream.read(4 * head[3])
        if len(sides) < 4 * head[3]:
            raise DatasetError(f"{file.name} is cut short: fetch it again.")
        shape, kind = struct.unpack(f">{head[3]}I", sides), np.dtype(TYPES[head[2]])
        size = math.prod(shape) * kind.itemsize
        if size > most:
            raise DatasetError(f"{file.name} unpacks to more than {most // 10**6} MB: bring a part of it.")
        content = stream.read(size)
        if len(content) < size or stream.read(1):
            raise DatasetError(
                f"{file.name} is {'cut short' if len(content) < size else 'longer than it says'}: fetch it again."
            )
    return np.frombuffer(content, kind).astype(kind.newbyteorder("=")).reshape(shape)
