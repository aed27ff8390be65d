"""A network as a page's script computes it: its layers as plain values, and its weights as one piece.

Normalisation over the batch is folded into the layer before it, or is a scale and a shift of its own; dropout does nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.activations import ELEMENTWISE, STEPS

MAX_WEIGHTS = 2_000_000  # a larger network is slow to fetch and to compute in a browser

SLOPE = 0.2  # of Keras's activation leaky_relu where it is named and not a layer

Layer = dict[str, Any]
KINDS: dict[str, Callable[[Any], list[Layer]]] = {}  # by the name of Keras's class


class NotInBrowserError(ValueError):
    """A network that a page's script cannot compute, in a sentence."""


@dataclass(frozen=True)
class BrowserNetwork:
    """layers: in order, each with its kind and what the kind needs, arrays as [start, count] of the numbers in `weights`;
    weights: float32 in little-endian bytes, as in half precision some probabilities would differ by more than a thousandth;
    least_confidence: 0 to 1, below which a picture is doubted to be a digit."""

    layers: list[Layer]
    weights: bytes
    least_confidence: float = 0.0


def kind(name: str) -> Callable[[Callable], Callable]:
    """Enter what a class of Keras's layers is to the script: from a layer to the script's layers, with arrays in them."""

    def enter(function: Callable) -> Callable:
        KINDS[name] = function
        return function

    return enter


def pack(network) -> BrowserNetwork:
    """A Keras network built by models.architectures. Raises NotInBrowserError."""
    layers: list[Layer] = []
    for layer in _operations(network):
        _append(layers, layer)
    return _with_places(_ended(layers))


def pack_steps(network, kernels: bool = True) -> BrowserNetwork:
    """The same with nothing folded: a sum, its normalisation and its relu are a layer each, so that each can be shown.

    The first that a layer of Keras becomes has its number of trainable parameters as `parameters`. kernels: whether the kernels
    are among the weights; without them a network of any size can be packed. Raises NotInBrowserError.
    """
    layers = _ended(list(_operations(network)))
    if not kernels:
        layers = [{name: value for name, value in layer.items() if name != "kernel"} for layer in layers]
    return _with_places(layers)


def _operations(network) -> Iterator[Layer]:
    """What the layers of a Keras network are to the script, nothing folded. Raises NotInBrowserError."""
    for layer in network.layers:
        name = type(layer).__name__
        if name not in KINDS:
            raise NotInBrowserError(f"Its layer {name} is computed by the server alone.")
        parameters = sum(int(np.prod(one.shape)) for one in layer.trainable_weights)
        for place, operation in enumerate(KINDS[name](layer)):
            yield operation | {"parameters": 0 if place else parameters}


def _ended(layers: list[Layer]) -> list[Layer]:
    if not layers or layers[-1]["kind"] != "softmax":
        raise NotInBrowserError("It does not end in a softmax.")
    return layers


def pack_perceptron(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray], scale: float) -> BrowserNetwork:
    """As pack_steps, dense layers with relu between them and a softmax at the end. weights: (inputs, units) each, biases: (units,)
    each; scale: of raw pixels."""
    layers: list[Layer] = [_scaled(scale)]
    for kernel, bias in zip(weights, biases, strict=True):
        layers += [_sums(kernel, bias), {"kind": "relu", "parameters": 0}]
    layers[-1] = {"kind": "softmax", "parameters": 0}
    return _with_places(layers)


def pack_pairs(weights: np.ndarray, biases: np.ndarray, pairs: np.ndarray, classes: int) -> BrowserNetwork:
    """As pack_steps, one linear function for each pair of classes, which votes for the first where it is above 0, else for the
    second. weights: (pairs, pixels); biases: (pairs,); pairs: (pairs, 2) of classes."""
    votes = {"kind": "pair_votes", "pairs": pairs.tolist(), "classes": classes, "parameters": 0}
    return _with_places([_scaled(1 / 255), _sums(weights.T, biases), votes])


def _scaled(scale: float) -> Layer:
    return {"kind": "rescale", "scale": scale, "parameters": 0}


def _sums(kernel: np.ndarray, bias: np.ndarray) -> Layer:
    dense = {"kind": "dense", "kernel": kernel, "bias": bias, "relu": False, "shape": list(kernel.shape)}
    return dense | {"parameters": kernel.size + bias.size}


def _append(layers: list[Layer], layer: Layer) -> None:
    """Put a layer behind the others, or fold it into the last: a relu, or a scale and a shift of sums."""
    last: Layer = layers[-1] if layers else {"kind": None}
    if layer["kind"] == "relu" and last["kind"] in ("conv", "dense", "affine"):
        last["relu"] = True
    elif layer["kind"] == "affine" and last["kind"] in ("conv", "dense") and not last["relu"]:
        last["kernel"] = last["kernel"] * layer["scale"]
        last["bias"] = last["bias"] * layer["scale"] + layer["shift"]
    else:
        layers.append(layer)


def _with_places(layers: list[Layer]) -> BrowserNetwork:
    """The arrays one behind the other, and in each layer where its own are."""
    placed, pieces, start = [], [], 0
    for layer in layers:
        places = {}
        for name, value in layer.items():
            if isinstance(value, np.ndarray):
                pieces.append(value.astype("<f4").tobytes())
                places[name] = [start, value.size]
                start += value.size
        placed.append(layer | places)
    if start > MAX_WEIGHTS:
        raise NotInBrowserError(f"It has {start:,} weights, too many to compute in a browser.")
    return BrowserNetwork(placed, b"".join(pieces))


def _activation(layer) -> list[Layer]:
    name = getattr(layer.activation, "__name__", "of its own")
    if name == "linear":
        return []
    if name not in ELEMENTWISE and name != "softmax":
        raise NotInBrowserError(f"Its activation {name} is computed by the server alone.")
    return [{"kind": name, **({"slope": SLOPE} if name == "leaky_relu" else {})}]


def _numbers(variable, size: int) -> np.ndarray:
    """A bias, or zeros where a layer has none."""
    return np.zeros(size, np.float32) if variable is None else np.asarray(variable, np.float32)


@kind("Reshape")
def _reshape(layer) -> list[Layer]:
    """Pixels in one channel, or in a row, are the same numbers in the same order."""
    if len(layer.output.shape) == 4 and layer.output.shape[-1] != 1:
        raise NotInBrowserError("It reshapes what lies between its layers, which the server alone computes.")
    return []


@kind("Flatten")
@kind("Dropout")
@kind("InputLayer")
def _nothing(layer) -> list[Layer]:
    return []


@kind("Rescaling")
def _rescaling(layer) -> list[Layer]:
    if np.ndim(layer.scale) or np.ndim(layer.offset):
        raise NotInBrowserError("It scales each channel by a factor of its own, which the server alone computes.")
    shifted = {"offset": float(layer.offset)} if layer.offset else {}
    return [{"kind": "rescale", "scale": float(layer.scale), **shifted}]


@kind("UnitNormalization")
def _unit(layer) -> list[Layer]:
    if tuple(np.ravel(layer.axis)) != (1,):
        raise NotInBrowserError("It normalises otherwise than by columns, which the server alone computes.")
    return [{"kind": "unit_columns"}]


@kind("Conv2D")
def _convolution(layer) -> list[Layer]:
    if layer.groups != 1 or set(layer.dilation_rate) != {1}:
        raise NotInBrowserError("Its convolutions in groups or with gaps are computed by the server alone.")
    kernel = np.asarray(layer.kernel, np.float32)
    settings = {"strides": list(layer.strides), "padding": layer.padding, "shape": list(kernel.shape), "relu": False}
    convolution = {"kind": "conv", "kernel": kernel, "bias": _numbers(layer.bias, kernel.shape[-1]), **settings}
    return [convolution, *_activation(layer)]


@kind("Dense")
def _dense(layer) -> list[Layer]:
    if len(layer.input.shape) != 2:
        raise NotInBrowserError("It has a dense layer on maps, which the server alone computes.")
    kernel = np.asarray(layer.kernel, np.float32)
    dense = {"kind": "dense", "kernel": kernel, "bias": _numbers(layer.bias, kernel.shape[-1]), "relu": False}
    return [dense | {"shape": list(kernel.shape)}, *_activation(layer)]


@kind("BatchNormalization")
def _normalization(layer) -> list[Layer]:
    mean, variance = (np.asarray(one, np.float32) for one in (layer.moving_mean, layer.moving_variance))
    gamma = np.ones_like(mean) if layer.gamma is None else np.asarray(layer.gamma, np.float32)
    scale = gamma / np.sqrt(variance + layer.epsilon)
    return [{"kind": "affine", "scale": scale, "shift": _numbers(layer.beta, len(mean)) - mean * scale, "relu": False}]


@kind("MaxPooling2D")
@kind("AveragePooling2D")
def _pooling(layer) -> list[Layer]:
    if layer.padding != "valid" or tuple(layer.strides) != tuple(layer.pool_size):
        raise NotInBrowserError("Its pooling with padding or overlap is computed by the server alone.")
    return [{"kind": STEPS[type(layer).__name__], "size": list(layer.pool_size)}]


@kind("GlobalMaxPooling2D")
@kind("GlobalAveragePooling2D")
def _pooling_of_all(layer) -> list[Layer]:
    return [{"kind": STEPS[type(layer).__name__], "size": list(layer.input.shape[1:3])}]


@kind("Activation")
def _activation_layer(layer) -> list[Layer]:
    return _activation(layer)


@kind("ReLU")
def _relu(layer) -> list[Layer]:
    if layer.max_value is not None or layer.negative_slope or layer.threshold:
        raise NotInBrowserError("Its relu with a limit or a slope is computed by the server alone.")
    return [{"kind": "relu"}]


@kind("LeakyReLU")
def _leaky_relu(layer) -> list[Layer]:
    return [{"kind": "leaky_relu", "slope": float(layer.negative_slope)}]


@kind("Softmax")
def _softmax(layer) -> list[Layer]:
    return [{"kind": "softmax"}]
