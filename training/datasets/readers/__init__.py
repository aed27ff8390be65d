"""The readers of datasets that people bring: one file per form, each found by what a file or folder holds.

To add a form: one file in this folder with one function under @reader; it takes a path that it recognizes and returns Raw.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.datasets.raw import Raw


@dataclass(frozen=True)
class Reader:
    """A form of dataset. name: of the form, such as "CSV"; recognizes: whether a path, a file or a folder, has it, by its
    content; read: what it holds, or DatasetError or OSError."""

    name: str
    recognizes: Callable[[Path], bool]
    read: Callable[[Path], Raw]


READERS: dict[str, Reader] = {}


def reader(name: str, recognizes: Callable[[Path], bool]) -> Callable:
    """Enter a function from a path to Raw into READERS."""

    def enter(function: Callable[[Path], Raw]) -> Callable[[Path], Raw]:
        READERS[name] = Reader(name, recognizes, function)
        return function

    return enter


def find(path: Path) -> list[Reader]:
    """The readers that recognize what is there."""
    return [one for one in READERS.values() if one.recognizes(path)]


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
