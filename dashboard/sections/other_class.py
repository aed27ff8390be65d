"""A digit led to another class by a small change of its pixels, as a film."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading
from dashboard.images import signed
from dashboard.sections import explanation
from dashboard.sections.player import Player
from models.adversarial import Film, size
from models.worker import WorkerError
from training.datasets.dataset import Dataset

PLAYER = Player(address.FRAME, address.FILM_PLAYING, address.FILM_BEAT, pace=0.25)
SEEN = 32  # grey levels: a pixel that changes by more is counted
HELP = (
    "The gradient says how each pixel should change so that the log-odds of the class rise; steps that way lead there. The film "
    "adds what they changed in equal parts, until the class has a probability of one half. There may be a smaller change. "
    "Pictures that a model misclassifies after a change too small to matter to people are called adversarial examples "
    "(Szegedy et al. 2014)."
)


def of(dataset: Dataset, number: int, among: Sequence[str] = ()) -> None:
    """A digit of a dataset, with a choice of the runs that can classify it. among: of these runs only, if any is named."""
    if (run_id := explanation.choose_run(dataset, among)) is not None:
        show(run_id, dataset.images[number], dataset.class_names)


@st.fragment(key=address.OTHER_CLASS)
def show(run_id: str, digit: np.ndarray, class_names: Sequence[str]) -> None:
    """A choice of the class, and the film that leads there. digit: (height, width) uint8."""
    try:
        with st.spinner(f"Asking {run_id}", show_time=False):
            row = cache.predicted(run_id, digit)
            label = _choose(row, class_names)
            film = cache.film(run_id, digit, label)
    except (WorkerError, ValueError) as error:
        st.info(wording.plain(error), icon=":material/lightbulb:")
        return
    st.fragment(_film, run_every=PLAYER.interval())(film, digit, label, class_names)


def _choose(row: np.ndarray, class_names: Sequence[str]) -> int:
    """A control for the class to reach: any but the predicted one, the second most probable at first. row: (classes,)."""
    best, second = np.argsort(-row, kind="stable")[:2]
    names = [name for place, name in enumerate(class_names) if place != best]
    if st.session_state.get(address.TARGET, names[0]) not in names:
        del st.session_state[address.TARGET]
    chosen = st.segmented_control(
        f"Predicted as {wording.plain(class_names[best])}. Lead it to",
        names,
        default=class_names[second],
        required=True,
        key=address.TARGET,
        bind="query-params",
        on_change=_show_last,
        wrap=True,
    )
    return list(class_names).index(chosen)


def _show_last() -> None:
    """Another film is shown from its end."""
    st.session_state.pop(address.FRAME, None)
    PLAYER.stop()


def _film(film: Film, digit: np.ndarray, label: int, class_names: Sequence[str]) -> None:
    """One frame: the picture, what has changed, and what is predicted."""
    frame = _frame(len(film.frames) - 1)
    picture, row, last = film.frames[frame], film.probabilities[frame], film.frames[-1]
    change = picture.astype(float) - digit
    highest = float(np.abs(last.astype(float) - digit).max())
    best = int(row.argmax())
    reading.row(
        [
            reading.picture(picture, 160, f"Predicted as {class_names[best]}, {wording.percent(row[best], 1)}"),
            reading.picture(signed(change, highest or None), 160, "The change: blue brighter, amber darker"),
        ],
        "1rem",
    )
    with st.container(width=480):
        st.html(reading.bars(row, class_names))
    many = int((np.abs(change) > SEEN).sum())
    st.markdown(
        f"Changed by **{size(digit, picture):.2f}** (L2 norm, white being 1): {np.abs(change).mean():.1f} of 255 grey levels a "
        f"pixel on average, {many:,} of {change.size:,} pixels by more than {SEEN}.",
        help=HELP,
    )


def _frame(last: int) -> int:
    """The frame on the slider, which moves on its own while it plays."""
    state = st.session_state
    state[address.FRAME] = max(0, min(last, state.get(address.FRAME, last)))
    PLAYER.advance(last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        # the fragment around the film's, which then plays on by itself
        PLAYER.button(0, last, "play film", lambda: st.rerun(address.OTHER_CLASS))
        return st.slider("Share of the change", 0, last, key=address.FRAME, width=280, format=f"%d of {last}")
