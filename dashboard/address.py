"""What a page's address says: the one place where session keys and parameters of the URL have their names."""

import streamlit as st

from training.datasets.dataset import Dataset
from training.datasets.registry import COUNT, DATASETS, SEED

GENERATED = f"generated:{COUNT}:{SEED}"  # what the choice "generated" is in full
OWN = "own file"  # the control's choice for a dataset that is none of ours


def digit_in_address(dataset: Dataset) -> int | None:
    """The number of the digit that the page's address names, if there is one of that number."""
    named = st.query_params.get("digit", "")
    number = int(named) if named.isdecimal() and len(named) < 9 else -1
    return number if 0 <= number < len(dataset.labels) else None


def in_address(name: str) -> dict[str, str]:
    """What an address of the page Explore says so that it shows the dataset of that name."""
    if name == GENERATED:
        return {"dataset": "generated"}
    return {"dataset": name} if name in DATASETS else {"dataset": OWN, "file": name.removeprefix("npz:")}


def cell_in_address(classes: int) -> tuple[int, int] | None:
    """The cell that the page's address names, as (label, prediction)."""
    row, _, column = st.query_params.get("cell", "").partition("-")
    if row.isdecimal() and column.isdecimal() and max(int(row), int(column)) < classes:
        return int(row), int(column)
    return None


def open_cell(clicked: tuple[int, int] | None, cell: tuple[int, int] | None, *pages: str) -> None:
    """Where another cell than the open one was clicked: name it in the address, no digit any more, begin at page 1 of the
    galleries with these keys, and run the fragment, in which this must be called, again."""
    if clicked is None or clicked == cell:
        return
    st.query_params["cell"] = f"{clicked[0]}-{clicked[1]}"
    st.query_params.pop("digit", None)
    st.session_state.update(dict.fromkeys(pages, 1))
    st.rerun(scope="fragment")


def close_cell(*pages: str) -> None:
    """Name no cell in the address any more."""
    st.query_params.pop("cell", None)
    st.session_state.update(dict.fromkeys(pages, 1))
