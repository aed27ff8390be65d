"""What the models' process can be asked: one function per question, found by its name in CALLS."""

import functools
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models import committees, run_directory
from models.neighbours import FILE, References
from models.neighbours import load as load_references
from models.prediction import Model
from models.prediction import load as load_model

LOADED = 2 * committees.MOST  # models kept in memory

Arrays = dict[str, np.ndarray]
CALLS: dict[str, Callable[..., Arrays]] = {}


def call(function: Callable) -> Callable:
    CALLS[function.__name__] = function
    return function


@call
def predict(run: str, images: np.ndarray) -> Arrays:
    """Probabilities of the saved run or committee for images (n, height, width) uint8, and the seconds that it took once it
    was loaded."""
    model = _reader(run)
    started = time.perf_counter()
    probabilities = model(images)
    return {"probabilities": probabilities, "seconds": np.float64(time.perf_counter() - started)}


@call
def read(run: str, images: np.ndarray) -> Arrays:
    """As `predict`; and where the saved run keeps digits to compare with, distance and limit as `neighbours`, all at once."""
    folder = run_directory(committees.members(run)[0])
    if folder.name != run or not (folder / FILE).exists():
        return predict(run, images)
    model, references = _loaded(folder), _references(folder)
    embeddings, probabilities = model.embed(images)
    return {"probabilities": probabilities} | _distance(references, references.nearest(embeddings)[1])


@call
def occlusion(run: str, images: np.ndarray) -> Arrays:
    """Where the saved run or committee looked: heat (n, height, width) of images for the class that it reads in each, and
    that class."""
    from models import explanations

    model = _reader(run)
    labels = model(images).argmax(axis=1)
    found = [explanations.occlusion(model, image, label) for image, label in zip(images, labels, strict=True)]
    return {"heat": np.stack(found), "labels": labels.astype(np.uint8)}


@call
def neighbours(run: str, images: np.ndarray) -> Arrays:
    """The training digits that the saved run finds most like images (n, height, width) uint8, and how far they are.

    index (n, k) into its training set, labels (n, k), distance (n,) of the last of them, limit () beyond which a picture is
    unlike any digit.
    """
    folder = run_directory(committees.members(run)[0])
    if folder.name != run or not (folder / FILE).exists():
        raise ValueError(f"'{run}' keeps no digits to compare with.")
    model, references = _loaded(folder), _references(folder)
    places, distances = references.nearest(model.embed(images)[0])
    found = {"index": references.index[places], "labels": references.labels[places]}
    return found | _distance(references, distances)


def _distance(references: References, distances: np.ndarray) -> Arrays:
    return {"distance": distances[:, -1].astype(np.float32), "limit": np.float32(references.limit)}


def _reader(run: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images to probabilities: those of the saved run, or the mean of those of a committee's members."""
    models = [_loaded(run_directory(member)).predict for member in committees.members(run)]
    return models[0] if len(models) == 1 else functools.partial(_mean, models)


def _mean(models: list[Callable], images: np.ndarray) -> np.ndarray:
    rows = [model(images) for model in models]
    if len({row.shape for row in rows}) > 1:
        raise ValueError("The members of this committee know different classes.")
    return np.mean(rows, axis=0)


def _loaded(folder: Path) -> Model:
    """The one copy of a run's model, loaded anew where the run has changed."""
    return _load_model(folder, (folder / "record.json").stat().st_mtime_ns)


@functools.lru_cache(maxsize=LOADED)
def _load_model(folder: Path, version: int) -> Model:
    return load_model(folder)


def _references(folder: Path) -> References:
    return _load_references(folder, (folder / "record.json").stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _load_references(folder: Path, version: int) -> References:
    return load_references(folder / FILE)
