"""What is exported can be read by Keras alone, and answers as the run did."""

import json

import numpy as np
import pytest

from models import prediction
from training import publishing
from training.export import export
from training.runs import RunError


def test_every_form_gives_the_same_answers(shelf, toy_run, digits, keras, tmp_path):
    record = publishing.save(toy_run)
    paths = {path.name: path for path in export(record.run_id, tmp_path / "out")}
    images, _ = digits.part("test")
    expected = prediction.load(shelf / record.run_id).predict(images)
    from_json = keras.models.model_from_json(paths["architecture.json"].read_text())
    from_json.load_weights(paths["model.weights.h5"])
    for network in (
        from_json,
        keras.models.load_model(paths["model.keras"]),
        keras.models.load_model(paths["model.h5"]),
    ):
        np.testing.assert_allclose(network.predict(images, verbose=0), expected, atol=1e-5)
    history = json.loads(paths["history.json"].read_text())
    assert history["epoch"] == [1, 2]
    assert len(history["val_loss"]) == 2


def test_what_cannot_be_exported_is_a_sentence(shelf, toy_run, tmp_path, keras):
    record = publishing.save(toy_run)
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="could not be exported"):
        export(record.run_id, tmp_path / "file")
    with pytest.raises(RunError, match="There is no run"):
        export("nobody", tmp_path / "out")


def test_a_run_that_is_no_network_is_a_sentence(tmp_path):
    with pytest.raises(RunError, match="is not a Keras network"):
        export("linear-pairwise", tmp_path)
