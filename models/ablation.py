"""What a network predicts while one of its maps or units is switched off: an ablation, the output of that map set to zero.

Set to zero is what leaves the layer, behind its activation and its normalisation, at every pixel of the map. The layers up to there
are computed once and kept; for each map only the layers behind it are, and those only for the digits on which the map is not zero
already.
"""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.activations import block, kinds
from models.prediction import Predict, compile_call

LARGEST = 256 * 2**20  # bytes of what leaves a layer, computed at once and kept
FEW = 100  # digits; what so few become is computed anew


@dataclass(frozen=True)
class Ablation:
    """What a network predicts for n digits. without: (k, n, classes) float32, probabilities while each of k maps alone is off;
    whole: (n, classes) float32, while none is."""

    without: np.ndarray
    whole: np.ndarray


@dataclass(frozen=True, eq=False)
class Halves:
    """A network cut behind a layer. front: images to what leaves it, (n, ..., units) float32; rest: that to probabilities; shape:
    of one digit behind the layer."""

    front: Predict
    rest: Predict
    shape: tuple[int, ...]


def ablated(network: Any, step: int, units: list[int], images: np.ndarray) -> Ablation:
    """What the network predicts for images (n, height, width) uint8 without each of these maps or units, counted from 0.

    Args:
        network: of Keras, its layers in a row.
        step: the place of the layer's sum, as in models.activations.block.

    Raises:
        ValueError: there is no such map, or the layer is the output.
    """
    halves = split(network, step)
    if not all(0 <= unit < halves.shape[-1] for unit in units):
        raise ValueError(f"Step {step} has {halves.shape[-1]} maps.")
    size = 4 * int(np.prod(halves.shape)) * len(images)
    ablations = [_part(halves, units, part, size) for part in np.array_split(images, max(1, -(-size // LARGEST)))]
    return Ablation(
        np.concatenate([ablation.without for ablation in ablations], axis=1),
        np.concatenate([ablation.whole for ablation in ablations]),
    )


def _part(halves: Halves, units: list[int], images: np.ndarray, size: int) -> Ablation:
    """The same of digits that fit into memory. size: bytes of all that are asked about."""
    if len(images) > FEW and size <= LARGEST:
        maps, whole = _kept(halves, images.shape, images.tobytes())
    else:
        maps, whole = _reached(halves, images)
    return Ablation(np.stack([_without(halves.rest, maps, whole, unit) for unit in units]), whole)


def _without(rest: Predict, maps: np.ndarray, whole: np.ndarray, unit: int) -> np.ndarray:
    """Probabilities (n, classes) without one map."""
    active = maps[..., unit].reshape(len(maps), -1).any(axis=1)
    probabilities = whole.copy()
    if active.any():
        # chosen by an array of places, these are a copy
        off = maps[np.flatnonzero(active)]
        off[..., unit] = 0
        probabilities[active] = rest(off)
    return probabilities


@functools.lru_cache(maxsize=8)
def split(network: Any, step: int) -> Halves:
    """The network cut behind the layer of that sum. Raises ValueError where there is none, and for the output."""
    import keras

    _, end = block(network, step)
    front = [layer for layer in network.layers[:end] if type(layer).__name__ != "InputLayer"]
    rest = network.layers[end:]
    if not any(kinds(layer) for layer in rest):
        raise ValueError("The output has no maps to switch off: each of its units is a class.")
    first = keras.Sequential([keras.Input(network.input_shape[1:], dtype="uint8"), *front])
    shape = tuple(first.output_shape[1:])
    last = keras.Sequential([keras.Input(shape, dtype="float32"), *rest])
    return Halves(compile_call(first), compile_call(last), shape)


def _reached(halves: Halves, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What leaves the layer, and probabilities with all maps."""
    maps = halves.front(images)
    return maps, halves.rest(maps)


@functools.lru_cache(maxsize=1)
def _kept(halves: Halves, shape: tuple[int, ...], pixels: bytes) -> tuple[np.ndarray, np.ndarray]:
    return _reached(halves, np.frombuffer(pixels, np.uint8).reshape(shape))
