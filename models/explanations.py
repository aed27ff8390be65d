"""Why a model predicts what it does: one function per heatmap.

Each takes a model, an image (height, width) uint8 and a class, and gives (height, width) float32: how much each pixel spoke for
that class, negative where it spoke against it. A model is called with images and gives probabilities; some functions ask it for
gradients too, as models.gradients.Differentiable gives them, and raise NoGradientsError where it has none.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

EXPLANATIONS: dict[str, Callable[[Any, np.ndarray, int], np.ndarray]] = {}
PATH = 64  # steps from black to the picture


def explanation(function: Callable) -> Callable:
    """Enter an explanation under its function's name: from a model, an image and a class to a heat for each pixel."""
    EXPLANATIONS[function.__name__] = function
    return function


@explanation
def occlusion(predict: Any, image: np.ndarray, label: int, size: int = 5, step: int = 2) -> np.ndarray:
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


@explanation
def saliency(model: Any, image: np.ndarray, label: int) -> np.ndarray:
    """How fast the log-odds rise with each pixel, in nats for its whole range (Simonyan et al. 2014)."""
    return (255 * model.gradient(image[None], label)[0]).astype(np.float32)


@explanation
def integrated_gradients(model: Any, image: np.ndarray, label: int) -> np.ndarray:
    """What each pixel adds to the log-odds on the way from black; all add up to the difference (Sundararajan et al. 2017)."""
    shares = (np.arange(PATH) + 0.5) / PATH  # the middles of equal steps
    way = shares[:, None, None].astype(np.float32) * image
    return (image * model.gradient(way, label).mean(axis=0)).astype(np.float32)


@explanation
def grad_cam(model: Any, image: np.ndarray, label: int) -> np.ndarray:
    """Where the last maps speak for the class, coarse as they are; nothing that speaks against it (Selvaraju et al. 2017)."""
    maps, gradients = model.last_maps(image[None], label)
    weights = gradients[0].mean(axis=(0, 1))
    return enlarged(np.maximum(maps[0] @ weights, 0), image.shape)


def enlarged(coarse: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A map (rows, columns) at the size of a picture, between its values along straight lines: bilinear, corners kept."""
    places = [np.linspace(0, have - 1, want) for have, want in zip(coarse.shape, shape, strict=True)]
    rows = np.stack([np.interp(places[0], np.arange(len(column)), column) for column in coarse.T], axis=1)
    return np.stack([np.interp(places[1], np.arange(len(row)), row) for row in rows]).astype(np.float32)


def agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's rank correlation of how strong two heatmaps are at each pixel, -1 to 1; 0 where one of them is even.

    The sanity check of Adebayo et al. (2018) compares a network's heatmap with that of the same network with random weights.
    """
    ours, theirs = (_ranks(np.abs(one).ravel()) for one in (first, second))
    if ours.std() == 0 or theirs.std() == 0:
        return 0.0
    return float(np.corrcoef(ours, theirs)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """The rank of each value (n,), equal ones sharing the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    return (ends - (counts - 1) / 2)[places]
