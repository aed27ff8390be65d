"""Trains each network as a source's own lines would, and as this project does, and prints the ratio of images a second.

python -m tests.benchmarks.training [--recipes cnn-large mlp-800] [--digits 20000] [--epochs 3]      needs MNIST

A source's lines are: scale the pixels in numpy, compile with an optimizer and a loss, model.fit with its defaults. The
first epoch compiles and is not counted. Test accuracies stand beside the ratios: the same mathematics, so about the same.
"""

import argparse
import time

import numpy as np

from models import import_keras
from models.architectures import ARCHITECTURES
from training.datasets import registry
from training.network_learner import NetworkLearner, optimizers
from training.recipe import Recipe
from training.recipes import RECIPES

NETWORKS = [name for name, recipe in RECIPES.items() if recipe.architecture in ARCHITECTURES]


def main() -> None:
    """Train, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--recipes", nargs="+", choices=NETWORKS, default=NETWORKS)
    parser.add_argument("--digits", type=int, default=20_000)
    parser.add_argument("--epochs", type=int, default=3)
    chosen = parser.parse_args()
    mnist = registry.load("mnist")
    images, labels = (array[: chosen.digits] for array in mnist.part("train"))
    test_images, test_labels = mnist.part("test")
    keras = import_keras()
    print(f"{'recipe':12} {'way':16} {'images/s':>9} {'ratio':>6} {'test accuracy':>14}", flush=True)
    for name in chosen.recipes:
        plain = RECIPES[name].model_copy(update={"precision": "float32", "augmentation": (), "schedule": "constant"})
        half = plain.model_copy(update={"precision": "mixed_bfloat16"})
        literal = None
        for way, trained in (
            ("literal", _literal(keras, plain)),
            ("ours", _ours(plain)),
            ("ours, bfloat16", _ours(half)),
        ):
            seconds, predict = trained(images, labels, chosen.epochs)
            rate = (chosen.epochs - 1) * len(labels) / seconds
            literal = literal or rate
            accuracy = (predict(test_images).argmax(axis=1) == test_labels).mean()
            print(f"{name:12} {way:16} {rate:9,.0f} {rate / literal:6.2f} {accuracy:14.4f}", flush=True)


def _literal(keras, recipe: Recipe):
    """Training as in a course text. Gives a function to the seconds after the first epoch, and a predict function."""

    def train(images, labels, epochs):
        keras.utils.set_random_seed(recipe.seed)
        _rescaling, *stack = ARCHITECTURES[recipe.architecture](keras.layers, 10, **recipe.options())
        network = keras.Sequential([keras.Input((28, 28, 1)), *stack])
        config = {"learning_rate": recipe.learning_rate} | ({"momentum": recipe.momentum} if recipe.momentum else {})
        network.compile(optimizers(keras)[recipe.optimizer](**config), recipe.loss, metrics=["accuracy"])
        pixels = images[..., None].astype(np.float32) / 255
        one_hot = recipe.loss == "categorical_crossentropy"
        targets = keras.utils.to_categorical(labels, 10) if one_hot else labels
        network.fit(pixels, targets, batch_size=recipe.batch_size, verbose=0)
        started = time.perf_counter()
        network.fit(pixels, targets, batch_size=recipe.batch_size, epochs=epochs - 1, verbose=0)
        seconds = time.perf_counter() - started
        return seconds, lambda raw: network.predict(raw[..., None].astype(np.float32) / 255, verbose=0)

    return train


def _ours(recipe: Recipe):
    """The same by this project's own learner."""

    def train(images, labels, epochs):
        network = {
            "architecture": recipe.architecture,
            "input_shape": [28, 28],
            "classes": 10,
            "options": recipe.options(),
        }
        model = NetworkLearner(recipe, network)
        model.train_epoch(images, labels, 1, lambda *progress: None)
        started = time.perf_counter()
        for epoch in range(2, epochs + 1):
            model.train_epoch(images, labels, epoch, lambda *progress: None)
        return time.perf_counter() - started, model.predict

    return train


if __name__ == "__main__":
    main()
