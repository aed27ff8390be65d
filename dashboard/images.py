"""Pictures as a browser takes them."""

import base64
import io

import numpy as np
from PIL import Image

POSITIVE, NEGATIVE = (88, 160, 255), (255, 160, 40)  # on black, of numbers above and below 0
FRAME = (255, 190, 60)


def data_url(image: np.ndarray) -> str:
    """A picture, grey (height, width) or in colour (height, width, 3), uint8, as a PNG in a data: address."""
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, format="PNG")
    return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()


def signed(numbers: np.ndarray, highest: float | None = None) -> np.ndarray:
    """Numbers (height, width) as a picture (height, width, 3) uint8: 0 is black, what lies above it blue, below it amber.

    highest: the size that is the brightest; that of the numbers themselves if None.
    """
    highest = highest or float(np.abs(numbers).max()) or 1.0
    strength = np.clip(np.abs(numbers) / highest, 0, 1)[..., None]
    colours = np.where(numbers[..., None] > 0, np.array(POSITIVE), np.array(NEGATIVE))
    return (strength * colours).round().astype(np.uint8)


def grey(numbers: np.ndarray, highest: float | None = None) -> np.ndarray:
    """Numbers (height, width) from 0 as a picture (height, width) uint8: 0 is black, `highest` or else their largest white."""
    highest = highest or float(numbers.max()) or 1.0
    return (np.clip(numbers / highest, 0, 1) * 255).round().astype(np.uint8)


def framed(image: np.ndarray, row: int, column: int, size: int, scale: int) -> np.ndarray:
    """A picture, each pixel made `scale` wide, with a frame around the size x size pixels that begin at row and column: (height *
    scale, width * scale, 3) uint8."""
    coloured = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
    large = coloured.repeat(scale, axis=0).repeat(scale, axis=1)
    top, left, side = row * scale, column * scale, size * scale
    inner = large[top + 2 : top + side - 2, left + 2 : left + side - 2].copy()
    large[top : top + side, left : left + side] = FRAME
    large[top + 2 : top + side - 2, left + 2 : left + side - 2] = inner
    return large
