"""Where a digit opens: in a column that stays in sight beside what was clicked, and on a phone in a sheet from below."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address
from dashboard.components.sheet import sheet


def columns(widths: Sequence[float], opened: bool) -> list[DeltaGenerator]:
    """Columns, of which the last holds the open digit; to be called in a fragment with the key address.BROWSE.

    All that stands below on the page belongs into the others, for a column stays in sight only as far as its row goes (opened.css).
    opened: whether somebody opened the digit; one that is only offered has no place on a phone.
    """
    with st.container(key="browse"):
        *others, last = st.columns(widths, gap="medium")
    return [*others, place(last, opened)]


def place(column: DeltaGenerator, opened: bool) -> DeltaGenerator:
    """In that column, where the open digit goes."""
    return column.container(key="opened" if opened else "offered")


def head(title: str, number: int, among: Sequence[int]) -> None:
    """The heading of an open digit, with buttons to its neighbours among these numbers and, on a phone, one that closes it."""
    place = np.flatnonzero(np.asarray(among) == number)
    before = int(among[place[0] - 1]) if len(place) and place[0] > 0 else None
    after = int(among[place[0] + 1]) if len(place) and place[0] + 1 < len(among) else None
    opened = address.DIGIT in st.query_params
    with st.container(key="opened-head", horizontal=True, vertical_alignment="center", wrap=False):
        st.markdown(f"## {title}", width="stretch")
        sheet(number, opened, before, after, show, close)


def nothing(reason: str) -> None:
    """What stands there while no digit is open."""
    with st.container(key="opened-head", horizontal=True):
        st.caption(reason, width="stretch")
        sheet(None, False, None, None, show, close)


def open_digit(number: int) -> None:
    """Name a digit in the address; for the callback of a control in the fragment, which then runs anew."""
    st.query_params[address.DIGIT] = str(number)


def show(number: int) -> None:
    """Open a digit from a control beside the open one, which is in a fragment of its own."""
    open_digit(number)
    st.rerun(address.BROWSE)


def forget() -> None:
    """Open none any more, for the callback of a control in the fragment."""
    st.query_params.pop(address.DIGIT, None)


def close() -> None:
    """Open none any more."""
    st.query_params.pop(address.DIGIT, None)
    st.rerun(address.BROWSE)
