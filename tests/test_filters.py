"""A list of numbers is read as it was meant, or refused in a sentence; a filter leaves the digits that it names."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.sections.filters import MAX_LETTERS, numbers
from tests import pages

spans = st.tuples(st.integers(0, 999), st.integers(0, 30))


@given(st.lists(spans, min_size=1, max_size=20), st.sampled_from([",", ", ", " ", ";"]))
def test_numbers_and_spans_are_found_in_order(drawn, between):
    text = between.join(str(first) if not more else f"{first}-{first + more}" for first, more in drawn)
    expected = sorted({n for first, more in drawn for n in range(first, first + more + 1)})
    assert numbers(text, 2000).tolist() == expected


@given(st.text(max_size=40))
def test_any_text_is_numbers_of_digits_or_refused(text):
    with contextlib.suppress(ValueError):
        found = numbers(text, 100)
        assert found.min() >= 0
        assert found.max() < 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seven", "not a number of a digit"),
        ("-5", "not a number of a digit"),
        ("5-x", "not a number of a digit"),
        ("3.5", "not a number of a digit"),
        ("100", "from 0 to 99"),
        ("1-99999999999999", "from 0 to 99"),
        ("9-1", "That list has no number"),
        ("1," * MAX_LETTERS, "too long"),
    ],
)
def test_another_list_is_one_sentence(text, said):
    with pytest.raises(ValueError, match=said):
        numbers(text, 100)


def test_a_list_is_an_array_without_doubles():
    np.testing.assert_array_equal(numbers("7 3-5, 4", 10), [3, 4, 5, 7])


def test_a_range_between_the_ends_of_another_dataset_is_dropped(mnist):
    def opened(app, name):
        [control] = [one for one in app.get("button_group") if one.label == "Dataset"]
        control.set_value(name)
        app.run()
        assert not app.exception, app.exception
        return {one.label.partition(" ")[0]: (one.value, one.max) for one in app.slider}

    def count(app):
        return next(one.value for one in app.caption if "of them here" in one.value)

    app = pages.app("explore", {}).run()
    for name, side, digits in (("digits", 8, "1,797"), ("mnist", 28, "70,000"), ("digits", 8, "1,797")):
        sliders = opened(app, name)
        assert sliders["Width"] == sliders["Height"] == ((0, side), side)
        assert count(app).startswith(f"{digits} digits")
        assert "width" not in app.query_params
    [width] = [one for one in app.slider if one.label.startswith("Width")]
    width.set_value((2, 6))
    app.run()
    assert count(app).startswith("1,791 digits")
    assert opened(app, "mnist")["Width"] == ((0, 28), 28)
    assert count(app).startswith("70,000 digits")
    linked = pages.app("explore", {"dataset": "digits", "width": ["2", "6"]}).run()
    assert count(linked).startswith("1,791 digits"), "what an address brings stays"
