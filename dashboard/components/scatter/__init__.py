"""Up to 100,000 points that are moved, zoomed, pointed at and circled in the browser; close by, they are pictures.

Plotly cannot show a picture at the pointer without a rerun, and each rerun would send all points again; so the points are
drawn by the browser, and the pictures come by a second, small component in a fragment of its own.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import address
from dashboard.components.assets import component
from dashboard.components.gallery import COLUMNS, sprite_sheet
from dashboard.images import data_url

MAX_PICTURES = 300  # pictures brought at once
FINE = 9999  # a corner of a circle is given in as many steps

_scatter = component("scatter/scatter")
_pictures = component("scatter/pictures")


@dataclass(frozen=True)
class Colouring:
    """colours: (n,) uint8, places in the palette of (red, green, blue, opacity), 0 to 255, or of (place in theme.TEN, opacity);
    legend: a name for each colour, or
    of a scale, which begins at colour 1, `low` and `high`, and `none` of colour 0; layered: whether later colours are drawn
    above earlier ones; large: colours of larger points; first_class: the colour of the first class, if the colours are classes."""

    colours: np.ndarray
    palette: Sequence[tuple[int, ...]]
    legend: list[str] | dict[str, str]
    layered: bool = True
    large: tuple[int, ...] = ()
    first_class: int | None = None


def scatter(
    positions: np.ndarray,
    colouring: Colouring,
    digits: str,
    name: str,
    circled: str,
    opened: int | None,
    places: Mapping[str, np.ndarray],
) -> dict[str, int | str | None]:
    """Show points; gives what was done just now: `opened`, the number of a point, and `circled`, corners as text.

    Args:
        positions: (n, 2), 0 to 1, y upwards.
        digits: changes with the pictures; name: changes with the positions.
        circled: the corners to show, or nothing; opened: the point to mark.
        places: (2,) where the name of each class is written, in the order of the classes.
    """
    downwards = np.stack([positions[:, 0], 1 - positions[:, 1]], axis=1)
    data = {
        "id": f"{digits} {name}",
        "digits": digits,
        "positions": _base64(np.round(downwards * 65535).astype("<u2")),
        "colours": _base64(colouring.colours.astype(np.uint8)),
        "palette": [list(map(int, colour)) for colour in colouring.palette],
        "legend": colouring.legend,
        "layered": colouring.layered,
        "large": list(colouring.large),
        "circled": circled,
        "opened": opened,
        "marks": _marks(places, colouring.first_class),
    }
    done = _scatter(key="digits scatter", data=data, on_opened_change=lambda: None, on_circled_change=lambda: None)
    return {"opened": done.opened, "circled": done.circled}


@st.fragment
def pictures(images: np.ndarray, digits: str, said: Callable[[int], str]) -> None:
    """Bring the pictures that the scatter asks for. images: (n, height, width) uint8; said: a sentence for each number."""
    wanted = st.session_state.get(address.PICTURES, {}).get("wanted") or []
    numbers = [n for n in wanted[:MAX_PICTURES] if isinstance(n, int) and 0 <= n < len(images)]
    data = {"digits": digits, "numbers": numbers, "said": [said(n) for n in numbers], "columns": COLUMNS}
    data |= {"height": images.shape[1], "width": images.shape[2], "sheet": ""}
    if numbers:
        data["sheet"] = data_url(sprite_sheet(images[numbers]))
    _pictures(key=address.PICTURES, data=data, on_wanted_change=lambda: None)


def _marks(places: Mapping[str, np.ndarray], first: int | None) -> list[list]:
    """Of each class that has a place: x, y downwards, its name, and its colour, -1 for none."""
    return [
        [float(place[0]), 1 - float(place[1]), name, -1 if first is None else first + number]
        for number, (name, place) in enumerate(places.items())
        if not np.isnan(place).any()
    ]


def corners(text: str) -> np.ndarray:
    """Corners (k, 2), 0 to 1, y upwards, of a circle in an address; none where the text is no circle."""
    if len(text) % 8 or not 24 <= len(text) <= 800 or not (text.isascii() and text.isdecimal()):
        return np.empty((0, 2))
    places = np.array([int(text[start : start + 4]) for start in range(0, len(text), 4)]).reshape(-1, 2) / FINE
    return np.stack([places[:, 0], 1 - places[:, 1]], axis=1)


def as_circle(middle: np.ndarray, radius: float, count: int = 16) -> str:
    """The corners of a circle as text, for `corners`. middle: (2,), and radius, of a map that is 1 wide, y upwards."""
    angles = np.linspace(0, 2 * np.pi, count, endpoint=False)
    x, y = np.asarray(middle)[:, None] + radius * np.stack([np.cos(angles), np.sin(angles)])
    steps = np.round(np.clip(np.stack([x, 1 - y], axis=1), 0, 1) * FINE).astype(int)
    return "".join(f"{value:04d}" for value in steps.ravel())


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
