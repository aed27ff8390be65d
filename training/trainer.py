"""Training: a recipe and a dataset in, a Run out."""

import platform
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
from training.learners import ClassifierLearner, Learner, learner
from training.metrics import cross_entropy, error
from training.recipe import Recipe
from training.runs import Predictions, Record, Run, described_dataset, to_half


@dataclass(frozen=True)
class Progress:
    """Where a training stands. epoch counts from 1; figures: loss and accuracy so far, val_... once the epoch is over."""

    epoch: int
    epochs: int
    step: int
    steps: int
    figures: dict[str, float]


Watch = Callable[[Progress], None]
SAMPLE = 5000  # training digits on which the training loss is measured after each epoch
HeldOut = tuple[np.ndarray, np.ndarray, np.ndarray]  # index into the training set, images, labels


class TrainingError(Exception):
    """A training that cannot continue, in a sentence a user can act on."""


def train(
    recipe: Recipe, dataset: Dataset, watch: Watch = lambda progress: None, checkpoint: Checkpoint | None = None
) -> Run:
    """Train `recipe` on `dataset`. The run is returned, not saved; one that diverged with its last steps has no model.

    Args:
        watch: called after every step; it may raise to stop the training.
        checkpoint: from where the training resumes if it was stopped before, and what is saved after each epoch. The
            same thread count gives the same bits as a training that was never stopped.

    Raises:
        TrainingError: the training diverges, or the recipe does not fit the dataset.
    """
    (images, labels), held_out = split(recipe, dataset)
    test_images, test_labels = dataset.part("test")
    described = _describe(recipe, dataset)
    model = _learner(recipe, described)
    history, epoch_classes, stopping = _resume(model, recipe, checkpoint)
    started = time.perf_counter() - sum(row["seconds"] for row in history)
    for epoch in range(len(history) + 1, recipe.epochs + 1):

        def report(step, steps, figures, epoch=epoch):
            watch(Progress(epoch, recipe.epochs, step, steps, figures))

        figures = model.train_epoch(images, labels, epoch, report)
        if not np.isfinite(figures.get("loss", 0)):
            raise _diverged(recipe, epoch)
        probabilities = model.predict(test_images)
        epoch_classes.append(_classes(probabilities))
        validation = (test_images, test_labels) if recipe.validation == "test" else held_out and held_out[1:]
        figures |= _training_loss(model, images, labels) if "loss" in figures else {}
        figures |= _validate(model, validation, probabilities if recipe.validation == "test" else None)
        history.append({"epoch": epoch, **figures})
        watch(Progress(epoch, recipe.epochs, 1, 1, figures))
        if stopping.update(history, model):
            break
        if checkpoint and epoch < recipe.epochs:
            checkpoint.save(history, epoch_classes, model.state() | stopping.state())
    restored = stopping.restore_best(model)
    lost = not restored and not np.isfinite(probabilities).all()  # by its last steps
    if not lost and (model.finish(held_out and held_out[1:]) or restored):
        probabilities = model.predict(test_images)
    if not restored:  # rounded weights may change a class
        epoch_classes[-1] = _classes(probabilities)
    held = {} if lost else _held_out_predictions(model, held_out)
    sound = epoch_classes[:-1] if lost else epoch_classes
    predictions = Predictions(test_labels, to_half(probabilities), np.stack(sound) if sound else None, **held)
    record = _record(recipe, dataset, described, model, time.perf_counter() - started, epoch if lost else None)
    files = {} if lost else model.files() | _references(recipe, model, images, labels, held_out)
    return Run(record, history, predictions, files)


def split(recipe: Recipe, dataset: Dataset) -> tuple[tuple[np.ndarray, np.ndarray], HeldOut | None]:
    """The digits to train on, (images, labels), and those held out, or None."""
    images, labels = dataset.part("train")
    if recipe.validation == "fold":
        from sklearn.model_selection import KFold

        held = list(KFold(recipe.folds, shuffle=True, random_state=1).split(labels))[recipe.fold - 1][1]
    elif recipe.validation == "split":
        seed = recipe.seed if recipe.split_seed < 0 else recipe.split_seed
        order = np.random.default_rng(seed).permutation(len(labels))
        held = np.sort(order[: round(len(labels) * recipe.validation_fraction)])
    else:
        return (images, labels), None
    if not 0 < len(held) < len(labels):
        raise TrainingError(f"A validation fraction of {recipe.validation_fraction} leaves one part without digits.")
    rest = np.delete(np.arange(len(labels)), held)
    return (images[rest], labels[rest]), (held.astype(np.uint32), images[held], labels[held])


def _learner(recipe: Recipe, described: dict) -> Learner:
    """The untrained model. Raises TrainingError where the recipe does not fit the dataset."""
    try:
        return learner(recipe, described)
    except ValueError as failure:
        raise TrainingError(str(failure)) from failure


def _diverged(recipe: Recipe, epoch: int) -> TrainingError:
    rate = f"{recipe.learning_rate:g}"
    return TrainingError(f"The training diverged in epoch {epoch}: try a learning rate below {rate}.")


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


def _resume(
    model: Learner, recipe: Recipe, checkpoint: Checkpoint | None
) -> tuple[list[dict], list[np.ndarray], EarlyStopping]:
    """History and test predictions of the finished epochs, and early stopping; the model is restored to their end."""
    saved = checkpoint.load() if checkpoint else None
    if saved is None:
        return [], [], EarlyStopping(recipe.patience)
    history, epoch_classes, state = saved
    model.restore(state)
    return history, epoch_classes, EarlyStopping(recipe.patience, state)


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


def _record(
    recipe: Recipe, dataset: Dataset, described: dict, model: Learner, seconds: float, diverged: int | None = None
) -> Record:
    return Record(
        run_id=recipe.run_id(),
        recipe=recipe,
        diverged=diverged,
        dataset=described_dataset(dataset),
        network=described,
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
