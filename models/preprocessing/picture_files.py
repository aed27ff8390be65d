"""Pictures from files of any kind: opened within limits, upright, every page of a document or the frames of an animation."""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

MAX_PIXELS = 9_000_000  # of a picture, checked before it is decoded: a page of A4 has 8.7 million at 300 dots an inch
MAX_PROGRESSIVE = 16_000_000  # of a JPEG that is built up in passes, all of which are held at once
MAX_JPEG = 60_000_000  # of any other JPEG, which is decoded at a fraction of its size
TOO_LARGE = "The picture is too large: it has more than {} million pixels. Make it smaller or cut the digit out."
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
ANIMATED, PAGED = ("GIF", "WEBP", "PNG"), "TIFF"  # those of several pictures, in time or as pages
MAX_PAGES = 100  # pages or frames of one file that are opened
SUBFILE = 254  # the tag of a page in a TIFF whose lowest bit is set for a thumbnail of another one
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


class PictureError(ValueError):
    """A picture that cannot be read, in a sentence."""


@dataclass(frozen=True)
class Page:
    """One picture of a file. number: from 1; count: how many the file has; animated: whether they are frames of an animation
    rather than pages; picture: what is on it, or why it cannot be read."""

    number: int
    count: int
    animated: bool
    picture: Image.Image | PictureError


def open_picture(source: str | Path | BinaryIO) -> Image.Image:
    """The first picture of a file, turned upright, decoded. Raises PictureError in a sentence."""
    picture = next(open_pages(source)).picture
    if isinstance(picture, PictureError):
        raise picture
    return picture


def open_pages(source: str | Path | BinaryIO) -> Iterator[Page]:
    """Every page of a TIFF, frame of a GIF, WebP or PNG, or the one picture of another file, as open_picture gives it, one
    after the other, MAX_PAGES at most. Raises PictureError, in a sentence, for a file that is no picture or is damaged."""
    with _in_a_sentence(source), _quiet():
        count = _count(Image.open(source, formats=FORMATS))
        file = Image.open(source, formats=FORMATS)
    for number in range(1, min(count, MAX_PAGES) + 1):
        picture: Image.Image | PictureError | None
        try:
            with _in_a_sentence(source):
                picture = _page(file, number)
        except PictureError as error:
            picture = error
        if picture is not None:
            yield Page(number, count, file.format in ANIMATED, picture)


def _count(file: Image.Image) -> int:
    """How many pictures a file has; where they cannot be counted, one more than the first, which then is told to be damaged."""
    if file.format not in (*ANIMATED, PAGED):
        return 1
    try:
        return getattr(file, "n_frames", 1)
    except Exception:  # decoders raise whatever the damage leads to
        return 2


def _page(file: Image.Image, number: int) -> Image.Image | None:
    """The picture of that number in an open file; None for a thumbnail of another page."""
    if number > 1:
        with _quiet():
            file.seek(number - 1)
        # only a TIFF has tags
        if file.format == PAGED and getattr(file, "tag_v2", {}).get(SUBFILE, 0) & 1:
            return None
    most = MAX_PIXELS
    if file.format == "JPEG":
        most = MAX_PROGRESSIVE if file.info.get("progressive") else MAX_JPEG
    if file.width * file.height > most:
        raise PictureError(TOO_LARGE.format(most // 10**6))
    file.draft(None, (WORKING, WORKING))
    file.load()
    return ImageOps.exif_transpose(_smaller(file))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Without warnings of large pictures, for which the limits here are stricter, and of odd tags."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _in_a_sentence(source: str | Path | BinaryIO) -> Iterator[None]:
    """Whatever goes wrong with a file becomes a PictureError."""
    try:
        yield
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE.format(MAX_PIXELS // 10**6)) from error
    except FileNotFoundError as error:
        raise PictureError("There is no such file.") from error
    except IsADirectoryError as error:
        raise PictureError("This is a folder.") from error
    except PermissionError as error:
        raise PictureError("The file may not be read: its permissions do not allow it.") from error
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
