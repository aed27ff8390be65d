"""Colours, the same on every page, and the page's margins; the light and dark themes stand in .streamlit/config.toml."""

import base64
import functools
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import streamlit as st

SETTINGS = tomllib.loads((Path(__file__).parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
PALETTES = {name: tuple(SETTINGS[name]["chartCategoricalColors"]) for name in ("light", "dark")}

# What stands in a figure for the colours of a theme: Streamlit's page puts in those of the theme that is on, also where a visitor
# changes it later (streamlit/elements/lib/streamlit_plotly_theme.py).
TEN = tuple(f"#{number:06d}" for number in range(1, 11))  # chartCategoricalColors
ACCENT, OTHER = TEN[:2]  # blue, and amber for what stands against it
TEXT, MUTED, PAPER = "#000037", "#000036", "#000038"
# of lines, as pixels of ink and gaps: with the colours, runs differ twice
DASHES = (
    "solid",
    "14px,4px",
    "2px,3px",
    "9px,3px,2px,3px",
    "6px,4px",
    "14px,4px,5px,4px",
    "10px,9px",
    "9px,3px,2px,3px,2px,3px",
)

# of every figure, beside Streamlit's own theme for Plotly
FIGURE = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
LEGEND = {"orientation": "h", "y": -0.22}  # below the figure
LEGEND_OF_LOW_FIGURE = LEGEND | {
    "y": -0.3
}  # of one 300 pixels high; above it would lie under the buttons of a touch screen
FIXED_LEGEND = {"legend_itemclick": False, "legend_itemdoubleclick": False}  # its entries hide nothing

STYLE = """
.stMainBlockContainer { max-width: 1360px; padding-top: 4.5rem; padding-bottom: 4rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 4.5rem 1rem 3rem; } }
h1 { padding-bottom: 0.25rem; }
div[data-testid=stCaptionContainer] { opacity: 0.75; }
[data-testid=stWidgetLabel][disabled], [data-testid=stWidgetLabel][disabled] [data-testid=stMarkdownContainer] { color: inherit; }
[data-testid=stWidgetLabel][disabled] { opacity: 0.75; }
[data-testid=stMultiSelect] [data-tag] { color: inherit; background: color-mix(in srgb, currentColor 14%, transparent); }
[data-testid=stLayoutWrapper]:has(> .st-key-back, > .st-key-frame, > .st-key-drop, > [class*=st-key-bound-]) { display: none; }
.stMainBlockContainer:has(.st-key-digits-scatter) { padding-bottom: 0; }
@media (max-width: 640px) { .st-key-scatter .textpoint { display: none; } }
[data-testid=stBaseButton-primary], [data-testid=stBaseButton-primary] p { color: var(--page, #fff); }
.st-key-pad { overflow: clip; }
.st-key-pad [data-testid=stElementContainer]:has(.ghost) { position: absolute; z-index: 50; width: 0; pointer-events: none; }
.ghost { opacity: 0.22; max-width: none; }
[data-testid=stLayoutWrapper]:has(> .st-key-answer) { flex: 1 1 440px; width: auto; min-width: min(440px, 100%); max-width: 920px; }
[data-testid=stLayoutWrapper]:has(> .st-key-layers) { flex: 1 1 440px; width: auto; min-width: min(440px, 100%); }
@media (min-width: 1000px) { [data-testid=stLayoutWrapper]:has(> .st-key-pad):has(+ * > .st-key-layers) {
  position: sticky; top: 4.5rem; align-self: flex-start; } }
[data-testid=stLayoutWrapper]:has(> .st-key-about) { min-width: min(300px, 100%); }
.st-key-next { min-height: 2.5rem; row-gap: 0.25rem; }
@media (max-width: 640px) { .st-key-next { min-height: 5.25rem; align-content: start; } .st-key-pad { margin: 0 auto; } }
.thumbnail { width: 100%; display: block; border-radius: 6px; background: #000; }
[class*=st-key-card-] { position: relative; }
[class*=st-key-card-] :is(div, a) { position: static; }
[class*=st-key-card-] .stPageLink a::after { content: ""; position: absolute; inset: 0; }
@media (max-width: 640px) { [data-testid=stLayoutWrapper]:has(> [class*=st-key-card-]) { flex: 1 1 100%; } }
[data-testid=stPopoverBody] [data-testid=stCode] div { visibility: visible; opacity: 1; }
@media (max-width: 640px) { [class*=st-key-was-] button, .st-key-class button, .st-key-reported button,
  .st-key-read button { min-width: 2rem; padding: 0.25rem 0; justify-content: center; }
  .st-key-look button { padding: 0.25rem 0.55rem; }
  .st-key-closer button { padding: 0.25rem 0.4rem; font-size: 0.8rem; } }
.stMain .st-key-concepts :is(.katex-display, [data-testid=stMarkdownContainer]:has(.katex-display)) { overflow: visible; }
.stMain .st-key-concepts .katex-display { margin: 0.35rem 0; }
.st-key-concepts h2 { padding-top: 0; }
@media (max-width: 640px) { .st-key-concepts .stColumn:first-child > div { gap: 0.25rem; }
  [class*=st-key-questions-] [role=radiogroup] { flex-wrap: nowrap; overflow-x: auto; scrollbar-width: none; }
  [class*=st-key-questions-] button { flex-shrink: 0; }
  .st-key-convolving > :nth-child(2) { order: 3; } .st-key-convolving { gap: 0.75rem; }
  .st-key-convolving > :not(:nth-child(2)) { flex: 0 0 calc(50% - 0.4rem); } }
@media (max-width: 640px) { .st-key-path > :first-child { flex: 1 1 100%; } .st-key-path { row-gap: 0.25rem; } }
.stMain .stPageLink { margin-left: -0.5rem; }
[data-testid=stExpandSidebarButton] { width: auto; padding: 0 0.5rem; gap: 0.5rem; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial] { font-size: 0; }
[data-testid=stExpandSidebarButton] [data-testid=stIconMaterial]::before { content: "menu"; font-size: 1.25rem; }
[data-testid=stExpandSidebarButton]::after { content: "Menu: PAGE"; }
@media (min-width: 769px) { [data-testid=stToolbar] > :first-child::before { content: "MNIST Atelier"; font-weight: 700;
  white-space: nowrap; margin: 0 0.75rem; align-self: center; } }
[data-testid=stTopNav] > :nth-child(ITEM) [data-testid=stTopNavSection] { font-weight: 600; }
"""
HOME = """
.stMainBlockContainer { padding-top: 4rem; }
[data-testid=stElementContainer]:has(h1) { position: absolute; width: 1px; clip-path: inset(50%); }
.st-key-begin a { color: inherit; }
/* beside the page's question, so that the canvas stays where it is */
@media (min-width: 769px) { .st-key-begin { align-self: flex-end; width: auto; margin-top: -2.5rem; } }
"""
OPENED = (Path(__file__).parent / "opened.css").read_text(encoding="utf-8")


def apply(groups: Mapping[str, Sequence], page) -> None:
    """Put the page's margins in place, and say in the navigation where one is: beside the button that opens it on a telephone,
    and by its group on wider screens. groups: as st.navigation takes them; page: the open one of them."""
    items = [(one,) for one in groups[""] if one.visibility == "visible"] + [groups[name] for name in groups if name]
    item = next((number for number, pages in enumerate(items, start=1) if page in pages), 0)
    home = HOME if page.title == "Draw" else ""
    light, dark = (st.get_option(f"theme.{name}.backgroundColor") or "Canvas" for name in ("light", "dark"))
    sheet = f":root {{ --sheet: light-dark({light}, {dark}); }}"
    style = STYLE.replace("PAGE", page.title).replace("ITEM", str(item))
    # the hidden piece keeps it in the page: styles alone stand where a toast goes, and the toast of a fragment takes their place
    st.html(f"<i hidden></i><style>{style}\n{home}\n{sheet}\n{OPENED}</style>")


class Line(NamedTuple):
    """How the line of a run is drawn: its colour, one of TEN, and one of DASHES."""

    colour: str
    dash: str


def css(place: int) -> str:
    """A colour of the theme in pieces of HTML, by its place in TEN; components/frame.js keeps it that of the theme that is on."""
    return f"var(--class-{place}, {PALETTES['light'][place]})"


def printed(text: str) -> str:
    """A figure's JSON with the colours of the light theme, where no page of Streamlit puts them in."""
    light = SETTINGS["light"]
    fixed = {TEXT: light["textColor"], MUTED: light["textColor"], PAPER: light["backgroundColor"]}
    for placeholder, colour in {**dict(zip(TEN, PALETTES["light"], strict=True)), **fixed}.items():
        text = text.replace(placeholder, colour)
    return text


def digit_colours(classes: int) -> list[str]:
    """One colour per class."""
    return [TEN[number % len(TEN)] for number in range(classes)]


def run_lines(chosen: Mapping[str, str], recipes: Sequence[str]) -> dict[str, Line]:
    """A line for each chosen run, distinct in colour up to ten runs, in dash up to eight, and in one of both up to eighty.

    chosen: the recipe of each, in the order in which they were chosen, so that another one changes no line; recipes: of all runs,
    the oldest first, so that lines stay when runs come.
    """
    order = {name: number for number, name in enumerate(dict.fromkeys(recipes))}
    pairs, colours, dashes, lines = Counter(), Counter(), Counter(), {}
    places = [(colour, dash) for colour in range(len(TEN)) for dash in range(len(DASHES))]
    for run, recipe in chosen.items():

        def rank(place: tuple[int, int], start: int = order[recipe]) -> tuple[int, ...]:
            colour, dash = place
            far = (colour - start) % len(TEN), (dash - start) % len(DASHES)
            return pairs[place], colours[colour], dashes[dash], *far

        colour, dash = place = min(places, key=rank)
        for counter, used in ((pairs, place), (colours, colour), (dashes, dash)):
            counter[used] += 1
        lines[run] = Line(TEN[colour], DASHES[dash])
    return lines


@functools.cache
def icon() -> str:
    """The icon of the browser's tab, a seven, as the address of a picture. (Streamlit fetches its named icons from a server.)"""
    drawn = (Path(__file__).parent / "components" / "icon.svg").read_bytes()
    return "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
