"""A small perceptron that trains in a few milliseconds, in plain NumPy: dense relu layers into a softmax."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TINY = 1e-12  # below any probability, so that its logarithm exists
Layers = list[tuple[np.ndarray, np.ndarray]]  # weights (inputs, units) and biases (units,) of each


@dataclass(frozen=True)
class Settings:
    """hidden: units of each hidden layer; rate: the learning rate; batch: digits an update; decay: the factor of the squared
    weights in the loss (Krogh and Hertz 1992); dropout: the share of hidden units left out at each update (Srivastava et al.
    2014), 0 to below 1."""

    hidden: tuple[int, ...] = (15,)
    rate: float = 0.1
    batch: int = 32
    epochs: int = 10
    decay: float = 0.0
    dropout: float = 0.0
    seed: int = 1


@dataclass(frozen=True)
class Training:
    """What a training leaves. batch_losses: (updates,), the loss on each batch before its update; train_losses, test_losses:
    (epochs + 1,), on all digits before the first epoch and after each, in nats; probabilities: (n, classes) of the test digits."""

    layers: Layers
    batch_losses: np.ndarray
    train_losses: np.ndarray
    test_losses: np.ndarray
    probabilities: np.ndarray


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities (..., classes): exp(z_k / T) over the sum of all exp(z_j / T) (Bridle 1990). logits: (..., classes)."""
    scaled = np.asarray(logits, float) / temperature
    grown = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The mean of -ln p of the true class, in nats. probabilities: (n, classes); labels: (n,) of 0 to classes - 1."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], TINY)).mean())


def mislabelled(labels: np.ndarray, share: float, classes: int = 10, seed: int = 1) -> np.ndarray:
    """The labels (n,), of which that share, 0 to 1, was exchanged for another class each, by lot."""
    rng, noisy = np.random.default_rng(seed), labels.copy()
    chosen = rng.permutation(len(labels))[: round(share * len(labels))]
    noisy[chosen] = (noisy[chosen] + rng.integers(1, classes, len(chosen))) % classes
    return noisy


def begin(sizes: Sequence[int], rng: np.random.Generator) -> Layers:
    """Layers between so many units, inputs first, with weights of variance 2 / inputs (He et al. 2015) and no biases."""
    return [
        (rng.normal(0, np.sqrt(2 / inputs), (inputs, units)), np.zeros(units))
        for inputs, units in itertools.pairwise(sizes)
    ]


def forward(layers: Layers, x: np.ndarray, masks: Sequence[np.ndarray] = ()) -> tuple[list[np.ndarray], np.ndarray]:
    """The input of each layer, and the probabilities (n, classes). x: (n, inputs); masks: factors for the units of each hidden
    layer, as dropout draws them."""
    inputs = [x]
    for number, (weights, biases) in enumerate(layers[:-1]):
        active = np.maximum(inputs[-1] @ weights + biases, 0)
        inputs.append(active * masks[number] if masks else active)
    return inputs, softmax(inputs[-1] @ layers[-1][0] + layers[-1][1])


def gradients(
    layers: Layers, x: np.ndarray, labels: np.ndarray, masks: Sequence[np.ndarray] = ()
) -> tuple[float, Layers]:
    """The cross-entropy on these digits, and its gradient by the weights and biases of each layer: backpropagation (Rumelhart,
    Hinton and Williams 1986)."""
    inputs, probabilities = forward(layers, x, masks)
    error = (probabilities - np.eye(probabilities.shape[1])[labels]) / len(x)
    layer_gradients: Layers = []
    for number in reversed(range(len(layers))):
        layer_gradients.append((inputs[number].T @ error, error.sum(axis=0)))
        if number:
            error = (error @ layers[number][0].T) * (inputs[number] > 0)
            error = error * masks[number - 1] if masks else error
    return cross_entropy(probabilities, labels), layer_gradients[::-1]


def train(x: np.ndarray, labels: np.ndarray, test_x: np.ndarray, test_labels: np.ndarray, how: Settings) -> Training:
    """Stochastic gradient descent. x, test_x: (n, inputs), 0 to 1; labels, test_labels: (n,). The same settings give the same
    numbers."""
    rng, classes = np.random.default_rng(how.seed), int(max(labels.max(), test_labels.max())) + 1
    layers = begin((x.shape[1], *how.hidden, classes), rng)
    batches, trained, tested = [], [_loss(layers, x, labels)], [_loss(layers, test_x, test_labels)]
    with np.errstate(all="ignore"):  # a rate that is too high may leave the numbers that there are
        for _ in range(how.epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), how.batch):
                chosen = order[start : start + how.batch]
                masks = _masks(how, len(chosen), rng)
                loss, layer_gradients = gradients(layers, x[chosen], labels[chosen], masks)
                layers = _step(layers, layer_gradients, how)
                batches.append(loss)
            trained.append(_loss(layers, x, labels))
            tested.append(_loss(layers, test_x, test_labels))
        probabilities = forward(layers, test_x)[1]
    return Training(layers, np.array(batches), np.array(trained), np.array(tested), probabilities)


def _loss(layers: Layers, x: np.ndarray, labels: np.ndarray) -> float:
    return cross_entropy(forward(layers, x)[1], labels)


def _masks(how: Settings, count: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Of each hidden layer: 0 for what is left out, and a factor for the rest by which the mean stays."""
    if not how.dropout:
        return []
    return [(rng.random((count, units)) >= how.dropout) / (1 - how.dropout) for units in how.hidden]


def _step(layers: Layers, layer_gradients: Layers, how: Settings) -> Layers:
    """One update: against the gradient, and towards smaller weights."""
    return [
        (weights - how.rate * (by_weight + 2 * how.decay * weights), biases - how.rate * by_bias)
        for (weights, biases), (by_weight, by_bias) in zip(layers, layer_gradients, strict=True)
    ]
