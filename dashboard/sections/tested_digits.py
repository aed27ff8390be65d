"""The digits that a run was tested on: their pictures and their numbers, or why they cannot be shown."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache
from dashboard.components.gallery import gallery
from training.datasets.dataset import Dataset
from training.runs import Record, answered

SHOWN = 48  # digits of a gallery that has no pages


def tested_on(record: Record) -> Dataset | str:
    """The dataset whose test part the run was tested on, unchanged; or a sentence that says why it is not available."""
    dataset = cache.dataset(record.tested)
    if isinstance(dataset, str):
        return "They need MNIST; the page Explore says how to get it." if record.tested == "mnist" else dataset
    if not answered(record, dataset):
        return f"{record.tested} has changed since this run was trained."
    return dataset


def first_number(dataset: Dataset) -> int:
    """The number of the first test digit: a digit has one number everywhere, its place in the whole dataset."""
    return int(np.count_nonzero(dataset.split == "train"))


def show(
    dataset: Dataset | str,
    numbers: Sequence[int],
    title: str,
    key: str,
    describe: Callable[[int], str],
    caption: Callable[[int], str],
) -> None:
    """A gallery of the first SHOWN of these test digits below a title; a click opens one on the page Explore.

    describe, caption: of a test digit, a sentence and a few letters. Without pictures only the title is shown.
    """
    shown = np.asarray(numbers, int)[:SHOWN]
    title += f" The first {SHOWN}:" if len(numbers) > SHOWN else ""
    if isinstance(dataset, str):
        st.markdown(title)
        return
    first = first_number(dataset)
    hover = [f"Number {first + number:,}: {describe(number)}" for number in shown]
    captions = [caption(number) for number in shown]
    # an empty gallery, too: without it the digits shown before would stay below the new title for a while
    with st.container(gap="small"):
        above = st.container()
        clicked = gallery(dataset.images[first + shown], hover, key, captions, size=56)
        above.markdown(title)  # after the pictures, which take longer
    if clicked is not None:
        query = address.in_address(dataset.name) | {address.DIGIT: str(first + shown[clicked])}
        st.switch_page("views/explore.py", query_params=query)


def show_cell(
    dataset: Dataset | str,
    labels: np.ndarray,
    predicted: np.ndarray,
    cell: tuple[int, int],
    names: Sequence[str],
    by: str,
) -> None:
    """As `show`, the test digits of a cell of the matrix. labels, predicted: (n,); by: by which run or when."""
    show(
        dataset,
        np.flatnonzero((labels == cell[0]) & (predicted == cell[1])),
        f"Label {names[cell[0]]}, predicted as {names[cell[1]]} {by}.",
        "cell",
        lambda n: f"label {names[labels[n]]}, predicted as {names[predicted[n]]}",
        lambda n: "",
    )


def explain_missing(dataset: Dataset | str) -> None:
    """Why there are no pictures, if there are none."""
    if isinstance(dataset, str):
        st.caption(f"The pictures of these digits cannot be shown. {dataset}")
