"""The few names by which pickles tell NumPy's numbers, and what each makes of its arguments; nothing is looked up by a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.importers.parts import UnreadableError

SCALAR, ARRAY, BUFFER, ENCODE, DTYPE, NDARRAY = "scalar", "_reconstruct", "_frombuffer", "encode", "dtype", "ndarray"
NAMES = {  # all that a pickle may name, by NumPy's old and new places
    **{(f"numpy.{core}.multiarray", name): name for core in ("core", "_core") for name in (SCALAR, ARRAY)},
    **{(f"numpy.{core}.numeric", BUFFER): BUFFER for core in ("core", "_core")},
    ("_codecs", "encode"): ENCODE,
    ("numpy", "dtype"): DTYPE,
    ("numpy", "ndarray"): NDARRAY,
}
KINDS = "fiub"  # floats, whole numbers, truth values


@dataclass(frozen=True)
class Name:
    """What stands for a name of NAMES."""

    means: str


@dataclass
class Kind:
    """A type of NumPy's numbers that is being told; "O" is that of an array of Python's own values."""

    code: str
    order: str = "<"

    def numbers(self, content: bytes, count: int) -> np.ndarray:
        """So many numbers from their bytes."""
        dtype = np.dtype((self.order if self.order in ("<", ">") else "=") + self.code)
        if dtype.kind not in KINDS or dtype.itemsize * count != len(content):
            raise UnreadableError("is damaged: an array in it is not as long as it says")
        return np.frombuffer(content, dtype, count)


@dataclass
class Array:
    """An array that is being told: empty until its state comes."""

    values: Any = None


def refusal(what: str) -> str:
    """Why a pickle is not read, as the end of a sentence."""
    return f"{what}, which could run any program, so it is not read: save the history as JSON or CSV"


def named(module: str, name: str) -> Name:
    """What stands for a name. Raises UnreadableError for any but those of NAMES."""
    means = NAMES.get((module, name))
    if means is None:
        raise UnreadableError(refusal(f"names {module[:60]}.{name[:60]}"))
    return Name(means)


def _kind(code: Any, *_: Any) -> Kind:
    code = str(code)
    if not (code.startswith("O") or (code[:1] in KINDS and code[1:].isdecimal() and len(code) < 4)):
        raise UnreadableError(f"holds an array of the type {code[:20]}, not of numbers")
    return Kind(code)


def _scalar(kind: Kind, content: Any) -> Any:
    if not isinstance(kind, Kind):
        raise ValueError("not a type")
    return kind.numbers(_bytes(content), 1)[0].item()


def array(content: Any, kind: Kind, shape: Any, order: Any = "C") -> Any:
    """Numbers of a shape, from their bytes; the values themselves of an array of Python's own."""
    sides = tuple(int(side) for side in shape)
    if len(sides) > 2 or any(side < 0 for side in sides):
        raise UnreadableError("is not a history: it holds arrays of more than two dimensions")
    if kind.code.startswith("O"):
        items = list(content)
        return items[0] if not sides and len(items) == 1 else items
    count = sides[0] * (sides[1] if len(sides) > 1 else 1) if sides else 1
    return kind.numbers(_bytes(content), count).reshape(sides, order=order)


def _bytes(content: Any) -> bytes:
    """Bytes, which older pickles tell as text."""
    if isinstance(content, str):
        return content.encode("latin-1")
    if not isinstance(content, bytes | bytearray):
        raise ValueError("not bytes")
    return bytes(content)


MADE: dict[str, Callable] = {
    SCALAR: _scalar,
    DTYPE: _kind,
    ARRAY: lambda *_: Array(),
    BUFFER: lambda content, kind, shape, order: array(content, kind, shape, order),
    ENCODE: lambda text, _: _bytes(text),
}
