"""What visitors read says what it should, whatever the text that it quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboard import wording


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
