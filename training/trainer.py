"""Training: a recipe and a dataset in, a Run out."""

import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from models import device, neighbours
from models.architectures import options_of
from training.checkpoint import Checkpoint
from training.datasets.dataset import Dataset
from training.early_stopping import EarlyStopping
from training.held_out import HeldOut, Pictures, of_parts, split
from training.held_out import TrainingError as TrainingError
from training.learners import Arrays, ClassifierLearner, Learner, learner
from training.metrics import cross_entropy, error
from training.network_learner import NetworkLearner
from training.recipe import Recipe
from training.runs import Predictions, Record, Run, RunError, described_dataset, to_half
from training.teacher import Teacher


@dataclass(frozen=True)
class Progress:
    """Where a training stands. epoch counts from 1; figures: loss and accuracy so far, val_... once the epoch is over; classes:
    (n,) uint8, what the test digits are predicted as, once the epoch is over, else None."""

    epoch: int
    epochs: int
    step: int
    steps: int
    figures: dict[str, float]
    classes: np.ndarray | None = None


Watch = Callable[[Progress], None]
SAMPLE = 5000  # training digits on which the training loss is measured after each epoch


@dataclass
class Reached:
    """What a training has reached. history: a row per epoch; classes: (n,) uint8 of the test digits after each sound one;
    probabilities: (n, classes) of them at the end; lost: whether its loss or these are no numbers any more."""

    history: list[dict]
    classes: list[np.ndarray]
    probabilities: Any = None
    lost: bool = False


def train(
    recipe: Recipe,
    dataset: Dataset,
    watch: Watch = lambda progress: None,
    checkpoint: Checkpoint | None = None,
    until: int | None = None,
) -> Run:
    """Train `recipe` on `dataset`. The run is returned, not saved; one that diverged ends there and has no model.

    Args:
        watch: called after every step; it may raise to stop the training.
        checkpoint: from where the training resumes if it was stopped before, and what is saved after each epoch. The
            same thread count gives the same bits as a training that was never stopped.
        until: the epoch to end with, where that is not the recipe's last: the run then says that it was stopped after it.

    Raises:
        TrainingError: the recipe does not fit the dataset, or the temporary folder has no room for the model.
    """
    (images, labels), held_out = split(recipe, dataset)
    test = dataset.part("test")
    described = _describe(recipe, dataset)
    model = _learner(recipe, described, dataset)
    reached, stopping = _resume(model, recipe, checkpoint)
    started = time.perf_counter() - sum(row["seconds"] for row in reached.history)
    last = min(until or recipe.epochs, recipe.epochs)
    reached.probabilities = model.predict(test[0]) if len(reached.history) >= last else None
    validation = test if recipe.validation == "test" else held_out and held_out[1:]
    for epoch in range(len(reached.history) + 1, last + 1):
        _epoch(epoch, model, recipe, reached, (images, labels), test, validation, watch)
        if reached.lost or stopping.update(reached.history, model):
            break
        if checkpoint and epoch < recipe.epochs:
            checkpoint.save(reached.history, reached.classes, model.state() | stopping.state())
    ended = model.state() | stopping.state() if checkpoint and len(reached.history) >= recipe.epochs else {}
    restored = stopping.restore_best(model)
    reached.lost &= not restored
    if not reached.lost and (model.finish(held_out and held_out[1:]) or restored):
        reached.probabilities = model.predict(test[0])
    if not (restored or reached.lost):  # rounded weights may change a class
        reached.classes[-1] = _classes(reached.probabilities)
    record = _record(recipe, dataset, described, model, time.perf_counter() - started)
    record = record.model_copy(update=_end(reached, until, recipe))
    if reached.lost:
        return Run(record, reached.history, _predictions(test[1], reached, {}), {})
    predictions = _predictions(test[1], reached, _held_out_predictions(model, held_out))
    files = _files(model, reached, checkpoint, ended) | _references(recipe, model, images, labels, held_out)
    return Run(record, reached.history, predictions, files)


def _predictions(labels: np.ndarray, reached: Reached, held: dict[str, np.ndarray]) -> Predictions:
    """What a run stores of the test digits and of those held out."""
    known = np.stack(reached.classes) if reached.classes else None
    return Predictions(labels, to_half(reached.probabilities), known, **held)


def _epoch(
    epoch: int,
    model: Learner,
    recipe: Recipe,
    reached: Reached,
    trained: Pictures,
    test: Pictures,
    validation: Pictures | None,
    watch: Watch,
) -> None:
    """Train one epoch and measure what it reached; where the loss or the probabilities are not numbers, it is lost."""

    def report(step, steps, figures):
        watch(Progress(epoch, recipe.epochs, step, steps, figures))

    figures = model.train_epoch(*trained, epoch, report)
    reached.probabilities = model.predict(test[0])
    row = {"epoch": epoch, **figures}
    reached.history.append(row)
    reached.lost = not (np.isfinite(figures.get("loss", 0)) and np.isfinite(reached.probabilities).all())
    if reached.lost:
        return
    reached.classes.append(_classes(reached.probabilities))
    row |= _training_loss(model, *trained) if "loss" in figures else {}
    row |= _validate(model, validation, reached.probabilities if validation is test else None)
    watch(Progress(epoch, recipe.epochs, 1, 1, row, reached.classes[-1]))


def _files(model: Learner, reached: Reached, checkpoint: Checkpoint | None, ended: Arrays) -> dict[str, bytes]:
    """The files of a finished model. ended: its state after the last epoch, from which the training goes on where they cannot be
    written, none where an earlier epoch has to do. Raises TrainingError, CheckpointError."""
    try:
        return model.files()
    except OSError as failure:
        if checkpoint and ended:
            checkpoint.save(reached.history, reached.classes, ended)
        kept = "The last epoch is saved: the same command goes on from there" if checkpoint else "Train it again"
        raise TrainingError(
            f"The model could not be written in the temporary folder {tempfile.tempdir or ''}: "
            f"{failure.strerror or failure}. {kept} once there is room, or with TMPDIR set to another folder."
        ) from failure


def _end(reached: Reached, until: int | None, recipe: Recipe) -> dict[str, int | None]:
    """What a record says of how the training ended."""
    epochs = len(reached.history)
    return {
        "diverged": epochs if reached.lost else None,
        "stopped": epochs if epochs == until != recipe.epochs and not reached.lost else None,
    }


def _learner(recipe: Recipe, described: dict, dataset: Dataset) -> Learner:
    """The untrained model, with its teacher. Raises TrainingError where the recipe does not fit the dataset."""
    try:
        model = learner(recipe, described)
        if recipe.teacher and isinstance(model, NetworkLearner):
            teacher = Teacher(recipe.teacher, recipe.precision)
            model.learn_from(teacher, of_parts(recipe, dataset, teacher.datasets()))
    except (ValueError, RunError) as failure:
        raise TrainingError(str(failure)) from failure
    return model


def _classes(probabilities: np.ndarray) -> np.ndarray:
    return probabilities.argmax(axis=1).astype(np.uint8)


def _describe(recipe: Recipe, dataset: Dataset) -> dict:
    """The model with all its options, so that a later change of a default does not build another network."""
    defaults = {n: list(v) if isinstance(v, tuple) else v for n, v in options_of(recipe.architecture).items()}
    return {
        "architecture": recipe.architecture,
        "input_shape": list(dataset.input_shape),
        "classes": len(dataset.class_names),
        "options": defaults | recipe.options(),
    }


def _resume(model: Learner, recipe: Recipe, checkpoint: Checkpoint | None) -> tuple[Reached, EarlyStopping]:
    """What the finished epochs reached, and early stopping; the model is restored to their end."""
    saved = checkpoint.load() if checkpoint else None
    if saved is None:
        return Reached([], []), EarlyStopping(recipe.patience)
    history, epoch_classes, state = saved
    model.restore(state)
    return Reached(history, epoch_classes), EarlyStopping(recipe.patience, state)


def _training_loss(model: Learner, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """train_loss: on digits of the training set, without dropout and augmentation."""
    step = max(1, len(labels) // SAMPLE)
    return {"train_loss": cross_entropy(labels[::step], model.predict(images[::step]))}


def _validate(
    model: Learner, validation: tuple[np.ndarray, np.ndarray] | None, probabilities: np.ndarray | None
) -> dict[str, float]:
    """val_loss and val_accuracy on the validation digits; probabilities: theirs if they are known already."""
    if validation is None:
        return {}
    images, labels = validation
    if probabilities is None:
        probabilities = model.predict(images)
    return {"val_loss": cross_entropy(labels, probabilities), "val_accuracy": 1 - error(labels, probabilities)}


def _held_out_predictions(model: Learner, held_out: HeldOut | None) -> dict[str, np.ndarray]:
    """What a run stores of the digits that were held out."""
    if held_out is None:
        return {}
    index, images, labels = held_out
    return {
        "held_out_index": index,
        "held_out_labels": labels,
        "held_out_probabilities": to_half(model.predict(images)),
    }


def _references(recipe: Recipe, model: Learner, images, labels, held_out: HeldOut | None) -> dict[str, bytes]:
    """The file of the reference digits, if the recipe asks for them."""
    if not recipe.references or held_out is None or isinstance(model, ClassifierLearner):
        return {}
    held_index, held_images, held_labels = held_out
    places = np.sort(np.random.default_rng(recipe.seed).permutation(len(labels))[: recipe.references])
    index = np.setdiff1d(np.arange(len(labels) + len(held_index)), held_index)[places]
    embed, varied = model.embedding(), model.varied(held_images)
    probabilities = model.predict(varied)
    correct = probabilities.argmax(axis=1) == held_labels
    usual = embed(varied[correct]), probabilities[correct].max(axis=1)
    references = neighbours.choose(index, labels[places], embed(images[places]), *usual)
    return {neighbours.FILE: references.to_bytes()}


def _record(recipe: Recipe, dataset: Dataset, described: dict, model: Learner, seconds: float) -> Record:
    return Record(
        run_id=recipe.run_id(),
        recipe=recipe,
        dataset=described_dataset(dataset),
        network=described,
        teacher=model.teacher.record.weights if isinstance(model, NetworkLearner) and model.teacher else None,
        scores=model.scores,
        parameters=model.parameters,
        seconds=round(seconds, 1),
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=_machine(model),
        versions={"python": platform.python_version(), "numpy": np.__version__, **_libraries(model)},
    )


def _machine(model: Learner) -> dict[str, Any]:
    """On what the model was computed."""
    return device.processor("scikit-learn") if isinstance(model, ClassifierLearner) else device.keras_machine()


def _libraries(model: Learner) -> dict[str, str]:
    """Names and versions of what the model was computed with."""
    if isinstance(model, ClassifierLearner):
        import sklearn

        return {"scikit-learn": sklearn.__version__}
    return device.keras_libraries()
