"""Where names stand in a figure so that none lies on another, on a point or on a line."""

import itertools
from collections.abc import Sequence

import numpy as np

from dashboard.figures.layout import TYPE

WIDE, HIGH = 640, 300  # pixels of the smallest figure in which names are shown; in a larger one they lie farther apart
LETTER, LINE, MARK = (
    0.58 * TYPE,
    TYPE + 3,
    8,
)  # pixels: of a letter's width, of a name's height, around the middle of a point
SIDES = {  # where a name may stand, the best first -> from the point to the name's middle, in its width and height, and in pixels
    "top center": (0.0, 0.5, 0, MARK),
    "middle right": (0.5, 0.0, MARK, 0),
    "middle left": (-0.5, 0.0, -MARK, 0),
    "bottom center": (0.0, -0.5, 0, -MARK),
    "top right": (0.5, 0.5, 4, 4),
    "top left": (-0.5, 0.5, -4, 4),
    "bottom right": (0.5, -0.5, 4, -4),
    "bottom left": (-0.5, -0.5, -4, -4),
}


def placed(points: np.ndarray, names: Sequence[str], line: np.ndarray) -> list[tuple[str, str]]:
    """Of each point the name to show, empty where there is no room, and its side as Plotly calls it.

    points: (n, 2), 0 to 1, upwards; line: (k, 2) corners of a line that no name shall lie on.
    """
    pixels = points * [WIDE, HIGH]
    obstacles = np.concatenate([pixels, _along(line * [WIDE, HIGH])])
    taken, labels = np.empty((0, 4)), []
    for point, name in zip(pixels, names, strict=True):
        boxes = np.array([_box(point, side, len(name)) for side in SIDES.values()])
        hit = [(_overlaps(box, taken).sum(), _outside(box), _within(box, obstacles).sum()) for box in boxes]
        best = min(range(len(boxes)), key=lambda place, hit=hit: (hit[place], place))
        side = list(SIDES)[best]
        if hit[best][0]:
            labels.append(("", side))
        else:
            taken = np.concatenate([taken, boxes[best : best + 1]])
            labels.append((name, side))
    return labels


def _box(point: np.ndarray, side: tuple[float, float, int, int], letters: int) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a name at a point, in pixels."""
    wide, high = letters * LETTER, LINE
    x, y = point[0] + side[0] * wide + side[2], point[1] + side[1] * high + side[3]
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _overlaps(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    left, bottom, right, top = box
    return (others[:, 0] < right) & (others[:, 2] > left) & (others[:, 1] < top) & (others[:, 3] > bottom)


def _within(box: np.ndarray, points: np.ndarray) -> np.ndarray:
    left, bottom, right, top = box + np.array([-4, -4, 4, 4])
    return (points[:, 0] > left) & (points[:, 0] < right) & (points[:, 1] > bottom) & (points[:, 1] < top)


def _outside(box: np.ndarray) -> float:
    """By how many pixels a name runs over the figure's edges, which lie a little farther out than the outermost points."""
    left, bottom, right, top = box
    return max(0, -left - 30) + max(0, -bottom - 20) + max(0, right - WIDE - 30) + max(0, top - HIGH - 20)


def _along(corners: np.ndarray) -> np.ndarray:
    """Places along a line, about six pixels apart."""
    parts = [corners[:0]]
    for start, end in itertools.pairwise(corners):
        steps = np.linspace(0, 1, 2 + int(np.linalg.norm(end - start) // 6))[:, None]
        parts.append(start + steps * (end - start))
    return np.concatenate(parts)
