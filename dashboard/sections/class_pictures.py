"""The pictures that maximise each class of a run."""

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading
from dashboard.images import grey
from dashboard.sections import beats
from models.worker import WorkerError
from training import runs

HELP = (
    "Steps along the gradient from grey noise, each smoothed a little, until the run is as sure of the class as they make it. None "
    "is a digit, nor like one that it learned from: it shows what the run answers to (Simonyan et al. 2014)."
)


@st.fragment(key=address.CLASS_PICTURES)
def show(record: runs.Record) -> None:
    """A switch, and the pictures with their probabilities, made one after the other with a bar the first time."""
    label = "Pictures that maximise each class"
    if not st.toggle(label, key=address.MAXIMISED, bind="query-params", help=HELP, on_change=_begin):
        return
    so_far = st.session_state.get(address.MAXIMISED_SO_FAR, 0) if _known(record) else 0
    if isinstance(so_far, str):
        st.info(wording.plain(so_far), icon=":material/lightbulb:")
        return
    classes = len(record.dataset["class_names"])
    beats.fragment(_pictures, so_far < classes)(record)


def _begin() -> None:
    st.session_state.pop(address.MAXIMISED_SO_FAR, None)


def _known(record: runs.Record) -> bool:
    """Whether the pictures that were made are of this run; else none were."""
    same_run = st.session_state.get(address.MAXIMISED_RUN) == record.run_id
    st.session_state[address.MAXIMISED_RUN] = record.run_id
    if not same_run:
        _begin()
    return same_run


def _pictures(record: runs.Record) -> None:
    """The pictures that were made, and as many more as there is time for."""
    height, width = record.network["input_shape"]
    names, pieces, bar, more = record.dataset["class_names"], [], st.empty(), beats.until_pause()
    before = st.session_state.get(address.MAXIMISED_SO_FAR, 0)
    for label, name in enumerate(names):
        if label >= before and not more():
            break
        if label >= before:
            bar.progress(label / len(names), f"Maximising {name}")
        try:
            maximised = cache.class_picture(record.run_id, label, height, width)
        except WorkerError as error:
            st.session_state[address.MAXIMISED_SO_FAR] = str(error)  # no more are tried
            beats.end()
        said = f"{name}: {wording.percent(float(maximised.probability), 1)}"
        pieces.append(reading.picture(grey(maximised.picture.astype(float)), 96, said))
    st.session_state[address.MAXIMISED_SO_FAR] = len(pieces)
    if len(pieces) == len(names):
        bar.empty()
    st.caption(
        "None of these is a digit. Below each is the class and its probability. They are shown brighter than they are."
    )
    reading.row(pieces, "0.75rem", "96px")
    if before < len(pieces) == len(names):
        beats.end()
