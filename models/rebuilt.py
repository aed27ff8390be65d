"""Networks that were built elsewhere, rebuilt from a plain description: layers and settings of a list, and nothing else.

A description is JSON: `shape`, that of one input; `layers`, each [class, settings, places of its inputs], where place 0 is the
input and place n what the nth layer gives; `before`, how raw pixels become that input, one of BEFORE; `after`, what makes
probabilities of the outputs: nothing, "softmax" or "shares".
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

NAME = "rebuilt"  # what a record's network calls such an architecture
MAX_LAYERS, MAX_SIZE = (
    300,
    100_000_000,
)  # of a network; units, filters, weights of a layer, and values between two layers

WINDOW = ("strides", "padding")
CONVOLUTION = ("kernel_size", *WINDOW, "dilation_rate", "activation", "use_bias")
RECURRENT = ("units", "activation", "use_bias", "return_sequences", "go_backwards")
LAYERS: dict[str, tuple[str, ...]] = {  # each class that is rebuilt, with the settings that are kept
    "Dense": ("units", "activation", "use_bias"),
    "Conv1D": ("filters", *CONVOLUTION, "groups"),
    "Conv2D": ("filters", *CONVOLUTION, "groups"),
    "DepthwiseConv2D": (*CONVOLUTION, "depth_multiplier"),
    "SeparableConv2D": ("filters", *CONVOLUTION, "depth_multiplier"),
    **dict.fromkeys(("MaxPooling1D", "AveragePooling1D", "MaxPooling2D", "AveragePooling2D"), ("pool_size", *WINDOW)),
    **dict.fromkeys(("GlobalMaxPooling1D", "GlobalAveragePooling1D"), ("keepdims",)),
    **dict.fromkeys(("GlobalMaxPooling2D", "GlobalAveragePooling2D"), ("keepdims",)),
    "Flatten": (),
    "Reshape": ("target_shape",),
    "Permute": ("dims",),
    "BatchNormalization": ("axis", "momentum", "epsilon", "center", "scale"),
    "LayerNormalization": ("axis", "epsilon", "center", "scale"),
    "GroupNormalization": ("groups", "axis", "epsilon", "center", "scale"),
    "UnitNormalization": ("axis",),
    "Activation": ("activation",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "LeakyReLU": ("negative_slope",),
    "ELU": ("alpha",),
    "PReLU": ("shared_axes",),
    "Softmax": ("axis",),
    "ZeroPadding2D": ("padding",),
    "Cropping2D": ("cropping",),
    "UpSampling2D": ("size", "interpolation"),
    "Rescaling": ("scale", "offset"),
    "LSTM": (*RECURRENT, "recurrent_activation"),
    "GRU": (*RECURRENT, "recurrent_activation", "reset_after"),
    "SimpleRNN": RECURRENT,
    **dict.fromkeys(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), ()),
    "Concatenate": ("axis",),
}
IDLE_LAYERS = """
    InputLayer Dropout SpatialDropout1D SpatialDropout2D GaussianNoise GaussianDropout AlphaDropout ActivityRegularization
    RandomFlip RandomRotation RandomZoom RandomTranslation RandomContrast RandomBrightness
"""
IDLE = frozenset(IDLE_LAYERS.split())  # layers that do nothing when a network is asked
FUNCTIONS = """
    linear relu relu6 leaky_relu elu selu gelu silu swish mish sigmoid hard_sigmoid hard_silu hard_swish tanh hard_tanh softplus
    softsign exponential softmax log_softmax
"""
ACTIVATIONS = frozenset(FUNCTIONS.split())
WORDS = ACTIVATIONS | {"valid", "same", "nearest", "bilinear"}
BEFORE: dict[str, tuple[float, float]] = {  # what raw pixels, 0 to 255, are multiplied by, and what is added
    "0 to 1": (1 / 255, 0.0),
    "0 to 255": (1.0, 0.0),
    "-1 to 1": (2 / 255, -1.0),
    "mean 0, deviation 1": (1 / (255 * 0.3081), -0.1307 / 0.3081),
    "columns of unit length": (1 / 255, 0.0),
}
AFTER = ("", "softmax", "shares")


def check(shape: Sequence[int], layers: Sequence[Any], before: str, after: str) -> None:
    """Raises ValueError, in a sentence, where a description says more than what is rebuilt."""
    if before not in BEFORE or after not in AFTER or not _is_shape(shape):
        raise ValueError("The description of the network is not one that is rebuilt here.")
    if not 0 < len(layers) <= MAX_LAYERS:
        raise ValueError(f"The network has {len(layers):,} layers, and 1 to {MAX_LAYERS} are rebuilt.")
    for place, (kind, settings, inputs) in enumerate(layers):
        if kind not in LAYERS:
            raise ValueError(f"The layer {kind} is not one that is rebuilt here.")
        if not set(settings) <= set(LAYERS[kind]) or not all(_is_plain(value) for value in settings.values()):
            raise ValueError(f"The layer {kind} has settings that are not rebuilt here.")
        if not inputs or not all(type(one) is int and 0 <= one <= place for one in inputs):
            raise ValueError(f"The layer {kind} has no input that stands before it.")


def _is_shape(shape: Any) -> bool:
    sides = list(shape) if isinstance(shape, list | tuple) else []
    return 0 < len(sides) <= 4 and all(type(side) is int and side > 0 for side in sides) and math.prod(sides) <= 10**6


def _is_plain(value: Any, depth: int = 0) -> bool:
    """Whether it is a number of moderate size, a known word, or a short list of such."""
    if isinstance(value, list | tuple):
        return depth < 2 and len(value) <= 8 and all(_is_plain(one, depth + 1) for one in value)
    if isinstance(value, str):
        return value in WORDS
    return value is None or (isinstance(value, int | float) and abs(value) <= MAX_SIZE)


def new_layers(layers: Sequence[Any]) -> list[Any]:
    """The layers of a description, of Keras, without weights yet."""
    import keras

    return [getattr(keras.layers, kind)(**settings) for kind, settings, _ in layers]


def connect(described: Mapping[str, Any], built: Sequence[Any], input_shape: Sequence[int], name: str = NAME) -> Any:
    """A network of built layers that takes (n, height, width) uint8 and gives (n, classes) float32 that sum to 1.

    described: as `check` takes it; built: its layers, which several networks may share. Raises ValueError where shapes do not
    fit.
    """
    import keras

    raw = keras.Input(tuple(input_shape), dtype="uint8")
    scale, offset = BEFORE[described["before"]]
    values = keras.layers.Rescaling(scale, offset)(raw)
    if described["before"] == "columns of unit length":
        values = keras.layers.UnitNormalization(axis=1)(values)
    places = [keras.layers.Reshape(tuple(described["shape"]))(values)]
    for layer, (_, _, inputs) in zip(built, described["layers"], strict=True):
        incoming = [places[one] for one in inputs]
        places.append(layer(incoming if len(incoming) > 1 else incoming[0]))
        if math.prod(side or 1 for side in places[-1].shape) > MAX_SIZE or layer.count_params() > MAX_SIZE:
            raise ValueError(f"The layer {type(layer).__name__} is larger than is rebuilt here.")
    out = places[-1]
    if described["after"] == "softmax":
        out = keras.layers.Softmax()(out)
    elif described["after"] == "shares":
        out = out / (keras.ops.sum(out, axis=-1, keepdims=True) + 1e-12)
    return keras.Model(raw, out, name=name)


def build(input_shape: Sequence[int], classes: int, **described: Any) -> Any:
    """A network without weights yet, as `connect` gives it. Raises ValueError, in a sentence, where it is not rebuilt here."""
    check(**described)
    network = connect(described, new_layers(described["layers"]), input_shape)
    if network.output_shape[1:] != (classes,):
        raise ValueError(f"The network has outputs of the shape {network.output_shape[1:]}, not {classes} classes.")
    return network
