"""The gallery: many digits as one picture, each of which can be pointed at, clicked, and reached by keyboard."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

COLUMNS = 25  # digits in a row of the sprite sheet; how many stand in a row on the page is the browser's choice

CSS = """
.gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(var(--size), 1fr)); gap: 4px; }
.gallery button { all: unset; cursor: pointer; box-sizing: border-box; display: flex; flex-direction: column;
  align-items: center; border-radius: 6px; padding: 2px; border: 2px solid transparent; }
.gallery button:hover { border-color: color-mix(in srgb, var(--st-primary-color) 55%, transparent); }
.gallery button:focus-visible, .gallery button[aria-pressed=true] { border-color: var(--st-primary-color); }
.gallery i { display: block; width: calc(var(--size) - 8px); height: calc(var(--size) - 8px); border-radius: 3px;
  background-color: #000; background-image: var(--sheet); image-rendering: pixelated; }
.gallery small { font: 12px/1.5 var(--st-font); color: var(--st-text-color); white-space: nowrap; opacity: 0.8; }
"""

JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery");
  const edge = data.size - 8, rows = Math.ceil(data.hover.length / data.columns);
  root.style.setProperty("--size", data.size + "px");
  root.style.setProperty("--sheet", `url(${data.sheet})`);
  root.replaceChildren(...data.hover.map((text, place) => {
    const button = document.createElement("button"), digit = document.createElement("i");
    const x = place % data.columns, y = Math.floor(place / data.columns);
    digit.style.backgroundSize = `${edge * data.columns}px ${edge * rows}px`;
    digit.style.backgroundPosition = `${-x * edge}px ${-y * edge}px`;
    button.title = text;
    button.setAttribute("aria-label", text);
    button.setAttribute("aria-pressed", String(place === data.chosen));
    button.onclick = () => setTriggerValue("clicked", place);
    button.append(digit);
    if (data.captions) {
      const caption = document.createElement("small");
      caption.textContent = data.captions[place];
      button.append(caption);
    }
    return button;
  }));
}
"""

_mount = st.components.v2.component(
    "mnist_atelier_gallery", html='<div class="gallery" role="group"></div>', css=CSS, js=JS
)


def gallery(
    images: np.ndarray,
    hover: Sequence[str],
    key: str,
    captions: Sequence[str] | None = None,
    chosen: int | None = None,
    size: int = 56,
) -> int | None:
    """Show digits and return the place of the one just clicked, else None.

    images: (n, height, width) uint8; hover: a sentence each; captions: a few letters each; chosen: the place to mark;
    size: pixels of a digit with its margin.
    """
    data = {
        "sheet": data_url(sprite_sheet(images)),
        "columns": COLUMNS,
        "hover": list(hover),
        "captions": list(captions) if captions is not None else None,
        "chosen": chosen,
        "size": size,
    }
    clicked = _mount(key=key, data=data, on_clicked_change=lambda: None).clicked
    return None if clicked is None or clicked >= len(images) else int(clicked)


def sprite_sheet(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width) uint8 side by side, COLUMNS in a row: one (rows * height, COLUMNS * width) uint8."""
    count, height, width = images.shape
    rows = max(1, -(-count // COLUMNS))
    sheet = np.zeros((rows * COLUMNS, height, width), np.uint8)
    sheet[:count] = images
    return sheet.reshape(rows, COLUMNS, height, width).swapaxes(1, 2).reshape(rows * height, COLUMNS * width)


def data_url(image: np.ndarray) -> str:
    """A grey picture (height, width) uint8 as a PNG in a data: address."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
