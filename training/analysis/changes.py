"""One function per way to change digits step by step: turned, shifted, thinner, blurred, covered; nothing here is random.

Each takes images (n, height, width) uint8 and a strength, and gives as many changed ones. At strength 0 nothing changes.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from training.augmentation import sample

SIDE = 28  # pixels of the pictures for which strengths in pixels are listed
CROSS = ndimage.generate_binary_structure(2, 1)[None]

Vary = Callable[[np.ndarray, float], np.ndarray]


@dataclass(frozen=True)
class Change:
    """A way to change digits. low, high, step: its strengths; unit: what they are counted in; pixels: whether these are pixels, of
    which smaller pictures have fewer."""

    vary: Vary
    low: float
    high: float
    step: float
    unit: str
    pixels: bool

    def __call__(self, images: np.ndarray, strength: float) -> np.ndarray:
        """Images (n, height, width) uint8 changed that strongly."""
        return self.vary(images, strength)

    def strengths(self, shape: tuple[int, int]) -> np.ndarray:
        """The strengths to try on pictures of that height and width, from the lowest to the highest, (k,), 0 among them."""
        steps = np.arange(round(self.low / self.step), round(self.high / self.step) + 1)
        return steps * self.step * (max(shape) / SIDE if self.pixels else 1.0)


CHANGES: dict[str, Change] = {}


def change(low: float, high: float, step: float, unit: str, pixels: bool = False) -> Callable[[Vary], Vary]:
    """Enter a change under its function's name, with the strengths to try. low and high are multiples of step, 0 lies between."""

    def enter(function: Vary) -> Vary:
        CHANGES[function.__name__] = Change(function, low, high, step, unit, pixels)
        return function

    return enter


@change(-45, 45, 5, "degrees clockwise")
def rotation(images: np.ndarray, strength: float) -> np.ndarray:
    """Turned about its middle."""
    rows, columns = _places(images)
    turn = np.radians(strength)
    return _sampled(images, np.cos(turn) * rows - np.sin(turn) * columns, np.sin(turn) * rows + np.cos(turn) * columns)


@change(-10, 10, 1, "pixels to the right", pixels=True)
def shift_sideways(images: np.ndarray, strength: float) -> np.ndarray:
    """Moved to the side; what leaves the picture is lost."""
    rows, columns = _places(images)
    return _sampled(images, rows, columns - strength)


@change(-10, 10, 1, "pixels downwards", pixels=True)
def shift_down(images: np.ndarray, strength: float) -> np.ndarray:
    """Moved up or down; what leaves the picture is lost."""
    rows, columns = _places(images)
    return _sampled(images, rows - strength, columns)


@change(-1.5, 3, 0.25, "pixels thicker on each side", pixels=True)
def thickness(images: np.ndarray, strength: float) -> np.ndarray:
    """Strokes thinner or thicker: each pixel takes the lowest or highest value around it (greyscale erosion and dilation)."""
    pick = ndimage.grey_dilation if strength > 0 else ndimage.grey_erosion
    whole, part = divmod(abs(strength), 1)
    for _ in range(int(whole)):
        images = pick(images, footprint=CROSS, mode="nearest")
    if not part:
        return images
    return _pixels(images + part * (pick(images, footprint=CROSS, mode="nearest") - images.astype(np.float32)))


@change(0, 4, 0.25, "pixels of standard deviation", pixels=True)
def blur(images: np.ndarray, strength: float) -> np.ndarray:
    """Each pixel the mean of those around it, the near ones weighing most (Gaussian blur)."""
    return _pixels(ndimage.gaussian_filter(images.astype(np.float32), (0, strength, strength), mode="constant"))


@change(0, 20, 1, "pixels, the side of the square", pixels=True)
def cover(images: np.ndarray, strength: float) -> np.ndarray:
    """A black square that grows from the middle."""
    down, across = (_covered(side, strength) for side in images.shape[1:])
    return _pixels(images * (1 - down[:, None] * across))


@change(0, 160, 10, "grey levels of standard deviation")
def noise(images: np.ndarray, strength: float) -> np.ndarray:
    """A random number added to each pixel, always the same ones, larger and larger (Gaussian noise)."""
    drawn = np.random.default_rng(0).standard_normal(images.shape, np.float32)
    return _pixels(images + strength * drawn)


def evenly(count: int, among: np.ndarray) -> np.ndarray:
    """So many of the numbers `among` (n,), or all where they are fewer, evenly spread, as the first test digits of MNIST are easier
    than the last."""
    return among[np.linspace(0, len(among) - 1, min(count, len(among))).round().astype(int)]


def held(strengths: np.ndarray, correct: np.ndarray) -> tuple[float, float] | None:
    """The lowest and the highest strength around 0 up to which a prediction stays correct; None where it is wrong at 0.

    strengths: (k,) rising, 0 among them; correct: (k,) bool.
    """
    middle = int(np.abs(strengths).argmin())
    if not correct[middle]:
        return None
    low = high = middle
    while low > 0 and correct[low - 1]:
        low -= 1
    while high + 1 < len(correct) and correct[high + 1]:
        high += 1
    return float(strengths[low]), float(strengths[high])


def _places(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row (height, 1) and column (width,) of each pixel, counted from the middle."""
    height, width = images.shape[1:]
    return np.arange(height)[:, None] - (height - 1) / 2, np.arange(width) - (width - 1) / 2


def _sampled(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Images at these rows and columns, counted from the middle, of the picture as it was."""
    height, width = images.shape[1:]
    return sample(
        images,
        np.broadcast_to(rows + (height - 1) / 2, images.shape),
        np.broadcast_to(columns + (width - 1) / 2, images.shape),
    )


def _covered(side: int, length: float) -> np.ndarray:
    """The share of each of `side` pixels in a row that a line of that length from their middle covers, (side,), 0 to 1."""
    edges = np.clip(np.arange(side + 1), (side - length) / 2, (side + length) / 2)
    return np.diff(edges)


def _pixels(values: np.ndarray) -> np.ndarray:
    return (np.clip(values, 0, 255) + 0.5).astype(np.uint8)
