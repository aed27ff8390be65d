"""A network on one digit, layer by layer, while it is drawn."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components.inside import Shown, Told, inside
from dashboard.sections import choices, drawing_canvas, inside_digit, opening, run_lists
from models import DEFAULT_RUN, committees
from models.worker import WorkerError
from training import runs
from training.datasets.dataset import Dataset

WITHOUT_MODEL = {"svm": "support vectors", "random_forest": "trees", "knn_deform": "nearest digits"}


def main() -> None:
    table = opening.page_of_runs(
        "Inside",
        "What does each layer of a network make of a digit?",
        "The layers of a network would be here.",
    )
    if table is None:
        return
    able = [run for run in run_lists.ordered(table) if run in set(table.loc[table["loads"], "run"])]
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
            _layers(record, shown)


@st.fragment
@opening.bears_changes
def _on_digit(record: runs.Record, shown: Shown) -> None:
    _layers(record, shown)


def _layers(record: runs.Record, shown: Shown) -> None:
    if not cache.worker().quick_ready():
        st.caption("The models are being loaded.")
        _await_worker()
        return
    opened = _opened()
    try:
        network, whole = cache.stepped_network(record.run_id)
        told = None if whole else _told(record.run_id, network.layers, shown.picture, opened)
    except WorkerError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    inside(network, record.dataset["class_names"], shown, opened, _open, told)


@st.fragment(run_every=1.0)
def _await_worker() -> None:
    """Draw the page anew as soon as the models' process is there."""
    if cache.worker().quick_ready():
        st.rerun()


def _opened() -> tuple[int, int | None]:
    """The layer and the unit, from 0, that the address names; the first layer after the input where it names none."""
    layer, unit = address.number_in_address(address.LAYER, 99), address.number_in_address(address.UNIT, 99_999)
    return 1 if layer is None else layer, unit - 1 if unit else None


def _open(layer: int, unit: int | None) -> None:
    """Name in the address what a visitor has opened."""
    st.query_params[address.LAYER] = str(layer)
    st.query_params.pop(address.UNIT, None)
    if unit is not None:
        st.query_params[address.UNIT] = str(unit + 1)


def _told(run_id: str, steps: list[dict], picture: np.ndarray, opened: tuple[int, int | None]) -> Told:
    """What only the server can compute: every step's output, and the weights of the open map. Raises WorkerError."""
    layers = cache.worker().inside(run_id, picture[None])
    sums = [place for place, step in enumerate(steps) if step["kind"] in ("conv", "dense", "max_pool")]
    layer, unit = opened
    if unit is None or not 0 < layer <= len(sums) or steps[sums[layer - 1]]["kind"] == "max_pool":
        return Told(layers)
    step = sums[layer - 1]
    unit = min(unit, steps[step]["shape"][-1] - 1)
    return Told(layers, step, unit, cache.worker().kernel(run_id, step, unit).values)


main()
