"""The page shows the picture that maximises the open map, made once, beside weights that lie where they belong."""

import numpy as np
import pytest

from dashboard import address, cache
from dashboard.images import NEGATIVE, POSITIVE
from dashboard.sections import map_picture
from models.browser_network import BrowserNetwork
from models.class_pictures import MapPicture
from models.worker import Worker, WorkerError
from tests.test_ablation import STEPS
from tests.test_views import said, visit


@pytest.fixture
def asked(monkeypatch):
    """The maps that the page asks for."""
    cache.clear()
    questions = []

    def answer(self, run, step, unit, height, width):
        questions.append((run, step, unit, height, width))
        if step == 4:
            raise WorkerError("This network has no gradient.")
        return MapPicture(np.full((height, width), 110 * (unit - 1), np.uint8), np.ones((3, 3, 2), np.float32))

    monkeypatch.setattr(cache, "stepped_network", lambda run_id: (BrowserNetwork(STEPS, b""), True))
    monkeypatch.setattr("dashboard.sections.inside_layers.inside", lambda *arguments: None)
    monkeypatch.setattr(Worker, "quick_ready", lambda self: True)
    monkeypatch.setattr(Worker, "map_picture", answer)
    yield questions
    cache.clear()


def html(app) -> str:
    return "".join(element.proto.body for element in app.get("html"))


def test_it_is_made_when_asked_for_and_once(asked):
    visit("inside", run="cnn-medium", layer="1", unit="4")
    assert asked == []
    for _ in range(2):
        app = visit("inside", run="cnn-medium", layer="1", unit="4", **{address.MAP_MAXIMISED: "true"})
        assert asked == [("cnn-medium", 1, 3, 28, 28)]
    assert "Maximises map 4" in html(app)
    assert "Weights: blue positive, amber negative" in html(app)


@pytest.mark.parametrize(("unit", "text"), [("2", "Nearly black: "), ("3", ""), ("4", "Nearly white: ")])
def test_one_without_a_pattern_says_so(asked, unit, text):
    app = visit("inside", run="cnn-medium", layer="1", unit=unit, **{address.MAP_MAXIMISED: "true"})
    assert ("Nearly " in said(app)) == bool(text)
    assert text in said(app)


def test_a_network_without_gradients_says_so(asked):
    app = visit("inside", run="cnn-medium", layer="3", unit="3", **{address.MAP_MAXIMISED: "true"})
    assert "This network has no gradient." in [info.value for info in app.info]


def test_weights_of_a_filter_lie_map_by_map():
    kernel = np.arange(1.0, 1 + 2 * 3 * 5).reshape(2, 3, 5).astype(np.float32)
    tiled = map_picture._tiled(kernel)
    assert tiled.shape == (2 * 3 - 1, 3 * 4 - 1)
    for number in range(5):
        row, column = divmod(number, 3)
        np.testing.assert_array_equal(tiled[3 * row : 3 * row + 2, 4 * column : 4 * column + 3], kernel[..., number])
    assert not tiled[2].any()
    assert not tiled[3:, 8:].any(), "there is no sixth"


def test_weights_of_a_unit_lie_as_its_pixels_where_it_sees_pixels():
    picture, weights = np.zeros((2, 3), np.uint8), np.array([0, 1, -1, 0, 0, 0.0])
    found = map_picture._kernel(MapPicture(picture, weights), (2, 3))
    assert (found[0, 1] == POSITIVE).all()
    assert (found[0, 2] == NEGATIVE).all()
    assert map_picture._kernel(MapPicture(picture, weights[:5]), (2, 3)) is None
