"""A hidden page for each older address, which leads on to where its page went."""

import functools

import streamlit as st

from dashboard import address_bar


def pages() -> list[st.Page]:
    """Those pages, for st.navigation."""
    return [
        st.Page(functools.partial(_lead_on, path), title="Moved", url_path=path, visibility="hidden")
        for path in address_bar.MOVED
    ]


def _lead_on(path: str) -> None:
    """The browser goes on, not the server: st.switch_page would leave the old address in the way of Back."""
    from dashboard.components.templates import render

    st.html(render("moved", link=address_bar.moved(path)), unsafe_allow_javascript=True)
