"""Reading npz files that may be damaged or crafted: sizes are checked before anything is unpacked, and nothing is unpickled."""

import io
import math
import zipfile
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TypeVar

import numpy as np

MAX_ARRAYS = 100  # of a file whose arrays are not known by name


class ArraysError(Exception):
    """What is wrong with a file of arrays: half a sentence, such as "it is empty"."""


def read(source: Path | bytes, names: Collection[str], most: int) -> dict[str, np.ndarray]:
    """The arrays of these names in an npz file; others are not looked at.

    Args:
        source: a file or its contents.
        most: bytes that the arrays may have together; what claims more is refused before it is read.

    Raises:
        ArraysError: with what is wrong.
    """
    return _told(lambda: _read(source, names, most))


def shapes(source: Path) -> dict[str, tuple[int, ...]]:
    """The shape of every array of an npz file, as its header claims it. Raises ArraysError."""
    return _told(lambda: _shapes(source))


def shape_of(source: Path) -> tuple[int, ...]:
    """The shape of an .npy file, as its header claims it. Raises ArraysError."""
    return _told(lambda: _header_of(source)[0])


def read_one(source: Path, most: int) -> np.ndarray:
    """The array of an .npy file of up to `most` bytes. Raises ArraysError."""

    def one() -> np.ndarray:
        with open(source, "rb") as stream:
            return _array(stream, most, most)

    return _told(one)


Result = TypeVar("Result")


def _told(act: Callable[[], Result]) -> Result:
    """What it gives; whatever goes wrong with a file becomes an ArraysError."""
    try:
        return act()
    except FileNotFoundError:
        raise ArraysError("there is no such file") from None
    except IsADirectoryError:
        raise ArraysError("it is a folder; name the npz file in it") from None
    except PermissionError:
        raise ArraysError("it may not be read") from None
    except zipfile.BadZipFile:
        raise ArraysError("it is not an npz file, or a damaged one") from None
    except ValueError as error:
        raise ArraysError(f"an array in it is damaged ({error})") from error
    except RuntimeError:  # of zipfile: a password, or a way of packing that it does not know
        raise ArraysError("it is packed in a way that cannot be read: save it with numpy.savez") from None
    except (OSError, EOFError, KeyError, MemoryError, OverflowError, zlib.error) as error:
        raise ArraysError(f"it is damaged ({type(error).__name__})") from error


def _shapes(source: Path) -> dict[str, tuple[int, ...]]:
    if source.stat().st_size == 0:
        raise ArraysError("the file is empty")
    with zipfile.ZipFile(source) as archive:
        member_shapes = {}
        for member in archive.infolist()[:MAX_ARRAYS]:
            with archive.open(member) as stream:
                if member.filename.endswith(".npy"):
                    member_shapes[member.filename.removesuffix(".npy")] = _header(stream)[0]
        return member_shapes


def _header_of(source: Path) -> tuple:
    with open(source, "rb") as stream:
        return _header(stream)


def _read(source: Path | bytes, names: Collection[str], most: int) -> dict[str, np.ndarray]:
    if isinstance(source, Path):
        if source.stat().st_size == 0:
            raise ArraysError("the file is empty")
        opened = zipfile.ZipFile(source)
    else:
        opened = zipfile.ZipFile(io.BytesIO(source))
    with opened as archive:
        members = {member.filename.removesuffix(".npy"): member for member in archive.infolist()}
        missing = [name for name in names if name not in members]
        if missing:
            present = ", ".join(list(members)[:8]) or "nothing"
            raise ArraysError(f"it has no array {missing[0]}, only {present}")
        left, arrays = most, {}
        for name in names:
            with archive.open(members[name]) as stream:
                arrays[name] = _array(stream, left, most)
            left -= arrays[name].nbytes
        return arrays


def _header(stream) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, order and type that an open .npy stream claims."""
    version = np.lib.format.read_magic(stream)
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return header(stream)


def _array(stream, left: int, most: int) -> np.ndarray:
    """One array of an open .npy stream, whose header claims no more than the bytes that are left."""
    shape, fortran, kind = _header(stream)
    if kind.hasobject:
        raise ArraysError("it holds Python objects, which are never loaded: save plain arrays of numbers")
    if any(side < 0 for side in shape):
        raise ArraysError(f"an array in it is damaged (shape {shape})")
    size = math.prod(shape) * kind.itemsize
    if size > left:
        raise ArraysError(f"it unpacks to more than {most // 10**6} MB")
    content = stream.read(size)
    if len(content) < size:
        raise ArraysError("an array in it is cut short")
    if stream.read(1):
        raise ArraysError("an array in it is longer than it says")
    array = np.frombuffer(bytearray(content), kind)
    return array.reshape(shape, order="F" if fortran else "C")
