"""Whatever the pen, the digit comes out scaled and centred as MNIST's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from models.preprocessing import strokes
from models.preprocessing.strokes import NoDigitError, from_strokes

SEVEN = [np.array([(0, 0), (10, 0), (3, 16)], float), np.array([(2, 8), (9, 8)], float)]
coordinates = st.floats(-1e4, 1e4, allow_nan=False)
drawings = st.lists(
    arrays(float, st.tuples(st.integers(1, 30), st.just(2)), elements=coordinates), min_size=1, max_size=5
)


def longest_side(digit):
    rows, columns = np.nonzero(digit)
    return max(np.ptp(rows), np.ptp(columns)) + 1


@given(drawings)
@settings(max_examples=150, deadline=None)
def test_any_strokes_make_a_digit(drawn):
    digit = from_strokes(drawn)
    assert digit.shape == (28, 28)
    assert digit.dtype == np.uint8
    assert digit.max() > 0
    assert longest_side(digit) <= 22  # 20 pixels, which may begin and end within one


@given(st.floats(0.01, 500), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
@settings(max_examples=60, deadline=None)
def test_place_and_size_of_a_drawing_do_not_matter(scale, right, down):
    moved = [stroke * scale + (right, down) for stroke in SEVEN]
    difference = from_strokes(moved).astype(int) - from_strokes(SEVEN)
    assert np.abs(difference).mean() < 4  # a step on the fine grid, 1/8 pixel, moves as much


def test_a_digit_is_centred_as_mnist_was():
    digit = from_strokes(SEVEN)
    np.testing.assert_allclose(ndimage.center_of_mass(digit), (14, 14), atol=1 / 16 + 0.02)
    assert longest_side(digit) in (20, 21)


@pytest.mark.parametrize("stroke", [[(0, 0), (0, 9)], [(0, 0), (9, 0)], [(0, 0), (3, 9)], [(0, 0), (9, 9), (0, 9)]])
def test_narrow_and_lopsided_drawings_are_centred_too(stroke):
    np.testing.assert_allclose(ndimage.center_of_mass(from_strokes([stroke])), (14, 14), atol=0.09)


def test_mnist_is_centred_there(mnist):
    centres = [ndimage.center_of_mass(image) for image in mnist.images[:2000]]
    np.testing.assert_allclose(np.mean(centres, axis=0), (14, 14), atol=0.03)


def test_the_pen_has_the_width_of_mnists():
    bar = from_strokes([[(0, 0), (0, 100)]])
    assert bar[14].sum() / 255 == pytest.approx(strokes.PEN, abs=0.2)


def test_the_smallest_drawing_is_as_good_as_any():
    tiny = [stroke * 5e-324 for stroke in SEVEN]
    assert np.abs(from_strokes(tiny).astype(int) - from_strokes(SEVEN)).mean() < 4


def test_a_dot_is_drawn_and_nothing_is_not():
    assert from_strokes([[(5, 5)]]).max() > 0
    for nothing in ([], [[]], [np.empty((0, 2))]):
        with pytest.raises(NoDigitError):
            from_strokes(nothing)


@pytest.mark.parametrize("wrong", [[[(1, float("nan"))]], [[(0, 1e300)]], [[(1, 2, 3)]], [["a"]], [[(1, 2), (3,)]]])
def test_strokes_that_are_none_are_refused(wrong):
    with pytest.raises(ValueError, match="stroke"):
        from_strokes(wrong)


def test_a_speck_far_away_is_passed_over_and_a_dot_nearby_is_not():
    clean = from_strokes(SEVEN)
    np.testing.assert_array_equal(from_strokes([*SEVEN, [(60, 60)], [(-40, 3), (-39.8, 3)]]), clean)
    assert not np.array_equal(from_strokes([*SEVEN, [(4, 15)]]), clean)
    assert from_strokes([[(0, 0)], [(50, 50)]]).max() > 0  # nothing but dots: all of them count


ON_CANVAS = [stroke * 6 + (150, 40) for stroke in SEVEN]  # at the upper right of a canvas of 336 pixels


def test_all_steps_lead_to_what_a_model_is_given():
    stages = strokes.prepare(ON_CANVAS, 336, 20)
    assert list(stages) == ["drawn", "cut out", "scaled", "centred"]
    np.testing.assert_array_equal(stages["centred"], from_strokes(ON_CANVAS))
    assert longest_side(stages["scaled"]) in (20, 21)


def test_without_steps_the_whole_canvas_is_made_small():
    stages = strokes.prepare(ON_CANVAS, 336, 20, strokes.Steps(thin=False, scale=False, centre=False))
    assert list(stages) == ["drawn", "cut out", "made small"]
    rows, columns = ndimage.center_of_mass(stages["made small"])
    drawn_rows, drawn_columns = ndimage.center_of_mass(stages["drawn"])
    assert (rows, columns) == pytest.approx((drawn_rows / 4 - 0.375, drawn_columns / 4 - 0.375), abs=0.2)
    assert longest_side(stages["made small"]) == pytest.approx((96 + 20) / 12, abs=1.5)


@pytest.mark.parametrize("thin", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_centring_is_by_mass_whatever_the_other_steps(thin, scale):
    last = list(strokes.prepare(ON_CANVAS, 336, 20, strokes.Steps(thin, scale, True)).values())[-1]
    np.testing.assert_allclose(ndimage.center_of_mass(last), (14, 14), atol=0.1)


@given(drawings, st.booleans(), st.booleans(), st.booleans(), st.floats(1, 60))
@settings(max_examples=100, deadline=None)
def test_any_drawing_can_be_prepared_in_any_way(drawn, thin, scale, centre, width):
    stages = strokes.prepare(drawn, 336, width, strokes.Steps(thin, scale, centre))
    last = list(stages.values())[-1]
    assert last.shape == (28, 28)
    assert last.dtype == np.uint8


@pytest.mark.parametrize("shape", [(8, 8), (28, 20), (20, 28), (40, 28), (64, 64), (14, 14), (9, 33)])
@pytest.mark.parametrize("name", ["seven", "flat"])
def test_a_digit_is_whole_and_centred_in_a_frame_of_any_size(shape, name):
    strokes = {"seven": [[(0, 0), (10, 0), (3, 16)]], "flat": [[(0, 0), (40, 3)]]}[name]
    digit = from_strokes(strokes, shape=shape)
    assert digit.shape == shape
    whole = from_strokes(strokes)
    shares = [
        np.ptp(np.flatnonzero(one.any(axis=1))) / np.ptp(np.flatnonzero(one.any(axis=0))) for one in (whole, digit)
    ]
    if min(shape) >= 14:
        # its proportions stay, to a pixel of the frame
        assert shares[1] == pytest.approx(shares[0], abs=0.2)
    for axis, place in enumerate(ndimage.center_of_mass(digit)):
        used = np.flatnonzero(digit.any(axis=1 - axis))
        # where it reaches an edge, being whole comes first
        if used[0] > 0 and used[-1] < shape[axis] - 1:
            assert abs(place - shape[axis] / 2) < 1


def test_a_frame_twice_as_large_holds_the_same_digit():
    strokes = [[(0, 0), (10, 0), (3, 16)], [(2, 8), (9, 8)]]
    twice = from_strokes(strokes, shape=(56, 56)).reshape(28, 2, 28, 2).mean(axis=(1, 3))
    assert np.abs(twice - from_strokes(strokes)).mean() < 2
    narrow = from_strokes(strokes, shape=(28, 20)).astype(int)
    assert np.abs(narrow - from_strokes(strokes)[:, 4:24]).mean() < 2
