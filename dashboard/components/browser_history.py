"""The browser's Back: one step for each thing a visitor does, and to the view that was there."""

import json

import streamlit as st

from dashboard import address
from dashboard.components.assets import FOLDER, bundle

STEPS = f"<script>window.browserHistorySteps = {json.dumps(address.PARTS)};</script>"
SCRIPT = f"{STEPS}<script>\n{bundle(FOLDER / 'browser_history.js')}</script>"


def install() -> None:
    """Put it in place, once in a browser's tab."""
    with st.container(key="back"):
        st.html(SCRIPT, unsafe_allow_javascript=True)
