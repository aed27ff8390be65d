"""Digits in a picture of any kind, a photograph, a scan or a drawing, as MNIST holds them: found, cut out and centred.

Ink is whatever differs from the paper, whichever is the darker: the paper's colour is a smooth surface under uneven light,
the ink's colour the direction in which the strongest differences point.
"""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from models.preprocessing import BOX, FINE, PEN, NoDigitError, centre

MAX_PIXELS = 16_000_000  # of a picture, checked before it is decoded
MAX_JPEG = 60_000_000  # of a JPEG, which is decoded at a fraction of its size
TOO_LARGE = "The picture is too large: it has more than {} million pixels. Make it smaller or cut the digit out."
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
STRANGERS = {  # what begins so, and is taken for a picture
    b"ftyphei": "a HEIC photograph",
    b"ftypmif1": "a HEIC photograph",
    b"ftypavif": "an AVIF picture",
    b"<svg": "an SVG drawing",
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript document",
    b"<!doctype html": "a web page",
    b"PK\x03\x04": "a ZIP archive",
    b"8BPS": "a Photoshop document",
}
WORKING = 640  # pixels of the longest side at which digits are looked for
FAINTEST = 10.0  # grey levels of 255 between ink and paper below which nothing was written
CLEAR = 5.0  # times the paper's own roughness that ink must differ by
MOST = 60  # digits looked for in one picture
NOTHING = "No digit was found: nothing in the picture stands out from its background."


class PictureError(ValueError):
    """A picture that cannot be read, in a sentence."""


@dataclass(frozen=True)
class Found:
    """A digit in a picture. image: (28, 28) uint8; box: left, top, right, bottom as shares of the picture, 0 to 1."""

    image: np.ndarray
    box: tuple[float, float, float, float]


def open_picture(source: str | Path | BinaryIO) -> Image.Image:
    """A picture from a file, turned upright, decoded. Raises PictureError in a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures, for which the limit below is stricter, and of odd tags
            picture = Image.open(source, formats=FORMATS)
        most = MAX_JPEG if picture.format == "JPEG" else MAX_PIXELS
        if picture.width * picture.height > most:
            raise PictureError(TOO_LARGE.format(most // 10**6))
        picture.draft(None, (WORKING, WORKING))
        picture.load()
        return ImageOps.exif_transpose(_smaller(picture))
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE.format(MAX_PIXELS // 10**6)) from error
    except FileNotFoundError as error:
        raise PictureError("There is no such file.") from error
    except UnidentifiedImageError as error:
        raise PictureError(_what_it_is(source)) from error
    except Exception as error:  # decoders raise whatever the damage leads to
        raise PictureError("The picture is damaged or cut short and cannot be read.") from error


def _what_it_is(source: str | Path | BinaryIO) -> str:
    """Why a file that Pillow does not know cannot be read."""
    if isinstance(source, str | Path):
        with open(source, "rb") as stream:
            return _what_it_is(stream)
    source.seek(0)
    start = source.read(512)
    if not start:
        return "The file is empty."
    name = next(
        (name for sign, name in STRANGERS.items() if sign in start[:64] or (sign == b"<svg" and sign in start)), None
    )
    readable = f"{', '.join(FORMATS[:-1])} and {FORMATS[-1]} can"
    if name is None:
        return f"This is no picture that can be read; {readable}."
    return f"This is {name}, which cannot be read here: save it as PNG or JPEG."


def _smaller(picture: Image.Image) -> Image.Image:
    """The picture at up to twice the size at which digits are looked for, so that what follows needs little memory."""
    factor = max(picture.size) // (2 * WORKING)
    if factor < 2:
        return picture
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture)[::factor, ::factor].astype(np.float32)
        small = Image.fromarray(np.nan_to_num(values))
    else:
        small = picture.convert("RGBA" if picture.has_transparency_data else "RGB") if picture.mode in "1P" else picture
        small = small.reduce(tuple(min(factor, side) for side in picture.size))
    small.info["exif"] = picture.info.get("exif", b"")
    small.getexif().update(picture.getexif())
    return small


def from_picture(picture: Image.Image) -> np.ndarray:
    """The largest digit in a picture, (28, 28) uint8. Raises NoDigitError where there is none."""
    found = find_digits(picture)
    return max(found, key=lambda digit: (digit.box[2] - digit.box[0]) * (digit.box[3] - digit.box[1])).image


def find_digits(picture: Image.Image) -> list[Found]:
    """Every digit in a picture in reading order, line by line from the left. Raises NoDigitError where there is none."""
    ink, grain = ink_of(_colours(picture))
    mask = _written(ink, grain)
    groups = _groups(mask)
    if not groups:
        raise NoDigitError(NOTHING)
    height, width = ink.shape
    found = []
    for own, (top, bottom, left, right) in _in_lines(groups)[:MOST]:
        box = (left / width, top / height, right / width, bottom / height)
        found.append(Found(_digit(_with_edges(ink, own, (top, bottom, left, right))), box))
    return found


def _colours(picture: Image.Image) -> np.ndarray:
    """(height, width, 3) float32, 0 to 255, at most WORKING pixels a side; what is transparent becomes contrasting paper."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.nan_to_num(np.asarray(picture, np.float32))
        picture = Image.fromarray((255 * (values - values.min()) / max(np.ptp(values), 1)).astype(np.uint8))
    if picture.has_transparency_data:
        layered = picture.convert("RGBA")
        layered.thumbnail((WORKING, WORKING))
        opacity = np.asarray(layered)[..., 3].astype(np.float32)
        levels = np.asarray(layered.convert("RGB").convert("L"), np.float32)
        seen = np.average(levels, weights=opacity) if opacity.any() else 255
        sheet = Image.new("RGBA", layered.size, (0, 0, 0, 255) if seen > 127 else (255, 255, 255, 255))
        picture = Image.alpha_composite(sheet, layered)
    picture = picture.convert("RGB")
    picture.thumbnail((WORKING, WORKING), Image.Resampling.BOX)
    return np.asarray(picture, np.float32)


def ink_of(colours: np.ndarray) -> tuple[np.ndarray, float]:
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


def _written(ink: np.ndarray, grain: float) -> np.ndarray:
    """Where there is ink, (height, width) bool: lines of the paper and specks left out. Raises NoDigitError."""
    from skimage.filters import apply_hysteresis_threshold, threshold_otsu

    rough = max(grain, 1.4826 * float(np.median(np.abs(ink - np.median(ink)))))
    least = max(FAINTEST, CLEAR * rough)
    inked = ink[ink > max(FAINTEST / 2, 2 * rough)]
    if not len(inked) or ink.max() < least:
        raise NoDigitError(NOTHING)
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


def _groups(mask: np.ndarray) -> list[tuple[np.ndarray, tuple[int, int, int, int]]]:
    """The parts of the mask that belong to one digit each: their own mask, and top, bottom, left, right in pixels."""
    reach = max(1, round(0.004 * max(mask.shape)))
    parts, count = ndimage.label(
        ndimage.binary_dilation(mask, iterations=reach) if max(mask.shape) > 100 else mask, np.ones((3, 3))
    )
    if not count:
        return []
    parts = np.where(mask, parts, 0)
    boxes = [(s[0].start, s[0].stop, s[1].start, s[1].stop) if s else None for s in ndimage.find_objects(parts)]
    sizes = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    tallest = max(max(b[1] - b[0], b[3] - b[2]) for b in boxes if b)
    kept = [n for n in np.argsort(-sizes)[:400] if boxes[n] and sizes[n] >= sizes.max() / 60]
    groups: list[list[int]] = []
    for number in kept:
        home = next((group for group in groups if any(_belongs(boxes[number], boxes[other]) for other in group)), None)
        groups.append([number]) if home is None else home.append(number)
    found = []
    for group in groups:
        own = np.array([boxes[number] for number in group])
        top, bottom, left, right = own[:, 0].min(), own[:, 1].max(), own[:, 2].min(), own[:, 3].max()
        if max(bottom - top, right - left) < max(0.3 * tallest, 3):
            continue  # a speck
        found.append((np.isin(parts[top:bottom, left:right], np.array(group) + 1), (top, bottom, left, right)))
    return found


def _belongs(part: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two boxes are strokes of one digit: one above the other, or nearly so, with little between."""
    overlap = min(part[3], other[3]) - max(part[2], other[2])
    narrow = min(part[3] - part[2], other[3] - other[2])
    gap = max(part[0], other[0]) - min(part[1], other[1])
    low, tall = sorted((part[1] - part[0], other[1] - other[0]))
    return (
        overlap >= 0.35 * narrow and gap <= (0.2 if low < 0.45 * tall else 0.03) * tall
    )  # else a line below the other


def _in_lines(groups: list) -> list:
    """Groups in reading order: those that stand beside each other form a line."""
    lines: list[list] = []
    for group in sorted(groups, key=lambda found: found[1][0] + found[1][1]):
        top, bottom = group[1][:2]
        line = next((line for line in lines if line[0][1][0] < (top + bottom) / 2 < line[0][1][1]), None)
        lines.append([group]) if line is None else line.append(group)
    return [group for line in lines for group in sorted(line, key=lambda found: found[1][2] + found[1][3])]


def _with_edges(ink: np.ndarray, own: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
    """The ink of one digit with the faint edges of its strokes, cut out, 0 to 1."""
    top, bottom, left, right = box
    reach = max(1, round(0.02 * max(own.shape)))
    places = tuple(slice(max(0, low - reach), high + reach) for low, high in ((top, bottom), (left, right)))
    around = np.zeros_like(ink, bool)
    around[top:bottom, left:right] = own
    core, part = around[places], ink[places]
    level = np.percentile(part[core], 60)
    grown = ndimage.binary_dilation(core, np.ones((3, 3)), iterations=reach) & (part > 0.15 * level) | core
    rows, columns = np.flatnonzero(grown.any(axis=1)), np.flatnonzero(grown.any(axis=0))
    inner = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return np.where(grown, np.clip(part / level, 0, 1), 0)[inner]


def _digit(ink: np.ndarray) -> np.ndarray:
    """Ink, 0 to 1, to (28, 28) uint8: scaled, drawn again with MNIST's pen where the strokes are too thin or thick."""
    height, width = ink.shape
    scale = BOX * FINE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fine = np.asarray(Image.fromarray((255 * ink).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC), np.float32)
    return centre(_with_pen(fine))


def _with_pen(fine: np.ndarray) -> np.ndarray:
    """The strokes on the fine grid with a width near MNIST's, (height, width) float32, 0 to 255."""
    from skimage.morphology import skeletonize

    solid = fine > 127
    middle = skeletonize(solid)
    wide = solid.sum() / max(middle.sum(), 1) / FINE  # pixels of the 28
    if 1.5 <= wide <= 4.2 or not middle.any():
        return fine
    distance = ndimage.distance_transform_edt(~middle)
    return 255 * np.clip((PEN * FINE / 2 - distance) + 0.5, 0, 1).astype(np.float32)
