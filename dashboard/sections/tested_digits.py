"""The digits that a run was tested on: their pictures and their numbers, or why they cannot be shown."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache
from dashboard.components.gallery import gallery
from dashboard.sections import digit_details, opened_digit
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
) -> np.ndarray:
    """A gallery of the first SHOWN of these test digits below a title, of which a click opens one; gives their numbers.

    To be called in a fragment with the key address.BROWSE that also calls `show_opened`.
    describe, caption: of a test digit, a sentence and a few letters. Without pictures only the title is shown.
    """
    shown = np.asarray(numbers, int)[:SHOWN]
    title += f" The first {SHOWN}:" if len(numbers) > SHOWN else ""
    if isinstance(dataset, str):
        st.markdown(title)
        return np.zeros(0, int)
    numbers, opened = first_number(dataset) + shown, address.digit_in_address(dataset)
    hover = [f"Number {number:,}: {describe(place)}" for number, place in zip(numbers, shown, strict=True)]
    # an empty gallery, too: without it the digits shown before would stay below the new title for a while
    with st.container(gap="small"):
        above = st.container()
        gallery(
            dataset.images[numbers],
            hover,
            key,
            [caption(number) for number in shown],
            int(np.flatnonzero(numbers == opened)[0]) if opened in numbers else None,
            56,
            lambda clicked: opened_digit.open_digit(int(numbers[clicked])),
        )
        above.markdown(title)  # after the pictures, which take longer
    return numbers


def show_opened(
    dataset: Dataset | str, among: Sequence[int], predictions: Mapping[str, np.ndarray], offer: bool = True
) -> None:
    """The open digit, else perhaps the first of those shown.

    among: their numbers; predictions: by run to be shown, (test digits, classes); offer: whether the first is shown.
    """
    if isinstance(dataset, str):
        return
    number, first = address.digit_in_address(dataset), first_number(dataset)
    if number is None and offer and len(among):
        number = int(among[0])
    if number is None:
        opened_digit.nothing("Click a digit to open it.")
        return
    tested = first <= number < len(dataset.labels)
    answers = {run_id: rows[number - first] for run_id, rows in predictions.items() if tested}
    digit_details.show(dataset, number, among, answers)


def open_cell(
    dataset: Dataset | str, labels: np.ndarray, predicted: np.ndarray, cell: tuple[int, int], *pages: str
) -> None:
    """Open a clicked cell of a matrix and the first of its digits; for the callback of the matrix. labels, predicted: (n,)."""
    inside = np.flatnonzero((labels == cell[0]) & (predicted == cell[1]))
    digit = None if isinstance(dataset, str) or not len(inside) else int(first_number(dataset) + inside[0])
    address.open_cell(cell, digit, *pages)


def show_cell(
    dataset: Dataset | str,
    labels: np.ndarray,
    predicted: np.ndarray,
    cell: tuple[int, int],
    names: Sequence[str],
    by: str,
) -> np.ndarray:
    """As `show`, the test digits of a cell of the matrix. labels, predicted: (n,); by: by which run or when."""
    return show(
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
