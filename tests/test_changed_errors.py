"""The error on many changed digits is that of the models' predictions, kept as far as it was measured, and can be stopped."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import address, cache
from dashboard.sections import changed_errors
from models.calls import Prediction
from models.worker import WorkerError
from tests.test_views import visit
from training.analysis.changes import CHANGES, evenly


@pytest.fixture(autouse=True)
def forget():
    cache.clear()
    yield
    cache.clear()


def by_brightness(run_id, images):
    """What the stand-in predicts: a class by the mean of the pixels."""
    return Prediction(np.eye(10, dtype=np.float32)[images.mean(axis=(1, 2)).astype(int) % 10], 0.0)


def test_the_errors_are_those_of_the_predictions(monkeypatch, digits):
    worker = SimpleNamespace(start=lambda: None, quick_ready=lambda: False, predict=by_brightness)
    for place in ("dashboard.cache.worker", "dashboard.cache.changes.worker"):
        monkeypatch.setattr(place, lambda: worker)
    app = visit("explore", dataset="digits", digit="7", closer="Changes", change="blur")
    assert not cache.changed_errors()
    next(button for button in app.button if "Measure on" in button.label).click().run()
    assert not app.exception
    numbers = evenly(changed_errors.DIGITS, digits.where("test"))
    found = {key[-1]: count for key, count in cache.changed_errors().items() if key[2] == "blur"}
    strengths = CHANGES["blur"].strengths((8, 8))
    assert sorted(found) == [round(float(strength), 6) for strength in strengths]
    for strength in strengths:
        predicted = by_brightness("", CHANGES["blur"](digits.images[numbers], strength)).probabilities.argmax(axis=1)
        assert found[round(float(strength), 6)] == (predicted != digits.labels[numbers]).sum()
    assert not [button for button in app.button if "Measure on" in button.label or button.label == "Stop"]
    assert address.MEASURING not in app.session_state or app.session_state[address.MEASURING] is None


def test_a_model_that_fails_is_named_and_what_was_measured_is_kept(monkeypatch, digits):
    asked = []

    def predict(run_id, images):
        if len(images) > 100 and len(asked) > 9:
            raise WorkerError("The models gave no answer within 30 s.")
        asked.append(len(images))
        return by_brightness(run_id, images)

    worker = SimpleNamespace(start=lambda: None, quick_ready=lambda: False, predict=predict)
    for place in ("dashboard.cache.worker", "dashboard.cache.changes.worker"):
        monkeypatch.setattr(place, lambda: worker)
    app = visit("explore", dataset="digits", digit="7", closer="Changes", change="rotation")
    next(button for button in app.button if "Measure on" in button.label).click().run()
    assert any("gave no answer" in caption.value for caption in app.caption)
    assert len(cache.changed_errors()) == 2
