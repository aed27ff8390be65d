"""Digits in a picture of any kind, a photograph, a scan or a drawing, as MNIST holds them: found, cut out and centred."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image
from scipy import ndimage

from models.preprocessing.ink import against_paper, written
from models.preprocessing.parts import digits_of, in_lines
from models.preprocessing.picture_files import MAX_PAGES, WORKING, Page, PictureError, open_pages
from models.preprocessing.sheet import find_sheet
from models.preprocessing.strokes import BOX, FINE, PEN, SIDE, NoDigitError, centre

MAX_DIGITS = 1000  # digits in one picture
TOO_MANY = f"More than {MAX_DIGITS:,} things that may be digits were found. Cut out a part of the picture."
NOTHING = "No digit was found: nothing in the picture stands out from its background."


@dataclass(frozen=True)
class Found:
    """A digit in a picture. image: (28, 28) uint8, or of the shape asked for; box: left, top, right, bottom as shares of the
    picture, 0 to 1."""

    image: np.ndarray
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class PageRead:
    """What is on one page of a file, or on the first frame of an animation that has something on it. number, count, animated:
    see picture_files.Page; found: the digits, or why there are none."""

    number: int
    count: int
    animated: bool
    found: list[Found] | PictureError | NoDigitError


def read_file(source: str | Path | BinaryIO, shape: tuple[int, int] = (SIDE, SIDE)) -> list[PageRead]:
    """The digits on every page of a file, or on one frame of an animation; as one picture where it has no more.

    shape: see find_digits. Raises PictureError, in a sentence, for a file that is no picture or is damaged.
    """
    pages: list[PageRead] = []
    for page in open_pages(source):
        read = PageRead(page.number, page.count, page.animated, _found(page, shape))
        if page.animated and isinstance(read.found, list):
            return [read]
        pages.append(read)
    return pages[:1] if pages[0].animated else pages


def not_read(pages: Sequence[PageRead]) -> str:
    """What of a file is not read, in a sentence; none where all of it is."""
    last = pages[-1]
    if not last.animated:
        return f"only the first {len(pages)} of {last.count:,} pages are read." if last.count > MAX_PAGES else ""
    if last.count == 1:
        return ""
    if isinstance(last.found, Exception):
        return f"nothing was found on the first {min(last.count, MAX_PAGES)} of {last.count:,} frames."
    if last.number == 1:
        return f"the first of {last.count:,} frames is read."
    return f"frame {last.number:,} of {last.count:,} is read, the first with something on it."


def _found(page: Page, shape: tuple[int, int]) -> list[Found] | PictureError | NoDigitError:
    if isinstance(page.picture, PictureError):
        return page.picture
    try:
        return find_digits(page.picture, shape)
    except NoDigitError as error:
        return error


def from_picture(picture: Image.Image) -> np.ndarray:
    """The largest digit in a picture, (28, 28) uint8. Raises NoDigitError where there is none."""
    digits = find_digits(picture)
    return max(digits, key=lambda digit: (digit.box[2] - digit.box[0]) * (digit.box[3] - digit.box[1])).image


def find_digits(picture: Image.Image, shape: tuple[int, int] = (SIDE, SIDE)) -> list[Found]:
    """Every digit in a picture in reading order, line by line from the left. Raises NoDigitError where there is none.

    shape: height and width of the pictures that a model takes, in pixels.
    """
    coloured = _coloured(picture)
    sheet = find_sheet(coloured)
    if sheet:
        # what was taken for a sheet may be a large digit
        with contextlib.suppress(NoDigitError):
            return [Found(digit.image, sheet.box_outside(digit.box)) for digit in _digits(sheet.picture, shape)]
    return _digits(coloured, shape)


def _digits(picture: Image.Image, shape: tuple[int, int]) -> list[Found]:
    """As `find_digits`, on one sheet of paper."""
    ink = against_paper(_colours(picture))
    groups = digits_of(written(ink))
    if not groups:
        raise NoDigitError(NOTHING)
    if len(groups) > MAX_DIGITS:
        raise NoDigitError(TOO_MANY)
    height, width = ink.values.shape
    digits = []
    for own, (top, bottom, left, right) in in_lines(groups):
        box = (left / width, top / height, right / width, bottom / height)
        digits.append(Found(_digit(_with_edges(ink.values, own, (top, bottom, left, right)), shape), box))
    return digits


def _coloured(picture: Image.Image) -> Image.Image:
    """The picture in red, green and blue; what is transparent becomes contrasting paper."""
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
    return picture.convert("RGB")


def _colours(picture: Image.Image) -> np.ndarray:
    """(height, width, 3) float32, 0 to 255, of at most WORKING pixels a side."""
    picture = picture.copy()
    picture.thumbnail((WORKING, WORKING), Image.Resampling.BOX)
    return np.asarray(picture, np.float32)


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


def _digit(ink: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Ink, 0 to 1, to uint8 of that shape: scaled, drawn again with MNIST's pen where the strokes are too thin or thick."""
    height, width = ink.shape
    scale = BOX * FINE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    fine = np.asarray(Image.fromarray((255 * ink).astype(np.uint8)).resize(size, Image.Resampling.BICUBIC), np.float32)
    return centre(_with_pen(fine), shape)


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
