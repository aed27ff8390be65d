"""What RunRecorder takes of a training: the time in its own methods as shares of the epochs between which they are called.

python -m tests.benchmarks.recorder [--recipe cnn-medium] [--epochs 5]      needs MNIST

Both times are of the same epochs, so other work on the machine meets them alike. The first epoch, in which all is compiled, is
left out; what is printed are the median share of the others and that of the end, where the test digits are predicted once more
and the run is saved.
"""

import argparse
import os
import statistics
import tempfile
import time

from models import architectures, import_keras
from training.datasets import registry
from training.network_learner import optimizers
from training.recipe import Recipe
from training.recipes import RECIPES

WAYS = {"history alone": 0, "test digits, every epoch": 1, "test digits, every 5 epochs": 5}


def main() -> None:
    """Train, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    networks = [name for name, recipe in RECIPES.items() if recipe.architecture in architectures.ARCHITECTURES]
    parser.add_argument("--recipe", choices=networks, default="cnn-medium")
    parser.add_argument("--epochs", type=int, default=6)
    chosen = parser.parse_args()
    keras, mnist = import_keras(), registry.load("mnist")
    with tempfile.TemporaryDirectory() as shelf:
        os.environ["MNIST_ATELIER_MODELS"] = shelf
        for way, every in WAYS.items():
            epochs, hooks, ending = _timed(keras, mnist, RECIPES[chosen.recipe], chosen.epochs, every)
            shares = [hook / epoch for hook, epoch in zip(hooks[1:], epochs[1:], strict=True)]
            whole = (sum(hooks[1:]) + ending) / sum(epochs[1:])
            print(
                f"{chosen.recipe}, {way}: epoch {statistics.median(epochs[1:]):.1f} s, of it "
                f"median {statistics.median(shares):.2%}, at most {max(shares):.2%}; end {ending:.2f} s; all {whole:.2%}",
                flush=True,
            )


def _timed(keras, mnist, recipe: Recipe, epochs: int, every: int) -> tuple[list[float], list[float], float]:
    """Seconds of each epoch without the recorder, of the recorder after it, and of the recorder at the end."""
    from training import RunRecorder

    began, lengths, hooks = [0.0], [], []

    class Timed(RunRecorder):
        def on_epoch_begin(self, epoch, logs=None):
            began[0] = time.perf_counter()
            super().on_epoch_begin(epoch, logs)

        def on_epoch_end(self, epoch, logs=None):
            ended = time.perf_counter()
            super().on_epoch_end(epoch, logs)
            lengths.append(ended - began[0])
            hooks.append(time.perf_counter() - ended)

        def on_train_end(self, logs=None):
            ended = time.perf_counter()
            super().on_train_end(logs)
            hooks.append(time.perf_counter() - ended)

    (images, labels), test = mnist.part("train"), mnist.part("test")
    keras.utils.set_random_seed(recipe.seed)
    network = architectures.build(recipe.architecture, mnist.input_shape, 10, recipe.options())
    network.compile(optimizers(keras)[recipe.optimizer](recipe.learning_rate), "sparse_categorical_crossentropy")
    recorder = Timed("timed", test=test if every else None, every=max(1, every))
    network.fit(images, labels, batch_size=recipe.batch_size, epochs=epochs, verbose=0, callbacks=[recorder])
    return lengths, hooks[:-1], hooks[-1]


if __name__ == "__main__":
    main()
