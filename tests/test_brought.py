"""Networks that others saved are rebuilt, asked, and kept so that they classify drawings, with the answers that Keras gives."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from models import architectures, calls, limited, loaded, prediction, rebuilt, weights_file
from models.browser_network import NotInBrowserError, pack
from models.explanations import EXPLANATIONS
from tests.test_importers import HISTORY, imported
from training.__main__ import main
from training.export import export
from training.importers import asking
from training.importers.plan import recognise
from training.runs import load_history, load_predictions, load_record


def trained(keras, digits, network, prepared, epochs=4, loss="sparse_categorical_crossentropy"):
    """A network after a short training on the digits as it takes them; gives its history."""
    images, labels = digits.part("train")
    network.compile("adam", loss, metrics=["accuracy"])
    return network.fit(prepared(images), labels, 16, epochs, verbose=0).history


def expected(digits, network, prepared):
    return network.predict(prepared(digits.part("test")[0]), verbose=0)


def scaled(name, shape):
    scale, offset = rebuilt.BEFORE[name]
    return lambda images: (images * scale + offset).astype(np.float32).reshape(-1, *shape)


@pytest.fixture(scope="module")
def cnn(keras, digits):
    """A small network with most of what people use, its history, and how it takes its digits."""
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Conv2D(6, 3, padding="same"), layers.BatchNormalization()]
    )
    for layer in (layers.ReLU(), layers.MaxPooling2D(), layers.Dropout(0.2), layers.Flatten()):
        network.add(layer)
    network.add(layers.Dense(24, "relu", kernel_initializer="he_uniform"))
    network.add(layers.Dense(10, "softmax"))
    prepared = scaled("0 to 1", (8, 8, 1))
    return network, trained(keras, digits, network, prepared, 12), prepared


def saved(network, folder: Path, form: str) -> Path:
    """The network in a folder of its own, in one of the forms that people save."""
    folder.mkdir(parents=True, exist_ok=True)
    if form in ("model.keras", "model.h5"):
        network.save(folder / form)
        return folder / form
    (folder / "model.json").write_text(network.to_json())
    network.save_weights(folder / "final_model.weights.h5")
    if form == "legacy weights":
        network.save(folder / "whole.h5")
        (folder / "final_model.weights.h5").unlink()
        as_keras_2_wrote(folder / "whole.h5", folder / "final_model.h5")
    return folder


def as_keras_2_wrote(whole: Path, weights: Path) -> None:
    """What save_weights of Keras 2 wrote into an .h5 file: what stands below model_weights today."""
    import h5py

    with h5py.File(whole) as source, h5py.File(weights, "w") as target:
        for name, value in source["model_weights"].attrs.items():
            target.attrs[name] = value
        for name in source["model_weights"]:
            source.copy(f"model_weights/{name}", target)
    whole.unlink()


def test_every_form_gives_the_answers_that_keras_gives(cnn, digits, shelf, tmp_path):
    network, _, prepared = cnn
    for form in ("model.keras", "model.h5", "model.json and weights", "legacy weights"):
        saved(network, tmp_path / "mine" / form.replace(".", "-").replace(" ", "-"), form)
    plan, outcomes = imported(tmp_path / "mine")
    assert (len(outcomes), plan.refused) == (4, ())
    rows, (images, _) = expected(digits, network, prepared), digits.part("test")
    for outcome in outcomes:
        record = outcome.record
        assert (record.origin, record.tested, record.parameters) == ("imported", "digits", network.count_params())
        assert record.settings["input_values"] == "0 to 1"
        assert "pixels as values from 0 to 1" in outcome.remarks[0]
        np.testing.assert_allclose(load_predictions(record.run_id).probabilities, rows, atol=1e-3)
        np.testing.assert_allclose(prediction.load(shelf / record.run_id).predict(images), rows, atol=1e-5)
        if record.run_id in ("model-keras", "model-h5"):
            assert (record.settings["optimizer"], record.settings["loss"]) == (
                "adam",
                "sparse_categorical_crossentropy",
            )


def test_input_and_output_are_found_out(keras, digits, shelf, tmp_path, asked_here):
    layers, told = keras.layers, {}
    for output, scale, shape in (
        ("softmax", "0 to 1", (8, 8)),
        ("softmax", "0 to 255", (8, 8)),
        ("linear", "-1 to 1", (64,)),
        ("sigmoid", "0 to 1", (8, 8, 1)),
    ):
        network = keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(32, "relu")])
        network.add(layers.Dense(10, output))
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=output == "linear")
        trained(keras, digits, network, scaled(scale, shape), 25, loss)
        network.save(tmp_path / f"{output} {scale}.keras")
        told[scale, output] = expected(digits, network, scaled(scale, shape))
    _, outcomes = imported(tmp_path)
    for ((scale, _), rows), outcome in zip(sorted(told.items(), key=lambda one: one[0][::-1]), outcomes, strict=True):
        found = load_predictions(outcome.record.run_id)
        assert outcome.record.settings["input_values"] == scale
        assert (found.classes == rows.argmax(axis=1)).mean() > 0.999
        np.testing.assert_allclose(found.probabilities.sum(axis=1, dtype=float), 1, atol=5e-3)


def test_functional_nested_and_recurrent_networks(keras, digits, shelf, tmp_path, asked_here):
    layers = keras.layers
    inputs = keras.Input((8, 8))
    grown = keras.Sequential(
        [layers.Reshape((8, 8, 1)), layers.RandomRotation(0.02), layers.Conv2D(4, 3, padding="same")]
    )
    first = grown(inputs)
    second = layers.Conv2D(4, 5, padding="same", activation=keras.activations.gelu)(first)
    joined = layers.Concatenate()([layers.Add()([first, second]), first])
    outputs = layers.Dense(10, "softmax")(layers.Flatten()(layers.LeakyReLU()(joined)))
    network = keras.Model(inputs, outputs)
    rows = keras.Sequential(
        [keras.Input((8, 8)), layers.LSTM(12), layers.LayerNormalization(), layers.Dense(10, "softmax")]
    )
    for name, one in (("joined", network), ("rows", rows)):
        trained(keras, digits, one, scaled("0 to 1", (8, 8)))
        for form in ("keras", "h5"):
            (tmp_path / "all" / f"{name}-{form}").mkdir(parents=True)
            one.save(tmp_path / "all" / f"{name}-{form}" / f"model.{form}")
    _, outcomes = imported(tmp_path / "all")
    for outcome, one in zip(outcomes, (network, network, rows, rows), strict=True):
        assert outcome.record is not None, outcome.remarks
        told = expected(digits, one, scaled(outcome.record.settings["input_values"], (8, 8)))
        np.testing.assert_allclose(load_predictions(outcome.record.run_id).probabilities, told, atol=2e-3)


def test_what_the_five_sources_save(keras, digits, shelf, tmp_path, monkeypatch, capsys, asked_here):
    layers, sources = keras.layers, tmp_path / "sources"
    sources.mkdir()
    course = keras.Sequential(
        [layers.Flatten(), layers.Dense(32, "relu"), layers.Dense(32, "relu"), layers.Dense(10, "softmax")]
    )
    images, labels = digits.part("train")
    course.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    course.fit(keras.utils.normalize(images, axis=1), labels, epochs=30, verbose=0)
    course.save(sources / "num_reader.keras")
    report = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(8, 3, activation="relu"), layers.Flatten()])
    report.add(layers.Dense(10, "softmax"))
    report.compile("adam", "categorical_crossentropy")
    report.fit(scaled("0 to 1", (8, 8, 1))(images), keras.utils.to_categorical(labels), epochs=4, verbose=0)
    saved(report, sources / "report", "legacy weights")
    workshop = {}
    for name, width in (("small", 4), ("medium", 8), ("large", 16)):
        network = keras.Sequential(
            [keras.Input((8, 8)), layers.Flatten(), layers.Dense(width, "relu"), layers.Dense(10, "softmax")]
        )
        workshop[name] = trained(keras, digits, network, scaled("0 to 1", (8, 8)), 3)
        network.save(sources / f"{name}_model.h5")
        np.save(sources / f"{name}_history.npy", workshop[name])
    np.savez(sources / "teachers.npz", y_test=digits.part("test")[1], y_pred=np.roll(digits.part("test")[1], 1))
    assert main(["import", str(sources), "--dataset", "digits"]) == 0
    assert "num-reader: test error" in capsys.readouterr().out
    for name, history in workshop.items():
        assert load_history(name)["loss"].tolist() == pytest.approx(history["loss"], rel=1e-5)
        assert load_record(name).weights
    assert load_record("num-reader").settings["input_values"] == "columns of unit length"
    assert load_predictions("num-reader").wrong.mean() < 0.2
    assert load_record("report").parameters == report.count_params()
    assert load_record("teachers").weights is None


def test_weights_alone_need_the_name_of_their_network(keras, digits, shelf, tmp_path, capsys, asked_here):
    network = architectures.build("mlp", (8, 8), 10, {"hidden": (128, 128)})
    network.save_weights(tmp_path / "mine.weights.h5")
    plan = recognise([tmp_path / "mine.weights.h5"])
    assert not plan.runs
    assert "holds weights alone: put the model.json of their network beside them" in plan.refused[0].sentence
    command = ["import", str(tmp_path / "mine.weights.h5"), "--dataset", "digits", "--architecture"]
    assert main([*command, "mlp"]) == 0
    rows = network.predict(digits.part("test")[0], verbose=0)
    np.testing.assert_allclose(load_predictions("mine").probabilities, rows, atol=1e-3)
    assert main([*command, "cnn"]) == 1
    assert "mine was not imported: mine.weights.h5 holds weights" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main([*command, "nothing"])
    assert "There is no architecture 'nothing'" in capsys.readouterr().err


def test_a_name_brings_a_description_and_weights_of_other_names_together(cnn, tmp_path):
    folder = saved(cnn[0], tmp_path / "mine", "model.json and weights")
    (folder / "model.json").rename(folder / "wide.json")
    (folder / "final_model.weights.h5").rename(folder / "night-7.weights.h5")
    assert [len(group.parts) for group in recognise([folder]).runs] == []
    plan = recognise([folder], name="both")
    assert (plan.refused, [part.form for part in plan.runs[0].parts]) == ((), ["Keras model as JSON and weights"])


def test_a_model_with_history_and_predictions_is_one_run(cnn, digits, shelf, tmp_path, asked_here):
    network, history, prepared = cnn
    path = saved(network, tmp_path / "mine", "model.keras")
    np.save(path.with_name("history.npy"), history)
    np.savez(
        path.with_name("predictions.npz"), labels=digits.part("test")[1], probs=expected(digits, network, prepared)
    )
    _, (outcome,) = imported(tmp_path / "mine")
    assert "model.keras agrees with 100.0 % of them" in outcome.remarks[-1]
    assert len(load_history("mine")) == 12
    assert outcome.record.weights


def test_a_model_that_cannot_be_asked_leaves_the_rest_of_its_run(keras, shelf, tmp_path, asked_here):
    network = keras.Sequential([keras.Input((5, 7)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    path = saved(network, tmp_path / "odd", "model.keras")
    _, (outcome,) = imported(path)
    assert outcome.record is None
    assert outcome.remarks == ("model.keras takes inputs of 5 x 7, and the digits of digits are 8 x 8.",)
    path.with_name("history.json").write_text(json.dumps(HISTORY))
    _, (outcome,) = imported(path.parent)
    assert outcome.remarks[-1].endswith("The run was imported without its model.")
    assert outcome.record.weights is None


def test_a_process_that_is_ended_takes_only_its_own_network_along(monkeypatch, cnn, digits, shelf, tmp_path):
    path = saved(cnn[0], tmp_path / "mine", "model.keras")
    answered, ask = [], limited.ask

    def ended(module, question, seconds):
        answered.append(len(question.get("networks", ())))
        return [] if len(answered) == 1 else ask(module, question, seconds)

    plan = recognise([path, saved(cnn[0], tmp_path / "other", "model.keras")])
    monkeypatch.setattr(limited, "ask", ended)
    from training.importers.importing import import_

    first, second = import_(plan, "digits")
    assert answered == [2, 1]
    assert "takes more time or memory than is given to it" in first.remarks[0]
    assert second.record is not None


def test_a_process_has_no_more_memory_and_time_than_it_is_given(tmp_path):
    program = "import sys; sys.path.insert(0, sys.argv[1])\nfrom models.limited import serve\nserve({act}, 2**30, 1)"
    import subprocess
    import sys

    def ran(act):
        command = [sys.executable, "-c", program.format(act=act), str(Path(rebuilt.__file__).parent.parent)]
        return subprocess.run(command, input=b"{}", capture_output=True, timeout=60)

    assert ran("lambda question: iter([{'a': 1}])").stdout == b'{"a": 1}\n'
    assert b"MemoryError" in ran("lambda question: iter([{'a': len(bytearray(2**31))}])").stderr
    assert ran("lambda question: iter(lambda: [x for x in iter(int, 1)], 0)").returncode < 0


def test_a_description_says_no_more_than_it_may():
    good = {
        "shape": [8, 8],
        "layers": [["Flatten", {}, [0]], ["Dense", {"units": 10}, [1]]],
        "before": "0 to 1",
        "after": "",
    }
    rebuilt.check(**good)
    for change in (
        {"before": "import os"},
        {"after": "lambda"},
        {"shape": [8, -8]},
        {"shape": [10**9, 10**9]},
        {"layers": []},
        {"layers": [["Lambda", {}, [0]]]},
        {"layers": [["Dense", {"units": 10, "kernel_initializer": "zeros"}, [0]]]},
        {"layers": [["Dense", {"units": 10**12}, [0]]]},
        {"layers": [["Dense", {"activation": "os.system"}, [0]]]},
        {"layers": [["Dense", {"units": 10}, [1]]]},
        {"layers": [["Dense", {"units": 10}, []]]},
    ):
        with pytest.raises(ValueError, match=r"rebuilt|stands before"):
            rebuilt.check(**good | change)


def test_an_imported_network_is_exported_explained_and_packed_for_the_browser(cnn, digits, shelf, tmp_path, asked_here):
    path = saved(cnn[0], tmp_path / "mine", "model.keras")
    (path.parent / "history.json").write_text(json.dumps(HISTORY))
    imported(path.parent)
    assert {one.name for one in export("mine", tmp_path / "out")} >= {
        "model.keras",
        "history.json",
        "architecture.json",
    }
    images = digits.part("test")[0]
    assert calls.predict("mine", images[:3]).probabilities.shape == (3, 10)
    assert calls.explain("mine", images[:2], "occlusion").heat.shape == (2, 8, 8)
    assert json.loads(bytes(calls.pack("mine").layers))[-1]["kind"] == "softmax"


def test_the_browser_computes_what_it_knows_and_no_more(keras):
    described = {
        "shape": [8, 8, 1],
        "layers": [["Conv2D", {"filters": 2, "kernel_size": 3}, [0]], ["Flatten", {}, [1]]],
    }
    described["layers"].append(["Dense", {"units": 10, "activation": "softmax"}, [2]])
    network = rebuilt.build((8, 8), 10, **described, before="-1 to 1", after="")
    assert [layer["kind"] for layer in pack(network).layers] == ["rescale", "conv", "dense", "softmax"]
    described["layers"][0][1]["dilation_rate"] = 2
    with pytest.raises(NotInBrowserError, match="convolutions in groups or with gaps"):
        pack(rebuilt.build((8, 8), 10, **described, before="0 to 1", after=""))


def test_weights_are_read_by_their_layers(cnn, tmp_path):
    path = saved(cnn[0], tmp_path, "model.h5")
    found = weights_file.read(path)
    assert found.ordered
    assert [len(arrays) for arrays in found.groups.values()] == [2, 4, 2, 2]
    assert not weights_file.read(saved(cnn[0], tmp_path, "model.keras")).ordered


def test_layers_are_named_as_keras_names_them(keras):
    from keras.src.utils.naming import to_snake_case

    for name in rebuilt.LAYERS:
        assert weights_file.layer_names([name, name]) == [to_snake_case(name), f"{to_snake_case(name)}_1"]


def test_an_imported_network_that_branches_and_gives_logits_is_explained(keras, digits, shelf, tmp_path, asked_here):
    layers = keras.layers
    raw = keras.Input((8, 8, 1))
    first = layers.Conv2D(6, 3, padding="same", activation="relu")(raw)
    joined = layers.Add()([first, layers.Conv2D(6, 3, padding="same", activation="relu")(first)])
    network = keras.Model(raw, layers.Dense(10)(layers.GlobalMaxPooling2D()(joined)))
    path = saved(network, tmp_path / "mine", "model.keras")
    (path.parent / "history.json").write_text(json.dumps(HISTORY))
    imported(path.parent)
    image = digits.part("test")[0][:1]
    for name, randomized in itertools.product(EXPLANATIONS, (False, True)):
        explained = calls.explain("mine", image, name, randomized=randomized)
        assert explained.heat.shape[-2:] == (8, 8)
        assert np.isfinite(explained.heat).all()
        if name == "integrated_gradients":
            model = loaded.differentiable("mine", randomized)
            above, below = model.score(np.stack([image[0], 0 * image[0]]), explained.labels[0])
            assert explained.heat.sum() == pytest.approx(above - below, rel=0.05, abs=1e-3)


def test_a_way_that_was_chosen_by_the_loss_says_so(digits):
    def told(*accuracies):
        ways = ("0 to 1", "0 to 255", "-1 to 1")
        losses = dict(zip(ways, (0.171, 2.5, 0.18), strict=True))
        named = dict(zip(ways, accuracies, strict=True))
        return asking.remarks(asking.Answer(np.zeros((1, 10)), {}, b"", 1, "0 to 1", named, losses), digits)

    assert told(0.950, 0.306, 0.951)[1] == (
        "It was chosen by the loss on them, not by the accuracy: the loss is the least, or "
        "nearly, 0.171 nats, otherwise 0.18 or more."
    )
    assert len(told(0.952, 0.306, 0.951)) == 1
