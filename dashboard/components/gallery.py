"""The gallery: many digits as one picture, each of which can be pointed at, clicked, and reached by keyboard."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard import address
from dashboard.components.assets import component
from dashboard.images import data_url

COLUMNS = 25  # digits in a row of the sprite sheet; how many stand in a row on the page is the browser's choice

_mount = component("gallery")


def gallery(
    images: np.ndarray,
    hover: Sequence[str],
    key: str,
    captions: Sequence[str] | None = None,
    chosen: int | None = None,
    size: int = 56,
    on_click: Callable[[int], None] | None = None,
    sheet: str | None = None,
) -> int | None:
    """Show digits and return the place of the one just clicked, else None.

    images: (n, height, width) uint8; hover: a sentence each; captions: a few letters each; chosen: the place to mark;
    size: pixels of a digit with its margin; on_click: is given the place before the page or its fragment runs anew, which then
    need not run twice; sheet: what `drawn` gives for these images, where that is already there.
    """
    data = {
        "sheet": sheet or drawn(images),
        "columns": COLUMNS,
        "offered": address.DIGIT not in st.query_params,
        "hover": list(hover),
        "captions": list(captions) if captions is not None else None,
        "chosen": chosen,
        "size": size,
    }

    def act() -> None:
        place = st.session_state[key].get("clicked")
        if on_click and place is not None and place < len(images):
            on_click(int(place))

    clicked = _mount(key=key, data=data, on_clicked_change=act).clicked
    return None if clicked is None or clicked >= len(images) else int(clicked)


def drawn(images: np.ndarray) -> str:
    """Images (n, height, width) uint8 as the address of one picture of them all."""
    return data_url(sprite_sheet(images))


def sprite_sheet(images: np.ndarray) -> np.ndarray:
    """Images (n, height, width) uint8 side by side, COLUMNS in a row: one (rows * height, COLUMNS * width) uint8."""
    count, height, width = images.shape
    rows = max(1, -(-count // COLUMNS))
    sheet = np.zeros((rows * COLUMNS, height, width), np.uint8)
    sheet[:count] = images
    return sheet.reshape(rows, COLUMNS, height, width).swapaxes(1, 2).reshape(rows * height, COLUMNS * width)
