"""Colours, the same on every page, and the page's margins; the light and dark themes stand in .streamlit/config.toml."""

from collections.abc import Iterable

import streamlit as st

# Petroff, Accessible color sequences for data visualization, 2021, arXiv:2107.02270: safe for colour-blind eyes
TEN = ("#3f90da", "#ffa90e", "#bd1f01", "#832db6", "#92dadd", "#e76300", "#a96b59", "#b9ac70", "#94a4a2", "#717581")
ACCENT = "#3a86d0"

STYLE = """<style>
.stMainBlockContainer { max-width: 1360px; padding-top: 4.5rem; padding-bottom: 4rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
h1 { padding-bottom: 0.25rem; }
@media (max-width: 640px) { .st-key-browse > .stHorizontalBlock, .st-key-browse [data-testid=stHorizontalBlock]:first-of-type
  { flex-direction: column-reverse; } }
.stMain .stPageLink { margin-left: -0.5rem; }
</style>"""


def apply() -> None:
    """Put the page's margins in place."""
    st.html(STYLE)


def digit_colours(classes: int) -> list[str]:
    """One colour per class."""
    return [TEN[number % len(TEN)] for number in range(classes)]


def run_colours(run_ids: Iterable[str]) -> dict[str, str]:
    """One colour per run; given oldest first, a run keeps its colour when others are added."""
    return {run_id: TEN[number % len(TEN)] for number, run_id in enumerate(run_ids)}
