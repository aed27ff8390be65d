"""The change that leads to another class is the shortest where the score is a straight line, and small for trained networks."""

import numpy as np
import pytest

from models import calls
from models.adversarial import FRAMES, NotReachedError, film, led, size
from models.gradients import NoGradientsError


class Straight:
    """A model of two classes whose log-odds are a weighted sum of the pixels."""

    def __init__(self, weights, offset):
        self.weights, self.offset = np.asarray(weights, float), offset

    def score(self, images, label):
        return (1 if label else -1) * ((np.asarray(images, float) * self.weights).sum(axis=(1, 2)) + self.offset)

    def gradient(self, images, label):
        return np.repeat((1 if label else -1) * self.weights[None], len(images), axis=0).astype(np.float32)

    def __call__(self, images):
        one = 1 / (1 + np.exp(-self.score(images, 1)))
        return np.stack([1 - one, one], axis=1).astype(np.float32)


def test_on_a_straight_line_the_change_is_the_distance_to_it():
    rng = np.random.default_rng(0)
    weights, image = rng.normal(0, 0.005, (28, 28)), np.full((28, 28), 128, np.uint8)
    model = Straight(weights, -float((weights * image).sum()) - 20)
    found = led(model, image, 1)
    assert model(found[None])[0, 1] >= 0.5
    distance = 20 / np.linalg.norm(weights)  # of the picture from the plane where both classes are equally probable
    assert np.linalg.norm(found.astype(float) - image) == pytest.approx(distance, rel=0.03)
    np.testing.assert_allclose(found.astype(float) - image, 20 * weights / (weights**2).sum(), atol=0.75)


def test_pixels_that_cannot_change_stay():
    weights = np.zeros((4, 4))
    weights[0, 0], weights[1, 1] = 0.1, 0.05
    image = np.full((4, 4), 255, np.uint8)  # nothing can become brighter
    image[1, 1] = 0
    found = led(Straight(weights, -35.0), image, 1)
    changed = np.argwhere(found != image).tolist()
    assert changed == [[1, 1]]
    assert found[1, 1] == pytest.approx((35 - 25.5) / 0.05, abs=1.5)


def test_a_class_out_of_reach_is_a_sentence():
    with pytest.raises(NotReachedError, match="No small change was found"):
        led(Straight(np.full((4, 4), 0.001), -50.0), np.zeros((4, 4), np.uint8), 1)
    with pytest.raises(NotReachedError, match="No small change was found"):
        led(Straight(np.zeros((4, 4)), -50.0), np.zeros((4, 4), np.uint8), 1)


def test_what_is_predicted_already_needs_no_change():
    image = np.full((4, 4), 9, np.uint8)
    np.testing.assert_array_equal(led(Straight(np.zeros((4, 4)), 1.0), image, 1), image)


def test_the_film_adds_the_change_in_equal_parts():
    image = np.full((4, 4), 10, np.uint8)
    made = film(Straight(np.full((4, 4), 0.1), -100.0), image, 1)
    assert made.frames.shape == (FRAMES + 1, 4, 4)
    means = made.frames.mean(axis=(1, 2))
    np.testing.assert_allclose(means, np.linspace(10, means[-1], FRAMES + 1), atol=0.51)
    assert made.probabilities[0, 1] < 0.01
    assert made.probabilities[-1, 1] >= 0.5


def test_the_length_is_counted_from_black_to_white():
    before, after = np.zeros((3, 3), np.uint8), np.zeros((3, 3), np.uint8)
    after[0, :] = 255
    assert size(before, after) == pytest.approx(np.sqrt(3))
    assert size(after, before) == pytest.approx(np.sqrt(3))


@pytest.mark.parametrize("run", ["canvas", "cnn-medium", "mlp-800", "cnn-ensemble"])
def test_a_trained_model_is_led_from_a_4_to_a_9_by_less_than_the_next_9_is_away(run, mnist, keras):
    images, labels = mnist.part("test")
    four = images[np.flatnonzero(labels == 4)[0]]
    made = calls.adversarial(run, four[None], 9)
    np.testing.assert_array_equal(made.frames[0], four)
    again = calls.predict(run, made.frames).probabilities
    np.testing.assert_allclose(made.probabilities, again, atol=1e-5)
    assert again[0].argmax() == 4
    assert again[-1, 9] >= 0.5
    nines = images[labels == 9].astype(float)
    nearest = np.sqrt(((nines - four) ** 2).sum(axis=(1, 2)).min()) / 255
    assert 0.1 < size(made.frames[0], made.frames[-1]) < nearest / 2


def test_a_model_without_gradients_says_so(keras):
    with pytest.raises(NoGradientsError, match="Only networks have gradients"):
        calls.adversarial("linear-pairwise", np.zeros((1, 28, 28), np.uint8), 9)
