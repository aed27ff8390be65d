"""A run's layers on one digit, with what is open of them in the address."""

import numpy as np
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.components.inside import Shown, Told, inside
from dashboard.sections import ablation, class_pictures, map_picture, open_map, opening
from dashboard.sections.open_map import OpenMap
from models.activations import POOLS
from models.worker import WorkerError
from training import runs


def show(record: runs.Record, shown: Shown) -> None:
    """The layers of the run on that digit, as soon as the models' process is there."""
    if not cache.worker().quick_ready():
        st.caption("The models are being loaded.")
        opening.await_models()
        return
    opened = _opened()
    try:
        network, whole = cache.stepped_network(record.run_id)
        answer = None if whole else told(record.run_id, network.layers, shown.picture, opened)
    except WorkerError as error:
        st.warning(wording.plain(f"{record.run_id} cannot be opened here. {error}"), icon=":material/error:")
        st.caption("Its heatmaps work all the same: on Draw, and beside any open digit.")
        return
    inside(network, record.dataset["class_names"], shown, opened, _open, answer)
    if part := open_map.of(record, network.layers, opened):
        _ask(part, shown)
    class_pictures.show(record)


@st.fragment(key=address.OPEN_MAP)
@opening.bears_changes
def _ask(part: OpenMap, shown: Shown) -> None:
    """What can be asked about the open map: two switches, and what they show."""
    with st.container(horizontal=True, gap="medium"):
        wanted = st.toggle(
            "Picture that maximises it", key=address.MAP_MAXIMISED, bind="query-params", help=map_picture.HELP
        )
        off = st.toggle(
            f"Switch this {part.noun} off", key=address.SWITCHED_OFF, bind="query-params", help=ablation.HELP
        )
    # first what is there at once: while a layer is measured, what stands below is out of date
    if wanted:
        map_picture.show(part)
    if off:
        ablation.show(part, shown)


def _opened() -> tuple[int, int | None]:
    """The layer and the unit, from 0, that the address names; the first layer after the input where it names none."""
    layer, unit = address_bar.number_in_address(address.LAYER, 99), address_bar.number_in_address(address.UNIT, 99_999)
    return 1 if layer is None else layer, unit - 1 if unit else None


def _open(layer: int, unit: int | None) -> None:
    """Name in the address what a visitor has opened."""
    st.query_params[address.LAYER] = str(layer)
    st.query_params.pop(address.UNIT, None)
    if unit is not None:
        st.query_params[address.UNIT] = str(unit + 1)


def told(run_id: str, steps: list[dict], picture: np.ndarray, opened: tuple[int, int | None]) -> Told:
    """What only the server can compute: every step's output, and the weights of the open map. Raises WorkerError."""
    layers = cache.worker().inside(run_id, picture[None])
    sums = open_map.begins(steps)
    layer, unit = opened
    if unit is None or not 0 < layer <= len(sums) or steps[sums[layer - 1]]["kind"] in POOLS:
        return Told(layers)
    step = sums[layer - 1]
    unit = min(unit, steps[step]["shape"][-1] - 1)
    return Told(layers, step, unit, cache.worker().kernel(run_id, step, unit).values)
