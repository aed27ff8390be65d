"""The buttons of an open digit: to its neighbours in the gallery, and on a phone, where it lies over the page, to close it."""

from collections.abc import Callable

import streamlit as st

from dashboard.components.assets import component

KEY = "sheet"

_mount = component(KEY)


def sheet(
    digit: int | None,
    opened: bool,
    before: int | None,
    after: int | None,
    on_move: Callable[[int], None],
    on_close: Callable[[], None],
) -> None:
    """Show the buttons, and on a phone keep in sight what was clicked.

    digit: its number, None while there is none; opened: whether somebody opened it, and it is not only offered; before, after:
    numbers of its neighbours; on_move is given one of them.
    """
    data = {"digit": digit, "opened": opened, "before": before, "after": after}
    _mount(
        key=KEY,
        data=data,
        width="content",
        on_moved_change=lambda: _call(on_move, "moved"),
        on_closed_change=lambda: _call(lambda closed: on_close(), "closed"),
    )


def _call(then: Callable, trigger: str) -> None:
    """With what was triggered; nothing where only another trigger's value went back to nothing."""
    value = st.session_state[KEY].get(trigger)
    if value is not None:
        then(value)
