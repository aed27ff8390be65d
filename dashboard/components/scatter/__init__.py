"""The plane: up to 100,000 points that are moved, zoomed, pointed at and circled in the browser; close by, they are pictures.

Plotly cannot show a picture at the pointer without a rerun, and each rerun would send all points again; so the points are
drawn by the browser, and the pictures come by a second, small component in a fragment of its own.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.components.gallery import COLUMNS, data_url, sprite_sheet

MOST = 300  # pictures brought at once
SCRIPTS = ("points.js", "renderer.js", "scatter.js", "input.js")
FINE = 9999  # a corner of a circle is told in as many steps

HTML = """
<div class="plane">
  <div class="paper">
    <canvas tabindex="0" role="application"
      aria-label="A map of digits. Arrow keys move it, plus and minus zoom, 0 shows all."></canvas>
    <div class="tools" role="toolbar">
      <button data-does="circle" aria-pressed="false" title="Draw around digits to choose them (or hold Shift)">Circle</button>
      <button data-does="nearer" title="Nearer" aria-label="Nearer">+</button>
      <button data-does="farther" title="Farther" aria-label="Farther">&minus;</button>
      <button data-does="whole" title="The whole map">Whole</button>
      <button data-does="clear" title="Choose nothing" hidden>Clear</button>
    </div>
    <div class="told" hidden><canvas></canvas><span></span></div>
  </div>
  <div class="legend"></div>
</div>
"""

CSS = """
.plane { font: 14px/1.4 var(--st-font); color: var(--st-text-color); }
.paper { position: relative; overflow: clip; border-radius: 8px; background: var(--st-secondary-background-color); }
.paper > canvas { display: block; width: 100%; height: min(74vh, 720px); touch-action: none; cursor: grab; outline: none; }
.paper > canvas:focus-visible { box-shadow: inset 0 0 0 2px var(--st-primary-color); border-radius: 8px; }
@media (max-width: 640px) { .paper > canvas { height: 58vh; } }
.tools { position: absolute; top: 8px; left: 8px; display: flex; gap: 4px; }
.plane button { all: unset; box-sizing: border-box; cursor: pointer; font: inherit; }
.tools button { min-width: 34px; height: 34px; padding: 0 10px; text-align: center; border-radius: 8px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); }
.tools button[hidden] { display: none; }
.tools button:hover, .plane button:focus-visible { border-color: var(--st-primary-color); }
.tools button[aria-pressed=true] { color: #fff; background: #2b6cb0; border-color: transparent; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 8px 2px; align-items: center; }
.legend button { display: inline-flex; align-items: center; gap: 6px; padding: 2px; border-radius: 4px; min-height: 26px; }
.legend button[aria-pressed=false] { opacity: 0.35; text-decoration: line-through; }
.legend button:focus-visible { outline: 2px solid var(--st-primary-color); }
.legend i { width: 12px; height: 12px; border-radius: 50%; }
.legend span { display: inline-flex; align-items: center; gap: 8px; }
.legend i.scale { width: 140px; border-radius: 6px; }
.told { position: absolute; pointer-events: none; width: 150px; padding: 8px; border-radius: 8px; font-size: 13px;
  background: var(--st-background-color); border: 1px solid var(--st-border-color); }
.told[hidden] { display: none; }
.told canvas { display: block; width: 72px; height: 72px; image-rendering: pixelated; border-radius: 4px; margin-bottom: 4px; }
"""

BRINGS = """
export default function ({ data, setTriggerValue }) {
  const ask = (event) => setTriggerValue("wanted", event.detail);
  document.addEventListener("plane:wanted", ask);
  document.dispatchEvent(new CustomEvent("plane:pictures", { detail: data }));
  return () => document.removeEventListener("plane:wanted", ask);
}
"""

_plane = st.components.v2.component(
    "mnist_atelier_plane",
    html=HTML,
    css=CSS,
    js="\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in SCRIPTS),
)
_pictures = st.components.v2.component("mnist_atelier_pictures", html="<span></span>", js=BRINGS)


@dataclass(frozen=True)
class Colouring:
    """colours: (n,) uint8, places in the palette of (red, green, blue, opacity), 0 to 255; legend: a name for each colour, or
    of a scale, which begins at colour 1, `low` and `high`, and `none` of colour 0; layered: whether later colours are drawn
    above earlier ones; large: colours of larger points."""

    colours: np.ndarray
    palette: list[tuple[int, int, int, int]]
    legend: list[str] | dict[str, str]
    layered: bool = True
    large: tuple[int, ...] = ()


def scatter(
    positions: np.ndarray, colouring: Colouring, digits: str, name: str, circled: str, opened: int | None
) -> dict[str, int | str | None]:
    """Show points; gives what was done just now: `opened`, the number of a point, and `circled`, corners as text.

    Args:
        positions: (n, 2), 0 to 1, y upwards.
        digits: changes with the pictures; name: changes with the positions.
        circled: the corners to show, or nothing; opened: the point to mark.
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
    }
    done = _plane(key="plane", data=data, on_opened_change=lambda: None, on_circled_change=lambda: None)
    return {"opened": done.opened, "circled": done.circled}


@st.fragment
def pictures(images: np.ndarray, digits: str, said: Callable[[int], str]) -> None:
    """Bring the pictures that the plane asks for. images: (n, height, width) uint8; said: a sentence for each number."""
    wanted = st.session_state.get("pictures", {}).get("wanted") or []
    numbers = [n for n in wanted[:MOST] if isinstance(n, int) and 0 <= n < len(images)]
    data = {"digits": digits, "numbers": numbers, "said": [said(n) for n in numbers], "columns": COLUMNS}
    data |= {"height": images.shape[1], "width": images.shape[2], "sheet": ""}
    if numbers:
        data["sheet"] = data_url(sprite_sheet(images[numbers]))
    _pictures(key="pictures", data=data, on_wanted_change=lambda: None)


def corners(text: str) -> np.ndarray:
    """Corners (k, 2), 0 to 1, y upwards, of a circle in an address; none where the text is no circle."""
    if len(text) % 8 or not 24 <= len(text) <= 800 or not (text.isascii() and text.isdecimal()):
        return np.empty((0, 2))
    places = np.array([int(text[start : start + 4]) for start in range(0, len(text), 4)]).reshape(-1, 2) / FINE
    return np.stack([places[:, 0], 1 - places[:, 1]], axis=1)


def _base64(array: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
