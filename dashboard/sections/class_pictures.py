"""The pictures that maximise each class of a run."""

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading
from dashboard.images import grey
from models.worker import WorkerError
from training import runs

HELP = (
    "Steps along the gradient from grey noise, each smoothed a little, until the run is as sure of the class as they make it. None "
    "is a digit, nor like one that it learned from: it shows what the run answers to (Simonyan et al. 2014)."
)


def show(record: runs.Record) -> None:
    """A switch, and the pictures with their probabilities, made one after the other with a bar the first time."""
    if not st.toggle("Pictures that maximise each class", key=address.MAXIMISED, bind="query-params", help=HELP):
        return
    height, width = record.network["input_shape"]
    names, pieces, bar = record.dataset["class_names"], [], st.empty()
    for label, name in enumerate(names):
        bar.progress(label / len(names), f"Maximising {name}. A click elsewhere stops it.")
        try:
            found = cache.class_picture(record.run_id, label, height, width)
        except WorkerError as error:
            bar.empty()
            st.info(wording.plain(error), icon=":material/lightbulb:")
            return
        said = f"{name}: {wording.percent(float(found.probability), 1)}"
        pieces.append(reading.picture(grey(found.picture.astype(float)), 96, said))
    bar.empty()
    st.caption(
        "None of these is a digit. Below each is the class and its probability. They are shown brighter than they are."
    )
    reading.row(pieces, "0.75rem", "96px")
