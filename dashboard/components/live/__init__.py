"""What a model makes of a drawing while the pen moves, computed in the browser, and at each stroke's end by the server."""

import functools
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.assets import FOLDER, bundle, component
from models.browser_network import BrowserNetwork

_mount = component("live/live")
WORKER = bundle(FOLDER / "live" / "worker.js").encode()


@dataclass(frozen=True)
class Answer:
    """What the server says of a drawing. shares: (classes,) 0 to 1, the lengths of the bars; picture: (28, 28) uint8; said: what
    stands below the prediction; doubtful: whether it may be no digit at all."""

    shares: np.ndarray
    picture: np.ndarray
    said: str
    doubtful: bool


@dataclass(frozen=True)
class SmallMap:
    """A map of all digits. positions: (n, 2), 0 to 1, y upwards, and labels: (n,) of its points; middles: by label, where its name
    stands; names: of the classes; place: (2,) of the drawing, or None; said: its caption."""

    positions: np.ndarray
    labels: np.ndarray
    middles: Mapping[int, np.ndarray]
    place: np.ndarray | None
    said: str


def live(
    version: int,
    strokes: Sequence[np.ndarray],
    answer: Answer | None,
    network: BrowserNetwork | None,
    names: Sequence[str],
    caption: str,
    small_map: SmallMap | None = None,
) -> bool:
    """Show what is classified, and go on with the pen; gives whether the map was clicked.

    Args:
        version: of the canvas; strokes: (points, 2) each, in pixels of the canvas, that the answer is of.
        network: None where only the server can classify.
        names: of the classes; caption: of the picture.
    """
    data: dict[str, Any] = {
        "version": version,
        "strokes": [np.round(stroke, 2).tolist() for stroke in strokes],
        "answer": answer and _told(answer, len(strokes)),
        "network": None,
        "names": list(names),
        "caption": caption,
        "waiting": "The answer comes while you draw." if network else "The answer comes as you lift the pen.",
        "map": small_map and _drawn_map(small_map, names),
        "least": network.least_confidence if network else 0.0,
        "script": served(WORKER, "text/javascript"),
    }
    if network:
        data["network"] = {
            "layers": network.layers,
            "address": served(network.weights, "application/octet-stream"),
        }
    return bool(_mount(key="live", data=data, on_map_change=lambda: None).map)


def _drawn_map(small_map: SmallMap, names: Sequence[str]) -> dict[str, Any]:
    """As small_map.js takes it, y downwards."""
    downwards = np.round(np.abs([0, 1] - small_map.positions) * 65535)
    points = np.column_stack([downwards, small_map.labels]).astype("<u2").tobytes()
    place = small_map.place
    return {
        "address": served(points, "application/octet-stream"),
        "middles": [[names[label], float(x), 1 - float(y)] for label, (x, y) in small_map.middles.items()],
        "place": None if place is None else [float(place[0]), 1 - float(place[1])],
        "said": small_map.said,
    }


def _told(answer: Answer, strokes: int) -> dict[str, Any]:
    return {
        "strokes": strokes,
        "probabilities": np.round(answer.shares.astype(float), 6).tolist(),
        "picture": answer.picture.ravel().tolist(),
        "said": answer.said,
        "doubtful": answer.doubtful,
    }


@functools.lru_cache(maxsize=100)
def served(content: bytes, kind: str) -> str:
    """Where this server gives out these bytes as long as it runs, the same for the same bytes. kind: their MIME type."""
    place = f"live {hashlib.sha256(content).hexdigest()}"
    # a thread of its own belongs to no session: what does is gone while its page is drawn anew, or left
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(st.runtime.get_instance().media_file_mgr.add, content, kind, place).result()
