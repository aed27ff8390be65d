"""Figures, drawn once for the numbers that they show."""

from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go
import streamlit as st


class Drawn(go.Figure):
    """A figure that is not changed any more: what it is as a dictionary is worked out once, which Streamlit asks at each show."""

    def to_dict(self) -> dict[str, Any]:
        """Its data and layout. The parts are the same objects each time: not to be changed."""
        drawn = self.__dict__.get("_drawn")
        if drawn is None:
            drawn = super().to_dict()
            self.__dict__["_drawn"] = drawn
        return dict(drawn)


def figure(of: tuple[Hashable, ...], draw: Callable[[], go.Figure]) -> go.Figure:
    """The figure that `draw` makes, made once for each `of`: texts and numbers, among them the hash of what is shown."""
    return _figure(repr(of), draw)


@st.cache_resource(show_spinner=False, max_entries=300)
def _figure(key: str, _draw: Callable[[], go.Figure]) -> go.Figure:
    return Drawn(_draw())
