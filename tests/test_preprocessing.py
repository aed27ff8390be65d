"""Whatever the picture or the pen, the digit comes out scaled and centred as MNIST's."""

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from scipy import ndimage

from models import preprocessing
from models.preprocessing import (
    NoDigitError,
    PictureError,
    canvas_strokes,
    from_picture,
    from_strokes,
    open_picture,
)

SEVEN = [np.array([(0, 0), (10, 0), (3, 16)], float), np.array([(2, 8), (9, 8)], float)]
coordinates = st.floats(-1e4, 1e4, allow_nan=False)
strokes = st.lists(
    arrays(float, st.tuples(st.integers(1, 30), st.just(2)), elements=coordinates), min_size=1, max_size=5
)


def longest_side(digit):
    rows, columns = np.nonzero(digit)
    return max(np.ptp(rows), np.ptp(columns)) + 1


@given(strokes)
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
    assert bar[14].sum() / 255 == pytest.approx(preprocessing.PEN, abs=0.2)


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


def test_paths_of_the_canvas_become_strokes():
    path = {"type": "Path", "path": [["M", 10, 10], ["Q", 10, 10, 15, 20], ["Q", 20, 30, 30, 30], ["L", 31, 31]]}
    drawing = {"objects": [path, {"type": "rect"}, {"type": "path", "path": [["M", 1, 2], ["L", 1, 2]]}]}
    first, second = canvas_strokes(drawing)
    np.testing.assert_allclose(first, [(10, 10), (11.25, 12.5), (15, 20), (21.25, 27.5), (30, 30), (31, 31)])
    np.testing.assert_allclose(second, [(1, 2), (1, 2)])
    assert canvas_strokes(None) == canvas_strokes({"objects": []}) == []


@given(arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
@settings(max_examples=150, deadline=None)
def test_any_picture_is_a_digit_or_none(pixels):
    try:
        digit = from_picture(Image.fromarray(pixels))
    except NoDigitError:
        return
    assert digit.shape == (28, 28)
    assert digit.dtype == np.uint8
    assert digit.max() > 0


def test_mnist_comes_back_nearly_as_it_is(mnist):
    images, _ = mnist.part("test")
    images = images[:300].astype(int)
    again = np.stack([from_picture(Image.fromarray(image.astype(np.uint8))) for image in images])
    moved = np.abs(np.roll(images, 1, axis=2) - images).mean()
    assert np.abs(again - images).mean() < moved / 2  # MNIST's own digits stand on whole pixels, ours do not


@pytest.mark.parametrize(
    "make",
    {
        "white on black": lambda ink: Image.fromarray(ink),
        "black on white": lambda ink: Image.fromarray(255 - ink),
        "blue on cream": lambda ink: Image.merge(
            "RGB", [Image.fromarray((250 - ink * f).astype(np.uint8)) for f in (0.9, 0.8, 0.3)]
        ),
        "black on nothing": lambda ink: Image.merge("LA", [Image.new("L", ink.T.shape, 0), Image.fromarray(ink)]),
        "white on nothing": lambda ink: Image.merge("LA", [Image.new("L", ink.T.shape, 255), Image.fromarray(ink)]),
        "16 bit": lambda ink: Image.fromarray((60000 - ink * 200.0).astype(np.uint16)),
        "palette": lambda ink: Image.fromarray(255 - ink).convert("P"),
        "cmyk": lambda ink: Image.fromarray(255 - ink).convert("CMYK"),
        "faint": lambda ink: Image.fromarray((200 - ink * 0.2).astype(np.uint8)),
    }.items(),
    ids=lambda item: item[0],
)
def test_paper_and_ink_do_not_matter(make):
    digit = from_strokes(SEVEN)
    ink = np.zeros((300, 200), np.uint8)
    ink[40:236, 2:198] = np.kron(digit, np.ones((7, 7), np.uint8))
    assert np.abs(from_picture(make[1](ink)).astype(int) - digit).mean() < 5


def test_specks_are_passed_over():
    digit = from_strokes(SEVEN)
    ink = np.pad(np.kron(digit, np.ones((6, 6), np.uint8)), 60)
    clean = from_picture(Image.fromarray(ink))
    ink[5:8, 5:8] = 255
    np.testing.assert_array_equal(from_picture(Image.fromarray(ink)), clean)


def test_a_photograph_is_turned_upright():
    upright = Image.fromarray(np.pad(np.kron(from_strokes(SEVEN), np.ones((4, 4), np.uint8)), 20))
    turned, exif = upright.rotate(90, expand=True), Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise by a quarter when shown
    stream = io.BytesIO()
    turned.save(stream, "PNG", exif=exif)
    np.testing.assert_array_equal(from_picture(open_picture(stream)), from_picture(upright))


@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_empty_picture_holds_no_digit(level):
    with pytest.raises(NoDigitError, match="No digit was found"):
        from_picture(Image.new("L", (50, 50), level))


def png(width, height):
    stream = io.BytesIO()
    Image.new("1", (width, height)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (png(600, 600)[:60], "damaged"),
        (png(20_000, 20_000), "too large"),
    ],
)
def test_pictures_that_are_none_are_refused(content, sentence):
    with pytest.raises(PictureError, match=sentence):
        open_picture(io.BytesIO(content))


@given(st.binary(max_size=200), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_mutated_files_never_raise_anything_else(noise, place):
    good = png(40, 40)
    with contextlib.suppress(PictureError, NoDigitError):
        from_picture(open_picture(io.BytesIO(good[:place] + noise + good[place + len(noise) :])))
