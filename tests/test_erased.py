"""A drawing without each of its strokes, and what the page Draw says of them."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import cache
from dashboard.components.canvas import to_text
from models.calls import Reading
from models.preprocessing.erased import PARTS, cut, erased
from models.preprocessing.strokes import from_strokes
from tests.test_views import said, visit

SEVEN = [np.array([[60.0, 60], [250, 60], [150, 280]]), np.array([[110.0, 170], [230, 170]])]


def test_each_stroke_is_left_out_in_turn():
    first, second, third = (np.full((2, 2), float(n)) for n in range(3))
    found = erased([first, second, third])
    assert [[int(stroke[0, 0]) for stroke in left] for left in found] == [[1, 2], [0, 2], [0, 1]]


def test_a_single_stroke_loses_a_quarter_of_its_length():
    found = erased([np.array([[0.0, 0], [40, 0], [40, 40]])])
    assert [[stroke.tolist() for stroke in left] for left in found[:2]] == [
        [[[20, 0], [40, 0], [40, 0], [40, 20], [40, 20], [40, 40]]],
        [[[0, 0], [20, 0]], [[40, 0], [40, 20], [40, 20], [40, 40]]],
    ]
    assert len(found) == PARTS


def test_a_point_has_nothing_to_lose():
    assert erased([np.array([[3.0, 3.0]])]) == []
    assert erased([]) == []


@given(
    st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2, max_size=9, unique=True), st.integers(1, 6)
)
def test_parts_are_equally_long_where_the_line_is_straight_and_join(points, parts):
    stroke = np.array(points, float)
    pieces = cut(stroke, parts)
    lengths = [np.linalg.norm(np.diff(piece, axis=0), axis=1).sum() for piece in pieces]
    whole = np.linalg.norm(np.diff(stroke, axis=0), axis=1).sum()
    assert sum(lengths) == pytest.approx(whole, rel=1e-6)
    np.testing.assert_allclose(lengths, whole / parts, rtol=1e-6)
    np.testing.assert_allclose([piece[0] for piece in pieces[1:]], [piece[-1] for piece in pieces[:-1]])
    np.testing.assert_allclose([pieces[0][0], pieces[-1][-1]], [stroke[0], stroke[-1]])


@pytest.fixture
def draw(monkeypatch):
    cache.clear()

    def opened(rows):
        def read(run_id, images):
            asked.append(images)
            return Reading(np.array(rows, np.float32)[: len(images)])

        asked = []
        worker = SimpleNamespace(start=lambda: None, quick_ready=lambda: False, slow_ready=lambda: True, read=read)
        monkeypatch.setattr("dashboard.cache.worker", lambda: worker)
        return visit("draw", drawing=to_text(SEVEN), look="Strokes"), asked

    yield opened
    cache.clear()


def row(**shares):
    return [shares.get(f"d{digit}", 0.0) for digit in range(10)]


def test_the_stroke_that_counts_most_is_named(draw):
    app, asked = draw([row(d7=0.98), row(d7=0.1, d1=0.7), row(d7=0.9)])
    assert "**Without stroke 1**, the probability of 7 falls from 98.0 % to 10.0 % and 1 is predicted" in said(app)
    html = "".join(element.proto.body for element in app.get("html"))
    for text in ("All of it: 7, 98 %", "Without stroke 1: 1, 70 %", "Without stroke 2: 7, 90 %"):
        assert text in html
    pictures = asked[-1]
    assert pictures.shape == (3, 28, 28)
    assert np.abs(pictures[2].astype(int) - from_strokes(SEVEN[:1])).max() <= 60  # drawn again from rounded corners


def test_where_no_stroke_counts_it_says_so(draw):
    app, _ = draw([row(d7=0.98)] * 3)
    assert "No stroke alone matters" in said(app)
