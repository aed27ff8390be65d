"""Reads and writes what a page's address says, and leads on from older addresses."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from dashboard import address

if TYPE_CHECKING:
    # not imported to run: the frame of a page needs this module, and is drawn before anything large is there
    from training.datasets.dataset import Dataset

RENAMED = {  # values that stand in older addresses -> those of today
    "Training and watched error": "Training and validation error",
    "share of reading": "share of prediction",
    "Most alike": "Most similar",
    "What runs say": "Predictions",
    "Where it looked": "Explanation",
    "rightly": "correct",
    "wrongly": "wrong",
    "right or wrong": "correct or wrong",
    "what it reads": "prediction",
    "oddity": "outlier score",
}

# addresses of older pages -> that of the page which holds what they held, and what it says so that this is open there
MOVED = {
    "overview": ("", {}),
    "draw": ("", {}),
    "together": ("ensemble", {}),
    "labels": ("label_review", {}),
    "statistics": ("explore", {address.PART_OF_EXPLORE: address.STATISTICS}),
    "difference": ("compare", {address.PART_OF_COMPARE: address.A_AGAINST_B}),
    "studies": ("results", {address.TOPIC: address.STUDIES}),
    "sources": ("results", {}),
    "replay": ("evaluate", {address.PART_OF_EVALUATE: address.EPOCH_BY_EPOCH}),
}


def moved(path: str) -> str:
    """The link that leads on from an older address, with all that it says."""
    page, named = MOVED[path]
    given = {name: st.query_params.get_all(name) for name in st.query_params}
    query = urlencode(given | named, doseq=True)
    return f"./{page}?{query}" if query else f"./{page}"


def rename_value(key: str) -> None:
    """Choose in a control what an older address says in other words; to be called before the control."""
    if renamed := RENAMED.get(st.query_params.get(key, "")):
        st.query_params.pop(key)
        st.session_state[key] = renamed


def to_inside(run_id: str, dataset: str = "", number: int = 0) -> dict[str, str]:
    """What a link to the page Inside says: the run and, where it is not of the drawing, a digit of the dataset of that name."""
    return {address.BY_RUN: run_id} | ({address.SHOWN_DIGIT: f"{dataset}:{number}"} if dataset else {})


def follow_link() -> None:
    """Take what such a link says into the parameters that say so elsewhere. It cannot use them itself: Streamlit lets a link from
    another page say nothing about a parameter to which a control there is bound."""
    name, _, number = st.query_params.pop(address.SHOWN_DIGIT, "").rpartition(":")
    if name:
        st.query_params.update(in_address(name) | {address.DIGIT: number})
    if run_id := st.query_params.pop(address.BY_RUN, ""):
        st.session_state[address.RUN] = run_id


def open_part(key: str, part: str, named: Mapping[str, str]) -> None:
    """Open another part of the page, with its controls at these values; for the callback of a control.

    They are written into the address too: Streamlit writes there nothing about a control that was not drawn before.
    """
    st.session_state[key] = part
    for name, value in named.items():
        st.session_state[name] = st.query_params[name] = value


def weights_in_address() -> tuple[float, ...] | None:
    """The nine weights of a filter that the page's address names, if they are nine numbers from -9 to 9."""
    named = st.query_params.get(address.WEIGHTS, "").split(",")
    try:
        found = tuple(float(text) for text in named)
    except ValueError:
        return None
    return found if len(found) == 9 and all(-9 <= weight <= 9 for weight in found) else None


def digit_in_address(dataset: "Dataset") -> int | None:
    """The number of the digit that the page's address names, if there is one of that number."""
    named = st.query_params.get(address.DIGIT, "")
    number = int(named) if named.isdecimal() and len(named) < 9 else -1
    return number if 0 <= number < len(dataset.labels) else None


def number_in_address(name: str, most: int) -> int | None:
    """The number from 0 to `most` that the page's address gives under this name, if there is one."""
    named = st.query_params.get(name, "")
    return int(named) if named.isdecimal() and len(named) < 9 and int(named) <= most else None


def in_address(name: str) -> dict[str, str]:
    """What an address of the page Explore says so that it shows the dataset of that name."""
    from training.datasets.kept import PREFIX
    from training.datasets.registry import DATASETS, GENERATED

    if name == GENERATED:
        return {address.DATASET: "generated"}
    if name.startswith(f"{PREFIX}:") and "+" not in name:
        return {address.DATASET: name.removeprefix(f"{PREFIX}:")}
    if name in DATASETS:
        return {address.DATASET: name}
    return {address.DATASET: address.OWN, address.FILE: name.removeprefix("npz:").removeprefix("file:")}


def cell_in_address(classes: int) -> tuple[int, int] | None:
    """The cell that the page's address names, as (label, prediction)."""
    row, _, column = st.query_params.get(address.CELL, "").partition("-")
    if row.isdecimal() and column.isdecimal() and max(int(row), int(column)) < classes:
        return int(row), int(column)
    return None


def open_cell(cell: tuple[int, int], digit: int | None, *pages: str) -> None:
    """Name a cell in the address and a digit of it, or none, and begin at page 1 of the galleries with these keys; for the callback
    of the matrix."""
    st.query_params[address.CELL] = f"{cell[0]}-{cell[1]}"
    st.query_params.pop(address.DIGIT, None)
    if digit is not None:
        st.query_params[address.DIGIT] = str(digit)
    st.session_state.update(dict.fromkeys(pages, 1))


def close_cell(*pages: str) -> None:
    """Name no cell in the address any more, and no digit of it."""
    for name in (address.CELL, address.DIGIT):
        st.query_params.pop(name, None)
    st.session_state.update(dict.fromkeys(pages, 1))
