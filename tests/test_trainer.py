"""A training learns, repeats itself bit for bit, and stops with a sentence where it cannot go on."""

import errno
import os

import numpy as np
import pytest

from models import prediction
from tests.conftest import TOY
from training import held_out, publishing, trainer
from training.checkpoint import Checkpoint
from training.datasets import outliers, registry
from training.learners import learner
from training.metrics import cross_entropy
from training.recipe import Recipe
from training.recipes import LONG, RECIPES
from training.runs import load_predictions, load_record
from training.temperature import at_temperature, fit_temperature

AVERAGED = TOY.model_copy(update={"averaging": 0.9, "batch_normalization": True, "epochs": 3, "hidden": (16,)})


def test_it_learns(toy_run):
    assert toy_run.history[-1]["val_accuracy"] > 0.8
    assert toy_run.history[-1]["loss"] < toy_run.history[0]["loss"]


def test_the_record_says_what_was_done(toy_run, digits):
    record = toy_run.record
    assert record.recipe == TOY
    assert record.dataset["sha256"] == digits.sha256
    assert (record.dataset["train"], record.dataset["test"]) == (1000, 797)
    assert record.parameters == 64 * 16 + 16 + 160 + 10
    assert record.seconds > 0
    assert {"python", "keras", "numpy"} < set(record.versions)


def test_predictions_are_of_the_test_set(toy_run, digits):
    found, (_, labels) = toy_run.predictions, digits.part("test")
    np.testing.assert_array_equal(found.labels, labels)
    assert found.epoch_classes.shape == (2, 797)
    np.testing.assert_array_equal(found.epoch_classes[-1], found.classes)


def test_the_held_out_part_is_not_trained_on(toy_run, digits):
    (images, labels), (index, held_images, held_labels) = held_out.split(TOY, digits)
    everything, all_labels = digits.part("train")
    assert len(index) == 100
    assert len(labels) == 900
    rest = np.setdiff1d(np.arange(1000), index)
    np.testing.assert_array_equal(images, everything[rest])
    np.testing.assert_array_equal(held_images, everything[index])
    np.testing.assert_array_equal(toy_run.predictions.held_out_index, index)
    np.testing.assert_array_equal(toy_run.predictions.held_out_labels, held_labels)
    watched = (toy_run.predictions.held_out_probabilities.argmax(1) == held_labels).mean()
    assert watched == pytest.approx(toy_run.history[-1]["val_accuracy"])
    np.testing.assert_array_equal(all_labels[index], held_labels)


def test_the_same_seed_gives_the_same_bits(toy_run, digits):
    again = trainer.train(TOY, digits)
    np.testing.assert_array_equal(again.predictions.probabilities, toy_run.predictions.probabilities)
    other = trainer.train(TOY.model_copy(update={"seed": 2}), digits)
    assert not np.array_equal(other.predictions.probabilities, toy_run.predictions.probabilities)


def test_one_hot_targets_give_the_same_loss(toy_run, digits):
    one_hot = trainer.train(TOY.model_copy(update={"loss": "categorical_crossentropy"}), digits)
    assert one_hot.history[-1]["loss"] == pytest.approx(toy_run.history[-1]["loss"], rel=1e-3)


def test_the_step_size_falls_by_its_factor(digits, keras):
    falling = TOY.model_copy(update={"schedule": "exponential", "decay": 0.5, "epochs": 3})
    run = trainer.train(falling, digits)
    assert [row["learning_rate"] for row in run.history] == [0.01, 0.005, 0.0025]


def test_label_smoothing_is_kerass(digits, keras, rng):
    smoothed = TOY.model_copy(update={"loss": "categorical_crossentropy", "label_smoothing": 0.1})
    labels, probabilities = np.arange(10), rng.dirichlet(np.ones(10), 10)
    targets = learner(smoothed, trainer._describe(smoothed, digits))._targets(labels)
    expected = keras.losses.categorical_crossentropy(np.eye(10), probabilities, label_smoothing=0.1)
    np.testing.assert_allclose(keras.losses.categorical_crossentropy(targets, probabilities), expected, rtol=1e-5)


OUTLIERS = TOY.model_copy(
    update={
        "dataset": "generated:600",
        "loss": "categorical_crossentropy",
        "outliers": 300,
        "epochs": 6,
        "batch_size": 20,
    }
)


def test_outliers_lower_the_confidence_in_what_is_no_digit(keras):
    dataset = registry.load(OUTLIERS.dataset)
    images, labels = dataset.part("test")
    confidence = []
    for count in (0, 300):
        recipe = OUTLIERS.model_copy(update={"outliers": count})
        model = learner(recipe, trainer._describe(recipe, dataset))
        for epoch in range(1, 7):
            figures = model.train_epoch(*held_out.split(recipe, dataset)[0], epoch, lambda *_: None)
        confidence.append(model.predict(outliers.generate(100, seed=5)).max(axis=1).mean())
        accuracy = (model.predict(images).argmax(axis=1) == labels).mean()
        assert accuracy > 0.6
        # that of the digits alone, or it would be lower by a third
        assert figures["accuracy"] == pytest.approx(accuracy, abs=0.2)
    assert confidence[1] < confidence[0] - 0.1


def test_outliers_of_another_size_are_refused(digits, keras):
    recipe = TOY.model_copy(update={"loss": "categorical_crossentropy", "outliers": 10})
    with pytest.raises(trainer.TrainingError, match="28 x 28 pixels, the dataset 8 x 8"):
        trainer.train(recipe, digits)


@pytest.mark.parametrize("architecture", ["mlp", "cnn_m7"])
def test_calibration_divides_the_logits_by_the_temperature_of_the_varied_digits(architecture, keras):
    recipe = Recipe(name="toy", architecture=architecture, dataset="generated:60", augmentation=("elastic",))
    dataset = registry.load(recipe.dataset)
    images, labels = dataset.part("train")
    model = learner(recipe, trainer._describe(recipe, dataset))
    before, varied = model.predict(images), model.predict(model.varied(images))
    model.calibrate(images, labels)
    expected = at_temperature(before, fit_temperature(labels, varied))
    np.testing.assert_allclose(model.predict(images), expected, atol=1e-4)
    assert not np.allclose(before, expected, atol=1e-5)


def test_a_calibrated_run_predicts_the_same_classes(digits, keras, toy_run):
    scaled = trainer.train(TOY.model_copy(update={"calibrate": True}), digits)
    np.testing.assert_array_equal(scaled.predictions.classes, toy_run.predictions.classes)
    assert not np.array_equal(scaled.predictions.probabilities, toy_run.predictions.probabilities)
    held_out = scaled.predictions.held_out_labels, scaled.predictions.held_out_probabilities
    assert fit_temperature(*held_out) == pytest.approx(1, abs=0.02)


def test_rounded_kernels_are_what_is_measured_and_stored_in_half_the_space(digits, keras, shelf):
    recipe = TOY.model_copy(update={"half": True, "hidden": (600,), "batch_normalization": True})
    run, whole = (trainer.train(recipe.model_copy(update={"half": on}), digits) for on in (True, False))
    assert len(run.files["model.keras"]) < 0.6 * len(whole.files["model.keras"])
    np.testing.assert_allclose(run.predictions.probabilities, whole.predictions.probabilities, atol=0.02)
    folder = shelf / publishing.save(run).run_id
    network = prediction._filled(folder, run.record.network, "float32")
    kernels = [weights for weights in network.get_weights() if weights.ndim > 1]
    assert all((kernel == kernel.astype(np.float16)).all() for kernel in kernels)
    saved = prediction.load(folder).predict(digits.part("test")[0])
    np.testing.assert_array_equal(saved.astype(np.float16), run.predictions.probabilities)
    np.testing.assert_array_equal(run.predictions.epoch_classes[-1], run.predictions.classes)


def test_several_seeds_hold_out_the_same_digits(digits):
    recipes = [TOY.model_copy(update={"seed": seed, "split_seed": 4}) for seed in (1, 2)]
    first, second = (held_out.split(recipe, digits)[1][0] for recipe in recipes)
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, held_out.split(TOY, digits)[1][0])


def test_averages_follow_the_weights(digits, keras):
    averaged = AVERAGED.model_copy(update={"batch_size": 50})  # 20 steps an epoch, and the averages follow every 16
    images, labels = digits.part("train")
    model = learner(averaged, trainer._describe(averaged, digits))
    expected, epoch = model.network.get_weights(), 1

    def follow(step, steps, figures):
        done = (epoch - 1) * steps + step
        kept = min(0.9, (1 + done) / (10 + done)) ** {16: 16, 20: 4}[step]
        seen = model.network.get_weights()
        expected[:] = [kept * old + (1 - kept) * new for old, new in zip(expected, seen, strict=True)]

    for epoch in (1, 2):
        model.train_epoch(images, labels, epoch, follow)
    for found, reckoned, raw in zip(model.plain.get_weights(), expected, model.network.get_weights(), strict=True):
        np.testing.assert_allclose(found, reckoned, rtol=1e-5, atol=1e-7)
        assert not np.allclose(found, raw, rtol=1e-3)


def test_averages_leave_the_training_as_it_is_and_are_what_is_kept(digits, keras, shelf):
    plain = trainer.train(AVERAGED.model_copy(update={"averaging": 0.0}), digits)
    run = trainer.train(AVERAGED, digits)
    assert [row["loss"] for row in run.history] == [row["loss"] for row in plain.history]
    assert not np.array_equal(run.predictions.probabilities, plain.predictions.probabilities)
    images, _ = digits.part("test")
    saved = prediction.load(shelf / publishing.save(run).run_id).predict(images)
    np.testing.assert_array_equal(saved.astype(np.float16), run.predictions.probabilities)


@pytest.mark.parametrize("ahead", [{}, {"patience": 1, "learning_rate": 0.1, "epochs": 9}])
def test_a_stopped_training_goes_on_with_its_averages(ahead, digits, keras, tmp_path):
    recipe = AVERAGED.model_copy(update=ahead)
    undisturbed = trainer.train(recipe, digits)

    def stop(now):
        if now.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(recipe, digits, stop, Checkpoint(tmp_path, recipe, digits))
    resumed = trainer.train(recipe, digits, checkpoint=Checkpoint(tmp_path, recipe, digits))
    assert len(resumed.history) == len(undisturbed.history) > 1
    assert resumed.files.keys() == undisturbed.files.keys()
    for name in ("probabilities", "held_out_probabilities", "epoch_classes"):
        np.testing.assert_array_equal(getattr(resumed.predictions, name), getattr(undisturbed.predictions, name))


@pytest.mark.parametrize(("validation", "watched"), [("none", False), ("test", True)])
def test_what_is_watched(validation, watched, digits, keras):
    run = trainer.train(TOY.model_copy(update={"validation": validation, "epochs": 1}), digits)
    assert run.predictions.held_out_index is None
    assert ("val_loss" in run.history[0]) == watched
    if watched:
        right = (run.predictions.classes == run.predictions.labels).mean()
        assert run.history[0]["val_accuracy"] == pytest.approx(right)


def test_the_watcher_is_told_of_every_epoch_and_may_stop(digits, keras):
    told = []
    trainer.train(TOY, digits, told.append)
    assert {progress.epoch for progress in told} == {1, 2}
    assert told[-1].figures["val_accuracy"] > 0

    def stop(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(TOY, digits, stop)


def test_the_training_loss_is_measured_without_dropout(digits, keras, shelf):
    dropping = TOY.model_copy(update={"dropout": 0.8})
    run = trainer.train(dropping, digits)
    record = publishing.save(run)
    (images, labels), _ = held_out.split(dropping, digits)
    expected = cross_entropy(labels, prediction.load(shelf / record.run_id).predict(images))
    assert run.history[-1]["train_loss"] == pytest.approx(expected, rel=1e-5)
    assert run.history[-1]["loss"] > expected


def test_what_diverges_is_kept_as_far_as_it_came(digits, keras):
    wild = TOY.model_copy(update={"optimizer": "sgd", "learning_rate": 1e30})
    run = trainer.train(wild, digits)
    assert run.record.diverged == 1
    assert [row["epoch"] for row in run.history] == [1]
    assert not run.files


def test_what_diverges_with_its_last_step_is_kept_as_such(digits, keras):
    wild = TOY.model_copy(update={"optimizer": "sgd", "learning_rate": 1e30, "batch_size": 60_000, "epochs": 1})
    run = trainer.train(wild, digits)
    assert run.record.diverged == 1
    assert not run.files
    assert run.predictions.epoch_classes is None


def test_a_network_that_does_not_fit_is_a_sentence(digits, keras):
    with pytest.raises(trainer.TrainingError, match="cannot read 8 x 8 pictures"):
        trainer.train(TOY.model_copy(update={"architecture": "cnn_large", "hidden": None}), digits)


def test_no_digits_left_is_a_sentence(digits, keras):
    with pytest.raises(trainer.TrainingError, match="leaves one part without digits"):
        trainer.train(TOY.model_copy(update={"validation_fraction": 1e-9}), digits)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(RECIPES) - set(LONG)))
def test_named_recipes_reach_their_shipped_error(name, mnist, keras):
    shipped, run = load_predictions(name), trainer.train(RECIPES[name], registry.load(RECIPES[name].dataset))
    assert run.record.dataset["sha256"] == load_record(name).dataset["sha256"]
    rates = [(found.classes != found.labels).mean() for found in (shipped, run.predictions)]
    assert abs(rates[0] - rates[1]) < 0.004


def test_a_full_temporary_folder_is_a_sentence_and_the_last_epoch_is_kept(digits, keras, tmp_path, monkeypatch):
    def full(*arguments, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    whole = trainer.train(TOY, digits)
    checkpoint = Checkpoint(tmp_path, TOY, digits)
    with monkeypatch.context() as context:
        context.setattr(keras.Model, "save", full)
        with pytest.raises(trainer.TrainingError, match="No space left on device"):
            trainer.train(TOY, digits, checkpoint=checkpoint)
    assert len(checkpoint.load()[0]) == TOY.epochs
    epochs = []
    again = trainer.train(
        TOY, digits, lambda progress: epochs.append(progress.epoch), Checkpoint(tmp_path, TOY, digits)
    )
    assert epochs == [], "no epoch is trained twice"
    np.testing.assert_array_equal(again.predictions.probabilities, whole.predictions.probabilities)
    np.testing.assert_array_equal(again.predictions.epoch_classes, whole.predictions.epoch_classes)
