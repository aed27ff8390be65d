"""What plays by itself: a place that moves on by one at each beat, and the button that starts and stops it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Player:
    """place, playing, beat: names of the state that holds where it stands, whether it plays, and when it moved last; pace: seconds
    between two moves."""

    place: str
    playing: str
    beat: str
    pace: float

    def interval(self) -> float | None:
        """How often the fragment that shows it runs by itself, in seconds; None while it stands."""
        return self.pace if self.plays() else None

    def plays(self) -> bool:
        """Whether it plays."""
        return bool(st.session_state.get(self.playing))

    def stop(self) -> None:
        """Play no longer."""
        st.session_state[self.playing] = False

    def advance(self, last: int) -> None:
        """In the fragment, before its controls: move on where it is time, and stop at the last place."""
        state = st.session_state
        if self.plays() and time.monotonic() - state[self.beat] >= self.pace * 0.8:
            state[self.place] = min(last, state[self.place] + 1)
            state[self.beat] = time.monotonic()
            if state[self.place] == last:
                self.stop()
                st.rerun(scope="app")

    def button(self, first: int, last: int, key: str, again: Callable[[], None] | None = None) -> None:
        """Play or stop. again: what runs the fragment with its new interval, where that is less than the whole page."""
        icon = ":material/pause:" if self.plays() else ":material/play_arrow:"
        label = "Stop" if self.plays() else "Play"
        clicked = st.button(label, key=key, icon=icon, on_click=self._turn, args=(first, last, again))
        if clicked and again is None:
            st.rerun(scope="app")

    def _turn(self, first: int, last: int, again: Callable[[], None] | None) -> None:
        state = st.session_state
        state[self.playing] = not self.plays()
        state[self.beat] = time.monotonic()
        if self.plays() and state.get(self.place, first) >= last:
            state[self.place] = first
        if again:
            again()
