"""A saved model to probabilities: the network is built by our code, filled with weights, and called compiled."""

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

import numpy as np

from models import architectures, classifiers

Predict = Callable[[np.ndarray], np.ndarray]
Embed = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
MODEL_FILES = ("model.keras", "model.npz")  # a network's weights, or the arrays of another classifier
BATCH = 500  # digits in one call: large enough to be fast, small enough to stay in the processor's cache


def compile_call(network) -> Predict:
    """One compiled call with a fixed signature: what the network takes, (n, height, width) uint8 -> (n, classes) float32.

    Safe to call from several threads. Without TensorFlow as Keras's backend, Keras's own batch call serves.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        signature = [tf.TensorSpec([None, *network.input_shape[1:]], network.inputs[0].dtype)]
        call = tf.function(lambda images: network(images, training=False), input_signature=signature)
    else:
        call = network.predict_on_batch

    def predict(images: np.ndarray) -> np.ndarray:
        parts = np.array_split(images, max(1, -(-len(images) // BATCH)))
        return np.concatenate([np.asarray(call(part), np.float32) for part in parts])

    return predict


def compile_embedding(network) -> Embed:
    """A function of images (n, height, width) uint8 to what the last hidden layer makes of them, (n, size) float32, and
    to their probabilities, both from one call."""
    import keras

    hidden = network.layers[-2].output
    both = compile_call(keras.Model(network.inputs, keras.layers.Concatenate()([hidden, *network.outputs])))

    def embed(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        embeddings, probabilities = np.split(both(images), [hidden.shape[-1]], axis=1)
        return embeddings, probabilities

    return embed


class Model:
    """A saved run in memory: what it predicts and how it sees a picture, both from the same weights."""

    def __init__(self, predict: Predict, network=None, classifier=None):
        """predict: images (n, height, width) uint8 to probabilities (n, classes) float32; network: the Keras network that
        it calls, or None for another classifier, which is then `classifier`."""
        self.predict = predict
        self.network = network
        self.classifier = classifier

    @cached_property
    def embed(self) -> Embed:
        """As compile_embedding of the network. Raises ValueError, in a sentence, for another classifier."""
        if self.network is None:
            raise ValueError("Only a network has a hidden layer to compare pictures with.")
        return compile_embedding(self.network)


def load(run: Path, precision: str = "float32") -> Model:
    """The run saved in the folder `run`, called once so that the next call is fast; see compile_call for shapes.

    precision: Keras's dtype policy of a network's computations; "mixed_bfloat16" is faster, and right to some three digits.

    Only the weights of model.keras are read: the network's description in that file is never executed.
    Raises ValueError, in a sentence, when the run has no model or a damaged one.
    """
    name = next((name for name in MODEL_FILES if (run / name).exists()), MODEL_FILES[0])
    described = _verified(run, name)
    if name == "model.npz":
        classifier = classifiers.CLASSIFIERS[described["architecture"]](described["classes"], 0, **described["options"])
        with np.load(run / name, allow_pickle=False) as arrays:
            classifier.restore(arrays)
        return Model(_of_size(classifier.predict, run, described), classifier=classifier)
    network = _filled(run, described, precision)
    model = Model(_of_size(compile_call(network), run, described), network)
    model.predict(np.zeros((1, *described["input_shape"]), np.uint8))
    return model


def _of_size(predict: Predict, run: Path, described: dict) -> Predict:
    """The same for pictures of the size that the run takes; others are refused in a sentence, a ValueError."""
    shape = tuple(described["input_shape"])

    def checked(images: np.ndarray) -> np.ndarray:
        if images.shape[1:] != shape:
            expected, actual = (" x ".join(map(str, one)) for one in (shape, images.shape[1:]))
            raise ValueError(f"The run '{run.name}' takes pictures of {expected} pixels, and these have {actual}.")
        return predict(images)

    return checked


def _filled(run: Path, described: dict, precision: str):
    """The network of a run with its weights. Raises ValueError where they are of another network."""
    network = architectures.build(**described, precision=precision)
    try:
        network.load_weights(run / "model.keras")
    except (ValueError, KeyError) as error:  # Keras tells every number that does not fit
        raise ValueError(
            f"The model of the run '{run.name}' does not fit the network that its record names."
        ) from error
    return network


def _verified(run: Path, name: str) -> dict:
    """What the run's network is, once the file `name` is found to be what was saved. Raises ValueError."""
    try:
        record = json.loads((run / "record.json").read_text(encoding="utf-8"))
        described, kept = record["network"], name in record["files"]
        expected = record["files"][name]["sha256"] if kept else ""
        digest = hashlib.sha256((run / name).read_bytes()).hexdigest() if kept else ""
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"The run '{run.name}' has no model that can be loaded ({type(error).__name__}).") from error
    if not kept:
        epoch = record.get("diverged")
        why = "only its predictions were saved" if epoch is None else f"it diverged in epoch {epoch}"
        raise ValueError(f"The run '{run.name}' has no model: {why}.")
    if digest != expected:
        raise ValueError(f"The model of the run '{run.name}' is damaged: its file differs from its record.")
    return described
