"""Ink and paper: how far each pixel of a picture is from the paper, and where something is written.

Ink is whatever differs from the paper, whichever is the darker: the paper's colour is a smooth surface under uneven light,
the ink's colour the direction in which the strongest differences point.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from models.preprocessing.paper import enlarged, paper

FAINTEST = 10.0  # grey levels of 255 between ink and paper below which nothing was written
CLEAR = 5.0  # times the paper's own roughness that ink must differ by


@dataclass(frozen=True)
class Ink:
    """values: (height, width) float32, how far each pixel is from the paper towards the ink, in grey levels, 0 where it is
    paper; rough: the deviation of the paper's grain and of what is left of its light, in the same unit; close: whether the
    picture is cut close to what is written."""

    values: np.ndarray
    rough: float
    close: bool


def against_paper(colours: np.ndarray) -> Ink:
    """The ink of a picture, (height, width, 3) float32, 0 to 255."""
    surface, close = paper(colours)
    away = colours - surface
    strength = np.linalg.norm(away, axis=2)
    strong = away[strength >= np.quantile(strength, 0.98)]
    _, _, directions = np.linalg.svd(strong, full_matrices=False)
    direction = directions[0] * np.sign((strong @ directions[0]).sum() or 1)
    towards = away @ direction
    steps = np.concatenate([np.abs(np.diff(towards, axis=axis)).ravel() for axis in (0, 1)])
    grain = float(np.median(steps)) / 0.954 if len(steps) else 0.0
    if close:  # more than a third may be ink, and none of it is left of the light
        return Ink(np.clip(towards, 0, None), grain, close)
    ink = towards - _light(towards)
    ink = np.clip(ink - np.percentile(ink, 35), 0, None)  # the grain lies above the paper's lowest points
    return Ink(ink, max(grain, 1.4826 * float(np.median(np.abs(ink - np.median(ink))))), close)


def _light(towards: np.ndarray) -> np.ndarray:
    """What is left of the light's edges: it is wider than any stroke."""
    window = 2 * (max(3, round(0.35 * min(towards.shape))) // 2) + 1
    small = _shrunk(towards, 4) if min(towards.shape) > 160 else towards
    floor = ndimage.grey_opening(small, size=max(3, window // (4 if small is not towards else 1)))
    return enlarged(floor, towards.shape)


def _shrunk(values: np.ndarray, factor: int) -> np.ndarray:
    """The lowest value of each block, so that opening the small picture is at least as low as opening the large one."""
    height, width = (-(-side // factor) * factor for side in values.shape)
    padded = np.pad(values, ((0, height - values.shape[0]), (0, width - values.shape[1])), mode="edge")
    return padded.reshape(height // factor, factor, width // factor, factor).min(axis=(1, 3))


def written(ink: Ink) -> np.ndarray:
    """Where there is ink, (height, width) bool: lines of the paper and specks left out."""
    from skimage.filters import apply_hysteresis_threshold, threshold_otsu

    values, rough = ink.values, ink.rough
    least = max(FAINTEST, CLEAR * rough)
    inked = values[values > max(FAINTEST / 2, 2 * rough)]
    if not len(inked) or values.max() < least:
        return np.zeros(values.shape, bool)
    level = float(np.percentile(inked, 98))
    high = max(np.clip(threshold_otsu(inked), 0.35 * level, 0.6 * level) if np.ptp(inked) > 1 else 0, least)
    low = max(0.55 * high, least / 2)
    mask = apply_hysteresis_threshold(values, low, high)
    return _without_lines(mask, values > max(0.4 * low, 2 * rough), ink.close)


def _without_lines(mask: np.ndarray, faint: np.ndarray, close: bool) -> np.ndarray:
    """The mask without the lines of ruled or squared paper: right across the picture, and thinner than the pen or several.

    faint: where there is anything at all, so that a pale line has no gaps; close: whether the picture is cut close to a
    digit, whose strokes reach across it as lines do.
    """
    ruling = np.zeros_like(mask)
    for axis in (0, 1):
        lines = _lines(faint, axis)
        if lines.any() and not _is_the_digit(mask, lines, axis, close):
            ruling |= lines
    if not ruling.any():
        return mask
    rest = mask & ~ruling
    wide = 2 * round(np.clip(_thickness(ruling & mask) + 1, 2, 8)) + 1
    bridged = ndimage.binary_closing(np.pad(rest, wide), np.ones((wide, wide)))[wide:-wide, wide:-wide]
    return rest | (bridged & mask)  # where a stroke crossed a line


def _lines(mask: np.ndarray, axis: int) -> np.ndarray:
    """What runs along that axis from one edge of the picture almost to the other, (height, width) bool."""
    across = mask.shape[1 - axis]
    length = max(12, round(0.3 * across))
    near = ndimage.maximum_filter1d(mask.view(np.uint8), 3, axis=axis)  # a line may lean by a pixel, and have gaps
    near = ndimage.grey_closing(near, size=(1, 5) if axis == 0 else (5, 1))
    run = ndimage.minimum_filter1d(near, length, axis=1 - axis, mode="constant")
    run = ndimage.maximum_filter1d(run, length, axis=1 - axis, origin=-1 + length % 2, mode="constant") > 0
    parts, _ = ndimage.label(run, np.ones((3, 3)))
    lines = np.zeros_like(mask)
    for number, box in enumerate(ndimage.find_objects(parts), start=1):
        if box[1 - axis].stop - box[1 - axis].start >= 0.85 * across:
            own = parts[box] == number
            thick = own.sum(axis=axis, keepdims=True)
            lines[box] |= own & (thick <= 1.5 * np.median(thick) + 1)  # not where a stroke lies upon it
    return lines


def _is_the_digit(mask: np.ndarray, lines: np.ndarray, axis: int, close: bool) -> bool:
    """Whether one stroke of a digit that fills the picture was taken for a line."""
    rest = mask & ~lines
    count = ndimage.label(lines.any(axis=1 - axis))[1]
    if count >= (5 if close else 3):
        return False
    return close or rest.sum() < 0.02 * mask.sum() or _thickness(lines & mask) > 0.7 * _thickness(rest)


def _thickness(mask: np.ndarray) -> float:
    """Width of the strokes of a mask in pixels, about."""
    return (
        2 * float(np.percentile(ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask], 80))
        if mask.any()
        else 0.0
    )
