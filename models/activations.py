"""What every layer of a network makes of one digit, from the layers of Keras themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Step = tuple[str, Any, int]


@dataclass(frozen=True)
class Layer:
    """A step of the forward pass. kind: conv, dense (both before their activation), affine (normalisation over the batch), relu,
    max_pool, softmax, rescale or unit_columns, as in models.browser_network; output: float32, (height, width, maps) or (units,);
    parameters: how many of its numbers are trainable."""

    kind: str
    output: np.ndarray
    parameters: int


# layers that are a step of their own; those that change no number are none
STEPS = {
    "Rescaling": "rescale",
    "UnitNormalization": "unit_columns",
    "BatchNormalization": "affine",
    "MaxPooling2D": "max_pool",
}
SILENT = ("InputLayer", "Reshape", "Flatten", "Dropout")


def activations(network, image: np.ndarray) -> list[Layer]:
    """Every step's output for an image (height, width) uint8, the logits before the softmax among them.

    network: a Keras network built by models.architectures. Raises ValueError for a layer that is not known here.
    """
    found, values = [], np.asarray(image)[None]
    for layer in network.layers:
        if type(layer).__name__ in SILENT:
            values = layer(values, training=False)
        for kind, after, parameters in _steps(layer, values):
            found.append(Layer(kind, np.asarray(after, np.float32)[0], parameters))
            values = after
    return found


def _steps(layer, values) -> Iterator[Step]:
    """What a layer does, one after the other: the kind, what comes out, its trainable parameters."""
    name, parameters = type(layer).__name__, sum(int(np.prod(one.shape)) for one in layer.trainable_weights)
    if name in SILENT:
        return
    if name in STEPS:
        yield STEPS[name], layer(values, training=False), parameters
    elif name == "Activation":
        yield layer.activation.__name__, layer(values), 0
    elif name in ("Conv2D", "Dense"):
        before = sums(layer, values)
        yield "conv" if name == "Conv2D" else "dense", before, parameters
        if layer.activation.__name__ != "linear":
            yield layer.activation.__name__, layer.activation(before), 0
    else:
        raise ValueError(f"The layer {name} is not known here.")


def sums(layer, values):
    """What a convolution or a dense layer gives before its activation."""
    from keras import ops

    kernel = ops.cast(layer.kernel, "float32")
    if type(layer).__name__ == "Dense":
        found = ops.matmul(ops.cast(values, "float32"), kernel)
    else:
        settings = {"strides": layer.strides, "padding": layer.padding, "data_format": "channels_last"}
        found = ops.conv(ops.cast(values, "float32"), kernel, **settings)
    return found if layer.bias is None else found + ops.cast(layer.bias, "float32")
