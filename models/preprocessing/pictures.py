"""Digits in a picture of any kind, a photograph, a scan or a drawing, as MNIST holds them: found, cut out and centred."""

import contextlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from models.preprocessing.ink import against_paper, written
from models.preprocessing.parts import digits_of, in_lines
from models.preprocessing.sheet import find_sheet
from models.preprocessing.strokes import BOX, FINE, PEN, NoDigitError, centre

MAX_PIXELS = 9_000_000  # of a picture, checked before it is decoded: a page of A4 has 8.7 million at 300 dots an inch
MAX_PROGRESSIVE = 16_000_000  # of a JPEG that is built up in passes, all of which are held at once
MAX_JPEG = 60_000_000  # of any other JPEG, which is decoded at a fraction of its size
TOO_LARGE = "The picture is too large: it has more than {} million pixels. Make it smaller or cut the digit out."
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
FOREIGN_FORMATS = {  # what begins so, and is taken for a picture
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
MAX_DIGITS = 1000  # digits in one picture
TOO_MANY = f"More than {MAX_DIGITS:,} things that may be digits were found. Cut out a part of the picture."
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
        most = MAX_PIXELS
        if picture.format == "JPEG":
            most = MAX_PROGRESSIVE if picture.info.get("progressive") else MAX_JPEG
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
        (name for sign, name in FOREIGN_FORMATS.items() if sign in start[:64] or (sign == b"<svg" and sign in start)),
        None,
    )
    readable = f"{', '.join(FORMATS[:-1])} and {FORMATS[-1]} can"
    if name is None:
        return f"This is not a picture that can be read; {readable}."
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
        width, height = picture.size
        small = small.reduce((min(factor, width), min(factor, height)))
    small.info["exif"] = picture.info.get("exif", b"")
    small.getexif().update(picture.getexif())
    return small


def from_picture(picture: Image.Image) -> np.ndarray:
    """The largest digit in a picture, (28, 28) uint8. Raises NoDigitError where there is none."""
    found = find_digits(picture)
    return max(found, key=lambda digit: (digit.box[2] - digit.box[0]) * (digit.box[3] - digit.box[1])).image


def find_digits(picture: Image.Image) -> list[Found]:
    """Every digit in a picture in reading order, line by line from the left. Raises NoDigitError where there is none."""
    coloured = _coloured(picture)
    sheet = find_sheet(coloured)
    if sheet:
        # what was taken for a sheet may be a large digit
        with contextlib.suppress(NoDigitError):
            return [Found(digit.image, sheet.box_outside(digit.box)) for digit in _digits(sheet.picture)]
    return _digits(coloured)


def _digits(picture: Image.Image) -> list[Found]:
    """As `find_digits`, on one sheet of paper."""
    ink = against_paper(_colours(picture))
    groups = digits_of(written(ink))
    if not groups:
        raise NoDigitError(NOTHING)
    if len(groups) > MAX_DIGITS:
        raise NoDigitError(TOO_MANY)
    height, width = ink.values.shape
    found = []
    for own, (top, bottom, left, right) in in_lines(groups):
        box = (left / width, top / height, right / width, bottom / height)
        found.append(Found(_digit(_with_edges(ink.values, own, (top, bottom, left, right))), box))
    return found


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
