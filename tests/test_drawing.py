"""A drawing survives its way through an address and back onto the canvas; anything else is refused."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.drawing import as_objects, from_text, to_text
from models.preprocessing import canvas_strokes

points = st.lists(st.tuples(st.integers(-50, 400), st.integers(-50, 400)), min_size=1, max_size=40)
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


@given(st.text(max_size=80))
def test_other_letters_are_a_drawing_or_refused(text):
    with contextlib.suppress(ValueError):
        assert all(line.shape[1] == 2 for line in from_text(text))


@pytest.mark.parametrize(
    "text", ["", "AAAA", "eJw", "x" * 30_000, to_text([np.zeros((6000, 2))]), to_text([np.array([[1, 2]])])[:-4]]
)
def test_no_drawing_is_one_sentence(text):
    with pytest.raises(ValueError, match="holds no drawing"):
        from_text(text)
