"""Runs of MLflow, as it keeps them in a folder: a file for each metric, parameter and tag, all plain text."""

import re
from pathlib import Path

import pandas as pd

from training.importers import importer
from training.importers.from_tensorboard import column, table
from training.importers.parts import Part, UnreadableError, content
from training.recording import plain_settings
from training.runs import Setting

MAX_FILES = 200  # metrics or parameters of a run
ARTIFACTS = "artifacts"  # where a run keeps its models
NAME_FILE = "mlflow.runName"


def _is_mlflow(path: Path) -> bool:
    return path.is_dir() and (path / "meta.yaml").is_file() and (path / "metrics").is_dir()


@importer("MLflow", _is_mlflow)
def read(path: Path) -> list[Part]:
    """The metrics of a run as a history, and its parameters as settings."""
    metrics = {}
    for name, file in _files(path / "metrics"):
        metric = column(name)
        if metric is not None:
            metrics[metric] = _metric(file)
    if not metrics:
        raise UnreadableError("is a run of MLflow without metrics")
    history, remarks = table(pd.DataFrame(metrics))
    settings = {name: _number(content(file).decode("utf-8", "replace")) for name, file in _files(path / "params")}
    return [Part("MLflow", path, history, _name(path), plain_settings(settings), remarks)]


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files of a folder, also in folders, as the names of metrics have them."""
    if not folder.is_dir():
        return []
    paths = [
        path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink() and path.stat().st_size
    ]
    return [(path.relative_to(folder).as_posix(), path) for path in paths[:MAX_FILES]]


def _metric(file: Path) -> pd.Series:
    """The last value at each step; a line is time, value and step, perhaps with more behind."""
    values: dict[int, float] = {}
    for line in content(file).decode("utf-8", "replace").splitlines():
        cells = line.split()
        try:
            values[int(cells[2]) if len(cells) > 2 else len(values)] = float(cells[1])
        except (ValueError, IndexError) as error:
            raise UnreadableError(
                f"is damaged: the metric {file.name[:60]} is not a time, a value and a step in each line"
            ) from error
    return pd.Series(values, dtype=float)


def _name(path: Path) -> str:
    """What the run is called, by its tag or its description."""
    tag = path / "tags" / NAME_FILE
    if tag.is_file() and tag.stat().st_size:
        return content(tag).decode("utf-8", "replace").strip()[:60]
    match = re.search(
        r"^run_name: *['\"]?([^'\"\n]+)", content(path / "meta.yaml").decode("utf-8", "replace"), re.MULTILINE
    )
    return match.group(1).strip()[:60] if match else path.name


def _number(text: str) -> Setting:
    text = text.strip()
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
