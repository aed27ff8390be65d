"""The picture that maximises the open map of a layer, beside the map's weights."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from dashboard import cache, wording
from dashboard.components import reading
from dashboard.images import signed
from dashboard.sections.open_map import OpenMap
from models.class_pictures import MapPicture
from models.worker import WorkerError

EDGE = 168  # pixels of a picture at most: two fit beside each other on a telephone
BLACK, WHITE = 8, 200  # grey levels, a mean below or above which a picture shows no pattern
HELP = (
    "Steps along the gradient from grey noise, each smoothed a little, towards the largest mean of the map before its activation, "
    "values below zero counted at a tenth (feature visualisation, Olah et al. 2017)."
)


def show(part: OpenMap) -> None:
    """The picture beside the weights of the map, made the first time."""
    height, width = part.record.network["input_shape"]
    try:
        with st.spinner(f"Maximising {part.noun} {part.unit + 1}"):
            maximised = cache.map_picture(part.record.run_id, part.step, part.unit, height, width)
    except WorkerError as error:
        st.info(wording.plain(error), icon=":material/lightbulb:")
        return
    if maximised.picture.mean() < BLACK:
        st.caption(f"Nearly black: hardly any bright pixel makes this {part.noun} stronger.")
    elif maximised.picture.mean() > WHITE:
        st.caption(f"Nearly white: this {part.noun} answers to brightness more than to a pattern.")
    kernel = _kernel(maximised, (height, width))
    weights = [] if kernel is None else [_picture(kernel, "Weights: blue positive, amber negative")]
    reading.row([_picture(maximised.picture, f"Maximises {part.noun} {part.unit + 1}"), *weights], "1rem", f"{EDGE}px")


def _picture(image: np.ndarray, caption: str) -> Markup:
    """HTML of a picture, each of its pixels a whole number of the screen's."""
    return reading.picture(image, max(1, EDGE // image.shape[1]) * image.shape[1], caption)


def _kernel(maximised: MapPicture, shape: tuple[int, int]) -> np.ndarray | None:
    """Weights as a picture (height, width, 3) uint8: those of a filter map by map, those of a unit that sees all
    pixels as they lie; None where they have no place in a picture."""
    kernel = maximised.kernel
    if kernel.ndim == 3:
        return signed(_tiled(kernel))
    return signed(kernel.reshape(shape)) if kernel.size == shape[0] * shape[1] else None


def _tiled(kernel: np.ndarray) -> np.ndarray:
    """A filter's weights (height, width, maps) map by map, in rows from left to right with a pixel between them."""
    height, width, maps = kernel.shape
    across = int(np.ceil(np.sqrt(maps)))
    down = -(-maps // across)
    tiles = np.zeros((down * across, height + 1, width + 1), np.float32)
    tiles[:maps, :height, :width] = kernel.transpose(2, 0, 1)
    tiles = tiles.reshape(down, across, height + 1, width + 1).swapaxes(1, 2)
    return tiles.reshape(down * (height + 1), across * (width + 1))[:-1, :-1]
