"""A network on one digit, layer by layer: computed in the browser while the pen moves, or told by the server."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.assets import FOLDER, bundle, component
from dashboard.components.inside.words import WORDS
from dashboard.components.live import served
from models.browser_network import BrowserNetwork
from models.calls import Inside

_mount = component("inside/inside")
WORKER = bundle(FOLDER / "inside" / "worker.js").encode()


@dataclass(frozen=True)
class Shown:
    """The digit that the layers are shown of. picture: (height, width) uint8; label: its class's number, or None where that is not
    known; version: of the canvas, and strokes on it, (points, 2) each, or None where the digit is not drawn."""

    picture: np.ndarray
    label: int | None
    version: int = 0
    strokes: Sequence[np.ndarray] | None = None


@dataclass(frozen=True)
class Told:
    """What only the server can compute. layers: what every step gives for the digit; step, unit and weights: those of the open map,
    where one is open."""

    layers: Inside
    step: int | None = None
    unit: int | None = None
    weights: np.ndarray | None = None


def inside(
    network: BrowserNetwork,
    names: Sequence[str],
    shown: Shown,
    opened: tuple[int, int | None],
    on_open: Callable[[int, int | None], None],
    told: Told | None = None,
    key: str = "inside",
) -> None:
    """Show the network's layers on a digit, one of them open.

    Args:
        network: packed step by step; without kernels where `told` has what they give.
        names: of the classes.
        opened: the number of the open layer, 0 the input, and of its open map or unit, or None.
        on_open: is given the layer and the unit that a visitor opens, before the page or its fragment runs anew.
    """
    height, width = shown.picture.shape
    data: dict[str, Any] = {
        "version": shown.version,
        "strokes": None if shown.strokes is None else [np.round(one, 2).tolist() for one in shown.strokes],
        "picture": shown.picture.ravel().tolist(),
        "height": height,
        "width": width,
        "network": {"layers": network.layers, "address": served(network.weights, "application/octet-stream")},
        "told": told and _packed(told.layers),
        "kernel": told and _kernel(told),
        "names": list(names),
        "label": shown.label,
        "layer": opened[0],
        "unit": opened[1],
        "script": served(WORKER, "text/javascript"),
        "words": WORDS,
    }

    def act() -> None:
        if pair := st.session_state[key].get("opened"):
            on_open(int(pair[0]), None if pair[1] is None else int(pair[1]))

    _mount(key=key, data=data, on_opened_change=act)


def _packed(layers: Inside) -> dict[str, Any]:
    values = base64.b64encode(layers.values.tobytes()).decode()
    return {"layers": json.loads(layers.layers.tobytes()), "values": values, "half": layers.values.dtype == np.float16}


def _kernel(told: Told) -> dict[str, Any] | None:
    if told.weights is None:
        return None
    return {"step": told.step, "unit": told.unit, "values": told.weights.ravel().astype(float).tolist()}
