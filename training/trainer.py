"""The whole training story: a recipe and a dataset in, a Run out. Keras is loaded here and nowhere earlier."""

import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from models import architectures, prediction
from training.datasets import Dataset
from training.metrics import cross_entropy, error
from training.recipe import Recipe
from training.runs import Predictions, Record, Run, to_half

STEPS_PER_CALL = 16  # steps in one call of the compiled loop: the same mathematics with less overhead


@dataclass(frozen=True)
class Progress:
    """Where a training stands. epoch counts from 1; figures: of the epoch so far (loss, accuracy, at its end val_...)."""

    epoch: int
    epochs: int
    step: int
    steps: int
    figures: dict[str, float]


Watch = Callable[[Progress], None]


class TrainingError(Exception):
    """A training that cannot go on, in a sentence a user can act on."""


def train(recipe: Recipe, dataset: Dataset, watch: Watch = lambda progress: None) -> Run:
    """Train `recipe` on `dataset`; `watch` is told of every step and may raise to stop. Nothing is written to the shelf.

    Raises TrainingError when the training diverges or the recipe does not fit the dataset.
    """
    import keras

    keras.utils.set_random_seed(recipe.seed)
    train_part, held_out = split(recipe, dataset)
    test_images, test_labels = dataset.part("test")
    described = _describe(recipe, dataset)
    network = _compile(keras, recipe, described)
    predict = prediction.compile_call(network)
    history, epoch_classes, started = [], [], time.perf_counter()
    for epoch in range(1, recipe.epochs + 1):
        figures = _fit_epoch(keras, network, recipe, train_part, epoch, len(dataset.class_names), watch)
        probabilities = predict(test_images)
        epoch_classes.append(probabilities.argmax(axis=1).astype(np.uint8))
        watched = {"split": held_out, "test": (None, test_images, test_labels), "none": None}[recipe.validation]
        figures |= _validate(predict, watched, probabilities if recipe.validation == "test" else None)
        history.append({"epoch": epoch, **figures})
        watch(Progress(epoch, recipe.epochs, 1, 1, figures))
    kept = {}
    if held_out:
        index, images, labels = held_out
        kept = {"held_out_index": index, "held_out_labels": labels, "held_out_probabilities": to_half(predict(images))}
    predictions = Predictions(test_labels, to_half(probabilities), np.stack(epoch_classes), **kept)
    record = _record(keras, recipe, dataset, described, network.count_params(), time.perf_counter() - started)
    return Run(record, history, predictions, {"model.keras": to_bytes(described, network)})


def split(recipe: Recipe, dataset: Dataset) -> tuple[tuple[np.ndarray, np.ndarray], tuple | None]:
    """The digits to train on, (images, labels), and those held out, (index, images, labels) or None."""
    images, labels = dataset.part("train")
    if recipe.validation != "split":
        return (images, labels), None
    held = np.sort(
        np.random.default_rng(recipe.seed).permutation(len(labels))[: round(len(labels) * recipe.validation_fraction)]
    )
    if not 0 < len(held) < len(labels):
        raise TrainingError(f"A validation fraction of {recipe.validation_fraction} leaves one part without digits.")
    rest = np.delete(np.arange(len(labels)), held)
    return (images[rest], labels[rest]), (held.astype(np.uint32), images[held], labels[held])


def _describe(recipe: Recipe, dataset: Dataset) -> dict:
    return {
        "architecture": recipe.architecture,
        "input_shape": list(dataset.input_shape),
        "classes": len(dataset.class_names),
        "options": recipe.options(),
    }


def _compile(keras, recipe: Recipe, described: dict):
    try:
        network = architectures.build(**described)
    except ValueError as failure:
        raise TrainingError(str(failure)) from failure
    config = {"learning_rate": recipe.learning_rate} | ({"momentum": recipe.momentum} if recipe.momentum else {})
    optimizer = optimizers(keras)[recipe.optimizer](**config)
    network.compile(optimizer, recipe.loss, metrics=["accuracy"], steps_per_execution=STEPS_PER_CALL, jit_compile=False)
    return network


def optimizers(keras) -> dict[str, type]:
    """Keras's optimizers by their names in small letters (keras.optimizers.get does not know all of them so)."""
    return {name.lower(): kind for name, kind in vars(keras.optimizers).items() if isinstance(kind, type)}


def _fit_epoch(keras, network, recipe: Recipe, part, epoch: int, classes: int, watch: Watch) -> dict[str, float]:
    """One pass over the digits in an order drawn from seed and epoch; returns loss, accuracy, learning rate, seconds."""
    images, labels = part
    order = np.random.default_rng([recipe.seed, epoch]).permutation(len(labels))
    targets = np.eye(classes, dtype=np.float32)[labels] if recipe.loss == "categorical_crossentropy" else labels
    steps = -(-len(labels) // recipe.batch_size)

    def tell(step, logs):
        watch(Progress(epoch, recipe.epochs, step + 1, steps, {name: float(value) for name, value in logs.items()}))

    started = time.perf_counter()
    fitted = network.fit(
        images[order],
        targets[order],
        batch_size=recipe.batch_size,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_train_batch_end=tell)],
    )
    figures = {name: values[-1] for name, values in fitted.history.items()}
    if not np.isfinite(figures["loss"]):
        raise TrainingError(
            f"The training diverged in epoch {epoch}: try a learning rate below {recipe.learning_rate:g}."
        )
    rate = float(keras.ops.convert_to_numpy(network.optimizer.learning_rate))
    return {**figures, "learning_rate": rate, "seconds": time.perf_counter() - started}


def _validate(predict, watched: tuple | None, probabilities: np.ndarray | None) -> dict[str, float]:
    """val_loss and val_accuracy on the watched digits; probabilities: theirs where they are known already."""
    if watched is None:
        return {}
    _, images, labels = watched
    found = predict(images) if probabilities is None else probabilities
    return {"val_loss": cross_entropy(labels, found), "val_accuracy": 1 - error(labels, found)}


def to_bytes(described: dict, network) -> bytes:
    """The network as the contents of a .keras file, without optimizer state."""
    plain = architectures.build(**described)
    plain.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        plain.save(Path(folder) / "model.keras")
        return (Path(folder) / "model.keras").read_bytes()


def _record(keras, recipe, dataset, described, parameters: int, seconds: float) -> Record:
    import tensorflow as tf

    counts = {split: int((dataset.split == split).sum()) for split in ("train", "test")}
    return Record(
        run_id=recipe.name,
        recipe=recipe,
        dataset={"name": dataset.name, "sha256": dataset.sha256, **counts, "class_names": list(dataset.class_names)},
        network=described,
        parameters=parameters,
        seconds=round(seconds, 1),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        machine={"device": "cpu", "threads": tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count()},
        versions={
            "python": platform.python_version(),
            "keras": keras.__version__,
            keras.backend.backend(): tf.__version__,
            "numpy": np.__version__,
        },
    )
