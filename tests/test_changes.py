"""Every change leaves a digit as it is at strength 0, and equals what can be computed in another way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.morphology import diamond, dilation, erosion

from models import caption
from training.analysis.changes import CHANGES, change, evenly, held


def pictures(count=3, side=28, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, side, side)).astype(np.uint8)


@pytest.mark.parametrize("name", CHANGES)
@given(side=st.integers(4, 30), seed=st.integers(0, 9))
def test_the_listed_strengths_change_every_picture_but_at_nought(name, side, seed):
    images = pictures(2, side, seed)
    strengths = CHANGES[name].strengths((side, side))
    assert 0 in strengths
    assert (np.diff(strengths) > 0).all()
    for strength in strengths[[0, len(strengths) // 2, -1]]:
        changed = CHANGES[name](images, strength)
        assert (changed.shape, changed.dtype) == (images.shape, np.uint8)
        if strength:
            assert (changed != images).any()
    np.testing.assert_array_equal(CHANGES[name](images, 0.0), images)


@pytest.mark.parametrize("name", CHANGES)
def test_it_says_what_it_does(name):
    assert caption(CHANGES[name].vary).endswith(".")
    assert CHANGES[name].unit


def test_a_quarter_turn_clockwise():
    images = pictures()
    np.testing.assert_array_equal(CHANGES["rotation"](images, 90), np.rot90(images, -1, (1, 2)))


@pytest.mark.parametrize("by", [-10, -3, 1, 28])
def test_whole_shifts_move_pixels_and_lose_those_outside(by):
    images = pictures()
    moved = np.zeros_like(images)
    for row in range(28):
        if 0 <= row + by < 28:
            moved[:, row + by] = images[:, row]
    np.testing.assert_array_equal(CHANGES["shift_down"](images, by), moved)
    sideways = CHANGES["shift_sideways"](images.swapaxes(1, 2), by)
    np.testing.assert_array_equal(sideways, moved.swapaxes(1, 2))


@pytest.mark.parametrize(("strength", "other"), [(2, dilation), (-2, erosion)])
def test_whole_strengths_of_thickness_are_dilation_and_erosion_by_a_diamond(strength, other):
    images = pictures()
    inner = (slice(None), slice(2, -2), slice(2, -2))  # libraries differ in what lies outside
    expected = np.stack([other(image, diamond(2)) for image in images])
    np.testing.assert_array_equal(CHANGES["thickness"](images, strength)[inner], expected[inner])


def test_half_a_pixel_of_thickness_lies_half_way():
    images = pictures()
    whole, half = CHANGES["thickness"](images, 1.0).astype(float), CHANGES["thickness"](images, 0.5)
    assert np.abs(half - (images + whole) / 2).max() <= 0.5


def test_blurring_weighs_by_a_gaussian():
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 14, 14] = 255
    weights = np.exp(-((np.arange(28) - 14.0) ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    expected = 255 * weights[:, None] * weights
    assert np.abs(CHANGES["blur"](image, 1.5)[0] - expected).max() <= 0.51


@pytest.mark.parametrize(
    ("side", "length", "black"), [(28, 4, range(12, 16)), (28, 20, range(4, 24)), (7, 3, range(2, 5))]
)
def test_the_square_covers_the_middle_and_nothing_else(side, length, black):
    images = np.full((1, side, side), 200, np.uint8)
    expected = images.copy()
    expected[np.ix_([0], black, black)] = 0
    np.testing.assert_array_equal(CHANGES["cover"](images, length), expected)


def test_noise_has_the_standard_deviation_that_it_says_and_is_always_the_same():
    images = np.full((40, 28, 28), 128, np.uint8)
    first, again = (CHANGES["noise"](images, 20.0) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert (first - 128.0).std() == pytest.approx(20, rel=0.02)
    assert (first - 128.0).mean() == pytest.approx(0, abs=0.3)


def test_strengths_in_pixels_are_fewer_on_small_pictures():
    assert CHANGES["cover"].strengths((28, 28))[-1] == 20
    assert CHANGES["cover"].strengths((8, 8))[-1] == pytest.approx(20 * 8 / 28)
    assert CHANGES["rotation"].strengths((8, 8))[-1] == 45


def test_digits_are_spread_evenly_over_all():
    assert evenly(3, np.arange(100, 201)).tolist() == [100, 150, 200]
    assert evenly(9, np.arange(4)).tolist() == [0, 1, 2, 3]


def test_a_change_is_entered_under_its_name():
    @change(0, 1, 0.5, "shares")
    def inverted(images, strength):
        """Black for white."""
        return images

    assert CHANGES.pop("inverted").strengths((28, 28)).tolist() == [0, 0.5, 1]


@pytest.mark.parametrize(
    ("correct", "expected"),
    [("1111111", (-3, 3)), ("1011101", (-1, 1)), ("0001000", (0, 0)), ("1110111", None), ("1101111", (0, 3))],
)
def test_a_prediction_holds_around_nought(correct, expected):
    assert held(np.arange(-3, 4), np.array([letter == "1" for letter in correct])) == expected
