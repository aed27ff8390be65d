"""What visitors read says what it should, whatever the text that it quotes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import ValidationError

from dashboard import wording
from training.analysis.difference import difference
from training.analysis.learning_curves import Course
from training.commands import terminal
from training.recipe import Recipe


def shown(markdown: str) -> str:
    """The text that a paragraph of Markdown shows, where it shows nothing but text."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parseInline(markdown)[0].children
    assert {token.type for token in tokens} <= {"text", "text_special"}, markdown
    return "".join(token.content for token in tokens)


@pytest.mark.parametrize(
    "text",
    ["**b**", "[x](http://a.b)", "<script>", "`c`", "~~s~~", "![i](j)", "a_b_c", "C:\\a", "\\*", ":red[x]", "$x$"],
)
def test_text_from_elsewhere_is_shown_as_it_is(text):
    assert shown(wording.plain(text)) == text


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=60))
def test_any_text_is_shown_as_it_is_on_one_line(text):
    assert shown(f"A {wording.plain(text)} B") == f"A {' '.join(text.split())} B"


def test_streamlits_own_marks_are_none():
    assert wording.plain(":material/delete: :red[x] www.a.b") == r"\:material/delete\: \:red\[x\] www\.a.b"


def test_a_difference_is_a_verdict():
    labels = np.repeat(np.arange(3), 4)
    worse = difference(labels, np.zeros(12, int), labels, 3)
    better = difference(labels, labels, np.zeros(12, int), 3)
    sentence = "makes 8 fewer errors than {}. The difference is significant (p = 0.0078)."
    assert wording.difference(better, "A", "B") == f"A {sentence.format('B')}"
    assert wording.difference(worse, "A", "B") == f"B {sentence.format('A')}"
    same = difference(labels, labels, labels, 3)
    assert wording.difference(same, "A", "B") == "A and B make equally many errors."
    one = difference(labels, labels, np.append(labels[:-1], 0), 3)
    assert (
        wording.difference(one, "A", "B") == "A makes 1 fewer error than B. The difference is not significant (p = 1)."
    )


def test_the_verdict_on_an_ensemble_has_a_direction():
    assert wording.against_best(9, "a", 0.01) == "The ensemble is significantly **better** (p = 0.01)."
    assert wording.against_best(-9, "a", 0.0001) == "The ensemble is significantly **worse** (p < 0.001)."
    assert wording.against_best(-1, "a", 0.5) == "The difference is not significant (p = 0.5)."
    assert wording.against_best(0, "a", 1.0) == "The ensemble makes as many errors as a."


def test_the_difference_of_two_rates_has_its_interval():
    labels = np.arange(100) % 10
    found = difference(labels, np.where(np.arange(100) < 5, 9, labels), labels, 10)
    low, high = (100 * end for end in found.interval)
    assert wording.rate_difference(found) == (
        f"Error of A minus that of B: 5 percentage points (95 % interval {low:.2f} to {high:.2f})."
    )


def test_p_values_are_written():
    assert [wording.p_value(p) for p in (0.0004, 0.184, 1.0)] == ["p < 0.001", "p = 0.18", "p = 1"]


def test_the_course_of_a_training_is_a_sentence():
    turned = wording.course(Course(epochs=3, best=2, rise=0.5, gap=0.2))
    assert turned == "the validation loss is lowest after epoch 2 of 3 and 50 % higher at the end; it overfits."
    assert "overfits" not in wording.course(Course(3, 2, 0.01, 0.2))
    assert "more epochs may help" in wording.course(Course(3, 3, 0.0, 0.2))
    assert "one epoch" in wording.course(Course(1, 1, 0.0, np.nan))


def test_an_error_rate_has_its_interval():
    assert wording.error_rate(44, 10_000) == "0.44 % (95 % interval 0.33 % to 0.59 %)"


def test_the_rule_for_a_name_is_told_in_words():
    with pytest.raises(ValidationError) as refused:
        Recipe(name="Bad Name!", architecture="cnn")
    for sentence in (wording.impossible(refused.value), terminal.impossible(refused.value)):
        assert "a name has small letters, digits, dots and hyphens" in sentence
        assert "^" not in sentence
