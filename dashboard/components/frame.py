"""What surrounds every page: the theme's colours for pieces of HTML, and names and roles that Streamlit's own markup lacks."""

import streamlit as st

from dashboard.components.assets import component

_mount = component("frame")


def install(title: str) -> None:
    """Put it in place. title: of the open page."""
    with st.container(key="frame"):
        _mount(key="names and colours", data={"title": title})
