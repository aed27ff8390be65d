"""Pieces of HTML: what is put into a template is escaped once, and what a page says of a digit is all there."""

import re

import jinja2
import numpy as np
import pandas as pd
import pytest

from dashboard.components import reading
from dashboard.components.templates import ENVIRONMENT, render
from dashboard.sections import drawn_digit
from models.classifiers import PROBABILITIES

EVIL = "<img src=x onerror=alert()>"
NAMES = [*"012345678", EVIL]


@pytest.fixture
def shown(monkeypatch):
    """What the page is given as HTML."""
    pieces = []
    monkeypatch.setattr("streamlit.html", pieces.append)
    return pieces


def test_text_is_escaped_and_html_of_a_template_is_not_again():
    inner = render("step", picture="", name="a < b", said=EVIL)
    assert "a &lt; b" in inner
    assert EVIL not in inner
    assert inner in render("row", pieces=[inner], gap="1rem", width="", between="")


def test_a_value_that_was_forgotten_is_an_error():
    for name in ENVIRONMENT.list_templates(extensions=["jinja"]):
        with pytest.raises(jinja2.UndefinedError):
            render(name.removesuffix(".html.jinja"))


def test_a_reading_says_the_best_class_and_a_share_of_each(shown, rng):
    shares = np.full(10, 0.05)
    shares[3] = 0.55
    image = rng.integers(0, 256, (28, 28), dtype=np.uint8)
    reading.reading(image, shares, NAMES, EVIL, strokes=2, doubt=EVIL)
    (html,) = shown
    assert re.search(r'<div data-reading data-strokes="2">3</div>', html)
    assert html.count(">5.0 %") == 9
    assert "55.0 %" in html
    assert EVIL not in html
    assert html.count("&lt;img src=x") == 4, "as the caption, its other text, a class and the doubt"


def test_a_row_stands_side_by_side_with_a_sign_between(shown):
    reading.row(["a", "b", "c"], "1rem", width="96px", between="→")
    (html,) = shown
    assert re.sub(r"<[^>]*>|\s", "", html) == "a→b→c"
    assert html.count("width:96px") == 3


def test_models_that_disagree_are_marked(rng):
    first, second = np.eye(10)[3] * 0.9 + 0.01, np.eye(10)[5] * 0.8 + 0.02
    scores = pd.Series({EVIL: PROBABILITIES, "other": PROBABILITIES})
    table = drawn_digit._table([("other", second, 1.0), (EVIL, first, 2.0)], 3, scores, drawn_digit.NAMES)
    assert EVIL not in table
    assert table.index("&lt;img") < table.index("other"), "the most confident stands first"
    assert table.count("≠") == 1
    assert "5 ≠" in table
