"""Files that a visitor names or uploads: datasets are opened in one folder alone, and an upload's name leads nowhere."""

import os
import re
from pathlib import Path

from dashboard import cache
from training.datasets import registry
from training.datasets.dataset import Dataset

VARIABLE = "MNIST_ATELIER_FILES"  # names the folder; without it, it is the one that the dashboard was started in
MAX_WRITTEN = 20_000  # digits that are written for a visitor, who waits for them


def folder() -> Path:
    """The folder whose files visitors may open, with those in folders below it."""
    return Path(os.environ.get(VARIABLE) or ".").resolve()


def bare_name(name: str) -> str:
    """An uploaded file's name as a browser gives it, without anything that leads elsewhere."""
    return re.sub(r"[^\w .()=-]+", "_", Path(name).name).lstrip(". ")[-100:] or "file"


def dataset(typed: str) -> Dataset | str:
    """The dataset that a visitor means by a path or by a name such as generated:1000:2, or why it cannot be had.

    Whether a file outside the folder is there at all is not told: it and one that is absent get the same sentence.
    """
    typed = typed.strip()
    known = typed in registry.DATASETS or typed.startswith(
        ("generated:", *(f"{prefix}:" for prefix in registry.PREFIXES))
    )
    name = typed if known else f"file:{typed}"
    if len(registry.split_name(name)) > 1:
        return "Name one dataset here, not several that are joined."
    if registry.written(name) > MAX_WRITTEN:
        return f"Up to {MAX_WRITTEN:,} digits are written here; the command line writes more."
    for path in registry.files_of(name):
        if not _is_inside(path):
            return (
                f"{path} was not found in the folder that this page opens files from; the variable {VARIABLE} names it."
            )
    return cache.dataset(name if folder() == Path.cwd() else registry.from_folder(name, folder()))


def _is_inside(path: Path) -> bool:
    """Whether the path, links followed, leads to something in the folder."""
    try:
        real = (folder() / path).resolve()
        return real.is_relative_to(folder()) and real.exists()
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, a link to itself
        return False
