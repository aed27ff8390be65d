"""What a nearest-neighbour run decides by: the training digits nearest to one digit, with their distances and votes."""

import numpy as np
import streamlit as st

from dashboard import cache, visitor_files
from dashboard.components import reading
from dashboard.components.inside import Shown
from models.deformed import nearest
from training import runs
from training.datasets.dataset import Dataset

ARCHITECTURE = "knn_deform"


def able(run_id: str) -> bool:
    """Whether the run is one of nearest neighbours and its training digits are here. Raises runs.RunError."""
    record = runs.load_record(run_id)
    return record.network.get("architecture") == ARCHITECTURE and _training(record) is not None


def _training(record: runs.Record) -> tuple[Dataset, np.ndarray] | None:
    """The dataset of the run and the numbers of its training digits, where these are all of them."""
    dataset = visitor_files.dataset(record.dataset["name"])
    if isinstance(dataset, str):
        return None
    numbers = dataset.where("train", None)
    return (dataset, numbers) if len(numbers) == record.dataset["train"] else None


def show(record: runs.Record, shown: Shown) -> None:
    """The neighbours of the digit, nearest first, and the classes that they vote for."""
    training = _training(record)
    if training is None:
        st.caption("The training digits of this run are not on this machine.")
        return
    dataset, numbers = training
    with st.spinner("Comparing the digit with all training digits", show_time=False):
        place, distance, share = _nearest(record.run_id, shown.picture, dataset, numbers)
    st.subheader("Nearest training digits", anchor=False)
    st.markdown(
        "There are no layers: the digits nearest to yours vote for their class. Each pixel may match another one up to two away.",
        help="The image distortion model of Keysers et al. (2007) on gradients, among the nearest in plain pixels. A digit that is "
        "farther than the nearest weighs less.",
    )
    labels = dataset.labels[place]
    captions = [
        f"{dataset.class_names[label]}, distance {one:,.0f}, {100 * part:.0f} % of the vote"
        for label, one, part in zip(labels, distance, share, strict=True)
    ]
    reading.row([reading.picture(shown.picture, 112, "Your digit")], "1rem", width="120px")
    pictures = [reading.picture(dataset.images[n], 112, text) for n, text in zip(place, captions, strict=True)]
    reading.row(pictures, "1rem", width="120px")
    votes = np.bincount(labels, share, minlength=len(dataset.class_names))
    with st.container(width=420):
        st.html(reading.bars(votes, dataset.class_names))


@cache.by_run(st.cache_data, max_entries=200)
def _nearest(run_id: str, image: np.ndarray, _dataset: Dataset, _numbers: np.ndarray) -> tuple[np.ndarray, ...]:
    """The numbers of the neighbours in the dataset, their distances and their shares of the vote."""
    options = runs.load_record(run_id).network["options"]
    neighbours = nearest(image, _dataset.images[_numbers], **options)
    return _numbers[neighbours.place], neighbours.distance, neighbours.share
