"""The parts of what is written that belong to one digit each, and the order in which the digits are read."""

import numpy as np
from scipy import ndimage

SPECK = 0.3  # of the size of a picture's largest digit: what is smaller is none
STROKES = 60  # times that a digit's largest stroke may be larger than its smallest
LARGER = 2.5  # times that what is no digit is larger than the digits
CLEAR = 0.03  # of the picture's longer side: what is smaller tells nothing of the digits' size
MANY = 12  # digits in one picture
TILTS = np.tan(np.deg2rad(np.arange(-22, 23)))  # of lines of digits that are tried
APART = 0.5  # of a digit's height between two lines
Box = tuple[int, int, int, int]  # top, bottom, left, right in pixels
Digit = tuple[np.ndarray, Box]  # its own mask within its box


def digits_of(mask: np.ndarray) -> list[Digit]:
    """What belongs to one digit each, in a mask (height, width) bool of all that is written."""
    reach = max(1, round(0.004 * max(mask.shape)))
    digits = _digits(mask, reach)
    # many are small, and nearer to each other than the pieces of one large stroke
    return _digits(mask, 1) if reach > 1 and len(digits) > MANY else digits


def _digits(mask: np.ndarray, reach: int) -> list[Digit]:
    """As `digits_of`; reach: pixels by which parts are enlarged to find those that nearly touch."""
    parts, boxes, sizes = _parts(mask, reach)
    if not len(boxes):
        return []
    foreign, lone = _foreign(boxes, sizes, mask.shape)
    usual = ~foreign & ~lone
    tallest = _extents(boxes[usual]).max()
    kept = np.flatnonzero(usual & (sizes >= sizes[usual].max() / STROKES))
    groups = _grouped(boxes, kept[np.argsort(-sizes[kept], kind="stable")])
    slivers = _slivers(boxes, mask.shape)
    groups = [group for group in groups if not slivers[group].all()] or groups
    digits = []
    groups = [*groups, *([int(number)] for number in np.flatnonzero(lone))]
    for group in groups:
        (top, left), (bottom, right) = boxes[group][:, ::2].min(axis=0), boxes[group][:, 1::2].max(axis=0)
        if max(bottom - top, right - left) >= max(SPECK * tallest, 3):
            own = np.isin(parts[top:bottom, left:right], np.array(group) + 1)
            digits.append((own, (int(top), int(bottom), int(left), int(right))))
    return digits


def _parts(mask: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Connected parts, those nearly touching taken as one: their numbers from 1 (height, width), boxes (n, 4), areas (n,)."""
    joined = ndimage.binary_dilation(mask, iterations=reach) if max(mask.shape) > 100 else mask
    parts, count = ndimage.label(joined, np.ones((3, 3)))
    parts = np.where(mask, parts, 0)
    places = ndimage.find_objects(parts, count)
    boxes = np.array([(p[0].start, p[0].stop, p[1].start, p[1].stop) for p in places], int).reshape(-1, 4)
    return parts, boxes, np.bincount(parts.ravel(), minlength=count + 1)[1:]


def _extents(boxes: np.ndarray) -> np.ndarray:
    """The longer side of each box (n, 4), (n,)."""
    return np.maximum(boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2])


def _foreign(boxes: np.ndarray, sizes: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which parts (n,) are no digit, and which are kept, but tell nothing of the size of the others.

    A line, the page's edge or a shadow is far larger than several digits that are of one size; without such digits, the
    largest part is a digit, whatever it looks like.
    """
    extents, areas = _extents(boxes), sizes / np.maximum(_extents(boxes), 1) ** 2
    tall, wide = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    slim = np.minimum(tall, wide) < 0.15 * extents
    height, width = shape
    at_border = (boxes[:, 0] == 0) | (boxes[:, 1] == height) | (boxes[:, 2] == 0) | (boxes[:, 3] == width)
    likely = (extents >= max(10, CLEAR * max(shape))) & (areas < 0.55) & (tall >= 0.5 * wide)
    foreign, lone = np.zeros(len(boxes), bool), np.zeros(len(boxes), bool)
    for largest in np.argsort(-extents)[:20]:
        others = likely & ~foreign & ~lone & (extents < extents[largest])
        alike = others & (extents >= 0.5 * extents[others].max(initial=0))
        far_larger = alike.sum() >= 2 and extents[largest] >= LARGER * extents[alike].max()
        border_line = alike.any() and at_border[largest] and slim[largest] and extents[largest] >= 0.6 * max(shape)
        if not far_larger and not border_line:
            break
        (foreign if at_border[largest] or slim[largest] else lone)[largest] = True
    return foreign, lone


def _slivers(boxes: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Which boxes (n, 4) lie along the picture's border, and are thinner than what a digit there would be."""
    (height, width), thin = shape, 0.04 * min(shape)
    tall, wide = boxes[:, 1] - boxes[:, 0], boxes[:, 3] - boxes[:, 2]
    across = ((boxes[:, 0] == 0) | (boxes[:, 1] == height)) & (tall <= thin) & (wide > 3 * tall)
    return across | ((boxes[:, 2] == 0) | (boxes[:, 3] == width)) & (wide <= thin) & (tall > 3 * wide)


def _grouped(boxes: np.ndarray, numbers: np.ndarray) -> list[list[int]]:
    """Numbers of boxes (n, 4) that belong to one digit each. numbers: those that are grouped, the largest first."""
    homes = np.full(len(boxes), -1)
    groups: list[list[int]] = []
    for number in numbers:
        placed = np.flatnonzero(homes >= 0)
        near = placed[_belong(boxes[number], boxes[placed])]
        homes[number] = homes[near].min() if len(near) else len(groups)
        groups.append([number]) if not len(near) else groups[homes[number]].append(number)
    return groups


def _belong(part: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which of other boxes (n, 4) are strokes of the same digit as a box: one above the other, or nearly so, with little
    between; else it is a line below the other."""
    overlap = np.minimum(part[3], others[:, 3]) - np.maximum(part[2], others[:, 2])
    narrow = np.minimum(part[3] - part[2], others[:, 3] - others[:, 2])
    gap = np.maximum(part[0], others[:, 0]) - np.minimum(part[1], others[:, 1])
    heights = others[:, 1] - others[:, 0]
    low, tall = np.minimum(part[1] - part[0], heights), np.maximum(part[1] - part[0], heights)
    return (overlap >= 0.35 * narrow) & (gap <= np.where(low < 0.45 * tall, 0.2, 0.03) * tall)


def in_lines(digits: list[Digit]) -> list[Digit]:
    """Digits in reading order, line by line from the left. The lines may rise or fall, all of them alike."""
    boxes = np.array([box for _, box in digits], float)
    across, down = boxes[:, 2:].mean(axis=1), boxes[:, :2].mean(axis=1)
    tall = max(1.0, float(np.median(boxes[:, 1] - boxes[:, 0])))
    lines = min((_lines(across, down, tall, tilt) for tilt in TILTS), key=lambda fit: fit[0])[1]
    return [digits[number] for line in lines for number in line[np.argsort(across[line], kind="stable")]]


def _lines(across: np.ndarray, down: np.ndarray, tall: float, tilt: float) -> tuple[float, list[np.ndarray]]:
    """Digits in lines of one tilt, from the top, as numbers; and first how badly they stand in them: few lines are good."""
    level = (down - tilt * across) / tall
    order = np.argsort(level, kind="stable")
    lines = np.split(order, np.flatnonzero(np.diff(level[order]) > APART) + 1)
    uneven = sum(((level[line] - level[line].mean()) ** 2).sum() for line in lines)
    return uneven + 0.15 * len(lines) + 0.3 * tilt**2, lines
