"""The nine weights of a filter, of which a slider changes the one that is chosen, with a finger as well as with a mouse."""

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.components.assets import component

MOST = 5  # the size of a weight that the slider reaches

_mount = component("filter_editor")


def filter_editor(weights: Sequence[float], key: str, on_change: Callable[[str], None]) -> None:
    """Show the editor. weights: nine, row by row; on_change is given nine numbers with commas, before the page or its fragment
    runs anew."""

    def act() -> None:
        changed = st.session_state[key].get("changed")
        if changed is not None:
            on_change(str(changed))

    _mount(key=key, data={"weights": list(weights), "most": MOST}, width="content", on_changed_change=act)
