"""What is kept is given again as it was, and made anew when what it was made from is another."""

import dataclasses

import numpy as np
import plotly.graph_objects as go
import pytest
import streamlit as st

from dashboard import cache
from dashboard.cache import keys
from training import publishing


@pytest.fixture
def counted(monkeypatch):
    """A function that tells how often it was asked, and a shelf that is looked at each time."""
    monkeypatch.setattr(keys, "FRESH", 0.0)
    asked = []

    def function(*arguments):
        """Says its arguments."""
        asked.append(arguments)
        return list(arguments)

    return function, asked


def test_by_shelf_is_made_anew_when_a_run_comes_or_goes(counted, shelf, toy_run):
    function, asked = counted
    kept = cache.by_shelf(st.cache_resource)(function)
    assert (kept.__doc__, kept.__name__) == (function.__doc__, "function")
    assert kept(1) is kept(1)
    kept(2)
    assert asked == [(1,), (2,)]
    publishing.save(toy_run)
    kept(1)
    assert asked == [(1,), (2,), (1,)]


def test_the_shelf_is_looked_at_once_in_a_while(shelf, toy_run, monkeypatch):
    monkeypatch.setattr(keys, "FRESH", 1000.0)
    cache.look_again()
    before = cache.shelf_key()
    publishing.save(toy_run)
    assert cache.shelf_key() == before
    cache.look_again()
    assert cache.shelf_key() != before
    cache.look_again()


def test_by_run_is_kept_for_equal_answers_alone(counted, shelf, toy_run):
    function, asked = counted
    kept = cache.by_run(st.cache_data)(function)
    first, second = publishing.save(toy_run).run_id, publishing.save(toy_run).run_id
    kept(first, "a")[0] = "changed by its reader"
    assert kept(first, "a") == [first, "a"]
    kept(second, "a")
    other = toy_run.predictions.probabilities[:, ::-1].copy()
    changed = dataclasses.replace(toy_run, predictions=dataclasses.replace(toy_run.predictions, probabilities=other))
    third = publishing.save(changed).run_id
    kept(third, "a")
    assert asked == [(first, "a"), (second, "a"), (third, "a")]


def test_by_dataset_is_kept_for_equal_digits_alone(counted, digits):
    function, asked = counted
    kept = cache.by_dataset(st.cache_resource)(function)
    kept(digits, 1)
    kept(dataclasses.replace(digits), 1)
    kept(dataclasses.replace(digits, sha256="another"), 1)
    assert len(asked) == 2


def test_two_functions_of_one_form_are_told_apart(counted):
    def one(*arguments):
        return 1

    def two(*arguments):
        return 2

    assert [cache.by_shelf(st.cache_resource)(function)("x") for function in (one, two)] == [1, 2]


def test_a_figure_is_drawn_once_for_what_it_shows():
    drawn = []

    def draw():
        drawn.append(1)
        return go.Figure(go.Scatter(x=[1, 2], y=np.array([3.0, 4.0]))).update_layout(title="a title")

    first, again, other = cache.figure(("a", 1), draw), cache.figure(("a", 1), draw), cache.figure(("a", 2), draw)
    assert first is again
    assert first is not other
    assert len(drawn) == 2
    assert first.to_dict() == draw().to_dict() == again.to_dict()
    assert first.layout.title.text == "a title"
