"""Any picture, or the strokes of a pen, to a digit as MNIST holds it: (28, 28) uint8, white ink on black.

MNIST's digits were scaled so that the longest side is 20 pixels, then moved so that their centre of mass is the centre
of the 28 x 28 frame (LeCun, Cortes and Burges, yann.lecun.com/exdb/mnist). Models see nothing else, so nothing else is fed.
"""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError
from scipy import ndimage

SIDE = 28  # pixels of the frame
BOX = 20  # pixels of the digit's longest side
PEN = 2.2  # pixels: width of the pen with which strokes are drawn again, in the middle of MNIST's 1.8 to 2.6
CENTRE = (
    14.5  # pixels from the frame's edge: the centre of mass of MNIST's digits, in the middle of pixel 14 counted from 0
)
FINE = 8  # drawing happens on a grid this many times finer, so that centring is exact to 1/8 pixel
MAX_PIXELS = 50_000_000  # of a picture, checked before it is decoded
TOO_LARGE = f"The picture is too large: it has more than {MAX_PIXELS // 10**6} million pixels."
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")
FAINTEST = 12  # grey levels of 255 between ink and paper below which nothing was written

Strokes = Sequence[np.ndarray]  # each (points, 2): x to the right, y down, in any one unit


class PictureError(ValueError):
    """A picture that cannot be read, in a sentence."""


class NoDigitError(ValueError):
    """Nothing is drawn or written there, in a sentence."""


def from_strokes(strokes: Iterable[Any], pen: float = PEN) -> np.ndarray:
    """The strokes drawn again with a pen of MNIST's width, scaled and centred: (28, 28) uint8.

    Args:
        strokes: one (points, 2) array-like per stroke; the pen's own width and the drawing's place and size do not matter.
        pen: width of the pen in pixels of the 28.

    Raises:
        NoDigitError: there is no point at all.
        ValueError: a stroke is not an array of finite (x, y).
    """
    lines = [_points(stroke) for stroke in strokes]
    lines = [line for line in lines if len(line)]
    if not lines:
        raise NoDigitError("Nothing is drawn yet.")
    everything = np.concatenate(lines)
    low, extent = everything.min(axis=0), float(np.ptp(everything, axis=0).max())
    inner, margin = (BOX - pen) * FINE, pen * FINE / 2
    drawn = Image.new("L", (BOX * FINE, BOX * FINE))
    for line in lines:
        _draw_line(ImageDraw.Draw(drawn), (line - low) / (extent or 1) * inner + margin, pen * FINE)
    return _centre(np.asarray(drawn, np.float32))


def canvas_strokes(drawing: Mapping[str, Any] | None) -> list[np.ndarray]:
    """The pen's paths in a canvas's json_data, one (points, 2) array in canvas pixels per stroke; other objects are passed over."""
    objects = (drawing or {}).get("objects", [])
    return [
        _path_points(found["path"])
        for found in objects
        if str(found.get("type")).lower() == "path" and found.get("path")
    ]


def _path_points(path: Sequence[Sequence]) -> np.ndarray:
    """Points along a path of the commands M x y, L x y and Q cx cy x y, curves sampled at their middle and end."""
    points: list[np.ndarray] = []
    for command, *numbers in path:
        places = np.asarray(numbers, float).reshape(-1, 2)
        if command == "Q" and points:
            points.append((points[-1] + 2 * places[0] + places[1]) / 4)
        points.extend(places[-1:])
    return np.asarray(points).reshape(-1, 2)


def _points(stroke: Any) -> np.ndarray:
    try:
        line = np.asarray(stroke, float).reshape(-1, 2) if len(stroke) else np.empty((0, 2))
    except (TypeError, ValueError) as error:
        raise ValueError("A stroke must be a list of points [x, y].") from error
    if not (np.abs(line) < 1e9).all():
        raise ValueError("A stroke has a point that is not a number, or not a reasonable one.")
    return line


def _draw_line(pencil: ImageDraw.ImageDraw, line: np.ndarray, width: float) -> None:
    """One stroke with round ends and joints; line (points, 2) and width in pixels of the drawing."""
    if len(line) > 1:
        pencil.line([tuple(point) for point in line], fill=255, width=round(width))
    for x, y in line:
        pencil.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)


def open_picture(source: str | Path | BinaryIO) -> Image.Image:
    """A picture from a file, turned upright, decoded. Raises PictureError in a sentence."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
            picture = Image.open(source, formats=FORMATS)
        if picture.width * picture.height > MAX_PIXELS:
            raise PictureError(TOO_LARGE)
        picture.draft("L", (1000, 1000))  # lets a large JPEG be decoded at a fraction of its size
        picture.load()
        return ImageOps.exif_transpose(picture)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(TOO_LARGE) from error
    except FileNotFoundError as error:
        raise PictureError("There is no such file.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"This is no picture that can be read; {', '.join(FORMATS)} can.") from error
    except Exception as error:  # decoders raise whatever the damage leads to
        raise PictureError("The picture is damaged or cut short and cannot be read.") from error


def from_picture(picture: Image.Image) -> np.ndarray:
    """The digit in a picture, whatever its paper, ink, size and place: (28, 28) uint8.

    The paper is what most of the border is; ink is what differs from it by more than Otsu's threshold (1979).
    Raises NoDigitError where nothing stands out.
    """
    from skimage.filters import threshold_otsu

    grey = _grey(picture)
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    darker, lighter = np.clip(paper - grey, 0, None), np.clip(grey - paper, 0, None)
    ink = darker if darker.sum() > lighter.sum() else lighter
    threshold = max(threshold_otsu(ink), FAINTEST) if np.ptp(ink) > FAINTEST else np.inf
    mask = _without_specks(ink > threshold)
    if not mask.any():
        raise NoDigitError("No digit was found: nothing in the picture stands out from its background.")
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    digit = np.where(ndimage.binary_dilation(mask), ink, 0)[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    digit = np.clip(digit / np.percentile(ink[mask], 75), 0, 1) * 255
    height, width = digit.shape
    scale = BOX * FINE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return _centre(
        np.asarray(Image.fromarray(digit.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS), np.float32)
    )


def _grey(picture: Image.Image) -> np.ndarray:
    """Grey levels 0 to 255, at most 1000 pixels a side; transparent parts become paper that contrasts with the ink."""
    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, np.float32)
        picture = Image.fromarray((255 * (values - values.min()) / max(np.ptp(values), 1)).astype(np.uint8))
    if picture.has_transparency_data:
        layered = picture.convert("LA")
        levels, opacity = np.asarray(layered, np.float32).transpose(2, 0, 1)
        seen = np.average(levels, weights=opacity) if opacity.any() else 255
        sheet = Image.new("LA", layered.size, (0 if seen > 127 else 255, 255))
        picture = Image.alpha_composite(sheet.convert("RGBA"), layered.convert("RGBA"))
    picture = picture.convert("L")
    picture.thumbnail((1000, 1000))
    return np.asarray(picture, np.float32)


def _without_specks(mask: np.ndarray) -> np.ndarray:
    """The mask without connected parts smaller than a twentieth of the largest one."""
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    if count < 2:
        return mask
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return np.isin(parts, np.flatnonzero(sizes >= sizes.max() / 20))


def _centre(ink: np.ndarray) -> np.ndarray:
    """Ink on the fine grid, at most 160 x 160, put into the frame by its centre of mass: (28, 28) uint8."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    ink = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = ink.shape
    middle = [CENTRE * FINE - place - 0.5 for place in ndimage.center_of_mass(ink)]
    top, left = (
        int(np.clip(round(start), 0, SIDE * FINE - extent))
        for start, extent in zip(middle, (height, width), strict=True)
    )
    frame = np.zeros((SIDE * FINE, SIDE * FINE), np.float32)
    frame[top : top + height, left : left + width] = ink
    return frame.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3)).round().astype(np.uint8)
