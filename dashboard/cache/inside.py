"""What was asked about maps of a run: predictions without them, and the pictures that maximise them."""

import numpy as np
import streamlit as st

from dashboard.cache.keys import by_run, run_key
from dashboard.cache.services import worker
from models.ablation import Ablation
from models.class_pictures import MapPicture
from training.analysis.ablation import Harm


def ablated(run_id: str, step: int, unit: int, picture: np.ndarray) -> Ablation:
    """What a run predicts for one digit (height, width) uint8 without that map. step, unit: as calls.ablation has them. Raises
    WorkerError, in a sentence, and runs.RunError."""
    return _ablated(f"{run_key(run_id)} {picture.shape} {picture.tobytes().hex()}", run_id, step, unit, picture)


@st.cache_resource(show_spinner=False, max_entries=400)
def _ablated(key: str, _run_id: str, step: int, unit: int, _picture: np.ndarray) -> Ablation:
    return worker().ablation(_run_id, step, [unit], _picture[None])


@by_run(st.cache_resource, max_entries=60)
def harms(run_id: str, step: int) -> dict[int, Harm]:
    """What the digits that a run was tested on lose without each map of a layer, as far as somebody had it measured: by the map's
    number, from 0. Raises runs.RunError."""
    return {}


@by_run(st.cache_resource, max_entries=400)
def map_picture(run_id: str, step: int, unit: int, height: int, width: int) -> MapPicture:
    """As calls.map_picture, of a run. Raises WorkerError, in a sentence, where it has no gradients, and runs.RunError."""
    return worker().map_picture(run_id, step, unit, height, width)
