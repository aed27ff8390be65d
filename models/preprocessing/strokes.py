"""The strokes of a pen to a digit as MNIST holds it: (28, 28) uint8, white ink on black.

MNIST's digits were scaled so that the longest side is 20 pixels, then moved so that their centre of mass is the centre
of the 28 x 28 frame (LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist). Models see nothing else, so nothing else is fed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

SIDE = 28  # pixels of the frame
BOX = 20  # pixels of the digit's longest side
PEN = 2.2  # pixels: width of the pen with which strokes are drawn again, in the middle of MNIST's 1.8 to 2.6
CENTRE = (
    14.5  # pixels from the frame's edge: the centre of mass of MNIST's digits, in the middle of pixel 14 counted from 0
)
FINE = 8  # drawing happens on a grid this many times finer, so that centring is exact to 1/8 pixel
SMALL, NEARLY = 12, 0.9  # in a frame of fewer pixels a side a digit nearly fills it, as scikit-learn's of 8 x 8 do
SPECK, FAR = 0.06, 0.15  # of the drawing's size: a stroke smaller than that and farther than that is none

Strokes = Sequence[np.ndarray]  # each (points, 2): x to the right, y down, in any one unit


class NoDigitError(ValueError):
    """Nothing is drawn or written there, in a sentence."""


def from_strokes(strokes: Iterable[Any], pen: float = PEN, shape: tuple[int, int] = (SIDE, SIDE)) -> np.ndarray:
    """The strokes drawn again with a pen of MNIST's width, scaled and centred: (28, 28) uint8, or of another shape.

    Args:
        strokes: one (points, 2) array-like per stroke; the pen's own width and the drawing's place and size do not matter.
        pen: width of the pen in pixels of the 28.
        shape: height and width of the frame in pixels, see centre.

    Raises:
        NoDigitError: there is no point at all.
        ValueError: a stroke is not an array of finite (x, y).
    """
    lines = _lines(strokes)
    everything = np.concatenate(lines)
    low, extent = everything.min(axis=0), float(np.ptp(everything, axis=0).max())
    inner, margin = (BOX - pen) * FINE, pen * FINE / 2
    moved = [(line - low) / (extent or 1) * inner + margin for line in lines]
    return centre(_drawn(moved, BOX * FINE, pen * FINE).astype(np.float32), shape)


@dataclass(frozen=True)
class Steps:
    """Which steps lead from a drawing to a digit. thin: drawn again with MNIST's pen; scale: to 20 pixels; centre: by mass."""

    thin: bool = True
    scale: bool = True
    centre: bool = True


def prepare(strokes: Sequence[np.ndarray], side: float, width: float, steps: Steps = Steps()) -> dict[str, np.ndarray]:
    """Every step from a drawing to a digit, by name, the last one (28, 28) uint8 and what a model is given.

    Args:
        strokes: one (points, 2) array per stroke in pixels of the canvas.
        side: pixels of the canvas; width: pixels of the pen that was drawn with.
        steps: those that are left out keep the drawing's own pen, size or place, as if the whole canvas were made small.

    Raises:
        NoDigitError: there is no point at all.
    """
    lines = _lines(strokes)
    small = SIDE / side
    points = np.concatenate(lines)
    low, extent = points.min(axis=0), float(np.ptp(points, axis=0).max())
    own = max(0.5, width * small)
    pen = PEN if steps.thin else min(own if not steps.scale else width * (BOX - own) / (extent + width), BOX / 2)
    scale = (BOX - pen) / (extent or 1) if steps.scale else small
    middle = (low + np.ptp(points, axis=0) / 2) * small
    drawn, cut = _whole(lines, side, width), _cut(lines, low, extent, width)
    scaled = _placed(lines, low, scale, pen, middle)
    named = {"drawn": drawn, "cut out": cut, "scaled" if steps.scale else "made small": scaled}
    if steps.scale and steps.thin and steps.centre:
        return named | {"centred": from_strokes(lines)}
    if steps.centre and scaled.any():
        return named | {"centred": centre(_placed(lines, low, scale, pen, middle, fine=True))}
    return named


def _whole(lines: Sequence[np.ndarray], side: float, width: float) -> np.ndarray:
    """The canvas as it was drawn, (112, 112) uint8."""
    share = 4 * SIDE / side
    return _drawn([line * share for line in lines], 4 * SIDE, width * share)


def _cut(lines: Sequence[np.ndarray], low: np.ndarray, extent: float, width: float) -> np.ndarray:
    """The square around the drawing, as it was drawn, (112, 112) uint8."""
    share = 4 * SIDE / (extent + width)
    high = np.max([line.max(axis=0) for line in lines], axis=0)
    margin = (extent - (high - low)) / 2 + width / 2
    return _whole([(line - low + margin) * share for line in lines], 4 * SIDE, width * share)


def _placed(
    lines: Sequence[np.ndarray], low: np.ndarray, scale: float, pen: float, middle: np.ndarray, fine=False
) -> np.ndarray:
    """The drawing around its own middle in the frame: (28, 28) uint8, or the fine grid (224, 224) float32."""
    high = np.max([line.max(axis=0) for line in lines], axis=0)
    start = middle - (high - low) * scale / 2
    room = SIDE - pen - (high - low) * scale
    start = np.where(room >= 0, np.clip(start, pen / 2, pen / 2 + np.maximum(room, 0)), start)  # not over the edge
    moved = [((line - low) * scale + start) * FINE for line in lines]
    grid = _drawn(moved, SIDE * FINE, pen * FINE).astype(np.float32)
    return grid if fine else _coarse(grid)


def _lines(strokes: Iterable[Any]) -> list[np.ndarray]:
    """The strokes as arrays, without specks: dots far from everything else, as an unsteady hand leaves them."""
    lines = [line for line in map(_points, strokes) if len(line)]
    if not lines:
        raise NoDigitError("Nothing is drawn yet.")
    extents = [float(np.ptp(line, axis=0).max()) for line in lines]
    written = [line for line, extent in zip(lines, extents, strict=True) if extent >= SPECK * max(extents)]
    rest = np.concatenate(written)
    far = FAR * float(np.ptp(rest, axis=0).max())
    near = [np.hypot(*(rest[:, None] - line[:1]).T).min() <= far for line in lines]
    return [
        line
        for line, extent, close in zip(lines, extents, near, strict=True)
        if close or extent >= SPECK * max(extents)
    ]


def _points(stroke: Any) -> np.ndarray:
    try:
        line = np.asarray(stroke, float).reshape(-1, 2) if len(stroke) else np.empty((0, 2))
    except (TypeError, ValueError) as error:
        raise ValueError("A stroke must be a list of points [x, y].") from error
    if not (np.abs(line) < 1e9).all():
        raise ValueError("A stroke has a point that is not a number, or not a reasonable one.")
    return line


def _drawn(lines: Sequence[np.ndarray], side: int, width: float) -> np.ndarray:
    """Strokes drawn with a round pen, (side, side) uint8, 0 or 255; lines and width in its pixels.

    A pixel is drawn if its centre is at most half the pen's width from that of a pixel which a line passes, in whole numbers, so
    that the page's script draws the very same.
    """
    reach = int(width / 2)
    passed = _passed(lines, side, reach + 1)
    before = np.cumsum(passed, axis=1)  # how many pixels are passed to the left, for each place of the row
    inked = np.zeros((side, side), bool)
    for down in range(-reach, reach + 1):
        across = int(np.sqrt((width / 2) ** 2 - down**2))
        rows, middle = before[reach + 1 + down :][:side], reach + 1
        inked |= rows[:, middle + across + 1 :][:, :side] > rows[:, middle - across :][:, :side]
    return inked.view(np.uint8) * np.uint8(255)


def _passed(lines: Sequence[np.ndarray], side: int, margin: int) -> np.ndarray:
    """Which pixels the lines pass, 0 or 1, with a margin on each side, and an empty column before the first."""
    whole = side + 2 * margin
    passed = np.zeros((whole, whole + 1), np.int32)
    for line in lines:
        places = _pixels(line) + margin
        columns, rows = places[((places >= 0) & (places < whole)).all(axis=1)].T
        passed[rows, columns + 1] = 1
    return passed


def _pixels(line: np.ndarray) -> np.ndarray:
    """The pixels (n, 2) that a line (points, 2) passes, in steps of a pixel or less."""
    moves = np.diff(line, axis=0)
    counts = np.maximum(np.ceil(np.abs(moves).max(axis=1, initial=0)), 1).astype(int)
    which = np.repeat(np.arange(len(moves)), counts)
    along = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    between = line[which] + moves[which] * (along / counts[which])[:, None]
    return np.floor(np.concatenate([between, line[-1:]])).astype(int)


def centre(ink: np.ndarray, shape: tuple[int, int] = (SIDE, SIDE)) -> np.ndarray:
    """Ink on the fine grid, at most 160 x 160, put into the frame by its centre of mass: (28, 28) uint8.

    shape: height and width of another frame, in pixels; the digit takes as much of its longer side as in MNIST, and is whole.
    """
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if shape != (SIDE, SIDE):
        ink = _scaled(ink, shape)
    height, width = ink.shape
    beside = (CENTRE - SIDE / 2) * max(shape) / SIDE
    top, left = (
        int(np.clip(round((side / 2 + beside) * FINE - place - 0.5), 0, side * FINE - extent))
        for side, place, extent in zip(shape, ndimage.center_of_mass(ink), (height, width), strict=True)
    )
    frame = np.zeros([side * FINE for side in shape], np.float32)
    frame[top : top + height, left : left + width] = ink
    return _coarse(frame)


def _scaled(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A digit cut to its ink, (height, width) float32, as large on the fine grid of a frame of that shape as it belongs there."""
    box = max(shape) * (NEARLY if min(shape) < SMALL else BOX / SIDE)
    factor = FINE * min(box / max(ink.shape), *(side / extent for side, extent in zip(shape, ink.shape, strict=True)))
    height, width = (
        int(np.clip(round(factor * extent), 1, side * FINE)) for side, extent in zip(shape, ink.shape, strict=True)
    )
    return np.asarray(Image.fromarray(ink).resize((width, height), Image.Resampling.BILINEAR))


def _coarse(grid: np.ndarray) -> np.ndarray:
    """The fine grid as a picture of FINE times fewer rows and columns, uint8."""
    height, width = (extent // FINE for extent in grid.shape)
    return grid.reshape(height, FINE, width, FINE).mean(axis=(1, 3)).round().astype(np.uint8)
