"""The paper's colour at each pixel of a picture, under uneven light, and whether the picture is cut close to what is written."""

import numpy as np
from PIL import Image
from scipy import ndimage

SAMPLED = 64  # pixels of the longest side of what the paper's colour is found from
APART = 0.7  # share of the variance that lies between two tones, where a picture has no others
WIDEST = 0.25  # half the width of the widest stroke, as a share of the size of a digit that fills the picture
MARGIN = 0.12  # between such a digit and the picture's other sides where it touches one, as a share of the longer side
FILLED = (
    0.12,
    0.7,
    0.95,
)  # share of the picture that what fills it covers, at the least and at the most, and that of a 1


def paper(colours: np.ndarray) -> tuple[np.ndarray, bool]:
    """The paper's colour at each pixel, (height, width, 3) float32, and whether the picture is cut close to its ink.

    colours: (height, width, 3) float32, 0 to 255. The paper is a surface of second degree through the pixels that agree with
    it; under a shadow with an edge, which no such surface follows, the colour of each pixel's wide neighbourhood.
    """
    height, width = colours.shape[:2]
    step = max(1, max(height, width) // SAMPLED)
    rows, columns = np.mgrid[:height:step, :width:step]
    sample = colours[::step, ::step]
    stroke = strokes_cut_close(sample)
    terms = _terms(rows.ravel() / height, columns.ravel() / width)
    edge = _border(rows.shape).ravel() if stroke is None else ~stroke.ravel()
    fitted, agreeing = _surface(terms, sample.reshape(-1, 3), edge)
    # a shadow with an edge disagrees, and so do the pale edges of strokes
    if agreeing < (0.85 if stroke is None else 0.3):
        return _local(colours), False
    down = (np.arange(height, dtype=np.float32) / height)[:, None, None]
    across = (np.arange(width, dtype=np.float32) / width)[None, :, None]
    whole, first, second, both, mixed, last = fitted.astype(np.float32)
    surface = (whole + first * down + both * down * down) + (second + mixed * down + last * across) * across
    return surface, stroke is not None


def _border(shape: tuple[int, int]) -> np.ndarray:
    border = np.ones(shape, bool)
    border[1:-1, 1:-1] = False
    return border


def _surface(terms: np.ndarray, sample: np.ndarray, edge: np.ndarray) -> tuple[np.ndarray, float]:
    """The weights (6, 3) of the terms (n, 6) in the paper's colour, and the share of the edge that agrees with it.

    sample: (n, 3) colours; edge: (n,) bool, which of them are most probably paper.
    """
    fitted = np.zeros((6, 3))
    colour = np.median(sample[edge], axis=0)
    distance = np.linalg.norm(sample - colour, axis=1)
    near = distance <= max(np.median(distance[edge]) * 3, 12)
    for _ in range(4):
        if near.sum() < 20 or near[edge].mean() < 0.3:
            return fitted, 0.0
        fitted = np.linalg.lstsq(terms[near].T @ terms[near], terms[near].T @ sample[near], rcond=None)[0]
        distance = np.linalg.norm(sample - terms @ fitted, axis=1)
        near = distance <= max(2.5 * np.median(distance[near]), 8)
    return fitted, float(near[edge].mean())


def strokes_cut_close(sample: np.ndarray) -> np.ndarray | None:
    """Where the ink is in a picture of two tones that is cut close to it, (height, width) bool, or nothing in any other.

    sample: (height, width, 3) float32. Such ink fills the picture: it touches all sides, about, or none, and all of it is
    as thin as a stroke, as no shadow is and nothing that lies there.
    """
    parted = _two_tones(sample)
    if parted is None:
        return None
    ink = _ink_of(parted)
    free = [
        int(np.argmax(line))
        for side in map(np.asarray, (ink.any(axis=1), ink.any(axis=0)))
        for line in (side, side[::-1])
    ]
    if not FILLED[0] <= ink.mean() <= FILLED[1 + int(_is_narrow(ink))] or (
        min(free) == 0 and max(free) > MARGIN * max(ink.shape)
    ):
        return None
    # what is cut off at a side is taken to go on beyond it, as a shadow does
    room = max(ink.shape) // 2
    widest = ndimage.distance_transform_edt(np.pad(ink, room, mode="edge"))[room:-room, room:-room].max()
    return ink if widest <= WIDEST * min(max(ink.shape), 1.2 * len(ink)) else None


def _two_tones(sample: np.ndarray) -> np.ndarray | None:
    """Where the darker of two tones is, (height, width) bool; nothing where there are not just two."""
    flat = sample.reshape(-1, 3) - sample.mean(axis=(0, 1))
    axis = np.linalg.eigh(flat.T @ flat)[1][:, -1]
    values = flat @ (axis * np.sign(axis.sum() or 1))
    if np.ptp(values) < 20:
        return None
    from skimage.filters import threshold_otsu

    dark = values <= threshold_otsu(values, nbins=64)
    share = dark.mean()
    between = share * (1 - share) * (values[dark].mean() - values[~dark].mean()) ** 2 if 0 < share < 1 else 0
    return dark.reshape(sample.shape[:2]) if between >= APART * values.var() else None


def _ink_of(dark: np.ndarray) -> np.ndarray:
    """Whichever of two tones is the ink: the one that holds less of the border, but a 1 may hold nearly all of it."""
    share = dark[_border(dark.shape)].mean()
    if _is_narrow(dark) and 0.1 < share < 0.95 and _reaches_across(dark):
        return dark if share < 0.5 or not _reaches_across(~dark) else ~dark
    return dark if share < 0.5 else ~dark


def _is_narrow(mask: np.ndarray) -> bool:
    """Whether the picture has the shape of a 1 that is cut close."""
    return mask.shape[1] < 0.35 * mask.shape[0]


def _reaches_across(mask: np.ndarray) -> bool:
    """Whether one part of the mask reaches from each side of the picture to the other."""
    parts, _ = ndimage.label(mask, np.ones((3, 3)))
    boxes = ndimage.find_objects(parts)
    return any(all(b.stop - b.start >= 0.8 * side for b, side in zip(box, mask.shape, strict=True)) for box in boxes)


def _local(colours: np.ndarray) -> np.ndarray:
    """The paper's colour as the median of a wide neighbourhood, in which strokes are the smaller part."""
    height, width = colours.shape[:2]
    factor = max(1, round(max(height, width) / 80))
    small = np.stack(
        [ndimage.median_filter(c[::factor, ::factor], size=27, mode="mirror") for c in np.moveaxis(colours, 2, 0)], 2
    )
    return np.stack([enlarged(np.ascontiguousarray(small[..., c]), (height, width)) for c in range(3)], 2)


def _terms(down: np.ndarray, across: np.ndarray) -> np.ndarray:
    """The terms of a polynomial of second degree, (n, 6)."""
    return np.stack([np.ones_like(down), down, across, down * down, down * across, across * across], 1).astype(
        np.float32
    )


def enlarged(values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Values (height, width) float32 stretched smoothly to that shape."""
    if values.shape == shape:
        return values
    return np.asarray(Image.fromarray(values.astype(np.float32)).resize(shape[::-1], Image.Resampling.BILINEAR))
