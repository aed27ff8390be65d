"""Charts on the pages: shown in the page's theme, and taken away, each as a picture and all of a page as one file."""

from collections.abc import Callable, Hashable, Sequence

import pandas as pd
import plotly.graph_objects as go
import plotly.io
import streamlit as st
from markupsafe import Markup

from dashboard import address, cache
from dashboard.components.templates import render
from dashboard.figures.layout import dressed
from dashboard.theme import printed

CONFIG = {"modeBarButtons": [["toImage"]], "displaylogo": False, "scrollZoom": False}


def chart(draw: go.Figure | Callable[[], go.Figure], key: str, alt: str, of: tuple[Hashable, ...] = (), **options):
    """Show a figure.

    Args:
        draw: the figure, or what draws it where that is needed for the first time.
        alt: what a screen reader says, and its title in the file.
        of: texts and numbers, among them the hash of what is shown, which differ for other figures of that key.
    """
    figure = dressed(draw) if isinstance(draw, go.Figure) else cache.figure((key, *of), lambda: dressed(draw()))
    st.session_state.setdefault(address.CHARTS, {})[key] = (alt, figure)
    return st.plotly_chart(figure, key=key, alt=alt, config=CONFIG, **options)


def keep_table(table: pd.DataFrame, key: str, title: str) -> None:
    """Have a table, its columns named as people read them, stand among the charts of the page's file."""
    st.session_state.setdefault(address.CHARTS, {})[key] = (title, table)


def keep_text(text: str, key: str, title: str) -> None:
    """Have a paragraph of plain text stand among the charts of the page's file."""
    st.session_state.setdefault(address.CHARTS, {})[key] = (title, text)


def forget() -> None:
    """A page begins: it has no charts yet."""
    st.session_state[address.CHARTS] = {}


def offer(page: str) -> None:
    """Below a page: a button for its charts as one file, where it has any. page: its title."""
    if kept := st.session_state[
        address.CHARTS
    ]:  # a fragment that runs later puts its newer charts into the same dictionary
        st.download_button(
            "Report as HTML" if any(isinstance(one, pd.DataFrame) for _, one in kept.values()) else "Charts as HTML",
            data=lambda: as_html(page, list(kept.values())),
            file_name=f"{page.lower()}.html",
            mime="text/html",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            help="All charts of this page in one file that any browser shows, with hovering and zooming",
        )


def as_html(page: str, charts: Sequence[tuple[str, go.Figure | pd.DataFrame | str]]) -> str:
    """A file that needs no network: charts, tables and paragraphs, each with a title."""
    first = next((chart for _, chart in charts if isinstance(chart, go.Figure)), None)
    parts = [
        _part(title, one, first=one is first) if isinstance(one, go.Figure) else (title, _text(one))
        for title, one in charts
    ]
    return render("charts", page=page, charts=parts)


def _text(one: pd.DataFrame | str) -> Markup:
    """A table or a paragraph as HTML; a long note is not cut off."""
    if isinstance(one, str):
        return Markup("<p>{}</p>").format(one)
    with pd.option_context("display.max_colwidth", None):
        return Markup(one.to_html(index=False, na_rep="", border=0))


def _part(title: str, figure: go.Figure, first: bool) -> tuple[str, Markup]:
    """Title of one chart, empty where the chart has its own, and its HTML; the first brings the library along."""
    alone = plotly.io.from_json(printed(figure.to_json()))
    alone.update_xaxes(automargin=True).update_yaxes(automargin=True)  # as Streamlit's theme does on the page
    # plotly escapes what it writes, so that a text in a figure cannot end its script
    chart = Markup(alone.to_html(full_html=False, include_plotlyjs=first, config=CONFIG))
    return "" if alone.layout.title.text else title, chart
