"""The picture that maximises a class is exact for a score that is a straight line, and convinces trained networks."""

import numpy as np
import pytest

from dashboard import cache
from models import calls, loaded
from models.class_pictures import ClassPicture, maximised
from models.gradients import MapGradients, NoGradientsError
from models.worker import Worker, WorkerError
from tests.test_views import said, visit


class Straight:
    """A model whose score rises with some pixels and falls with others."""

    def __init__(self, weights):
        self.weights = np.asarray(weights, np.float32)

    def gradient(self, images, label):
        return (1 if label else -1) * np.repeat(self.weights[None], len(images), axis=0)


def test_without_smoothing_pixels_that_count_are_white_and_those_against_black():
    signs = np.random.default_rng(0).choice([-1, 1], (8, 8))
    for label, side in ((1, 1), (0, -1)):
        found = maximised(Straight(signs), label, (8, 8), fades=0.0, smoothed=0.0)
        np.testing.assert_array_equal(found, np.where(side * signs > 0, 255, 0))


def test_what_does_not_count_fades_to_black_and_smoothing_brings_neighbours_together():
    weights = np.zeros((12, 12))
    weights[6, 6] = 1
    sharp = maximised(Straight(weights), 1, (12, 12), fades=0.3, smoothed=0.0)
    assert sharp[6, 6] > 50
    assert not np.delete(sharp.ravel(), 6 * 12 + 6).any()
    smooth = maximised(Straight(weights), 1, (12, 12), fades=0.3, smoothed=1.0)
    assert 0 < smooth[6, 5] < smooth[6, 6]


def test_it_is_always_the_same_and_nothing_divides_by_nought():
    flat = Straight(np.zeros((5, 7)))
    first, again = (maximised(flat, 1, (5, 7)) for _ in range(2))
    assert first.shape == (5, 7)
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("run", ["cnn-large", "mlp-800"])
def test_a_trained_network_is_sure_of_it(run, keras):
    for label in (4, 7):
        found = calls.class_picture(run, label, 28, 28)
        assert found.picture.shape == (28, 28)
        assert found.probability > 0.99
        assert found.probability == pytest.approx(calls.predict(run, found.picture[None]).probabilities[0, label])


def test_a_model_without_gradients_says_so(keras):
    with pytest.raises(NoGradientsError, match="Only networks have gradients"):
        calls.class_picture("linear-pairwise", 3, 28, 28)


@pytest.mark.parametrize(("run", "step"), [("canvas", 1), ("canvas", 7), ("cnn-medium", 4)])
def test_a_map_answers_to_its_picture_more_than_to_any_digit(run, step, keras, mnist):
    images = mnist.part("test")[0][::100]
    model = MapGradients(loaded.network_of(run), step)
    for unit in (0, 3):
        found = calls.map_picture(run, step, unit, 28, 28)
        assert found.picture.shape == (28, 28)
        np.testing.assert_array_equal(found.kernel, calls.kernel(run, step, unit).values)
        assert model.score(found.picture[None], unit)[0] > model.score(images, unit).max()


@pytest.fixture
def asked(monkeypatch):
    """The labels that the page asks for."""
    cache.clear()
    labels = []

    def answer(self, run, label, height, width):
        labels.append(label)
        if run == "mlp-128x2":
            raise WorkerError("This network has no gradient.")
        return ClassPicture(np.full((height, width), label, np.uint8), label / 10)

    monkeypatch.setattr(Worker, "class_picture", answer)
    yield labels
    cache.clear()


def test_inside_shows_one_of_each_class_with_its_probability_when_asked(asked, monkeypatch):
    monkeypatch.setattr(Worker, "quick_ready", lambda self: True)
    visit("inside", run="cnn-large")
    assert asked == []
    app = visit("inside", run="cnn-large", maximised="true")
    assert asked == list(range(10))
    html = "".join(element.proto.body for element in app.get("html"))
    assert all(f"{label}: {10 * label}.0 %" in html for label in range(10))
    assert "None of these is a digit." in said(app)


def test_inside_says_where_there_is_none(asked, monkeypatch):
    monkeypatch.setattr(Worker, "quick_ready", lambda self: True)
    app = visit("inside", run="mlp-128x2", maximised="true")
    assert asked == [0]
    assert "This network has no gradient." in [info.value for info in app.info]
