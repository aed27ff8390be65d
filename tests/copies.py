"""A copy of the project whose source a test may change, and the command line run in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from models import ROOT


def copied(folder: Path) -> Path:
    """The project without its runs, copied into a folder; gives that folder."""
    for name in ("models", "training", "dashboard", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("saved", "__pycache__"))
    return folder


def insert(path: Path, text: str, before: str | None = None) -> None:
    """Put text into a source file, at its end or before something that stands there once."""
    source = path.read_text(encoding="utf-8")
    assert before is None or source.count(before) == 1
    path.write_text(source + text if before is None else source.replace(before, text + before), encoding="utf-8")


def ran(project: Path, *command: str) -> str:
    """What `python -m COMMAND` prints in a copy of the project, which has a shelf of its own; it must end well."""
    shelf = {"MNIST_ATELIER_MODELS": str(project / "shelf"), "COLUMNS": "200"}
    command = (sys.executable, "-m", *command)
    done = subprocess.run(command, cwd=project, env=os.environ | shelf, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
