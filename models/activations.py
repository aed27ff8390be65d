"""What every layer of a network makes of one digit, from the layers of Keras themselves."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Step = tuple[str, Any, int]


@dataclass(frozen=True)
class Layer:
    """A step of the forward pass.

    kind: as in models.browser_network: conv, dense (both before their activation), affine (normalisation over the batch), one of
    ELEMENTWISE, max_pool, avg_pool, softmax, rescale or unit_columns; output: float32, (height, width, maps) or (units,);
    parameters: how many of its numbers are trainable.
    """

    kind: str
    output: np.ndarray
    parameters: int


# layers that are a step of their own; those that change no number are none
STEPS = {
    "Rescaling": "rescale",
    "UnitNormalization": "unit_columns",
    "BatchNormalization": "affine",
    "MaxPooling2D": "max_pool",
    "GlobalMaxPooling2D": "max_pool",
    "AveragePooling2D": "avg_pool",
    "GlobalAveragePooling2D": "avg_pool",
    "ReLU": "relu",
    "LeakyReLU": "leaky_relu",
    "Softmax": "softmax",
}
ELEMENTWISE = ("relu", "leaky_relu", "elu", "silu", "sigmoid", "tanh")  # activations of each value by itself
POOLS = ("max_pool", "avg_pool")
SUMS = {"Conv2D": "conv", "Dense": "dense"}
BEGIN = (*SUMS.values(), *POOLS)  # kinds with which a layer begins, as a visitor counts them
SILENT = ("InputLayer", "Reshape", "Flatten", "Dropout")


def activations(network, image: np.ndarray) -> list[Layer]:
    """Every step's output for an image (height, width) uint8, the logits before the softmax among them.

    network: a Keras network built by models.architectures. Raises ValueError for a layer that is not known here.
    """
    layers, values = [], np.asarray(image)[None]
    for layer in network.layers:
        if type(layer).__name__ in SILENT and type(layer).__name__ != "InputLayer":
            values = layer(values, training=False)
        for kind, after, parameters in _steps(layer, values):
            layers.append(Layer(kind, np.asarray(after, np.float32)[0], parameters))
            values = after
    return layers


def kinds(layer) -> list[str]:
    """The kinds of a layer's steps in their order, none where it changes no number. Raises ValueError for one not known here."""
    name = type(layer).__name__
    if name in SILENT:
        return []
    if name in STEPS:
        return [STEPS[name]]
    if name != "Activation" and name not in SUMS:
        raise ValueError(f"The layer {name} is not known here.")
    own, after = [SUMS[name]] if name in SUMS else [], layer.activation.__name__
    return own if own and after == "linear" else [*own, after]


def block(network, step: int) -> tuple[int, int]:
    """Which of a network's layers make up one as a visitor counts them: a sum with its normalisation and activation, as blocksOf in
    steps.js has it. The place of the first in network.layers, and that after the last.

    step: the place of the sum in what `activations` gives. Raises ValueError where there is none.
    """
    steps = [(place, kind) for place, layer in enumerate(network.layers) for kind in kinds(layer)]
    if not 0 <= step < len(steps) or steps[step][1] not in SUMS.values():
        raise ValueError(f"The network has no sum in step {step}.")
    own = itertools.takewhile(lambda one: one[1] not in BEGIN, steps[step + 1 :])
    return steps[step][0], max([steps[step][0], *(place for place, _ in own)]) + 1


def _steps(layer, values) -> Iterator[Step]:
    """What a layer does, one after the other: the kind, what comes out, its trainable parameters."""
    layer_kinds, parameters = kinds(layer), sum(int(np.prod(one.shape)) for one in layer.trainable_weights)
    if type(layer).__name__ not in SUMS:
        yield from ((kind, layer(values, training=False), parameters) for kind in layer_kinds)
        return
    before = sums(layer, values)
    yield layer_kinds[0], before, parameters
    yield from ((kind, layer.activation(before), 0) for kind in layer_kinds[1:])


def sums(layer, values):
    """What a convolution or a dense layer gives before its activation."""
    from keras import ops

    kernel = ops.cast(layer.kernel, "float32")
    if type(layer).__name__ == "Dense":
        weighted = ops.matmul(ops.cast(values, "float32"), kernel)
    else:
        settings = {"strides": layer.strides, "padding": layer.padding, "data_format": "channels_last"}
        weighted = ops.conv(ops.cast(values, "float32"), kernel, **settings)
    return weighted if layer.bias is None else weighted + ops.cast(layer.bias, "float32")
