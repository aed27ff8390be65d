"""The browser's Back: one step for each thing a visitor does, and to the view that was there."""

import streamlit as st

from dashboard.components.assets import FOLDER, bundle

SCRIPT = f"<script>\n{bundle(FOLDER / 'browser_history.js')}</script>"


def install() -> None:
    """Put it in place, once in a browser's tab."""
    with st.container(key="back"):
        st.html(SCRIPT, unsafe_allow_javascript=True)
