"""Pictures of pages with several digits, made from pen strokes, and where each digit stands: for tests and benchmarks.

Each kind is a function of the digits' strokes, in reading order, and a generator of random numbers. It gives the picture
(height, width, 3) float, 0 to 255, and the middle of each digit (digits, 2), to the right and down, as shares of it.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image

from tests import papers

Page = tuple[np.ndarray, np.ndarray]
KINDS: dict[str, Callable[[list, np.random.Generator], Page]] = {}


def kind(function: Callable) -> Callable:
    KINDS[function.__name__] = function
    return function


def _page(many, rng, slope=0.0, across=0, cell=0, room=1.0) -> Page:
    """The digits in a line or in two, or `across` to a line, which rises by `slope` (falls, where
    that is below 0). cell: pixels for each digit, of which it may use the share `room`."""
    across = across or (len(many) if len(many) < 4 or rng.random() < 0.5 else (len(many) + 1) // 2)
    down = -(-len(many) // across)
    cell = cell or round(np.exp(rng.uniform(np.log(90), np.log(260))))
    paper, ink = papers.PAPERS[rng.integers(len(papers.PAPERS))], papers.INKS[rng.integers(len(papers.INKS))]
    width = rng.uniform(0.05, 0.11)
    margin = cell // 3
    climb = round(abs(slope) * (across - 1) * cell)
    sheet = np.empty((down * cell + 2 * margin + climb, across * cell + 2 * margin, 3))
    sheet[:] = paper
    places = np.empty((len(many), 2))
    for number, strokes in enumerate(many):
        left = margin + number % across * cell
        top = margin + number // across * cell + round((climb if slope > 0 else 0) - slope * (left - margin))
        digit = papers.one_digit(strokes, rng, round(room * cell), paper, ink, rng.uniform(0.55, 0.75), width)
        sheet[top : top + len(digit), left : left + len(digit)] = digit
        rows, columns = np.nonzero(np.abs(digit - paper).max(axis=2) > 60)
        places[number] = left + (columns.min() + columns.max()) / 2, top + (rows.min() + rows.max()) / 2
    return sheet, places / sheet.shape[1::-1]


@kind
def plain(many, rng):
    return _page(many, rng)


@kind
def rising(many, rng):
    return _page(many, rng, slope=rng.uniform(0.08, 0.3))


@kind
def falling(many, rng):
    return _page(many, rng, slope=-rng.uniform(0.08, 0.3))


@kind
def ruled(many, rng):
    sheet, places = _page(many, rng)
    return papers.with_lines(sheet, rng, [0]), places


@kind
def shadowed(many, rng):
    sheet, places = _page(many, rng)
    return papers.with_shadow(sheet, rng), places


@kind
def margined(many, rng):
    """A ruled page with the line down its margin."""
    sheet, places = _page(many, rng)
    high, wide = sheet.shape[:2]
    sheet = papers.with_lines(sheet, rng, [0])
    left, thick = round(rng.uniform(0.01, 0.04) * wide), max(2, round(0.006 * high))
    sheet[:, left : left + thick] = np.minimum(sheet[:, left : left + thick], (200, 60, 60))
    return sheet, places


@kind
def edged(many, rng):
    """The page's edge in sight, on one side or on two, and beyond it the table, plain or not."""
    sheet, places = _page(many, rng)
    high, wide = sheet.shape[:2]
    rough = papers.ground(2 * high, 2 * wide, rng)
    if rng.random() < 0.5:
        rough[:] = rough.mean(axis=(0, 1))
    top, left = (round(rng.uniform(0.06, 0.25) * side) if rng.random() < 0.6 else 0 for side in (high, wide))
    left = left or (0 if top else round(0.15 * wide))
    page = np.dstack([sheet, np.full(sheet.shape[:2], 255.0)]).clip(0, 255).astype(np.uint8)
    layer = Image.new("RGBA", (2 * wide, 2 * high))
    layer.paste(Image.fromarray(page[-1:, -1:]).resize(layer.size), (left, top))
    layer.paste(Image.fromarray(page), (left, top))
    angle = rng.uniform(-3, 3)
    layer = layer.rotate(angle, Image.Resampling.BICUBIC, center=(left, top))
    cover = np.asarray(layer, float)[..., 3:] / 255
    picture = np.asarray(layer, float)[..., :3] * cover + rough * (1 - cover)
    moved = papers.turned(places * (wide, high), angle)
    high, wide = high + top, wide + left
    return picture[:high, :wide], (moved + np.array([left, top])) / (wide, high)


@kind
def card(many, rng):
    """A sheet of paper, askew on a table that is not plain."""
    sheet, places = _page(many, rng)
    return papers.on_ground(sheet, rng, places)


@kind
def hundred(many, rng):
    """Ten lines of ten digits; those that are given, again and again."""
    return _page([many[n % len(many)] for n in range(100)], rng, across=10, cell=64, room=0.9)
