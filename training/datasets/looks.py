"""Whether digits look inverted, dark on a light background, or transposed, rows and columns exchanged as EMNIST has them."""

from functools import cache

import numpy as np
from PIL import Image
from scipy import ndimage

ENOUGH = 3  # classes that must be known to tell a transposed digit
SHOWN = 2000  # pictures that are looked at
EMNIST_CLASSES = (47, 62)  # of its balanced and its whole set, whose first ten are the digits


def inverted(images: np.ndarray) -> bool:
    """Whether most pictures, (n, height, width) uint8, have a border lighter than the middle grey."""
    some = images[:: max(1, len(images) // SHOWN)]
    border = np.concatenate([some[:, 0], some[:, -1], some[:, :, 0], some[:, :, -1]], axis=1)
    return bool((np.median(border, axis=1) > 127).mean() > 0.5)


def transposed(images: np.ndarray, labels: np.ndarray, class_names: tuple[str, ...]) -> bool:
    """Whether the means of the digits' classes resemble those of scikit-learn's digits more with rows and columns exchanged.

    images: (n, height, width) uint8, light on dark. Without enough classes that are digits nothing is suspected.
    """
    digits = set(map(str, range(10)))
    digit_classes = [n for n, name in enumerate(class_names) if name in digits]
    if len(digit_classes) < ENOUGH or not (set(class_names) <= digits or len(class_names) in EMNIST_CLASSES):
        return False
    upright, turned = 0.0, 0.0
    for n in digit_classes:
        own = np.flatnonzero(labels == n)[:SHOWN]
        mean, usual = _small(images[own].mean(axis=0)), _usual()[int(class_names[n])]
        upright += float((mean * usual).sum())
        turned += float((mean.T * usual).sum())
    return turned > upright


def _small(mean: np.ndarray) -> np.ndarray:
    """A mean picture cut to what is drawn, 8 x 8, of mean 0 and length 1."""
    drawn = mean > mean.min() + 0.2 * np.ptp(mean)
    box = ndimage.find_objects(drawn.astype(np.uint8))
    cut = mean[box[0]] if box else mean
    small = np.asarray(Image.fromarray(cut.astype(np.float32)).resize((8, 8), Image.Resampling.BILINEAR))
    centred = small - small.mean()
    return centred / max(float(np.linalg.norm(centred)), 1e-9)


@cache
def _usual() -> list[np.ndarray]:
    from sklearn.datasets import load_digits

    bundled = load_digits()
    return [_small(bundled.images[bundled.target == n].mean(axis=0)) for n in range(10)]
