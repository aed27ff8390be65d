"""Pictures such as people take of digits on paper, made from pen strokes: for tests and benchmarks.

Each kind is a function that spoils a clean sheet in its own way; what is the same for all (colours, size, place, the width
of the pen, the camera's noise) is drawn by lot.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

PAPERS = [
    (255, 255, 255),
    (250, 246, 235),
    (236, 240, 250),
    (255, 250, 190),
    (225, 225, 220),
    (205, 180, 140),
    (250, 215, 220),
]
INKS = [(20, 20, 25), (25, 40, 140), (150, 20, 30), (15, 90, 50), (60, 30, 90)]
KINDS: dict[str, Callable] = {}


def kind(function: Callable) -> Callable:
    KINDS[function.__name__] = function
    return function


def _sheet(strokes, rng, side, paper, ink, share=None, width=None, opacity=1.0) -> np.ndarray:
    """Strokes as ink on plain paper, (side, side, 3) float, 0 to 255."""
    share = share or rng.uniform(0.3, 0.85)
    points = np.concatenate(strokes)
    low, extent = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1e-6)
    high = share * side
    place = rng.uniform(0.04, 1, 2) * (0.96 * side - high * np.ptp(points, axis=0) / extent)
    width = max(1.6, (width or rng.uniform(0.05, 0.12)) * high)
    fine = 3 if side < 700 else 1
    mask = Image.new("L", (side * fine, side * fine))
    pencil = ImageDraw.Draw(mask)
    for stroke in strokes:
        line = ((np.asarray(stroke, float) - low) / extent * high + np.clip(place, 0.03 * side, None)) * fine
        reach = width * fine / 2
        if len(line) > 1:
            pencil.line([tuple(p) for p in line], fill=255, width=max(1, round(2 * reach)))
        for x, y in line:
            pencil.ellipse((x - reach, y - reach, x + reach, y + reach), fill=255)
    cover = np.asarray(mask.resize((side, side), Image.Resampling.BOX), float)[..., None] / 255 * opacity
    return np.array(paper) * (1 - cover) + np.array(ink) * cover


def _lot(rng):
    """Side, paper and ink by lot."""
    return (
        round(np.exp(rng.uniform(np.log(120), np.log(1200)))),
        PAPERS[rng.integers(len(PAPERS))],
        INKS[rng.integers(len(INKS))],
    )


@kind
def scan(strokes, rng):
    side, _, ink = _lot(rng)
    return _sheet(strokes, rng, side, (255, 255, 255), ink)


@kind
def coloured(strokes, rng):
    return _sheet(strokes, rng, *_lot(rng))


@kind
def lit(strokes, rng):
    sheet = _sheet(strokes, rng, *_lot(rng))
    rows, columns = np.mgrid[: len(sheet), : len(sheet)] / len(sheet) - 0.5
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.8)
    light = 1 - fall * (0.5 + np.cos(angle) * rows + np.sin(angle) * columns).clip(0, 1) - 0.3 * (rows**2 + columns**2)
    return sheet * light[..., None]


@kind
def shaded(strokes, rng):
    sheet = _sheet(strokes, rng, *_lot(rng))
    rows, columns = np.mgrid[: len(sheet), : len(sheet)] / len(sheet) - 0.5
    angle, where = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
    side = (np.cos(angle) * rows + np.sin(angle) * columns - where) / rng.uniform(0.005, 0.08)
    return sheet * (1 - rng.uniform(0.25, 0.5) / (1 + np.exp(-side.clip(-50, 50))))[..., None]


def _lines(sheet, rng, ways):
    side = len(sheet)
    gap, colour = (
        rng.uniform(0.07, 0.16) * side,
        np.array([(150, 180, 220), (190, 190, 190), (220, 160, 160)][rng.integers(3)]),
    )
    thick = max(1, round(rng.uniform(0.002, 0.006) * side))
    for way in ways:
        for start in np.arange(rng.uniform(0, gap), side - thick, gap).astype(int):
            part = (
                (slice(start, start + thick), slice(None)) if way == 0 else (slice(None), slice(start, start + thick))
            )
            sheet[part] = np.minimum(sheet[part], colour)
    return sheet


@kind
def ruled(strokes, rng):
    side, _, ink = _lot(rng)
    return _lines(_sheet(strokes, rng, side, PAPERS[rng.integers(3)], ink), rng, [0])


@kind
def squared(strokes, rng):
    side, _, ink = _lot(rng)
    return _lines(_sheet(strokes, rng, side, PAPERS[rng.integers(3)], ink), rng, [0, 1])


@kind
def pencil(strokes, rng):
    side, _, _ = _lot(rng)
    grey = (90, 90, 95)
    return _sheet(
        strokes,
        rng,
        side,
        PAPERS[rng.integers(4)],
        grey,
        width=rng.uniform(0.025, 0.05),
        opacity=rng.uniform(0.35, 0.8),
    )


@kind
def chalk(strokes, rng):
    side, _, _ = _lot(rng)
    board = [(25, 60, 45), (30, 30, 35), (60, 65, 75)][rng.integers(3)]
    return _sheet(
        strokes, rng, side, board, (235, 235, 225), width=rng.uniform(0.06, 0.13), opacity=rng.uniform(0.7, 1)
    )


@kind
def noisy(strokes, rng):
    sheet = _sheet(strokes, rng, *_lot(rng))
    return sheet + rng.normal(0, rng.uniform(8, 22), sheet.shape)


@kind
def small(strokes, rng):
    _, paper, ink = _lot(rng)
    return _sheet(
        strokes, rng, int(rng.integers(32, 90)), paper, ink, share=rng.uniform(0.5, 0.85), width=rng.uniform(0.07, 0.14)
    )


@kind
def large(strokes, rng):
    _, paper, ink = _lot(rng)
    return _sheet(strokes, rng, int(rng.integers(1500, 2400)), paper, ink, share=rng.uniform(0.15, 0.8))


@kind
def marker(strokes, rng):
    side, paper, ink = _lot(rng)
    return _sheet(strokes, rng, side, paper, ink, width=rng.uniform(0.13, 0.2))


def camera(sheet: np.ndarray, rng: np.random.Generator) -> bytes:
    """The sheet through a lens and a sensor into a file, often stored turned with a note to turn it back."""
    noisy = sheet + rng.normal(0, rng.uniform(0, 5), sheet.shape)
    picture = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.002) * len(sheet)))
    exif, stream = Image.Exif(), io.BytesIO()
    if rng.random() < 0.3:
        quarter = rng.integers(1, 4)
        picture = picture.rotate(90 * quarter, expand=True)
        exif[0x0112] = {1: 6, 2: 3, 3: 8}[int(quarter)]
    if rng.random() < 0.6:
        picture.save(stream, "JPEG", quality=int(rng.integers(45, 95)), exif=exif)
    else:
        picture.save(stream, "PNG", exif=exif)
    return stream.getvalue()


def several(many: list, rng: np.random.Generator) -> np.ndarray:
    """Several digits in a line or in two, in reading order, on one sheet (height, width, 3)."""
    across = len(many) if len(many) < 4 or rng.random() < 0.5 else (len(many) + 1) // 2
    down = -(-len(many) // across)
    cell = round(np.exp(rng.uniform(np.log(90), np.log(260))))
    paper, ink = PAPERS[rng.integers(len(PAPERS))], INKS[rng.integers(len(INKS))]
    width = rng.uniform(0.05, 0.11)
    margin = cell // 3
    sheet = np.empty((down * cell + 2 * margin, across * cell + 2 * margin, 3))
    sheet[:] = paper
    for number, strokes in enumerate(many):
        top, left = margin + number // across * cell, margin + number % across * cell
        sheet[top : top + cell, left : left + cell] = _sheet(
            strokes, rng, cell, paper, ink, rng.uniform(0.55, 0.75), width
        )
    return sheet
