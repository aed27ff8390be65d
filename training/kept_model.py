"""The network of a recorded training as its run keeps it: rebuilt from raw pixels, where it answers as the original does."""

import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from models import brought, rebuilt, weights_file
from models.weights_file import WeightsError
from training import identity
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.importers import keras_config
from training.importers.parts import UnreadableError

SAMPLE = 1_000  # test digits on which both are compared
DEVIATION = 0.02  # of probabilities, at most: a network may have been trained in half precision
NEAR = 0.05  # grey levels by which a pixel may miss a whole number


class NotKeptError(Exception):
    """A network that a run cannot keep: why, as the end of a sentence that begins with it."""


def keep(model: Any, images: np.ndarray | None, dataset_name: str) -> tuple[dict[str, Any], bytes]:
    """What a record says of a network, and its file model.keras.

    The network is described as importers read it, and built anew by our code from its layers, with each way in which raw pixels can
    have become what it reads; the way under which it gives the probabilities that the original gives is kept.

    model: of Keras; images: the test digits (n, ...) as it reads them; dataset_name: theirs, as identity.identify tells it. Raises
    NotKeptError.
    """
    if images is None or not len(images):
        raise NotKeptError("was given no test digits that would show how it takes its pixels")
    # weights that are replaced at once are drawn at random: the notebook's own numbers stay as they were
    state = random.getstate()
    try:
        with tempfile.TemporaryDirectory(prefix="keep-") as folder:
            return _keep(model, images, _dataset(dataset_name), Path(folder))
    except (UnreadableError, WeightsError) as error:
        raise NotKeptError(str(error)) from error
    except (ValueError, TypeError, NotImplementedError, AttributeError) as error:
        raise NotKeptError(f"cannot be rebuilt here ({str(error).partition(chr(10))[0].rstrip('.')})") from error
    finally:
        random.setstate(state)


def _keep(model: Any, images: np.ndarray, dataset: Dataset | None, folder: Path) -> tuple[dict[str, Any], bytes]:
    kind = type(model).__name__
    if kind not in keras_config.CONTAINERS:
        raise NotKeptError(f"is of the class {kind}: a Sequential or Functional model of Keras is rebuilt here")
    if model.count_params() > brought.MAX_PARAMETERS:
        raise NotKeptError(f"has more than the {brought.MAX_PARAMETERS:,} parameters that are kept")
    described, keys = keras_config.described(json.loads(model.to_json()))
    model.save_weights(folder / "x.weights.h5")
    weights = weights_file.read(folder / "x.weights.h5")
    layers, shape = rebuilt.new_layers(described["layers"]), _shape(images, dataset)
    some = np.linspace(0, len(images) - 1, min(SAMPLE, len(images))).astype(int)
    expected = _probabilities(np.asarray(model.predict(images[some], verbose=0), np.float32), described["after"])
    filled = False
    for before, raw in _ways(images, some, shape, dataset):
        network = rebuilt.connect(described | {"before": before}, layers, shape)
        if not filled:
            brought.fill(layers, keys, weights)
            filled = True
        if _agree(network, raw, expected):
            return _described(network, described | {"before": before}, shape), _saved(network, folder)
    raise NotKeptError("takes its pixels in a way that is not rebuilt here")


def _dataset(name: str) -> Dataset | None:
    try:
        return None if name == identity.OWN_DIGITS else registry.load(name, download=False)
    except DatasetError:
        return None


def _shape(images: np.ndarray, dataset: Dataset | None) -> tuple[int, ...]:
    """The height and width of the pictures, which may be rows of their pixels. Raises NotKeptError."""
    sizes = [size for size in images.shape[1:] if size != 1]
    if len(sizes) == 1:
        side = round(sizes[0] ** 0.5)
        sizes = [side, side] if dataset is None else list(dataset.input_shape)
    if len(sizes) != 2 or np.prod(sizes) != np.prod(images.shape[1:]):
        raise NotKeptError("reads no pictures of a height and a width in grey")
    return tuple(sizes)


def _ways(
    images: np.ndarray, some: np.ndarray, shape: tuple[int, ...], dataset: Dataset | None
) -> Iterator[tuple[str, np.ndarray]]:
    """Ways in which raw pixels may have become the pictures, each with some of the raw pictures, (n, height, width) uint8."""
    tested = None if dataset is None else dataset.part("test")[0]
    values = np.asarray(images[some], np.float32).reshape(-1, *shape)
    for before, (scale, offset) in rebuilt.BEFORE.items():
        pixels = (values - np.float32(offset)) / np.float32(scale)
        rounded = np.rint(pixels)
        if before == "columns of unit length" or rounded.min() < 0 or rounded.max() > 255:
            fits = False
        else:
            fits = bool(np.abs(pixels - rounded).max() < NEAR)
        if fits:
            yield before, rounded.astype(np.uint8)
        elif tested is not None and len(tested) == len(images):
            yield before, tested[some]


def _probabilities(outputs: np.ndarray, after: str) -> np.ndarray:
    """What the original's outputs (n, classes) are as probabilities. after: as models.rebuilt describes it."""
    if after == "softmax":
        outputs = np.exp(outputs - outputs.max(axis=-1, keepdims=True))
    return outputs / (outputs.sum(axis=-1, keepdims=True) + 1e-12) if after else outputs


def _agree(network: Any, raw: np.ndarray, expected: np.ndarray) -> bool:
    """Whether the rebuilt network gives the expected probabilities. Raises NotKeptError where it can give none."""
    if network.output_shape[1:] != expected.shape[1:] or expected.shape[1] < 2:
        raise NotKeptError("does not give a number for each class")
    if not np.isfinite(expected).all():
        raise NotKeptError("gives no numbers")
    return bool(np.abs(brought.asked(network, raw) - expected).max() < DEVIATION)


def _described(network: Any, options: dict[str, Any], shape: tuple[int, ...]) -> dict[str, Any]:
    classes = int(network.output_shape[-1])
    return {"architecture": rebuilt.NAME, "input_shape": list(shape), "classes": classes, "options": options}


def _saved(network: Any, folder: Path) -> bytes:
    network.save(folder / "x.keras")
    return (folder / "x.keras").read_bytes()
