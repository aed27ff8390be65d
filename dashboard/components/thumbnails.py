"""Small pictures of what a page shows, for the cards that lead there: always on black, as the digits are."""

import base64
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from dashboard.components.templates import render
from dashboard.images import data_url
from dashboard.theme import PALETTES

WIDTH, HEIGHT, MARGIN = 640, 320, 24  # pixels of a picture
COLOURS = PALETTES["dark"]


def points(positions: np.ndarray, labels: np.ndarray) -> Markup:
    """A point per digit in the colour of its class. positions: (n, 2), 0 to 1, y upwards; labels: (n,)."""
    palette = np.array([tuple(bytes.fromhex(colour[1:])) for colour in COLOURS], np.uint8)
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    # the middle of the map fills the picture, which is lower than wide
    columns = np.round(positions[:, 0] * (WIDTH - 1)).astype(int)
    rows = np.round((0.5 - positions[:, 1]) * (WIDTH - 1) + HEIGHT / 2).astype(int)
    for down in range(2):
        for aside in range(2):
            inside = (rows + down >= 0) & (rows + down < HEIGHT) & (columns + aside < WIDTH)
            picture[rows[inside] + down, columns[inside] + aside] = palette[labels[inside] % len(palette)]
    return _shown(data_url(picture))


def curves(lines: Sequence[np.ndarray]) -> Markup:
    """A line per run on a logarithmic scale. lines: (epochs,) of errors above 0 each, at least two epochs."""
    logs = [np.log(np.maximum(line, 1e-4)) for line in lines]
    longest, low, high = max(map(len, logs)), min(map(np.min, logs)), max(map(np.max, logs))
    drawn = []
    for line in logs:
        x = MARGIN + (WIDTH - 2 * MARGIN) * np.arange(len(line)) / (longest - 1)
        y = MARGIN + (HEIGHT - 2 * MARGIN) * (high - line) / max(high - low, 1e-9)
        drawn.append(" ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True)))
    return _drawn(lines=drawn)


def pairs(values: Sequence[tuple[float, float]]) -> Markup:
    """A ring at the first and a disc at the second of each two values above 0, joined, on a logarithmic scale."""
    logs = np.log(np.maximum(np.array(values), 1e-5))
    x = MARGIN + (WIDTH - 2 * MARGIN) * (logs - logs.min()) / max(float(np.ptp(logs)), 1e-9)
    rows = np.linspace(MARGIN, HEIGHT - MARGIN, len(values))
    return _drawn(pairs=[(*map(round, both), round(row)) for both, row in zip(x, rows, strict=True)])


def layers(tensors: Sequence[np.ndarray]) -> Markup:
    """A digit (height, width), and beside it a column for each of the first layers after it, (height, width, maps): the maps with
    the largest sums."""
    picture = np.zeros((HEIGHT, WIDTH), np.uint8)
    _paste(picture, tensors[0], (HEIGHT - 224) // 2, MARGIN, 224)
    edge, gap = 60, 10
    for column, tensor in enumerate(tensors[1:6]):
        strongest = np.argsort(-tensor.sum(axis=(0, 1)), kind="stable")[:4]
        for row, place in enumerate(strongest):
            left = 2 * MARGIN + 224 + column * (edge + gap)
            _paste(picture, tensor[..., place] / max(tensor.max(), 1e-9), MARGIN + row * (edge + gap), left, edge)
    return _shown(data_url(picture))


def _paste(picture: np.ndarray, values: np.ndarray, top: int, left: int, edge: int) -> None:
    """Put values (height, width) of 0 to 1 into a picture, each as the same whole number of pixels, `edge` in all at most."""
    pixels = max(1, edge // max(values.shape))
    grey = np.round(255 * np.clip(values, 0, 1) ** 0.65).astype(np.uint8).repeat(pixels, axis=0).repeat(pixels, axis=1)
    height, width = grey.shape
    down, aside = top + (edge - height) // 2, left + (edge - width) // 2
    picture[down : down + height, aside : aside + width] = grey


def _drawn(**parts: Sequence) -> Markup:
    shapes = {"lines": [], "pairs": []} | parts
    svg = render("thumbnail_lines", width=WIDTH, height=HEIGHT, colours=COLOURS, **shapes)
    return _shown("data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode())


def _shown(url: str) -> Markup:
    return render("thumbnail", url=url)
