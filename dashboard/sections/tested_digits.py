"""The digits that a run was tested on: their pictures and their numbers, or why they cannot be shown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from dashboard import address_bar, cache
from dashboard.components.gallery import drawn, gallery
from dashboard.sections import digit_details, opened_digit
from training.datasets.dataset import Dataset
from training.identity import OWN_DIGITS
from training.runs import Record, answered

SHOWN = 48  # digits of a gallery that has no pages


@dataclass(frozen=True)
class Gallery:
    """Test digits that are ready to be shown below a title. numbers: of each in the whole dataset; hover, captions: a sentence and
    a few letters each; images, and sheet as `drawn` gives it: None where there are no pictures; chosen: the place to mark."""

    title: str
    key: str
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, int))
    hover: Sequence[str] = ()
    captions: Sequence[str] = ()
    images: np.ndarray | None = None
    sheet: str | None = None
    chosen: int | None = None


def tested_on(record: Record) -> Dataset | str:
    """The dataset whose test part the run was tested on, unchanged; or a sentence that says why it is not available."""
    if record.tested == OWN_DIGITS:
        return "The run came without its dataset."
    dataset = cache.dataset(record.tested)
    if isinstance(dataset, str):
        return "They need MNIST; the page Explore says how to get it." if record.tested == "mnist" else dataset
    if not answered(record, dataset):
        return f"{record.tested} has changed since this run was trained."
    return dataset


def first_number(dataset: Dataset) -> int:
    """The number of the first test digit: a digit has one number everywhere, its place in the whole dataset."""
    return int(np.count_nonzero(dataset.split == "train"))


def prepare(
    dataset: Dataset | str,
    numbers: Sequence[int],
    title: str,
    key: str,
    describe: Callable[[int], str],
    caption: Callable[[int], str],
) -> Gallery:
    """A gallery of the first SHOWN of these test digits below a title, for `show`. This takes the time: several that are
    prepared can then appear at once.

    describe, caption: of a test digit, a sentence and a few letters. Without pictures only the title is shown.
    """
    shown = np.asarray(numbers, int)[:SHOWN]
    title += f" The first {SHOWN}:" if len(numbers) > SHOWN else ""
    if isinstance(dataset, str):
        return Gallery(title, key)
    numbers = first_number(dataset) + shown
    hover = [f"Number {number:,}: {describe(place)}" for number, place in zip(numbers, shown, strict=True)]
    captions, images = [caption(number) for number in shown], dataset.images[numbers]
    opened = address_bar.digit_in_address(dataset)
    chosen = int(np.flatnonzero(numbers == opened)[0]) if opened in numbers else None
    return Gallery(title, key, numbers, hover, captions, images, drawn(images), chosen)


def show(ready: Gallery) -> np.ndarray:
    """Show what `prepare` gave; a click opens a digit. Gives the numbers of the digits.

    To be called in a fragment with the key address.BROWSE that also calls `show_opened`.
    """
    st.markdown(ready.title)
    numbers = ready.numbers
    if ready.images is not None:
        # an empty one, too: without it the digits shown before would stay below the new title for a while
        gallery(
            ready.images,
            ready.hover,
            ready.key,
            ready.captions,
            ready.chosen,
            56,
            lambda clicked: opened_digit.open_digit(int(numbers[clicked])),
            ready.sheet,
        )
    return numbers


def show_opened(
    dataset: Dataset | str, among: Sequence[int], predictions: Mapping[str, np.ndarray], offer: bool = True
) -> None:
    """The open digit, else perhaps the first of those shown.

    among: their numbers; predictions: by run to be shown, (test digits, classes); offer: whether the first is shown.
    """
    if isinstance(dataset, str):
        return
    number, first = address_bar.digit_in_address(dataset), first_number(dataset)
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
    address_bar.open_cell(cell, digit, *pages)


def show_cell(
    dataset: Dataset | str,
    labels: np.ndarray,
    predicted: np.ndarray,
    cell: tuple[int, int],
    names: Sequence[str],
    by: str,
) -> np.ndarray:
    """As `show`, the test digits of a cell of the matrix. labels, predicted: (n,); by: by which run or when."""
    ready = prepare(
        dataset,
        np.flatnonzero((labels == cell[0]) & (predicted == cell[1])),
        f"Label {names[cell[0]]}, predicted as {names[cell[1]]} {by}.",
        "cell",
        lambda n: f"label {names[labels[n]]}, predicted as {names[predicted[n]]}",
        lambda n: "",
    )
    return show(ready)


def explain_missing(dataset: Dataset | str) -> None:
    """Why there are no pictures, if there are none."""
    if isinstance(dataset, str):
        st.caption(f"The pictures of these digits cannot be shown. {dataset}")
