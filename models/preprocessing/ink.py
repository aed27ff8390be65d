"""Ink and paper: how far each pixel of a picture is from the paper, and where something is written.

Ink is whatever differs from the paper, whichever is the darker: the paper's colour is a smooth surface under uneven light,
the ink's colour the direction in which the strongest differences point.
"""

import numpy as np
from PIL import Image
from scipy import ndimage

FAINTEST = 10.0  # grey levels of 255 between ink and paper below which nothing was written
CLEAR = 5.0  # times the paper's own roughness that ink must differ by


def against_paper(colours: np.ndarray) -> tuple[np.ndarray, float]:
    """How far each pixel is from the paper towards the ink, (height, width) float32 in grey levels, 0 where it is paper.

    Also the deviation of the paper's grain, in the same unit, from the differences between neighbours.
    """
    away = colours - _paper(colours)
    strength = np.linalg.norm(away, axis=2)
    strong = away[strength >= np.quantile(strength, 0.98)]
    _, _, directions = np.linalg.svd(strong, full_matrices=False)
    direction = directions[0] * np.sign((strong @ directions[0]).sum() or 1)
    towards = away @ direction
    # what is left of the light's edges is wider than any stroke
    window = 2 * (max(3, round(0.35 * min(towards.shape))) // 2) + 1
    small = _shrunk(towards, 4) if min(towards.shape) > 160 else towards
    floor = ndimage.grey_opening(small, size=max(3, window // (4 if small is not towards else 1)))
    ink = towards - _grown(floor, towards.shape)
    steps = np.concatenate([np.abs(np.diff(ink, axis=axis)).ravel() for axis in (0, 1)])
    grain = float(np.median(steps)) / 0.954 if len(steps) else 0.0
    return np.clip(ink - np.percentile(ink, 35), 0, None), grain  # the grain lies above the paper's lowest points


def _paper(colours: np.ndarray) -> np.ndarray:
    """The paper's colour under uneven light: a surface of second degree through the pixels that agree with it."""
    height, width = colours.shape[:2]
    step = max(1, max(height, width) // 64)
    rows, columns = np.mgrid[:height:step, :width:step]
    sample = colours[::step, ::step].reshape(-1, 3)
    surface = _surface(rows.ravel() / height, columns.ravel() / width)
    edge = ((rows < step) | (columns < step) | (rows >= height - step) | (columns >= width - step)).ravel()
    paper = np.median(sample[edge], axis=0)
    distance = np.linalg.norm(sample - paper, axis=1)
    near = distance <= max(np.median(distance[edge]) * 3, 12)
    for _ in range(4):
        if near.sum() < 20 or near[edge].mean() < 0.3:
            return _local(colours)
        fitted = np.linalg.lstsq(surface[near].T @ surface[near], surface[near].T @ sample[near], rcond=None)[0]
        distance = np.linalg.norm(sample - surface @ fitted, axis=1)
        near = distance <= max(2.5 * np.median(distance[near]), 8)
    if near[edge].mean() < 0.85:  # a shadow with an edge, which no smooth surface follows
        return _local(colours)
    down = (np.arange(height, dtype=np.float32) / height)[:, None, None]
    across = (np.arange(width, dtype=np.float32) / width)[None, :, None]
    whole, first, second, both, mixed, last = fitted.astype(np.float32)
    return (whole + first * down + both * down * down) + (second + mixed * down + last * across) * across


def _local(colours: np.ndarray) -> np.ndarray:
    """The paper's colour as the median of a wide neighbourhood, in which strokes are the smaller part."""
    height, width = colours.shape[:2]
    factor = max(1, round(max(height, width) / 80))
    small = np.stack(
        [ndimage.median_filter(c[::factor, ::factor], size=27, mode="mirror") for c in np.moveaxis(colours, 2, 0)], 2
    )
    return np.stack([_grown(np.ascontiguousarray(small[..., c]), (height, width)) for c in range(3)], 2)


def _surface(down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """The terms of a polynomial of second degree, (n, 6)."""
    return np.stack([np.ones_like(down), down, across, down * down, down * across, across * across], 1).astype(
        np.float32
    )


def _shrunk(values: np.ndarray, factor: int) -> np.ndarray:
    """The lowest value of each block, so that opening the small picture is at least as low as opening the large one."""
    height, width = (-(-side // factor) * factor for side in values.shape)
    padded = np.pad(values, ((0, height - values.shape[0]), (0, width - values.shape[1])), mode="edge")
    return padded.reshape(height // factor, factor, width // factor, factor).min(axis=(1, 3))


def _grown(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if values.shape == shape:
        return values
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(shape[::-1], Image.Resampling.BILINEAR))


def written(ink: np.ndarray, grain: float) -> np.ndarray:
    """Where there is ink, (height, width) bool: lines of the paper and specks left out."""
    from skimage.filters import apply_hysteresis_threshold, threshold_otsu

    rough = max(grain, 1.4826 * float(np.median(np.abs(ink - np.median(ink)))))
    least = max(FAINTEST, CLEAR * rough)
    inked = ink[ink > max(FAINTEST / 2, 2 * rough)]
    if not len(inked) or ink.max() < least:
        return np.zeros(ink.shape, bool)
    level = float(np.percentile(inked, 98))
    high = max(np.clip(threshold_otsu(inked), 0.35 * level, 0.6 * level) if np.ptp(inked) > 1 else 0, least)
    low = max(0.55 * high, least / 2)
    return _without_lines(apply_hysteresis_threshold(ink, low, high), ink > max(0.4 * low, 2 * rough))


def _without_lines(mask: np.ndarray, faint: np.ndarray) -> np.ndarray:
    """The mask without the lines of ruled or squared paper: right across the picture, and thinner than the pen or several.

    faint: where there is anything at all, so that a pale line has no gaps.
    """
    found = np.zeros_like(mask)
    for axis in (0, 1):
        lines = _lines(faint, axis)
        if lines.any() and not _is_the_digit(mask, lines, axis):
            found |= lines
    if not found.any():
        return mask
    rest = mask & ~found
    wide = 2 * round(np.clip(_thickness(found & mask) + 1, 2, 8)) + 1
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


def _is_the_digit(mask: np.ndarray, lines: np.ndarray, axis: int) -> bool:
    """Whether one stroke of a digit that fills the picture was taken for a line."""
    rest = mask & ~lines
    count = ndimage.label(lines.any(axis=1 - axis))[1]
    return count < 3 and (rest.sum() < 0.02 * mask.sum() or _thickness(lines & mask) > 0.7 * _thickness(rest))


def _thickness(mask: np.ndarray) -> float:
    """Width of the strokes of a mask in pixels, about."""
    return (
        2 * float(np.percentile(ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask], 80))
        if mask.any()
        else 0.0
    )
