"""Any model.fit becomes a run, however it ends, and is never broken by that."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from models import ROOT, calls, prediction, run_directory
from models.explanations import EXPLANATIONS
from training.__main__ import main
from training.analysis.learning_curves import with_errors
from training.analysis.parameters import trainable
from training.analysis.report import report
from training.export import export
from training.runs import RunError, list_runs, load_history, load_predictions
from training.unfinished import Unfinished, recover


@pytest.fixture(scope="session")
def arrays(digits):
    """Training pictures and labels, and the test digits, as a notebook has them."""
    (images, labels), (tested, truth) = digits.part("train"), digits.part("test")
    return (images / 255).astype("float32"), labels, ((tested / 255).astype("float32"), truth)


def network(keras, outputs=10, activation="softmax", rate=0.01, loss="sparse_categorical_crossentropy"):
    layers = [keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(outputs, activation)]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(rate), loss, metrics=["acc"])
    return model


def fit(model, arrays, *callbacks, epochs=3, **more):
    images, labels, _ = arrays
    model.fit(images, labels, batch_size=100, epochs=epochs, verbose=0, callbacks=list(callbacks), **more)


@pytest.fixture
def recorder(keras, shelf):
    from training import RunRecorder

    return RunRecorder


def test_a_fit_is_a_run(recorder, keras, arrays):
    model, kept = network(keras), recorder("My run", test=arrays[2], tags=["notebook"], seed=3)
    fit(model, arrays, kept, validation_data=arrays[2])
    [record], damaged = list_runs()
    assert (record, damaged) == (kept.record, [])
    assert (record.run_id, record.origin, record.tags) == ("my-run", "recorded", ("notebook",))
    assert record.parameters == model.count_params() == 650
    assert record.settings["optimizer"] == "adam"
    assert record.settings["learning_rate"] == pytest.approx(0.01)
    assert record.settings["seed"] == 3
    assert record.machine["device"]
    assert record.versions["keras"] == keras.__version__
    assert record.network["input_shape"] == [8, 8]
    assert record.tested == "digits"
    history, found = load_history("my-run"), load_predictions("my-run")
    assert history[["loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"]].notna().all(axis=None)
    np.testing.assert_allclose(1 - history["val_accuracy"], found.epoch_errors, atol=1e-5)
    np.testing.assert_array_equal(found.classes, model.predict(arrays[2][0], verbose=0).argmax(axis=1))
    np.testing.assert_array_equal(found.classes, found.epoch_classes[-1])


def test_logits_and_every_second_epoch(recorder, keras, arrays):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fit(network(keras, activation=None, loss=loss), arrays, recorder("logits", test=arrays[2], every=2), epochs=5)
    found = load_predictions("logits")
    assert found.epochs.tolist() == [2, 4, 5]
    np.testing.assert_allclose(found.probabilities.astype(float).sum(axis=1), 1, atol=0.01)
    assert list_runs()[0][0].settings["outputs"] == "logits"
    curve = with_errors(load_history("logits"), found)["test_error"]
    assert curve.isna().tolist() == [True, False, True, False, False]
    assert curve.iloc[-1] == found.wrong.mean()


@pytest.mark.parametrize(("factor", "kind"), [(100, "percentages"), (1, None)])
def test_percentages_are_told_once_and_kept_as_probabilities(recorder, keras, arrays, factor, kind):
    layers = [*network(keras).layers, keras.layers.Rescaling(factor)]
    model = keras.Sequential([keras.Input((8, 8)), *layers])
    model.compile("adam", "mse")
    images, labels, _ = arrays
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        fit(model, (images, np.eye(10)[labels], None), recorder("scaled", test=arrays[2]))
    assert [
        "percentages: they were divided by 100" in str(one.message) for one in said if "scaled" in str(one.message)
    ] == [True for _ in range(kind is not None)]
    kept = load_predictions("scaled")
    np.testing.assert_allclose(kept.probabilities, model.predict(arrays[2][0], verbose=0) / factor, atol=0.002)
    assert list_runs()[0][0].settings.get("outputs") == kind


def test_a_single_output_is_two_classes(recorder, keras, arrays):
    images, labels, (tested, truth) = arrays
    even = images, labels % 2, (tested, truth % 2)
    fit(network(keras, 1, "sigmoid", loss="binary_crossentropy"), even, recorder("even", test=even[2]))
    found = load_predictions("even")
    assert found.probabilities.shape == (len(truth), 2)
    assert found.wrong.mean() < 0.4


def test_restored_weights_are_those_of_the_run(recorder, keras, arrays):
    stop = keras.callbacks.EarlyStopping(min_delta=9, patience=1, restore_best_weights=True)
    model = network(keras)
    fit(model, arrays, stop, recorder("best", test=arrays[2]), validation_data=arrays[2])
    found = load_predictions("best")
    np.testing.assert_array_equal(found.classes, model.predict(arrays[2][0], verbose=0).argmax(axis=1))
    np.testing.assert_array_equal(found.classes, found.epoch_classes[0])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
@pytest.mark.parametrize("first", [True, False])
def test_what_was_finished_of_an_interrupted_fit_is_saved(error, first, recorder, keras, arrays):
    class Interrupt(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise error

    kept = recorder("stopped", test=arrays[2])
    with pytest.raises(error) as caught:
        fit(network(keras), arrays, *([Interrupt(), kept] if first else [kept, Interrupt()]), epochs=9)
    del caught
    [record], _ = list_runs()
    assert record.settings["stopped"] is True
    assert record.settings["epochs"] == 9
    found = load_predictions("stopped")
    assert found.epochs.tolist() == [1, 2]
    np.testing.assert_array_equal(found.classes, found.epoch_classes[-1])


def test_a_fit_that_is_interrupted_before_its_first_epoch_ends_leaves_nothing(recorder, keras, arrays):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(network(keras), arrays, recorder("nothing", test=arrays[2]), Interrupt())
    assert list_runs() == ([], [])


SCRIPT = """
import numpy as np, keras
from training import RunRecorder
class Interrupt(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
x, y = np.zeros((10, 4)), np.arange(10) % 2
model.fit(x, y, epochs=3, verbose=0, callbacks=[Interrupt(), RunRecorder("script", test=(x, y))])
"""


def test_a_script_that_ends_by_an_interruption_leaves_its_run(shelf):
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True)
    assert "KeyboardInterrupt" in done.stderr
    [record], _ = list_runs()
    assert record.settings["stopped"] is True


KILLED = SCRIPT.replace("raise KeyboardInterrupt", "os.kill(os.getpid(), 9)").replace(
    "import numpy", "import os, numpy"
)


def test_a_recording_whose_process_was_killed_is_saved_by_the_next_command(shelf, capsys):
    done = subprocess.run([sys.executable, "-c", KILLED], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == -9
    assert list_runs() == ([], [])
    assert len(list(shelf.glob(".recording-*.run"))) == 1
    assert main(["runs"]) == 0
    assert "script was stopped; it is saved" in capsys.readouterr().out
    [record], _ = list_runs()
    assert record.settings["stopped"] is True
    assert load_history("script")["epoch"].tolist() == [1]
    assert list(shelf.glob(".recording-*")) == []


def test_a_recording_that_goes_on_is_left_alone(shelf, keras, recorder, arrays):
    class Look(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append((recover(), list(shelf.glob(".recording-*.run"))))

    seen = []
    fit(network(keras), arrays, recorder("a", test=arrays[2]), Look(), epochs=2)
    assert [found for found, _ in seen] == [[], []]
    assert len(seen[0][1]) == 1
    assert [path.name for path in shelf.iterdir()] == ["a"]


def test_a_kept_file_that_is_no_run_is_passed_over(shelf):
    shelf.mkdir()
    host = Unfinished().path.name.split("-")[1]
    (shelf / f".recording-{host}-99999999-1.run").write_bytes(b"nothing")
    assert recover() == []
    assert list_runs() == ([], [])


def test_a_training_that_diverges_is_kept_as_such(recorder, keras, arrays):
    lost = arrays[0] * np.where(np.arange(len(arrays[0])) == 950, np.nan, 1)[:, None, None], *arrays[1:]
    fit(network(keras), lost, recorder("lost", test=arrays[2]), keras.callbacks.TerminateOnNaN(), shuffle=False)
    [record], _ = list_runs()
    assert record.diverged == 1
    assert load_predictions("lost").epoch_classes is None


def test_without_test_digits_the_history_stands_alone(recorder, keras, arrays):
    fit(network(keras), arrays, recorder("alone"))
    assert len(load_history("alone")) == 3
    assert load_predictions("alone").probabilities.shape == (0, 10)


@pytest.mark.parametrize(
    ("given", "warning"),
    [
        ({"test": (np.zeros((5, 3, 3), np.float32), np.zeros(5, int))}, "without its test digits"),
        ({"test": (np.zeros((5, 8, 8), np.float32), np.full(5, 12))}, "the highest is 12"),
        ({"class_names": ["a", "b"]}, "names are left out"),
    ],
)
def test_an_error_of_the_recorder_is_a_warning(given, warning, recorder, keras, arrays):
    model = network(keras)
    with pytest.warns(UserWarning, match=warning) as told:
        fit(model, arrays, recorder("odd", **given))
    assert len([one for one in told if "odd" in str(one.message) or "names" in str(one.message)]) == 1
    assert len(load_history("odd")) == 3
    assert len(model.history.epoch) == 3


def test_a_full_disk_is_a_warning(recorder, keras, arrays, shelf):
    shelf.write_text("not a folder")
    with pytest.warns(UserWarning, match="could not be saved"):
        fit(network(keras), arrays, recorder("full", test=arrays[2]))


@pytest.mark.parametrize("test", [(np.zeros((5, 8, 8)), np.zeros(4)), (np.zeros((5, 8, 8)), np.full(5, -1))])
def test_pictures_and_labels_that_do_not_fit_are_told_before_the_training(test, recorder):
    with pytest.raises(ValueError, match="labels"):
        recorder("odd", test=test)


def test_training_is_imported_without_keras():
    code = "import sys, training; from training import record; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr


def test_what_keras_tells_of_the_sizes_of_a_training_is_recorded(recorder, keras, arrays):
    images, labels, _ = arrays
    model = network(keras)
    model.fit(images[:600], labels[:600], validation_split=0.25, verbose=0, callbacks=[recorder("sizes")])
    [record], _ = list_runs()
    sizes = {name: record.settings[name] for name in ("batch_size", "steps_per_epoch", "validation_size")}
    assert sizes == {"batch_size": 32, "steps_per_epoch": 15, "validation_size": 150}


def test_the_report_tells_trainable_parameters_from_all(recorder, keras, arrays):
    layers = keras.layers
    model = layered(keras, layers.Flatten(), layers.BatchNormalization(), layers.Dense(10, "softmax"))
    fit(model, arrays, recorder("normal", test=arrays[2]), epochs=1)
    assert "906, of which 778 are trainable" in report("normal")
    fit(network(keras), arrays, recorder("plain", test=arrays[2]), epochs=1)
    assert "<td>650</td>" in report("plain")


def layered(keras, *layers, shape=(8, 8), loss="sparse_categorical_crossentropy"):
    model = keras.Sequential([keras.Input(shape), *layers])
    model.compile("adam", loss)
    return model


@pytest.mark.parametrize(
    ("before", "prepare"),
    [
        ("0 to 1", lambda images: images),
        ("0 to 255", lambda images: images * 255),
        ("-1 to 1", lambda images: 2 * images - 1),
        (
            "columns of unit length",
            lambda images: images / np.maximum(np.linalg.norm(images, axis=1, keepdims=True), 1e-9),
        ),
    ],
)
def test_a_saved_model_reads_raw_pixels_as_the_original_read_prepared_ones(
    before, prepare, recorder, keras, arrays, digits
):
    images, labels, (tested, truth) = arrays
    flat = (64,) if before == "0 to 1" else (8, 8, 1)
    ready, test = (prepare(some).reshape(-1, *flat) for some in (images, tested))
    layers = keras.layers
    body = [] if len(flat) == 1 else [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU(), layers.Flatten()]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = layered(keras, *body, layers.Dropout(0.2), layers.Dense(10), shape=flat, loss=loss)
    model.fit(ready, labels, verbose=0, callbacks=[recorder("kept", test=(test, truth), save_model=True)])
    [record], _ = list_runs()
    assert record.settings["input_values"] == before
    assert record.parameters == model.count_params()
    assert trainable(record) == sum(int(np.prod(one.shape)) for one in model.trainable_weights)
    loaded = prediction.load(run_directory("kept"))
    rows = loaded.predict(digits.part("test")[0])
    np.testing.assert_allclose(rows, load_predictions("kept").probabilities.astype(float), atol=0.005)


def test_a_saved_model_is_explained_and_exported(recorder, keras, arrays, digits, tmp_path):
    layers = keras.layers
    model = layered(
        keras,
        layers.Reshape((8, 8, 1)),
        layers.Conv2D(4, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(10, "softmax"),
    )
    fit(model, arrays, recorder("kept", test=arrays[2], save_model=True))
    for name in EXPLANATIONS:
        heat = calls.explain("kept", digits.part("test")[0][:1], name).heat
        assert heat.shape == (1, 8, 8)
        assert np.isfinite(heat).all()
    assert {path.name for path in export("kept", tmp_path)} >= {"architecture.json", "model.h5"}


def test_a_model_that_cannot_be_rebuilt_is_left_out_with_one_warning(recorder, keras, arrays):
    class Own(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    model = layered(keras, keras.layers.Flatten(), Own(), keras.layers.Dense(10, "softmax"))
    with pytest.warns(UserWarning, match="without its model, which has a layer Own") as told:
        fit(model, arrays, recorder("odd", test=arrays[2], save_model=True))
    assert len([one for one in told if "without its model" in str(one.message)]) == 1
    [record], _ = list_runs()
    assert "model.keras" not in record.files
    assert record.evaluated
    with pytest.raises(RunError, match=r"The model of the run 'odd' was not saved .* save_model=True"):
        export("odd", Path("nowhere"))


def test_a_model_is_saved_with_test_digits_alone(recorder, keras, arrays):
    with pytest.warns(UserWarning, match="was given no test digits"):
        fit(network(keras), arrays, recorder("alone", save_model=True))
    [record], _ = list_runs()
    assert list(record.files) == ["history.csv", "predictions.npz"]
