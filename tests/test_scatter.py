"""What a circle on the scatter is in an address."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.components.scatter import FINE, as_circle, corners

shares = st.integers(0, FINE)


@given(st.lists(st.tuples(shares, shares), min_size=3, max_size=100))
def test_corners_come_from_their_letters(drawn):
    found = corners("".join(f"{x:04}{y:04}" for x, y in drawn))
    np.testing.assert_allclose(found[:, 0] * FINE, [x for x, _ in drawn], atol=1e-6)
    np.testing.assert_allclose((1 - found[:, 1]) * FINE, [y for _, y in drawn], atol=1e-6)


@given(st.text(max_size=60))
def test_other_letters_are_a_circle_within_the_scatter_or_none(text):
    found = corners(text)
    assert found.shape[1] == 2
    assert not len(found) or (found >= 0).all()


@pytest.mark.parametrize("text", ["", "12345678", "1234567812345678", "x" * 24, "1" * 25, "1" * 808, "١" * 24])
def test_no_circle_is_none(text):
    assert not len(corners(text))


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.2))
def test_a_circle_comes_back_from_its_text(x, y, radius):
    found = corners(as_circle(np.array([x, y]), radius))
    away = np.linalg.norm(found - [x, y], axis=1)
    inside = ((found > 0) & (found < 1)).all(axis=1)
    assert len(found) == 16
    assert (np.abs(away[inside] - radius) < 2e-4).all()
    assert (away <= radius + 2e-4).all()
