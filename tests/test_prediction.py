"""A model comes back from the shelf with the answers it had, or not at all."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from models import architectures, calls, loaded, prediction, run_directory
from models.architectures import options_of
from training import publishing


def test_a_saved_model_answers_as_it_did(shelf, toy_run, digits):
    record = publishing.save(toy_run)
    images, _ = digits.part("test")
    predict = prediction.load(shelf / record.run_id).predict
    found = predict(images)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, toy_run.predictions.probabilities, atol=1e-3)
    np.testing.assert_array_equal(found.argmax(axis=1), toy_run.predictions.classes)
    np.testing.assert_allclose(predict(images[:1]), found[:1], atol=1e-6)


def test_predict_and_embed_are_of_one_network(monkeypatch, keras):
    """A run that keeps digits to compare with is loaded once, whichever question comes first."""
    loaded._load_model.cache_clear()  # another test may have had it loaded
    built = []
    build = architectures.build
    monkeypatch.setattr(architectures, "build", lambda **described: built.append(described) or build(**described))
    images = np.eye(28, dtype=np.uint8)[None] * 255
    probabilities = calls.predict("canvas", images).probabilities
    read = calls.read("canvas", images)
    assert len(built) == 1
    np.testing.assert_allclose(read.probabilities, probabilities, atol=1e-6)
    assert calls.neighbours("canvas", images).distance == read.distance


def test_another_classifier_has_no_embedding():
    model = prediction.load(run_directory("linear-pairwise"))
    assert model.predict(np.zeros((1, 28, 28), np.uint8)).shape == (1, 10)
    with pytest.raises(ValueError, match="Only a network has a hidden layer"):
        _ = model.embed


def test_many_digits_are_answered_in_order(shelf, toy_run, digits):
    predict = prediction.load(shelf / publishing.save(toy_run).run_id).predict
    images = np.concatenate([digits.images] * 2)[: 2 * prediction.BATCH + 1]
    np.testing.assert_allclose(predict(images)[-1], predict(images[-1:])[0], atol=1e-6)


def test_only_the_weights_of_the_file_are_read(shelf, toy_run, tmp_path):
    folder = shelf / publishing.save(toy_run).run_id
    with zipfile.ZipFile(folder / "model.keras") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    contents["config.json"] = json.dumps({"class_name": "Nonsense", "config": {"module": "os"}}).encode()
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    seal(folder)
    assert prediction.load(folder).predict(np.zeros((1, 8, 8), np.uint8)).shape == (1, 10)


def test_a_damaged_model_is_refused(shelf, toy_run):
    folder = shelf / publishing.save(toy_run).run_id
    content = bytearray((folder / "model.keras").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.keras").write_bytes(content)
    with pytest.raises(ValueError, match="damaged"):
        prediction.load(folder)


def test_weights_of_another_network_are_a_sentence(shelf, toy_run):
    folder = shelf / publishing.save(toy_run).run_id
    record = json.loads((folder / "record.json").read_text())
    record["network"]["options"]["hidden"] = [17]
    (folder / "record.json").write_text(json.dumps(record))
    with pytest.raises(ValueError, match="'toy' does not fit the network that its record names") as refused:
        prediction.load(folder)
    assert "\n" not in str(refused.value)


def test_a_record_names_every_option_of_its_network(toy_run):
    assert set(toy_run.record.network["options"]) == set(options_of("mlp"))


@pytest.mark.parametrize(
    ("diverged", "why"), [(None, "only its predictions were saved"), (2, "it diverged in epoch 2")]
)
def test_a_run_that_was_saved_without_a_model_says_why(shelf, toy_run, diverged, why):
    record = toy_run.record.model_copy(update={"diverged": diverged})
    folder = shelf / publishing.save(replace(toy_run, record=record, files={})).run_id
    with pytest.raises(ValueError, match=f"'toy' has no model: {why}"):
        prediction.load(folder)


@pytest.mark.parametrize("missing", ["model.keras", "record.json"])
def test_a_missing_model_is_named(shelf, toy_run, missing):
    folder = shelf / publishing.save(toy_run).run_id
    (folder / missing).unlink()
    with pytest.raises(ValueError, match="'toy' has no model that can be loaded"):
        prediction.load(folder)


def seal(folder):
    """Make the record name the file as it is now."""
    import hashlib

    record = json.loads((folder / "record.json").read_text())
    record["files"]["model.keras"]["sha256"] = hashlib.sha256((folder / "model.keras").read_bytes()).hexdigest()
    (folder / "record.json").write_text(json.dumps(record))


@pytest.mark.parametrize("run", ["digits-mlp-15", "cnn-small"])
def test_pictures_of_another_size_are_refused_in_a_sentence(run):
    side = 28 if run == "digits-mlp-15" else 8
    with pytest.raises(
        ValueError, match=f"'{run}' takes pictures of {36 - side} x {36 - side} pixels, and these have {side} x"
    ):
        calls.predict(run, np.zeros((2, side, side), np.uint8))
