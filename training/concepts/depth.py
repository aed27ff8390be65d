"""What happens to sums and gradients on their way through many layers, with each activation, with and without normalisation."""

from collections.abc import Callable

import numpy as np

from training.concepts.perceptron import softmax

EPSILON = 0.001  # Keras's, so that a unit that never varies divides by no zero
UNITS = 64  # of each layer


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))


def relu(z: np.ndarray) -> np.ndarray:
    """The larger of 0 and z."""
    return np.maximum(z, 0)


# name -> the function, its derivative, and the variance of weights times inputs with which it is usually begun: He et al. (2015)
# for relu, LeCun et al. (1998) for the others
ACTIVATIONS: dict[str, tuple[Callable, Callable, float]] = {
    "ReLU": (relu, lambda z: (z > 0).astype(float), 2.0),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z)), 1.0),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2, 1.0),
}


def normalise(sums: np.ndarray, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    """Batch normalisation: each unit's sums (n, units) less their mean, over their deviation, times scale, plus shift (Ioffe and
    Szegedy 2015)."""
    return scale * (sums - sums.mean(axis=0)) / np.sqrt(sums.var(axis=0) + EPSILON) + shift


def sums(x: np.ndarray, depth: int, factor: float, normalised: bool, seed: int = 1) -> list[np.ndarray]:
    """The sums of each layer's units, `depth` arrays (n, UNITS), of an untrained network with relu. x: (n, inputs), 0 to 1;
    factor: on the weights, 1 for those of He et al. (2015)."""
    rng, layer_sums = np.random.default_rng(seed), []
    for _ in range(depth):
        z = x @ rng.normal(0, factor * np.sqrt(2 / x.shape[1]), (x.shape[1], UNITS))
        z = normalise(z) if normalised else z
        layer_sums.append(z)
        x = relu(z)
    return layer_sums


def gradients(x: np.ndarray, labels: np.ndarray, depth: int, activation: str, seed: int = 1) -> np.ndarray:
    """The mean size of the loss's gradient by the sums of each hidden layer, (depth,), the first layer first, in an untrained
    network with that one of ACTIVATIONS. x: (n, inputs), 0 to 1; labels: (n,) of 0 to 9."""
    function, slope, variance = ACTIVATIONS[activation]
    rng, weights, before = np.random.default_rng(seed), [], []
    for inputs, units in zip([x.shape[1], *[UNITS] * depth], [*[UNITS] * depth, 10], strict=True):
        weights.append(rng.normal(0, np.sqrt(variance / inputs), (inputs, units)))
        before.append(x @ weights[-1])
        x = function(before[-1])
    error = (softmax(before[-1]) - np.eye(10)[labels]) / len(labels)
    sizes = []
    for number in reversed(range(depth)):
        error = (error @ weights[number + 1].T) * slope(before[number])
        sizes.append(np.abs(error).mean())
    return np.array(sizes[::-1])
