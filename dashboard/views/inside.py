"""A network on one digit, layer by layer, while it is drawn."""

import pandas as pd
import streamlit as st

from dashboard import address, address_bar, wording
from dashboard.components.inside import Shown
from dashboard.sections import (
    choices,
    drawing_canvas,
    inside_digit,
    inside_layers,
    inside_neighbours,
    opening,
    run_lists,
)
from models import DEFAULT_RUN, committees
from models.classifiers import VOTES
from training import runs
from training.datasets.dataset import Dataset

WITHOUT_MODEL = {"svm": "support vectors", "random_forest": "trees", inside_neighbours.ARCHITECTURE: "nearest digits"}


def main() -> None:
    address_bar.follow_link()
    table = opening.page_of_runs(
        "Inside",
        "What does each layer of a network make of a digit?",
        "The layers of a network would be here.",
    )
    if table is None:
        return
    loads = set(table.loc[table["loads"], "run"])
    voting = set(table.loc[table["scores"] == VOTES, "run"])
    able = [run for run in run_lists.ordered(table) if run in loads or (run in voting and inside_neighbours.able(run))]
    if not able:
        st.info("The layers of a network would be here. Train one with `python -m training run cnn-medium`.")
        return
    listed = _listed(table, able)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        record = runs.load_record(choices.choose_run(listed, DEFAULT_RUN, "Model"))
        dataset = inside_digit.dataset_of(record)
        drawn = inside_digit.drawn(record)
        number = inside_digit.choose(dataset) if dataset and not drawn else None
    if drawn:
        _on_drawing(record, dataset)
    elif dataset and number is not None:
        _on_digit(record, inside_digit.of_dataset(dataset, number, record))
    else:
        st.info("The digits that this run takes are not on this machine.")


def _listed(table: pd.DataFrame, able: list[str]) -> list[str]:
    """The runs to choose from; where an ensemble, or a run without a model, is named instead, a line says what is shown."""
    named = st.session_state.get(address.RUN, st.query_params.get(address.RUN, ""))
    members = committees.listed().get(named)
    if isinstance(members, tuple):
        st.session_state[address.MEMBER_OF] = named
        _choose(next((run for run in members if run in able), able[0]))
    elif named in set(table["run"]) and named not in able:
        st.info(_without_model(table, named))
        _choose(DEFAULT_RUN if DEFAULT_RUN in able else able[0])
    ensemble = st.session_state.get(address.MEMBER_OF, "")
    members, chosen = committees.listed().get(ensemble), st.session_state.get(address.RUN, named)
    if not isinstance(members, tuple) or chosen not in members:
        return run_lists.without_repeats(able, address.RUN, keep=[DEFAULT_RUN])
    st.info(
        f"{wording.plain(ensemble)} is an ensemble of {len(members)} networks, each with layers of its own. Choose one."
    )
    return run_lists.without_repeats(able, address.RUN, keep=[DEFAULT_RUN, *members])


def _choose(run_id: str) -> None:
    """Another run than the address names."""
    st.query_params.pop(address.RUN, None)
    st.session_state[address.RUN] = run_id


def _without_model(table: pd.DataFrame, run_id: str) -> str:
    """Why nothing of that run can be shown."""
    architecture = runs.load_record(run_id).network.get("architecture", "")
    what = WITHOUT_MODEL.get(architecture, "layers")
    return f"Of {wording.plain(run_id)} only the predictions were saved, no model, so its {what} cannot be shown."


@st.fragment(key=address.CANVAS)
@opening.bears_changes
def _on_drawing(record: runs.Record, dataset: Dataset | None) -> None:
    """The canvas, and beside it, or below on a narrow screen, the layers."""
    strokes = drawing_canvas.strokes()
    shown = inside_digit.of_canvas(strokes, dataset, record)
    with st.container(horizontal=True, gap="medium"):
        # theme.py cuts off the canvas's own toolbar, and keeps the canvas in sight
        with st.container(width=drawing_canvas.SIDE + 22, key="pad"):
            drawing_canvas.show(strokes)
            st.caption("" if shown.strokes else inside_digit.instead_of_drawing(dataset))
        with st.container(key="layers"):
            _open(record, shown)


@st.fragment
@opening.bears_changes
def _on_digit(record: runs.Record, shown: Shown) -> None:
    _open(record, shown)


def _open(record: runs.Record, shown: Shown) -> None:
    """What the run decides by: its layers, or the digits that it compares with."""
    neighbours = record.network.get("architecture") == inside_neighbours.ARCHITECTURE
    (inside_neighbours if neighbours else inside_layers).show(record, shown)


main()
