"""Pictures such as people take of digits on paper, made from pen strokes: for tests and benchmarks.

Each kind is a function that spoils a clean sheet in its own way; what is the same for all (colours, size, place, the width
of the pen, the camera's noise) is drawn by lot.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from skimage import data

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
NOWHERE = np.empty((0, 2))
KINDS: dict[str, Callable] = {}


def kind(function: Callable) -> Callable:
    KINDS[function.__name__] = function
    return function


def one_digit(strokes, rng, side, paper, ink, share=None, width=None, opacity=1.0) -> np.ndarray:
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
    return one_digit(strokes, rng, side, (255, 255, 255), ink)


@kind
def coloured(strokes, rng):
    return one_digit(strokes, rng, *_lot(rng))


@kind
def lit(strokes, rng):
    sheet = one_digit(strokes, rng, *_lot(rng))
    rows, columns = np.mgrid[: len(sheet), : len(sheet)] / len(sheet) - 0.5
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.8)
    light = 1 - fall * (0.5 + np.cos(angle) * rows + np.sin(angle) * columns).clip(0, 1) - 0.3 * (rows**2 + columns**2)
    return sheet * light[..., None]


@kind
def shaded(strokes, rng):
    return with_shadow(one_digit(strokes, rng, *_lot(rng)), rng)


def with_shadow(sheet: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The sheet (height, width, 3) with a shadow across it that has an edge."""
    rows, columns = (np.linspace(-0.5, 0.5, side) for side in sheet.shape[:2])
    angle, where = rng.uniform(0, 2 * np.pi), rng.uniform(-0.25, 0.25)
    side = (np.cos(angle) * rows[:, None] + np.sin(angle) * columns - where) / rng.uniform(0.005, 0.08)
    return sheet * (1 - rng.uniform(0.25, 0.5) / (1 + np.exp(-side.clip(-50, 50))))[..., None]


def with_lines(sheet: np.ndarray, rng: np.random.Generator, ways: list[int]) -> np.ndarray:
    """The sheet (height, width, 3) with printed lines across it (way 0) or down it (1), or both."""
    side = len(sheet)
    gap, colour = (
        rng.uniform(0.07, 0.16) * side,
        np.array([(150, 180, 220), (190, 190, 190), (220, 160, 160)][rng.integers(3)]),
    )
    thick = max(1, round(rng.uniform(0.002, 0.006) * side))
    for way in ways:
        for start in np.arange(rng.uniform(0, gap), sheet.shape[way] - thick, gap).astype(int):
            part = (
                (slice(start, start + thick), slice(None)) if way == 0 else (slice(None), slice(start, start + thick))
            )
            sheet[part] = np.minimum(sheet[part], colour)
    return sheet


@kind
def ruled(strokes, rng):
    side, _, ink = _lot(rng)
    return with_lines(one_digit(strokes, rng, side, PAPERS[rng.integers(3)], ink), rng, [0])


@kind
def squared(strokes, rng):
    side, _, ink = _lot(rng)
    return with_lines(one_digit(strokes, rng, side, PAPERS[rng.integers(3)], ink), rng, [0, 1])


@kind
def pencil(strokes, rng):
    side, _, _ = _lot(rng)
    grey = (90, 90, 95)
    return one_digit(
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
    return one_digit(
        strokes, rng, side, board, (235, 235, 225), width=rng.uniform(0.06, 0.13), opacity=rng.uniform(0.7, 1)
    )


@kind
def noisy(strokes, rng):
    sheet = one_digit(strokes, rng, *_lot(rng))
    return sheet + rng.normal(0, rng.uniform(8, 22), sheet.shape)


@kind
def small(strokes, rng):
    _, paper, ink = _lot(rng)
    return one_digit(
        strokes, rng, int(rng.integers(32, 90)), paper, ink, share=rng.uniform(0.5, 0.85), width=rng.uniform(0.07, 0.14)
    )


@kind
def large(strokes, rng):
    _, paper, ink = _lot(rng)
    return one_digit(strokes, rng, int(rng.integers(1500, 2400)), paper, ink, share=rng.uniform(0.15, 0.8))


@kind
def marker(strokes, rng):
    side, paper, ink = _lot(rng)
    return one_digit(strokes, rng, side, paper, ink, width=rng.uniform(0.13, 0.2))


@kind
def card(strokes, rng):
    side, _, ink = _lot(rng)
    return on_ground(one_digit(strokes, rng, side, PAPERS[rng.integers(3)], ink, share=rng.uniform(0.4, 0.75)), rng)[0]


def on_ground(sheet: np.ndarray, rng: np.random.Generator, places: np.ndarray = NOWHERE) -> tuple:
    """The sheet lying askew on wood, cloth or gravel, as if photographed from above, (height, width, 3).

    places: (n, 2) of points on the sheet, to the right and down, as shares of it; given back as shares of the picture.
    """
    angle, (high, wide) = rng.uniform(-14, 14), sheet.shape[:2]
    layer = Image.fromarray(np.dstack([sheet, np.full((high, wide), 255)]).clip(0, 255).astype(np.uint8), "RGBA")
    layer = layer.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    size = np.array([round(rng.uniform(1.05, 1.35) * side) for side in layer.size])
    picture = Image.fromarray(ground(size[1], size[0], rng).clip(0, 255).astype(np.uint8))
    corner = rng.integers(0, size - layer.size)
    picture.paste(layer, tuple(corner.tolist()), layer)
    return np.asarray(picture, float), (
        turned((places - 0.5) * (wide, high), angle) + np.array(layer.size) / 2 + corner
    ) / size


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Points (n, 2), to the right and down, turned about 0 by an angle in degrees, as Pillow turns pictures."""
    sine, cosine = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    return points @ np.array([[cosine, -sine], [sine, cosine]])


def ground(high: int, wide: int, rng: np.random.Generator) -> np.ndarray:
    """What a sheet may lie on, (high, wide, 3), darker than paper: wood, cloth, or gravel."""
    rows, columns = np.mgrid[:high, :wide] / max(high, wide)
    which = rng.integers(3)
    if which == 0:
        bent = rows + 0.03 * np.sin(3 * columns + rng.uniform(0, 6)) + 0.01 * np.sin(11 * columns)
        grain = sum(np.sin(2 * np.pi * f * bent + rng.uniform(0, 6)) for f in rng.uniform(8, 60, 6)) / 3
        base, depth = [(150, 105, 65), (95, 65, 45), (175, 140, 100)][rng.integers(3)], rng.uniform(10, 25)
    elif which == 1:
        threads = rng.uniform(40, 90)
        grain = np.sin(2 * np.pi * threads * rows) * np.sin(2 * np.pi * threads * columns)
        base, depth = [(60, 70, 110), (120, 40, 45), (110, 115, 120)][rng.integers(3)], rng.uniform(12, 30)
    else:
        stones = Image.fromarray(data.gravel()).resize((wide, high), Image.Resampling.BOX)
        grain = (np.asarray(stones, float) - 128) / 64
        base, depth = [(120, 115, 105), (90, 85, 80)][rng.integers(2)], rng.uniform(20, 45)
    grain = grain + rng.normal(0, 0.4, (high, wide))
    return np.array(base) + depth * grain[..., None]


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


def cut_close(image: np.ndarray, margin: int, larger: int, smooth: bool = False) -> bytes:
    """A digit (28, 28) uint8 dark on white, cut to its ink with a margin in its own pixels, enlarged, as a file."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    cut = np.pad(image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], margin)
    size = cut.shape[1] * larger, cut.shape[0] * larger
    stream = io.BytesIO()
    way = Image.Resampling.BICUBIC if smooth else Image.Resampling.NEAREST
    Image.fromarray(255 - cut).resize(size, way).save(stream, "PNG", compress_level=1)
    return stream.getvalue()
