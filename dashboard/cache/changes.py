"""What runs and ensembles make of digits that are changed, as far as they were asked."""

import numpy as np
import streamlit as st

from dashboard.cache.runs import answers_key
from dashboard.cache.services import worker
from models import committees
from models.adversarial import Film
from training.analysis.changes import CHANGES


def under_change(run_id: str, change: str, picture: np.ndarray) -> np.ndarray:
    """What a run or ensemble predicts for a digit (height, width) uint8 at each strength of that change: (k, classes) float32. Not
    to be changed. Raises models.worker.WorkerError, runs.RunError, and ValueError for an ensemble that cannot be read."""
    return _under_change(f"{change} {_key(run_id, picture)}", run_id, change, picture)


@st.cache_resource(show_spinner=False, max_entries=200)
def _under_change(key: str, _run_id: str, _change: str, _picture: np.ndarray) -> np.ndarray:
    vary = CHANGES[_change]
    changed = [vary(_picture[None], strength)[0] for strength in vary.strengths(_picture.shape)]
    return worker().predict(_run_id, np.stack(changed)).probabilities


def predicted(run_id: str, picture: np.ndarray) -> np.ndarray:
    """What a run or ensemble predicts for a digit (height, width) uint8: (classes,) float32. Errors are those of under_change."""
    return _predicted(_key(run_id, picture), run_id, picture)


@st.cache_resource(show_spinner=False, max_entries=400)
def _predicted(key: str, _run_id: str, _picture: np.ndarray) -> np.ndarray:
    return worker().predict(_run_id, _picture[None]).probabilities[0]


def film(run_id: str, picture: np.ndarray, label: int) -> Film:
    """As models.adversarial.film, of a run or ensemble. Errors are those of under_change."""
    return _film(f"{label} {_key(run_id, picture)}", run_id, picture, label)


@st.cache_resource(show_spinner=False, max_entries=200)
def _film(key: str, _run_id: str, _picture: np.ndarray, _label: int) -> Film:
    return worker().adversarial(_run_id, _picture[None], _label)


def _key(run_id: str, picture: np.ndarray) -> str:
    """Differs for other answers of the run, or of an ensemble's members, and for another picture."""
    return f"{answers_key(committees.members(run_id))} {picture.shape} {picture.tobytes().hex()}"


@st.cache_resource(show_spinner=False)
def changed_errors() -> dict[tuple[str, str, str, float], int]:
    """How many test digits a run misclassifies that are changed, as far as somebody had them measured: by the run's answers, the
    dataset, the change and its strength."""
    return {}
