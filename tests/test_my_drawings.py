"""The visitor's own drawings: what is said to be kept is kept."""

import numpy as np
import pytest
import streamlit as st

from dashboard.sections import my_drawings

STROKES = [np.array([[0.0, 0.0], [10.0, 10.0]])]


@pytest.fixture
def session(monkeypatch):
    """A session of its own."""
    state = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def test_there_is_room_for_so_many_and_no_more(session, monkeypatch):
    monkeypatch.setattr(my_drawings, "MAX_DRAWINGS", 2)
    digit = np.zeros((28, 28), np.uint8)
    assert [my_drawings.keep(7, digit, STROKES) for _ in range(3)] == [True, True, False]
    assert [one.label for one in my_drawings.mine()] == [7, 7]
