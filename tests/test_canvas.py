"""A drawing survives its way through an address and back onto the canvas; anything else is refused."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.canvas import LONGEST, POINTS, _text, as_objects, canvas_strokes, from_text, to_text, with_pen
from models.preprocessing.strokes import from_strokes

places = st.integers(-500, 4000).map(lambda tenths: tenths / 10)
points = st.lists(st.tuples(places, places), min_size=1, max_size=40)
drawings = st.lists(points, min_size=1, max_size=5)


@given(drawings)
def test_a_drawing_comes_back_from_an_address(drawn):
    text = to_text([np.array(line, float) for line in drawn])
    assert text.replace("-", "").replace("_", "").isalnum()
    again = from_text(text)
    assert len(again) == len(drawn)
    for line, same in zip(drawn, again, strict=True):
        np.testing.assert_array_equal(same, line)


@given(drawings)
def test_the_canvas_shows_the_strokes_that_it_is_given(drawn):
    again = canvas_strokes(as_objects([np.array(line, float) for line in drawn], 20))
    for line, same in zip(drawn, again, strict=True):
        np.testing.assert_allclose(same[: len(line)], line, atol=0.02)


def test_another_pen_draws_every_stroke():
    drawn = as_objects([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]])], 20)
    again = with_pen(drawn, 8)
    assert [one["strokeWidth"] for one in again["objects"]] == [8, 8]
    assert [one["path"] for one in again["objects"]] == [one["path"] for one in drawn["objects"]]
    assert drawn["objects"][0]["strokeWidth"] == 20
    assert with_pen(None, 8) is None


@given(st.text(max_size=80))
def test_other_letters_are_a_drawing_or_refused(text):
    with contextlib.suppress(ValueError):
        assert all(line.shape[1] == 2 for line in from_text(text))


@pytest.mark.parametrize(
    "text", ["", "AAAA", "eJw", "x" * 30_000, _text([np.zeros((6000, 2))]), to_text([np.array([[1, 2]])])[:-4]]
)
def test_no_drawing_is_one_sentence(text):
    with pytest.raises(ValueError, match="holds no drawing"):
        from_text(text)


def test_paths_of_the_canvas_become_strokes():
    path = {"type": "Path", "path": [["M", 10, 10], ["Q", 10, 10, 15, 20], ["Q", 20, 30, 30, 30], ["L", 31, 31]]}
    drawing = {"objects": [path, {"type": "rect"}, {"type": "path", "path": [["M", 1, 2], ["L", 1, 2]]}]}
    first, second = canvas_strokes(drawing)
    np.testing.assert_allclose(first, [(10, 10), (11.25, 12.5), (15, 20), (21.25, 27.5), (30, 30), (31, 31)])
    np.testing.assert_allclose(second, [(1, 2), (1, 2)])
    assert canvas_strokes(None) == canvas_strokes({"objects": []}) == []


@pytest.mark.parametrize("points", [5_000, 5_001, 60_000])
@pytest.mark.parametrize("kind", ["smooth", "scribble", "many strokes"])
def test_a_drawing_of_many_points_is_thinned_until_its_link_opens(kind, points, rng):
    along = np.linspace(0, 1, points)
    line = 168 + 140 * along[:, None] * np.stack([np.cos(40 * along), np.sin(40 * along)], axis=1)
    if kind == "scribble":
        line = np.clip(line + rng.normal(0, 3, line.shape), 0, 336)
    strokes = np.array_split(line, 40) if kind == "many strokes" else [line]
    text = to_text(strokes)
    opened = from_text(text)
    assert len(text) <= LONGEST
    assert sum(map(len, opened)) <= POINTS
    assert len(opened) == len(strokes)
    np.testing.assert_allclose(opened[0][0], strokes[0][0], atol=0.11)
    np.testing.assert_allclose(opened[-1][-1], strokes[-1][-1], atol=0.5)
    # what a model sees of it hardly changes
    assert np.abs(from_strokes(opened).astype(int) - from_strokes(strokes)).mean() < 8


def test_a_drawing_that_an_address_can_hold_is_not_thinned(rng):
    line = np.cumsum(rng.integers(-2, 3, (400, 2)), axis=0) + 150.0
    [again] = from_text(to_text([line]))
    np.testing.assert_allclose(again, line, atol=0.11)
