"""The importers of runs that people bring: one file per format, each found by what a file or folder holds.

To add a format: one file in this folder with one function under @importer; it takes a path that it recognizes and returns Parts.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.importers.parts import Part


@dataclass(frozen=True)
class Importer:
    """A format. name: such as "CSV"; recognizes: whether a path, a file or a folder, has it, by its content; read: what it holds,
    or UnreadableError, OSError or ValueError."""

    name: str
    recognizes: Callable[[Path], bool]
    read: Callable[[Path], list[Part]]


IMPORTERS: dict[str, Importer] = {}


def importer(name: str, recognizes: Callable[[Path], bool]) -> Callable:
    """Enter a function from a path to Parts into IMPORTERS."""

    def enter(function: Callable[[Path], list[Part]]) -> Callable[[Path], list[Part]]:
        IMPORTERS[name] = Importer(name, recognizes, function)
        return function

    return enter


def find(path: Path) -> Importer | None:
    """The importer that recognizes what is there."""
    return next((one for one in IMPORTERS.values() if one.recognizes(path)), None)


for _module in pkgutil.iter_modules(__path__):
    if _module.name.startswith("from_"):
        importlib.import_module(f"{__name__}.{_module.name}")
