"""A drawing as text in an address, and as objects that the canvas shows; and the digit that invites to trace it."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.assets import FOLDER
from dashboard.components.templates import render

LONGEST = 20_000  # letters of a drawing in an address
GHOST = "data:image/svg+xml;base64," + base64.b64encode((FOLDER / "ghost.svg").read_bytes()).decode()
POINTS = 5_000  # of a drawing that an address may hold
WIDEST = 60  # pixels between points, beyond which nothing of a drawing would be left


def ghost(gone: bool) -> None:
    """A faint digit over the canvas; the page's script takes it away with the first stroke. gone: whether it is so already."""
    st.html(render("ghost", url=GHOST, gone=gone))


def to_text(strokes: Sequence[np.ndarray]) -> str:
    """Strokes, in pixels of the canvas, as letters that an address can hold; to a tenth of a pixel.

    Of drawings with more points than that, points that lie close together are left out, as few as will do.
    """
    text, gap = _text(strokes), 0.5
    while (sum(map(len, strokes)) > POINTS or len(text) > LONGEST) and gap < WIDEST:
        strokes = [_thinned(line, gap) for line in strokes]
        text, gap = _text(strokes), 1.4 * gap
    return text


def _text(strokes: Sequence[np.ndarray]) -> str:
    steps = [np.diff(np.round(line, 1), axis=0, prepend=np.zeros((1, 2))).ravel().round(1).tolist() for line in strokes]
    packed = zlib.compress(json.dumps(steps, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _thinned(line: np.ndarray, gap: float) -> np.ndarray:
    """Without the points of a stroke that lie nearer than this to the last one kept, in pixels; its ends stay."""
    kept = [0]
    for number in range(1, len(line) - 1):
        if np.hypot(*(line[number] - line[kept[-1]])) >= gap:
            kept.append(number)
    return line[kept + [len(line) - 1] * (len(line) > 1)]


def from_text(text: str) -> list[np.ndarray]:
    """The strokes (points, 2) that `to_text` wrote. Raises ValueError for letters that are no drawing."""
    wrong = "The address holds no drawing that can be read: it was cut short, perhaps."
    try:
        if len(text) > LONGEST:
            raise ValueError(wrong)
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, 200_000)
        if not unpacking.eof:
            raise ValueError(wrong)
        steps = [np.array(line, float).reshape(-1, 2) for line in json.loads(content)]
        strokes = [np.cumsum(line, axis=0).round(1) for line in steps]
        if sum(map(len, strokes)) > POINTS or not all(len(s) and (np.abs(s) < 1e4).all() for s in strokes):
            raise ValueError(wrong)
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError, OverflowError) as error:
        raise ValueError(wrong) from error
    return strokes


def as_objects(strokes: Sequence[np.ndarray], width: float) -> dict:
    """Strokes as the canvas keeps its own: white paths of a pen of that width in pixels."""
    return {"objects": [_path(stroke, width) for stroke in strokes]}


def with_pen(objects: dict | None, width: float) -> dict | None:
    """What a canvas holds, drawn with another pen: its width in pixels."""
    return objects and objects | {"objects": [one | {"strokeWidth": width} for one in objects["objects"]]}


def _path(stroke: np.ndarray, width: float) -> dict:
    points = [(float(x), float(y)) for x, y in stroke]
    points = points if len(points) > 1 else [points[0], (points[0][0] + 0.01, points[0][1])]
    path = [["M", *points[0]], *(["L", *point] for point in points[1:])]
    line = {"stroke": "#ffffff", "strokeWidth": width, "strokeLineCap": "round", "strokeLineJoin": "round"}
    return {"type": "path", "path": path, "fill": None, **line}


def canvas_strokes(drawing: Mapping[str, Any] | None) -> list[np.ndarray]:
    """The pen's paths in a canvas's json_data, one (points, 2) array in canvas pixels per stroke; other objects are passed over."""
    objects = (drawing or {}).get("objects", [])
    return [
        _path_points(item["path"]) for item in objects if str(item.get("type")).lower() == "path" and item.get("path")
    ]


def _path_points(path: Sequence[Sequence]) -> np.ndarray:
    """Points along a path of the commands M x y, L x y and Q cx cy x y, curves sampled at their middle and end."""
    points: list[np.ndarray] = []
    for command, *numbers in path:
        places = np.asarray(numbers, float).reshape(-1, 2)
        if command == "Q" and points:
            points.append((points[-1] + 2 * places[0] + places[1]) / 4)
        points.extend(places[-1:])
    return np.asarray(points).reshape(-1, 2)
