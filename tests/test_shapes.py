"""Measures of shape are those of shapes whose measures are known."""

import numpy as np
import pytest
from PIL import Image

from models.preprocessing.strokes import from_strokes
from training.analysis.shapes import MEASURES, height, ink, slant, thickness, width


@pytest.fixture
def bar():
    """An upright bar of 3 by 16 pixels, blank paper, and a full sheet."""
    images = np.zeros((3, 28, 28), np.uint8)
    images[0, 6:22, 12:15] = 200
    images[2] = 255
    return images


def test_extent_and_ink_of_a_bar(bar):
    np.testing.assert_array_equal(width(bar), [3, 0, 28])
    np.testing.assert_array_equal(height(bar), [16, 0, 28])
    np.testing.assert_allclose(ink(bar), [100 * 200 / 255 * 48 / 784, 0, 100], rtol=1e-5)


@pytest.mark.parametrize("degrees", [-30, -10, 0, 15, 35])
def test_a_sheared_bar_has_that_slant(bar, degrees):
    shear = np.tan(np.radians(degrees))  # a row below the middle moves to the left
    moved = Image.fromarray(bar[0]).transform(
        (28, 28), Image.Transform.AFFINE, (1, shear, -13.5 * shear, 0, 1, 0), Image.Resampling.BILINEAR
    )
    assert slant(np.asarray(moved)[None])[0] == pytest.approx(degrees, abs=1.5)


def test_thickness_of_a_bar_and_of_a_pen(bar):
    np.testing.assert_allclose(thickness(bar)[:2], [3 * 16 / (3 + 16), 0], rtol=0.03)
    seven = [[(0, 0), (12, 0), (4, 20)]]
    drawn = np.stack([from_strokes(seven, pen) for pen in (1.5, 2, 2.5, 3, 3.5)])
    np.testing.assert_allclose(thickness(drawn), [1.5, 2, 2.5, 3, 3.5], rtol=0.15)


@pytest.mark.parametrize("name", MEASURES)
def test_any_picture_has_a_measure(name, bar, rng):
    images = np.concatenate([bar, rng.integers(0, 256, (5, 28, 28)).astype(np.uint8)])
    found = MEASURES[name].of(images)
    assert found.shape == (8,)
    assert np.isfinite(found).all()


def test_mnist_leans_to_the_right(mnist):
    """As deslanting presumes; ones lean most among the digits that are a single stroke."""
    images, labels = mnist.part("test")
    assert 4 < slant(images).mean() < 10
    assert width(images[labels == 1]).mean() < width(images[labels == 0]).mean() / 2
    assert height(images).max() == 20
