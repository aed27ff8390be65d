"""The layers of networks with their output shapes and their numbers of trainable parameters, counted and not built."""

from collections.abc import Sequence
from typing import NamedTuple


class Layer(NamedTuple):
    """name: as the page has it; size: units, filters or windows, where there are any; shape: of its output; parameters: the
    trainable ones."""

    name: str
    size: str
    shape: tuple[int, ...]
    parameters: int


def perceptron(side: int, hidden: Sequence[int], normalised: bool = False, dropout: float = 0.0) -> list[Layer]:
    """Dense layers on pictures of side x side pixels, into ten classes: each unit has a weight per input and a bias, and batch
    normalisation a scale and a shift per unit."""
    inputs = side * side
    layers = [Layer("Flatten", "", (inputs,), 0)]
    for units in hidden:
        layers.append(Layer("Dense", f"{units} units", (units,), (inputs + 1) * units))
        layers += [Layer("Batch normalisation", "", (units,), 2 * units)] if normalised else []
        layers.append(Layer("ReLU", "", (units,), 0))
        layers += [Layer("Dropout", f"{dropout:.0%}", (units,), 0)] if dropout else []
        inputs = units
    return [*layers, Layer("Dense", "10 units", (10,), (inputs + 1) * 10), Layer("Softmax", "", (10,), 0)]


def convolutional(
    side: int, filters: Sequence[int], size: int = 3, pooled: bool = True, hidden: int = 0
) -> list[Layer]:
    """Blocks of a convolution without padding, ReLU and perhaps pooling by 2 x 2, and dense layers, into ten classes.

    side: of the picture in pixels; filters: of each block; size: of a filter; hidden: units of a dense layer before the last, 0
    for none. Raises ValueError where a block has no room left.
    """
    layers, maps = [], 1
    for count in filters:
        side -= size - 1
        if side < 1:
            raise ValueError(f"A filter of {size} x {size} has no room.")
        layers.append(
            Layer("Convolution", f"{count} filters {size} x {size}", (side, side, count), _weights(size, maps, count))
        )
        layers.append(Layer("ReLU", "", (side, side, count), 0))
        if pooled and side >= 2:
            side //= 2
            layers.append(Layer("Pooling", "2 x 2", (side, side, count), 0))
        maps = count
    inputs = side * side * maps
    layers.append(Layer("Flatten", "", (inputs,), 0))
    if hidden:
        layers += [Layer("Dense", f"{hidden} units", (hidden,), (inputs + 1) * hidden), Layer("ReLU", "", (hidden,), 0)]
        inputs = hidden
    return [*layers, Layer("Dense", "10 units", (10,), (inputs + 1) * 10), Layer("Softmax", "", (10,), 0)]


def _weights(size: int, maps: int, count: int) -> int:
    """Each filter has a weight per pixel of its patch in each of the maps below it, and a bias."""
    return (size * size * maps + 1) * count


def total(layers: Sequence[Layer]) -> int:
    """The trainable parameters of all layers."""
    return sum(layer.parameters for layer in layers)
