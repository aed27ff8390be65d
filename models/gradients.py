"""How a network's score changes with its pixels and with its maps: gradients, under any backend of Keras.

The score of a class is its log-odds, in nats: its logit minus the logarithm of the others' summed exponentials. It is 0 where the
class has a probability of one half, and does not flatten where the probability reaches 1, as the probability itself does.
"""

import functools
import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.activations import ELEMENTWISE, SUMS, block, kinds, sums
from models.network_steps import Step, is_cut, run_steps, steps_of

Score = Callable[[Any], Any]
APPLIED = {*ELEMENTWISE, "softmax"}  # kinds of activations
SMALLEST = 1e-38  # of a probability whose logarithm is taken
LEAST_SIDE = 4  # rows and columns of maps that still show where something is


class NoGradientsError(ValueError):
    """A model that has no gradients, or no maps, in a sentence."""


class Differentiable:
    """A model that predicts and has gradients: one network, or several whose scores are averaged.

    Called with images (n, height, width) uint8 it gives probabilities (n, classes).
    """

    def __init__(self, predict: Callable[[np.ndarray], np.ndarray], networks: Sequence[Any]):
        """networks: of models.architectures; none where the model is not made of networks, which then has no gradients."""
        self.predict, self.networks = predict, networks

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Probabilities (n, classes) of images (n, height, width) uint8."""
        return self.predict(images)

    def score(self, images: np.ndarray, label: int) -> np.ndarray:
        """The score of a class, (n,) float32. images: (n, height, width), 0 to 255, whole numbers or not."""
        values = np.asarray(images, np.float32)
        return np.mean([np.asarray(_scored(steps_of(one), values, label)) for one in self._known()], axis=0)

    def gradient(self, images: np.ndarray, label: int) -> np.ndarray:
        """How fast the score of a class rises with each pixel, in nats for each grey level, (n, height, width) float32.

        Raises NoGradientsError where a network has none: one that scales columns to length one jumps where a column is empty.
        """
        scores = [(one.layers, functools.partial(_scored, steps_of(one), label=label)) for one in self._known()]
        return np.mean([_gradient(layers, score, images) for layers, score in scores], axis=0)

    def last_maps(self, images: np.ndarray, label: int) -> tuple[np.ndarray, np.ndarray]:
        """The maps of the last layer that has any, (n, rows, columns, maps), and how fast the score of a class rises with each of
        their values. Raises NoGradientsError for an ensemble and for a network without maps.

        Where a network branches, the last through which everything passes.
        """
        networks = self._known()
        if len(networks) > 1:
            raise NoGradientsError("An ensemble has several last layers; choose one of its members.")
        steps = steps_of(networks[0])
        reached, last, convolved = run_steps(steps[:-1], {0: np.asarray(images, np.float32)}), None, False
        for place, step in enumerate(steps[:-1], start=1):
            shape = reached[place].shape
            convolved |= "Conv2D" in type(step.layer).__name__
            if convolved and len(shape) == 4 and min(shape[1:3]) >= LEAST_SIDE and is_cut(steps, place):
                last = place
        if last is None:
            raise NoGradientsError("This network has no convolutions, so it has no maps.")
        known = np.asarray(reached[last], np.float32)
        return known, differentiate(functools.partial(_scored, steps, label=label, place=last), known)

    def _known(self) -> Sequence[Any]:
        if not self.networks:
            raise NoGradientsError("Only networks have gradients; this model has none.")
        return self.networks


class MapGradients:
    """A map, or unit, of a network in place of a class: its score is the mean of the map as it is before its activation, what lies
    below zero counted at a tenth.

    Of plain means a picture of the first layer would be one grey throughout, for in a sum over all pixels only the sum of a
    filter's weights counts. Behind a relu a map that is zero everywhere would have no gradient.
    """

    BELOW = 0.1  # how much of a value below zero counts

    def __init__(self, network: Any, step: int):
        """step: the place of the layer's sum, as in models.activations.block. Raises ValueError where there is none."""
        self._first, end = block(network, step)
        self._layers = network.layers[:end]

    def score(self, images: np.ndarray, unit: int) -> np.ndarray:
        """That mean of a map, (n,) float32. images: (n, height, width), 0 to 255, whole numbers or not."""
        return np.asarray(self._mean(np.asarray(images, np.float32), unit))

    def gradient(self, images: np.ndarray, unit: int) -> np.ndarray:
        """How fast that mean rises with each pixel, for each grey level, (n, height, width) float32. Errors are those of
        Differentiable.gradient."""
        return _gradient(self._layers, functools.partial(self._mean, unit=unit), images)

    def _mean(self, values: Any, unit: int) -> Any:
        from keras import ops

        found = ops.cast(self._before(values)[..., unit], "float32")
        found = ops.where(found > 0, found, self.BELOW * found)
        return ops.mean(ops.reshape(found, (len(values), -1)), axis=1)

    def _before(self, values: Any) -> Any:
        """What goes into the activation."""
        for number, layer in enumerate(self._layers):
            name = type(layer).__name__
            if number >= self._first and name not in SUMS and APPLIED.intersection(kinds(layer)):
                return values
            if number >= self._first and name in SUMS and layer.activation.__name__ != "linear":
                return sums(layer, values)
            if name != "InputLayer":
                values = layer(values, training=False)
        return values


def _gradient(layers: Sequence[Any], score: Score, images: np.ndarray) -> np.ndarray:
    """The gradient of score(images) by each pixel, (n, height, width) float32. Raises NoGradientsError where one of the layers
    has none; see Differentiable."""
    if any(type(layer).__name__ == "UnitNormalization" for layer in layers):
        raise NoGradientsError(
            "This network scales each column of pixels to length one, so where a column is empty it jumps and has no gradient."
        )
    return differentiate(score, np.asarray(images, np.float32))


def differentiate(score: Score, values: np.ndarray) -> np.ndarray:
    """The gradient of the sum of score(values) by the values, float32 of their shape.

    score: made of keras.ops and layers of Keras alone.
    """
    import keras

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        variable = tf.constant(values)
        with tf.GradientTape() as tape:
            tape.watch(variable)
            total = tf.reduce_sum(score(variable))
        return np.asarray(tape.gradient(total, variable), np.float32)
    if backend == "torch":
        torch = importlib.import_module("torch")
        variable = torch.tensor(values, requires_grad=True)
        score(variable).sum().backward()
        return variable.grad.numpy()
    jax = importlib.import_module("jax")  # not among the requirements
    return np.asarray(jax.grad(lambda x: score(x).sum())(values), np.float32)


def _scored(steps: Sequence[Step], values: Any, label: int, place: int = 0) -> Any:
    """The score of a class where `values` lie at a place, (n,)."""
    return _score(_logits(steps, values, place), label)


def _logits(steps: Sequence[Step], values: Any, place: int) -> Any:
    """What goes into the softmax, or, where a network ends otherwise, the logarithms of what it gives, (n, classes) float32."""
    from keras import ops

    *inner, last = steps
    reached = run_steps(inner, {place: values})
    given = reached[last.inputs[0]]
    name = type(last.layer).__name__
    activation = getattr(getattr(last.layer, "activation", None), "__name__", "")
    if name == "Dense" and activation == "softmax":
        return sums(last.layer, given)
    if name == "Softmax" or (name == "Activation" and activation == "softmax"):
        return given
    shares = run_steps(steps, reached)[len(steps)]
    return ops.log(ops.maximum(ops.cast(shares, "float32"), SMALLEST))


def _score(logits: Any, label: int) -> Any:
    """Log-odds of a class, (n,)."""
    from keras import ops

    logits = ops.cast(logits, "float32")
    others = ops.concatenate([logits[:, :label], logits[:, label + 1 :]], axis=1)
    return logits[:, label] - ops.logsumexp(others, axis=1)
