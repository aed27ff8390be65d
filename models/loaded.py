"""The models of saved runs and the digits that they compare pictures with, loaded once and kept in memory.

They are loaded anew where the run has changed. A run is named by its id or by its folder; `single` and `network_of` refuse
ensembles, `reader` and `differentiable` take them too.
"""

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np

from models import committees, run_directory
from models.gradients import Differentiable
from models.neighbours import FILE, References
from models.neighbours import load as load_references
from models.prediction import Model, compile_call
from models.prediction import load as load_model

MAX_MODELS = 2 * committees.MAX_MEMBERS  # kept in memory at a time


def model_in(folder: Path) -> Model:
    """The one copy of a run's model, loaded anew where the run has changed."""
    return _load_model(folder, (folder / "record.json").stat().st_mtime_ns)


@functools.lru_cache(maxsize=MAX_MODELS)
def _load_model(folder: Path, version: int) -> Model:
    return load_model(folder)


def single(run: str) -> Model:
    """The model of a saved run. Raises ValueError for an ensemble."""
    members = committees.members(run)
    if len(members) > 1:
        raise ValueError(f"'{run}' is an ensemble of {len(members)} networks.")
    return model_in(run_directory(members[0]))


def network_of(run: str):
    """The Keras network of a saved run. Raises ValueError for an ensemble, and for what is not a network."""
    network = single(run).network
    if network is None:
        raise ValueError(f"'{run}' is not a network.")
    return network


def reader(run: str) -> Callable[[np.ndarray], np.ndarray]:
    """Images to probabilities: those of the saved run, or the mean of those of an ensemble's members."""
    models = [model_in(run_directory(member)).predict for member in committees.members(run)]
    return models[0] if len(models) == 1 else functools.partial(_mean, models)


def _mean(models: list[Callable], images: np.ndarray) -> np.ndarray:
    rows = [model(images) for model in models]
    if len({row.shape for row in rows}) > 1:
        raise ValueError("The members of this ensemble know different classes.")
    return np.mean(rows, axis=0)


def differentiable(run: str, randomized: bool) -> Differentiable:
    """The saved run or ensemble with its gradients, where it has some; randomized: with weights as before a training.

    Raises ValueError where it has no weights to draw.
    """
    folders = [run_directory(member) for member in committees.members(run)]
    networks = [network for network in (model_in(folder).network for folder in folders) if network is not None]
    if not randomized:
        return Differentiable(reader(run), networks)
    if not networks:
        raise ValueError(f"'{run}' is not a network, so there are no weights to draw at random.")
    drawn = [_randomized(folder, (folder / "record.json").stat().st_mtime_ns) for folder in folders]
    return Differentiable(
        functools.partial(_mean, [model.predict for model in drawn]), [model.network for model in drawn]
    )


@functools.lru_cache(maxsize=4)
def _randomized(folder: Path, version: int) -> Model:
    """The same network with weights as they are before a training, always the same ones."""
    import keras

    keras.utils.set_random_seed(1)
    network = keras.models.clone_model(model_in(folder).network)
    return Model(compile_call(network), network)


def with_references(run: str) -> Path | None:
    """The folder of a run that keeps digits to compare with; None for another run, and for an ensemble."""
    folder = run_directory(committees.members(run)[0])
    return folder if folder.name == run and (folder / FILE).exists() else None


def references_in(folder: Path) -> References:
    """The one copy of the digits that the run in that folder keeps to compare with, loaded anew where it has changed."""
    return _load_references(folder, (folder / "record.json").stat().st_mtime_ns)


@functools.lru_cache(maxsize=4)
def _load_references(folder: Path, version: int) -> References:
    return load_references(folder / FILE)
