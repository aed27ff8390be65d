"""Colours, the same on every page, and the page's margins; the light and dark themes stand in .streamlit/config.toml."""

import functools
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.images import data_url
from models.preprocessing import strokes

# Petroff, Accessible color sequences for data visualization, 2021, arXiv:2107.02270: safe for colour-blind eyes
TEN = ("#3f90da", "#ffa90e", "#bd1f01", "#832db6", "#92dadd", "#e76300", "#a96b59", "#b9ac70", "#94a4a2", "#717581")
MORE = ("#2a9d5c", "#d65fa0", "#0e7c86", "#8a6d1b")  # for runs, of which there are often more than ten
ACCENT = "#3a86d0"

# of every figure, beside Streamlit's own theme for Plotly
FIGURE = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
LEGEND = {"orientation": "h", "y": -0.22}  # below the figure
LEGEND_OF_LOW_FIGURE = LEGEND | {
    "y": -0.3
}  # of one 300 pixels high; above it would lie under the buttons of a touch screen
FIXED_LEGEND = {"legend_itemclick": False, "legend_itemdoubleclick": False}  # its entries hide nothing

STYLE = """<style>
.stMainBlockContainer { max-width: 1360px; padding-top: 4.5rem; padding-bottom: 4rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
h1 { padding-bottom: 0.25rem; }
@media (max-width: 640px) { .st-key-browse > .stHorizontalBlock, .st-key-browse [data-testid=stHorizontalBlock]:first-of-type
  { flex-direction: column-reverse; } }
[data-testid=stLayoutWrapper]:has(> .st-key-back) { display: none; }
.st-key-pad { overflow: clip; }
.st-key-pad [data-testid=stElementContainer]:has(.ghost) { position: absolute; z-index: 50; width: 0; pointer-events: none; }
.ghost { opacity: 0.22; max-width: none; }
@media (max-width: 640px) { .stMainBlockContainer:has(.st-key-pad) { padding-top: 3.75rem; }
  .stMainBlockContainer:has(.st-key-pad) [data-testid=stElementContainer]:has(h1) { position: absolute; width: 1px;
    clip-path: inset(50%); } }
[data-testid=stPopoverBody] [data-testid=stCode] div { visibility: visible; opacity: 1; }
@media (max-width: 640px) { [class*=st-key-was-] button, .st-key-class button,
  .st-key-read button { min-width: 2rem; padding: 0.25rem 0; justify-content: center; }
  .st-key-look button { padding: 0.25rem 0.55rem; } }
.stMain .stPageLink { margin-left: -0.5rem; }
[data-testid=stExpandSidebarButton] { width: auto; padding: 0 0.5rem; gap: 0.5rem; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial] { font-size: 0; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial]::before { content: "menu"; font-size: 1.25rem; }
[data-testid=stExpandSidebarButton]::after { content: "Menu: PAGE"; }
[data-testid=stTopNav] > :nth-child(ITEM) [data-testid=stTopNavSection] { font-weight: 600; }
</style>"""


def apply(groups: Mapping[str, Sequence], page) -> None:
    """Put the page's margins in place, and say in the navigation where one is: beside the button that opens it on a telephone,
    and by its group on wider screens. groups: as st.navigation takes them; page: the open one of them."""
    items = [(one,) for one in groups[""] if one.visibility == "visible"] + [groups[name] for name in groups if name]
    item = next((number for number, pages in enumerate(items, start=1) if page in pages), 0)
    st.html(STYLE.replace("PAGE", page.title).replace("ITEM", str(item)))


def digit_colours(classes: int) -> list[str]:
    """One colour per class."""
    return [TEN[number % len(TEN)] for number in range(classes)]


def run_colours(recipes: Mapping[str, str]) -> dict[str, str]:
    """One colour per run, the seeds and folds of a recipe alike. recipes: by run, oldest first, so that colours stay."""
    order = {name: number for number, name in enumerate(dict.fromkeys(recipes.values()))}
    palette = TEN + MORE
    return {run_id: palette[order[name] % len(palette)] for run_id, name in recipes.items()}


@functools.cache
def icon() -> str:
    """The icon of the browser's tab, as the address of a picture: a seven, drawn like any drawing. (Streamlit fetches its named
    icons from a server.)"""
    seven = [[(0, 0), (10, 0), (4, 16)], [(2, 8), (9, 8)]]
    return data_url(strokes.from_strokes(seven, pen=3))
