"""Files and folders dropped anywhere on a page go to an upload in a popover."""

import streamlit as st

from dashboard.components.assets import component

_mount = component("drop")


def install(popover: str, text: str, most: int) -> None:
    """Put it in place. popover: the key of the popover; text: what a visitor reads while files hang over the page; most: files."""
    with st.container(key="drop"):
        _mount(key="files anywhere", data={"popover": f".st-key-{popover} button", "text": text, "most": most})
