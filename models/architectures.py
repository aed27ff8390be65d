"""One function per Keras network, from raw pixels to probabilities.

Each returns its layers in order: the scaling of raw pixels first, softmax last. Keras comes in as the argument
`layers` (keras.layers), so that the dashboard can list architectures without loading Keras.
"""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from models import rebuilt
from models.classifiers import CLASSIFIERS

ARCHITECTURES: dict[str, Callable] = {}
# momentum of the statistics of batch normalisation: PyTorch's, with which An et al. trained. Under Keras's 0.99 the variance
# of 1 that they begin with outweighs the true one, 0.01 after the first layer, for hundreds of steps
QUICK = 0.9


def architecture(function: Callable) -> Callable:
    """Enter a network under its function's name: from keras.layers, the number of classes and its options to a list of layers."""
    ARCHITECTURES[function.__name__] = function
    return function


@architecture
def mlp(layers, classes, hidden=(128, 128), dropout=0.0, normalize_rows=False, batch_normalization=False):
    """Dense relu layers on the flattened pixels: the multilayer perceptron."""
    stack = [layers.Rescaling(1 / 255)]
    if normalize_rows:  # what keras.utils.normalize(images, axis=1) does
        stack += [layers.UnitNormalization(axis=1)]
    stack += [layers.Flatten(), *_dense(layers, hidden, dropout, batch_normalization)]
    return [*stack, layers.Dense(classes, activation="softmax")]


@architecture
def cnn(layers, classes, filters=(32, 64), hidden=(128,), dropout=0.0, batch_normalization=False):
    """Convolutions of 3 x 3, each with pooling, and dense layers: width and depth can be chosen."""
    stack = [layers.Rescaling(1 / 255)]
    for maps in filters:
        stack += [layers.Conv2D(maps, 3, padding="same")] + (
            [layers.BatchNormalization()] if batch_normalization else []
        )
        stack += [layers.Activation("relu"), layers.MaxPooling2D()]
    stack += [layers.Flatten(), *_dense(layers, hidden, dropout, batch_normalization)]
    return [*stack, layers.Dense(classes, activation="softmax")]


def _dense(layers, hidden, dropout, batch_normalization) -> list:
    """Dense relu layers, each with its normalisation before and its dropout after."""
    stack = []
    for units in hidden:
        stack += [layers.Dense(units)] + ([layers.BatchNormalization()] if batch_normalization else [])
        stack += [layers.Activation("relu")] + ([layers.Dropout(dropout)] if dropout else [])
    return stack


@architecture
def cnn_kfold(layers, classes):
    """Three convolutions, two poolings and a dense layer of 100, with He initialisation."""
    relu = {"activation": "relu", "kernel_initializer": "he_uniform"}
    return [
        layers.Rescaling(1 / 255),  # (28, 28, 1)
        layers.Conv2D(32, 3, **relu),  # (26, 26, 32)
        layers.MaxPooling2D(),  # (13, 13, 32)
        layers.Conv2D(64, 3, **relu),  # (11, 11, 64)
        layers.Conv2D(64, 3, **relu),  # (9, 9, 64)
        layers.MaxPooling2D(),  # (4, 4, 64)
        layers.Flatten(),  # (1024,)
        layers.Dense(100, **relu),
        layers.Dense(classes, activation="softmax"),
    ]


@architecture
def cnn_small(layers, classes):
    """Two convolutions straight into the output, without pooling."""
    return [
        layers.Rescaling(1 / 255),  # (28, 28, 1)
        layers.Conv2D(64, 3, activation="relu"),  # (26, 26, 64)
        layers.Conv2D(32, 3, activation="relu"),  # (24, 24, 32)
        layers.Flatten(),  # (18432,)
        layers.Dense(classes, activation="softmax"),
    ]


@architecture
def cnn_medium(layers, classes, dropout=0.2):
    """One convolution with pooling, dropout, and a dense layer of 128."""
    return [
        layers.Rescaling(1 / 255),  # (28, 28, 1)
        layers.Conv2D(32, 5, activation="relu"),  # (24, 24, 32)
        layers.MaxPooling2D(),  # (12, 12, 32)
        layers.Dropout(dropout),
        layers.Flatten(),  # (4608,)
        layers.Dense(128, activation="relu"),
        layers.Dense(classes, activation="softmax"),
    ]


@architecture
def cnn_large(layers, classes, dropout=0.2):
    """Two convolutions with pooling, dropout, and dense layers of 128 and 50."""
    return [
        layers.Rescaling(1 / 255),  # (28, 28, 1)
        layers.Conv2D(30, 5, activation="relu"),  # (24, 24, 30)
        layers.MaxPooling2D(),  # (12, 12, 30)
        layers.Conv2D(15, 3, activation="relu"),  # (10, 10, 15)
        layers.MaxPooling2D(),  # (5, 5, 15)
        layers.Dropout(dropout),
        layers.Flatten(),  # (375,)
        layers.Dense(128, activation="relu"),
        layers.Dense(50, activation="relu"),
        layers.Dense(classes, activation="softmax"),
    ]


@architecture
def cnn_6layer(layers, classes):
    """Convolutions of 50, 100 and 500 maps, dense layers of 1000 and 10: the 784-50-100-500-1000-10-10 network."""
    return [
        layers.Rescaling(1 / 255),  # (28, 28, 1)
        layers.Conv2D(50, 5, activation="relu"),  # (24, 24, 50)
        layers.MaxPooling2D(),  # (12, 12, 50)
        layers.Conv2D(100, 5, activation="relu"),  # (8, 8, 100)
        layers.MaxPooling2D(),  # (4, 4, 100)
        layers.Conv2D(500, 4, activation="relu"),  # (1, 1, 500)
        layers.Flatten(),  # (500,)
        layers.Dense(1000, activation="relu"),
        layers.Dense(10, activation="relu"),
        layers.Dense(classes, activation="softmax"),
    ]


@architecture
def cnn_canvas(layers, classes, maps=40, embedding=96, dropout=0.4):
    """Five convolutions with batch normalisation and a dense embedding: reads drawings, and knows their neighbours."""
    stack = [layers.Rescaling(1 / 255)]  # (28, 28, 1)
    for width in (maps, 2 * maps):  # (12, 12, 40), (4, 4, 80)
        stack += [
            layers.Conv2D(width, 3, activation="relu"),
            *_normalized(layers, layers.Conv2D(width, 3, use_bias=False)),
        ]
        stack += [layers.MaxPooling2D()]
    stack += [
        *_normalized(layers, layers.Conv2D(4 * maps, 3, use_bias=False)),
        layers.Flatten(),
        layers.Dropout(dropout),
    ]  # (640,)
    stack += [*_normalized(layers, layers.Dense(embedding, use_bias=False)), layers.Dropout(dropout)]
    return [*stack, layers.Dense(classes, activation="softmax")]


@architecture
def cnn_m3(layers, classes):
    """Ten convolutions of 3 x 3 without padding or pooling: network M3 of An et al. (arXiv:2008.10400)."""
    return _unpooled(layers, classes, 3, range(32, 177, 16))  # the last: (8, 8, 176)


@architecture
def cnn_m5(layers, classes):
    """Five convolutions of 5 x 5 without padding or pooling: network M5 of An et al. (arXiv:2008.10400)."""
    return _unpooled(layers, classes, 5, range(32, 161, 32))  # the last: (8, 8, 160)


@architecture
def cnn_m7(layers, classes):
    """Four convolutions of 7 x 7 without padding or pooling: network M7 of An et al. (arXiv:2008.10400)."""
    return _unpooled(layers, classes, 7, range(48, 193, 48))  # the last: (4, 4, 192)


def _unpooled(layers, classes, size, filters) -> list:
    """Convolutions of size x size, each normalised, and one dense layer, normalised too, into the softmax."""
    stack = [layers.Rescaling(1 / 255)]
    for maps in filters:
        stack += _normalized(layers, layers.Conv2D(maps, size, use_bias=False), QUICK)
    stack += [layers.Flatten(), layers.Dense(classes, use_bias=False), layers.BatchNormalization(momentum=QUICK)]
    return [*stack, layers.Activation("softmax")]


@architecture
def cnn_stride(layers, classes, filters=(32, 64), dropout=0.4):
    """Blocks of two 3 x 3 convolutions and one of 5 x 5 with stride 2 in place of pooling, and a dense layer of 128."""
    stack = [layers.Rescaling(1 / 255)]
    for maps in filters:  # (12, 12, 32), (4, 4, 64)
        for size, how in ((3, {}), (3, {}), (5, {"strides": 2, "padding": "same"})):
            stack += _normalized(layers, layers.Conv2D(maps, size, use_bias=False, **how), QUICK)
        stack += [layers.Dropout(dropout)]
    stack += [layers.Flatten(), *_normalized(layers, layers.Dense(128, use_bias=False), QUICK)]  # (1024,), (128,)
    return [*stack, layers.Dense(classes, activation="softmax")]


def _normalized(layers, layer, momentum=0.99) -> list:
    """A layer, its normalisation over the batch with statistics that keep `momentum` of themselves a step, and relu."""
    return [layer, layers.BatchNormalization(momentum=momentum), layers.Activation("relu")]


def options_of(name: str) -> dict[str, Any]:
    """The options that a network or classifier takes, with their defaults. Raises ValueError for an unknown name."""
    builders = ARCHITECTURES | CLASSIFIERS
    if name not in builders:
        raise ValueError(f"There is no architecture '{name}'. Choose one of: {', '.join(builders)}.")
    parameters = inspect.signature(builders[name]).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not p.empty}


def build(
    architecture: str,
    input_shape: tuple[int, int],
    classes: int,
    options: Mapping[str, Any],
    precision: str = "float32",
):
    """An untrained network that takes (n, height, width) uint8 and gives (n, classes) float32 summing to 1.

    Args:
        architecture: a name in ARCHITECTURES, or that of rebuilt networks.
        input_shape: height and width of a picture in pixels.
        classes: number of classes.
        options: values for some of `options_of(architecture)`, or the description of a rebuilt network.
        precision: Keras's dtype policy; the probabilities are float32 under any.

    Raises:
        ValueError: unknown architecture or option, or pictures too small for the network.
    """
    import keras

    if architecture == rebuilt.NAME:
        return rebuilt.build(input_shape, classes, **options)
    unknown = set(options) - set(options_of(architecture))
    if unknown:
        raise ValueError(f"The architecture '{architecture}' has no option {', '.join(sorted(unknown))}.")
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        stack = ARCHITECTURES[architecture](keras.layers, classes, **options)
        stack[-1].dtype_policy = keras.DTypePolicy("float32")
        raw = [keras.Input(tuple(input_shape), dtype="uint8"), keras.layers.Reshape((*input_shape, 1))]
        return keras.Sequential([*raw, *stack], name=architecture)
    except ValueError as error:
        height, width = input_shape
        raise ValueError(
            f"The architecture '{architecture}' cannot read {height} x {width} pictures: {error}"
        ) from error
    finally:
        keras.config.set_dtype_policy(before)
