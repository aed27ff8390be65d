"""Why a model reads a digit as it does: one function per heatmap.

Each takes a predict function, an image (height, width) uint8 and a class, and gives (height, width) float32: how much each
pixel spoke for that class, negative where it spoke against it.
"""

from collections.abc import Callable

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]
EXPLANATIONS: dict[str, Callable[[Predict, np.ndarray, int], np.ndarray]] = {}


def explanation(function: Callable) -> Callable:
    """Enter an explanation under its function's name: from a model, an image and a class to a heat for each pixel."""
    EXPLANATIONS[function.__name__] = function
    return function


@explanation
def occlusion(predict: Predict, image: np.ndarray, label: int, size: int = 5, step: int = 2) -> np.ndarray:
    """How the probability falls when a square of the digit is wiped out (Zeiler and Fergus 2014)."""
    height, width = image.shape
    corners = [(top, left) for top in range(1 - size, height, step) for left in range(1 - size, width, step)]
    squares = [(slice(max(0, t), t + size), slice(max(0, left), left + size)) for t, left in corners]
    wiped = [square for square in squares if image[square].any()]  # where nothing was, nothing changes
    heat, covered = np.zeros(image.shape, np.float32), np.zeros(image.shape, np.float32)
    if not wiped:
        return heat
    variants = np.repeat(image[None], len(wiped) + 1, axis=0)
    for variant, square in zip(variants[1:], wiped, strict=True):
        variant[square] = 0
    scores = predict(variants)[:, label]
    for square, score in zip(wiped, scores[1:], strict=True):
        heat[square] += scores[0] - score
    for square in squares:
        covered[square] += 1
    return heat / np.maximum(covered, 1)
