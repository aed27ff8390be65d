"""Every explanation finds the one pixel that a toy model looks at, and holds what its formula promises."""

import numpy as np
import pytest

from models import caption
from models.explanations import EXPLANATIONS, agreement, enlarged

COARSE = ("grad_cam",)  # explanations that speak of regions, and of nothing against


class Reader:
    """A model of two classes that looks at one pixel alone; its score is linear in it."""

    def __init__(self, row, column):
        self.place = row, column

    def __call__(self, images):
        lit = images[:, *self.place] / 255
        return np.stack([1 - lit, lit], axis=1).astype(np.float32)

    def gradient(self, images, label):
        found = np.zeros(images.shape, np.float32)
        found[:, *self.place] = (1 if label else -1) / 255
        return found

    def last_maps(self, images, label):
        """One map, the picture itself."""
        return images[..., None].astype(np.float32), self.gradient(images, label)[..., None]


@pytest.mark.parametrize("name", sorted(set(EXPLANATIONS) - set(COARSE)))
@pytest.mark.parametrize("place", [(14, 14), (3, 20), (0, 0), (27, 27)])
def test_it_finds_the_pixel_that_counts(name, place):
    image = np.full((28, 28), 200, np.uint8)
    heat = EXPLANATIONS[name](Reader(*place), image, 1)
    assert heat.shape == (28, 28)
    found = np.unravel_index(heat.argmax(), heat.shape)
    assert max(abs(a - b) for a, b in zip(found, place, strict=True)) <= 2
    assert heat.max() > 0.1
    assert heat[(place[0] + 14) % 28, (place[1] + 14) % 28] == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(EXPLANATIONS[name](Reader(*place), image, 0), -heat, atol=1e-6)


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_it_says_where_it_comes_from(name):
    assert caption(EXPLANATIONS[name]).endswith(").")


@pytest.mark.parametrize("name", sorted(set(EXPLANATIONS) - {"saliency"}))
def test_an_empty_picture_says_nothing(name):
    assert not EXPLANATIONS[name](Reader(3, 3), np.zeros((28, 28), np.uint8), 0).any()


def test_occlusion_is_the_fall_of_the_probability_where_squares_cover_the_pixel():
    image = np.zeros((28, 28), np.uint8)
    image[14, 14] = 255
    heat = EXPLANATIONS["occlusion"](Reader(14, 14), image, 1)
    assert heat[14, 14] == pytest.approx(1.0)  # every square on it wipes out all of it


def test_saliency_is_the_gradient_over_the_whole_range():
    image = np.full((28, 28), 77, np.uint8)
    heat = EXPLANATIONS["saliency"](Reader(5, 6), image, 1)
    expected = np.zeros((28, 28))
    expected[5, 6] = 1
    np.testing.assert_allclose(heat, expected, atol=1e-6)


def test_integrated_gradients_of_a_linear_score_are_its_terms():
    image = np.full((28, 28), 51, np.uint8)
    heat = EXPLANATIONS["integrated_gradients"](Reader(5, 6), image, 1)
    assert heat[5, 6] == pytest.approx(0.2)
    assert heat.sum() == pytest.approx(0.2)


class Quadratic(Reader):
    """As Reader, its score the square of the pixel: the gradient differs along the way from black."""

    def gradient(self, images, label):
        found = np.zeros(images.shape, np.float32)
        found[:, *self.place] = 2 * images[:, *self.place].astype(np.float32)
        return found


def test_integrated_gradients_add_up_where_the_score_bends():
    image = np.full((28, 28), 100, np.uint8)
    assert EXPLANATIONS["integrated_gradients"](Quadratic(1, 1), image, 1).sum() == pytest.approx(100**2, rel=1e-4)


def test_grad_cam_weighs_maps_by_their_mean_gradient_and_leaves_out_what_speaks_against():
    maps = np.zeros((1, 4, 4, 2), np.float32)
    maps[0, 0, 0, 0], maps[0, 3, 3, 1] = 3, 5
    gradients = np.broadcast_to(np.array([2.0, -1.0], np.float32), maps.shape)

    class Two:
        def last_maps(self, images, label):
            return maps, gradients

    heat = EXPLANATIONS["grad_cam"](Two(), np.zeros((28, 28), np.uint8), 1)
    assert heat[0, 0] == pytest.approx(6)
    assert heat[27, 27] == 0
    assert heat.min() == 0


def test_enlarging_keeps_corners_and_lies_on_straight_lines_between():
    found = enlarged(np.array([[0.0, 1.0], [2.0, 3.0]]), (5, 3))
    np.testing.assert_allclose(found[[0, 0, -1, -1], [0, -1, 0, -1]], [0, 1, 2, 3])
    assert found[2, 1] == pytest.approx(1.5)


def test_agreement_is_spearmans_correlation_of_strengths():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(1)
    first, second = rng.integers(-4, 5, (2, 9, 9))
    expected = spearmanr(np.abs(first).ravel(), np.abs(second).ravel()).statistic
    assert agreement(first, second) == pytest.approx(expected)
    assert agreement(first, -first) == pytest.approx(1)
    assert agreement(first, np.zeros((9, 9))) == 0
