"""What all visitors share and nobody may start twice: the models' process, the download of MNIST, measured times."""

import json

import numpy as np
import streamlit as st

from dashboard.cache.datasets import written
from dashboard.cache.keys import by_run
from dashboard.download import Download
from models.browser_network import BrowserNetwork
from models.class_pictures import ClassPicture
from models.worker import Worker, WorkerError
from training.analysis import placing
from training.analysis.placing import Landmarks
from training.analysis.projections import MapError
from training.runs import RunError


def _stop(worker: Worker) -> None:
    worker.stop()


@st.cache_resource(show_spinner=False, on_release=_stop)
def worker() -> Worker:
    """The process that holds the models, started in the background."""
    started = Worker()
    started.start()
    return started


@by_run(st.cache_resource, max_entries=60)
def browser_network(run_id: str) -> BrowserNetwork | None:
    """A run as the browser computes it; None where only the server can. Raises runs.RunError."""
    try:
        packed = worker().pack(run_id)
    except WorkerError:
        return None
    return BrowserNetwork(json.loads(packed.layers.tobytes()), packed.weights.tobytes(), float(packed.least_confidence))


@by_run(st.cache_resource, max_entries=60)
def stepped_network(run_id: str) -> tuple[BrowserNetwork, bool]:
    """A run step by step, and whether the browser can compute it; where it cannot, the kernels are not in it.

    Raises runs.RunError, and WorkerError, in a sentence, where it has no layers to show.
    """
    try:
        packed, whole = worker().pack_steps(run_id), True
    except WorkerError:
        packed, whole = worker().pack_steps(run_id, kernels=False), False
    return BrowserNetwork(json.loads(packed.layers.tobytes()), packed.weights.tobytes()), whole


@by_run(st.cache_resource, max_entries=400)
def class_picture(run_id: str, label: int, height: int, width: int) -> ClassPicture:
    """As calls.class_picture, of a run. Raises WorkerError, in a sentence, where it has no gradients, and runs.RunError."""
    return worker().class_picture(run_id, label, height, width)


def maps(run_id: str) -> list[np.ndarray]:
    """A digit by the generator, (height, width), and what the first layers of a run make of it, (height, width, maps) each, all
    float32; nothing where there is no such run or it has no maps."""
    try:
        return _maps(run_id)
    except (RunError, WorkerError):
        return []


@by_run(st.cache_resource, max_entries=8)
def _maps(run_id: str) -> list[np.ndarray]:
    digit = next(iter(written(7, 0.0, 0).values()))[0]
    activations = worker().inside(run_id, digit[None])
    steps = json.loads(activations.layers.tobytes())
    parts = np.split(activations.values.astype(np.float32), np.cumsum([np.prod(step["shape"]) for step in steps])[:-1])
    kept = [part.reshape(step["shape"]) for step, part in zip(steps, parts, strict=True) if step["kind"] == "relu"]
    feature_maps = [one for one in kept if one.ndim == 3]
    return [digit / np.float32(255), *feature_maps] if feature_maps else []


def landmarks(run_id: str) -> Landmarks | None:
    """The digits of a run's map by which a drawing is put on it; None where it keeps none, or there is no such run."""
    try:
        return _landmarks(run_id)
    except RunError:
        return None


@by_run(st.cache_resource, max_entries=8)
def _landmarks(run_id: str) -> Landmarks | None:
    try:
        return placing.landmarks(run_id)
    except (MapError, OSError, ValueError, KeyError):
        return None


@st.cache_resource(show_spinner=False)
def mnist_download() -> Download:
    """The download of MNIST, shared by all visitors; it begins by itself the first time MNIST is missed."""
    download = Download()
    download.start()
    return download


@st.cache_resource(show_spinner=False)
def speeds() -> dict[tuple[str, str], float]:
    """Milliseconds a digit, by run and the hash of its predictions, as far as somebody had them measured."""
    return {}
