"""One function per way to vary the training digits: images (n, height, width) uint8 in, as many varied ones out.

The random generator is given, drawn from the recipe's seed and the epoch, so that a resumed training sees the same.
Keras's layers draw other random numbers under each backend, so this is our own code; the tests compare its affine part with them.
"""

from collections.abc import Callable

import numpy as np

Augmentation = Callable[[np.ndarray, np.random.Generator], np.ndarray]
AUGMENTATIONS: dict[str, Augmentation] = {}
CHUNK = 2000  # images varied at once: their coordinates stay in the processor's cache


def augmentation(function: Callable) -> Callable:
    """Enter an augmentation under its function's name: from images (n, height, width) uint8 and a generator to varied ones."""
    AUGMENTATIONS[function.__name__] = function
    return function


@augmentation
def shift(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Shifted by up to two pixels in each direction."""
    moved = np.zeros_like(images)
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    height, width = images.shape[1:]
    places = rng.integers(0, 5, (len(images), 2))
    for number, (down, right) in enumerate(places):
        moved[number] = padded[number, down : down + height, right : right + width]
    return moved


@augmentation
def elastic(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotation, scaling, shear, shift and elastic distortion (Simard, Steinkraus and Platt 2003)."""
    return _in_chunks(_elastic, images, rng)


def _in_chunks(vary: Augmentation, images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The images varied by `vary`, CHUNK at a time."""
    parts = np.array_split(images, max(1, len(images) // CHUNK))
    return np.concatenate([vary(part, rng) for part in parts])


def _elastic(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotation and shear to 0.2 radians, scaling to 15 %, shifts to 1.5 pixels, displacements of 36 pixels blurred by 5.5."""
    count, height, width = images.shape
    turn, shear = rng.uniform(-0.2, 0.2, (2, count, 1, 1))
    tall, wide = rng.uniform(0.85, 1.15, (2, count, 1, 1))
    down, right = rng.uniform(-1.5, 1.5, (2, count, 1, 1))
    rows, columns = np.mgrid[:height, :width] - np.reshape([(height - 1) / 2, (width - 1) / 2], (2, 1, 1))
    displaced = _blur(rng.uniform(-1, 1, (2, count, height, width)).astype(np.float32), 5.5) * 36
    x = (np.cos(turn) * columns - np.sin(turn) * rows) * wide + shear * rows
    y = (np.sin(turn) * columns + np.cos(turn) * rows) * tall
    return sample(images, y + (height - 1) / 2 + down + displaced[0], x + (width - 1) / 2 + right + displaced[1])


@augmentation
def affine(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Rotated by up to 20 degrees, shifted by up to a fifth of height and width (An et al., arXiv:2008.10400)."""
    return _in_chunks(_affine, images, rng)


def _affine(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    count, height, width = images.shape
    turn = np.radians(rng.uniform(-20, 20, (count, 1, 1)))
    down, right = rng.uniform(-0.2, 0.2, (2, count, 1, 1)) * np.reshape([height, width], (2, 1, 1, 1))
    rows = np.arange(height)[:, None] - (height - 1) / 2 - down
    columns = np.arange(width) - (width - 1) / 2 - right
    y = np.sin(turn) * columns + np.cos(turn) * rows
    x = np.cos(turn) * columns - np.sin(turn) * rows
    return sample(images, y + (height - 1) / 2, x + (width - 1) / 2)


@augmentation
def thickness(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Half of them with strokes thicker by up to one pixel, or thinner by up to half a pixel."""
    share = rng.uniform(0, 1, len(images)) * (rng.random(len(images)) < 0.5)
    thicker = rng.random(len(images)) < 0.5
    share[~thicker] /= 2  # MNIST's thinnest strokes are little wider than a pixel
    varied = images.copy()
    for chosen, pick in ((thicker, np.maximum), (~thicker, np.minimum)):
        for part in np.array_split(np.flatnonzero(chosen & (share > 0)), max(1, len(images) // CHUNK)):
            pixels = images[part]
            other = pick(pixels, np.roll(pixels, 1, axis=2))
            other = pick(other, np.roll(other, 1, axis=1)).astype(np.float32)
            amount = share[part, None, None].astype(np.float32)
            varied[part] = (pixels + amount * (other - pixels) + 0.5).astype(np.uint8)
    return varied


def _blur(fields: np.ndarray, sigma: float) -> np.ndarray:
    """Fields (..., height, width) convolved with a Gaussian of that many pixels; outside is zero."""

    def matrix(size):
        weights = np.exp(-((np.arange(size)[:, None] - np.arange(size)) ** 2) / (2 * sigma**2))
        return (weights / (sigma * np.sqrt(2 * np.pi))).astype(np.float32)

    return matrix(fields.shape[-2]) @ fields @ matrix(fields.shape[-1])


def sample(images: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Images (n, height, width) uint8 sampled at fractional coordinates (n, height, width), bilinearly; outside is black."""
    count, height, width = images.shape
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1))).astype(np.float32).reshape(count, -1)
    rows = np.clip(rows + 1, 0, height + 0.999).astype(np.float32).reshape(count, -1)
    columns = np.clip(columns + 1, 0, width + 0.999).astype(np.float32).reshape(count, -1)
    top, left = rows.astype(np.int32), columns.astype(np.int32)
    low, side = rows - top, columns - left
    corner = top * (width + 2) + left + np.arange(count, dtype=np.int32)[:, None] * padded.shape[1]
    flat = padded.ravel()
    upper = flat[corner] * (1 - side) + flat[corner + 1] * side
    lower = flat[corner + width + 2] * (1 - side) + flat[corner + width + 3] * side
    return (upper * (1 - low) + lower * low + 0.5).astype(np.uint8).reshape(images.shape)
