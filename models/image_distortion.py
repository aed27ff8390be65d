"""How far digits are from each other where each pixel may match another nearby, by the image distortion model.

Keysers et al., IEEE TPAMI 29(8), 2007: Sobel gradients are compared, each with the 3 x 3 pixels around it.
"""

import numpy as np
from scipy import ndimage

WARP = 2  # how many pixels away the match may be


def gradients(images: np.ndarray) -> np.ndarray:
    """Sobel gradients of (n, height, width) uint8: (n, 2, height, width) float32."""
    light = images.astype(np.float32) / 255
    # ndimage.sobel would mix the digits
    slopes = [ndimage.correlate1d(light, [-1, 0, 1], axis=axis) for axis in (1, 2)]
    return np.stack(
        [ndimage.correlate1d(slopes[0], [1, 2, 1], axis=2), ndimage.correlate1d(slopes[1], [1, 2, 1], axis=1)], 1
    )


def distortion(own: np.ndarray, others: np.ndarray, warp: int) -> np.ndarray:
    """Distances (k,) of one digit's gradients (2, h + 2, w + 2) to k others' (k, 2, h + 2 + 2 warp, w + 2 + 2 warp).

    Each pixel takes the best of the (2 warp + 1)^2 places around it, compared with its eight neighbours.
    """
    height, width = own.shape[1:]
    best = np.full((len(others), height - 2, width - 2), np.inf, np.float32)
    for down in range(2 * warp + 1):
        for right in range(2 * warp + 1):
            difference = others[:, :, down : down + height, right : right + width] - own
            difference *= difference
            squares = difference[:, 0] + difference[:, 1]
            squares = squares[:, :-2] + squares[:, 1:-1] + squares[:, 2:]
            squares = squares[:, :, :-2] + squares[:, :, 1:-1] + squares[:, :, 2:]
            np.minimum(best, squares, out=best)
    return best.sum(axis=(1, 2))
