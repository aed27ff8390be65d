"""A small convolutional network whose filters are given and whose dense end is trained: what each map adds to each class."""

from dataclasses import dataclass

import numpy as np

from training.concepts.filters import FILTERS, convolve, scaled
from training.concepts.perceptron import Layers, Settings, train
from training.concepts.pooling import pool

MAPS = ("vertical edges", "horizontal edges", "slope", "outline")  # of FILTERS
EXAMPLES = 2000  # training digits


@dataclass(frozen=True)
class DenseEnd:
    """The trained dense layer. layers: its weights (features, classes) and biases; window: of the pooling; error: 0 to 1, on the
    test digits that were kept for that."""

    layers: Layers
    window: int
    error: float


def maps(images: np.ndarray, window: int) -> np.ndarray:
    """The pooled maps of MAPS, (n, maps, rows, columns), behind relu. images: (n, height, width) uint8."""
    pooled = [
        pool(np.maximum(convolve(scaled(images), np.array(FILTERS[name])), 0), window, "maximum") for name in MAPS
    ]
    return np.stack(pooled, axis=1)


def fit(images: np.ndarray, labels: np.ndarray, test_images: np.ndarray, test_labels: np.ndarray) -> DenseEnd:
    """Train the dense end on pictures (n, height, width) uint8 of either part."""
    window = max(2, images.shape[1] // 7)
    flat, test_flat = (maps(part, window).reshape(len(part), -1) for part in (images, test_images))
    done = train(flat, labels, test_flat, test_labels, Settings(hidden=(), rate=0.05, batch=32, epochs=12))
    return DenseEnd(done.layers, window, float((done.probabilities.argmax(axis=1) != test_labels).mean()))


def contributions(image: np.ndarray, end: DenseEnd) -> np.ndarray:
    """What each map adds to the score of each class, and in the last row the biases: (maps + 1, classes), whose sums over the
    rows are the logits. image: (height, width) uint8."""
    weights, biases = end.layers[0]
    flat = maps(image[None], end.window)[0].reshape(len(MAPS), -1)
    parts = weights.reshape(len(MAPS), -1, len(biases))
    return np.vstack([np.einsum("mp,mpc->mc", flat, parts), biases])
