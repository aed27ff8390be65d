"""What takes long goes on beat by beat, each a run of its fragment: in between clicks and strokes are heard, which do not interrupt
a fragment."""

import time
from collections.abc import Callable

import streamlit as st

PAUSE = 0.4  # seconds after which a beat takes up nothing more
BEAT = 0.1  # seconds until the next


def fragment(function: Callable, going: bool) -> Callable:
    """The function as a fragment that runs again by itself while there is more to do."""
    return st.fragment(function, run_every=BEAT if going else None)


def until_pause() -> Callable[[], bool]:
    """A beat begins: gives what tells, from then on, whether it may take up something more."""
    end = time.monotonic() + PAUSE
    return lambda: time.monotonic() < end


def end() -> None:
    """Nothing is left to do: the whole page runs, or the fragment would go on by itself."""
    st.rerun(scope="app")
