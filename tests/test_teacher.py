"""A student learns what its teacher makes of the varied digits of the teacher's own dataset, and never an error of it."""

from dataclasses import replace

import numpy as np
import pytest

from models import prediction, run_directory
from tests.conftest import TOY
from training import held_out, publishing, trainer
from training.checkpoint import Checkpoint
from training.datasets import registry
from training.runs import RunError, load_predictions, load_record
from training.teacher import Teacher

TAUGHT = TOY.model_copy(update={"name": "student", "loss": "categorical_crossentropy", "teacher": "toy", "epochs": 4})


@pytest.fixture
def teacher(shelf, toy_run) -> Teacher:
    publishing.save(toy_run)
    return Teacher(toy_run.record.run_id, "float32")


def test_targets_are_its_probabilities_where_it_is_right(teacher, digits, toy_run):
    images, labels = digits.part("test")
    targets = np.eye(10, dtype=np.float32)[labels]
    taught = teacher.targets(images, targets, lambda: None)
    right = toy_run.predictions.classes == labels
    np.testing.assert_allclose(taught[right], toy_run.predictions.probabilities[right], atol=1e-3)
    np.testing.assert_array_equal(taught[~right], targets[~right])
    assert 0 < right.mean() < 1
    assert (targets.max(axis=1) == 1).all(), "the labels themselves stay as they are"


def test_it_teaches_the_digits_of_its_own_dataset_alone(teacher, digits):
    assert teacher.datasets() == {"digits"}
    own = held_out.of_parts(TAUGHT, digits, teacher.datasets())
    assert own.all()
    assert len(own) == 900
    assert not held_out.of_parts(TAUGHT, digits, {"mnist"}).any()


def test_the_digits_of_a_part_are_those_that_are_trained_on():
    joined = registry.load("generated:600:1+generated:300:2")
    recipe = TOY.model_copy(update={"dataset": joined.name, "validation_fraction": 0.2})
    (images, _), _ = held_out.split(recipe, joined)
    second = held_out.of_parts(recipe, joined, {"generated:300:2"})
    assert len(second) == len(images)
    assert 0 < second.sum() < len(second)
    others = registry.load("generated:300:2").part("train")[0]
    known = {image.tobytes() for image in others}
    assert all((image.tobytes() in known) == own for image, own in zip(images, second, strict=True))


def test_a_student_learns_from_it(teacher, digits):
    run = trainer.train(TAUGHT, digits)
    assert run.record.teacher == teacher.record.weights
    assert run.history[-1]["val_accuracy"] > 0.8
    alone = trainer.train(TAUGHT.model_copy(update={"teacher": ""}), digits)
    assert alone.record.teacher is None
    # soft targets leave it less sure than labels do
    assert run.predictions.probabilities.max(axis=1).mean() < alone.predictions.probabilities.max(axis=1).mean()
    publishing.save(run)
    assert load_record("student").recipe.teacher == "toy"
    np.testing.assert_array_equal(load_predictions("student").classes, run.predictions.classes)


def test_a_stopped_training_goes_on_with_its_teacher(teacher, digits, tmp_path):
    class Enough(Exception):
        pass

    def stop(progress):
        if progress.epoch == 2:
            raise Enough

    whole = trainer.train(TAUGHT, digits)
    with pytest.raises(Enough):
        trainer.train(TAUGHT, digits, stop, Checkpoint(tmp_path, TAUGHT, digits))
    again = trainer.train(TAUGHT, digits, checkpoint=Checkpoint(tmp_path, TAUGHT, digits))
    np.testing.assert_array_equal(again.predictions.probabilities, whole.predictions.probabilities)


def test_no_teacher_is_a_sentence(shelf, digits):
    with pytest.raises(trainer.TrainingError, match="'toy'"):
        trainer.train(TAUGHT, digits)


def test_a_run_without_a_model_is_no_teacher(shelf, toy_run):
    publishing.save(replace(toy_run, files={}))
    with pytest.raises(RunError, match="No training can learn from the run 'toy'"):
        Teacher("toy", "float32")


def test_half_precision_computes_the_same_classes(teacher, digits):
    images = digits.part("test")[0]
    half = prediction.load(run_directory("toy"), "mixed_bfloat16").predict(images)
    plain = prediction.load(run_directory("toy")).predict(images)
    np.testing.assert_allclose(half, plain, atol=0.05)
    assert not np.array_equal(half, plain)
