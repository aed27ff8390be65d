"""Where on a map the digits of a class lie densest."""

import numpy as np
from scipy.ndimage import uniform_filter

CELLS = 32  # a side of the grid in which digits are counted


def densest(positions: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """The digit of each class that lies in the middle of where most of its class are: its position, (classes, 2), or NaN for a
    class without digits. positions: (n, 2), 0 to 1; labels: (n,)."""
    centres = np.full((classes, 2), np.nan)
    for label in np.unique(labels):
        own = positions[labels == label]
        cells = np.minimum((own * CELLS).astype(int), CELLS - 1)
        counts = np.zeros((CELLS, CELLS))
        np.add.at(counts, tuple(cells.T), 1)
        around = uniform_filter(counts, 5, mode="constant")
        most = np.array(np.unravel_index(around.argmax(), around.shape))
        near = own[(np.abs(cells - most) <= 2).all(axis=1)]
        centres[label] = near[np.argmin(np.linalg.norm(near - near.mean(axis=0), axis=1))]
    return centres
