"""The nearest training digits by which models.classifiers.knn_deform classifies one digit, from the training digits themselves.

The classifier keeps the gradients of all training digits, gigabytes of them; here only those of the candidates are made.
"""

from dataclasses import dataclass

import numpy as np

from models.image_distortion import WARP, distortion, gradients

PART = 5_000  # digits compared at once, which keeps the memory small


@dataclass(frozen=True)
class Nearest:
    """The neighbours that vote. place: (k,) among the training digits, nearest first; distance: (k,) float32 under the image
    distortion model; share: (k,) of the vote, which sum to 1."""

    place: np.ndarray
    distance: np.ndarray
    share: np.ndarray


def nearest(image: np.ndarray, images: np.ndarray, neighbours: int, candidates: int, fade: float) -> Nearest:
    """The neighbours of one digit (height, width) uint8 among training digits (n, height, width) uint8.

    The other arguments are those of models.classifiers.knn_deform.
    """
    count = min(candidates, len(images))
    near = np.argpartition(_distances(image, images), count - 1)[:count]
    reach = WARP + 1
    around = ((0, 0), (0, 0), (reach, reach), (reach, reach))
    own = np.pad(gradients(image[None]), ((0, 0), (0, 0), (1, 1), (1, 1)))[0]
    warped = distortion(own, np.pad(gradients(images[near]), around), WARP)
    order = np.argsort(warped, kind="stable")[:neighbours]
    distance = warped[order]
    weights = np.exp(-(distance - distance[0]) / max(fade * distance[0], 1e-6))
    return Nearest(near[order], distance, weights / weights.sum())


def _distances(image: np.ndarray, images: np.ndarray) -> np.ndarray:
    """The squared Euclidean distance of each digit, (n,), up to a constant."""
    own = image.ravel().astype(np.float32) / 255
    distances = []
    for start in range(0, len(images), PART):
        pixels = images[start : start + PART].reshape(-1, own.size).astype(np.float32) / 255
        distances.append((pixels**2).sum(axis=1) - 2 * pixels @ own)
    return np.concatenate(distances)
