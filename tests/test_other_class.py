"""The film that leads a digit to another class says on the page what its frames say."""

import re
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import cache
from models.adversarial import Film
from models.calls import Prediction
from models.worker import WorkerError
from tests.test_views import said, visit


@pytest.fixture(autouse=True)
def forget():
    cache.clear()
    yield
    cache.clear()


def adversarial(run_id, images, label):
    """Three frames: black to the left more and more white, from a 3 to the class."""
    frames = np.repeat(images, 3, axis=0)
    frames[1, 0, 0], frames[2, 0, :2] = 100, 200
    row = np.eye(10, dtype=np.float32)
    return Film(frames, np.stack([row[3], 0.6 * row[3] + 0.4 * row[label], 0.45 * row[3] + 0.55 * row[label]]))


@pytest.fixture
def page(monkeypatch, digits):
    def opened(answer, **named):
        def predict(run_id, images):
            return Prediction(
                np.eye(10, dtype=np.float32)[[3] * len(images)] + 0.1 * np.eye(10, dtype=np.float32)[8], 0.0
            )

        worker = SimpleNamespace(start=lambda: None, quick_ready=lambda: False, predict=predict, adversarial=answer)
        for place in ("dashboard.cache.worker", "dashboard.cache.changes.worker"):
            monkeypatch.setattr(place, lambda: worker)
        return visit("explore", dataset="digits", digit="7", closer="Other class", **named)

    return opened


def test_it_begins_at_the_end_of_the_way_to_the_second_class(page, digits):
    app = page(adversarial)
    choice = app.button_group(key="target")
    assert choice.options == ["0", "1", "2", "4", "5", "6", "7", "8", "9"]
    assert choice.value == "8"
    change = np.zeros((8, 8))
    change[0, :2] = 200 - digits.images[7][0, :2].astype(float)
    size, mean = np.sqrt((change**2).sum()) / 255, change.mean()
    text = said(app)
    assert f"Changed by **{size:.2f}**" in text
    assert f"{mean:.1f} of 255 grey levels" in text
    assert "2 of 64 pixels by more than 32" in text
    assert re.search(r"Predicted as 8, 55\.0 %", "".join(element.proto.body for element in app.get("html")))


def test_a_frame_on_the_way_says_what_it_changed(page, digits):
    app = page(adversarial, target="9")
    app.slider(key="film-frame").set_value(1).run()
    size = (100 - float(digits.images[7][0, 0])) / 255
    assert f"Changed by **{abs(size):.2f}**" in said(app)
    assert "Predicted as 3, 60.0 %" in "".join(element.proto.body for element in app.get("html"))


def test_it_plays_from_the_beginning_and_stops_at_the_end(page):
    app = page(adversarial)
    app.button(key="play film").click().run()
    assert app.button(key="play film").label == "Stop"
    assert app.slider(key="film-frame").value == 0
    for _ in range(2):
        app.session_state["film beat"] = 0.0  # long ago
        app.run()
    assert app.slider(key="film-frame").value == 2
    assert app.button(key="play film").label == "Play"


def test_a_model_without_gradients_says_so(page):
    def refuse(run_id, images, label):
        raise WorkerError("Only networks have gradients; this model has none.")

    app = page(refuse)
    assert "Only networks have gradients" in app.info[-1].value
    assert not [slider for slider in app.slider if slider.key == "film-frame"]
