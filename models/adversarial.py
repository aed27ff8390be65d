"""Adversarial examples: a small change of a digit's pixels that makes a model predict a chosen class, found by gradients.

Such a change is often too small for people to see (Szegedy et al. 2014). Each step goes straight up the score, as far as a straight
line in its place says (as in DeepFool, Moosavi-Dezfooli et al. 2016), but no farther than LONGEST.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

STEPS = 80
LONGEST, SHORTEST = 32.0, 2.0  # grey levels, the Euclidean length of a step
MARGIN = 0.05  # nats beyond even odds that are aimed at
LEAST = 1e-30  # a probability below it counts as this
FRAMES = 24  # pictures of the film after the first


class NotReachedError(ValueError):
    """A class that no small change was found to lead to, in a sentence."""


@dataclass(frozen=True)
class Film:
    """frames: (k, height, width) uint8 from the digit to the one that is predicted as the class; probabilities: (k, classes)
    float32 of each."""

    frames: np.ndarray
    probabilities: np.ndarray


def film(model: Any, image: np.ndarray, label: int) -> Film:
    """The change of `led` in equal parts, FRAMES + 1 pictures. Arguments and errors are those of `led`."""
    frames = _parts(image, led(model, image, label), FRAMES + 1)
    return Film(frames, np.asarray(model(frames), np.float32))


def led(model: Any, image: np.ndarray, label: int) -> np.ndarray:
    """A picture (height, width) uint8 near to `image` for which the class has a probability of one half or more. There may be a
    nearer one: where the score bends, steps uphill do not lead the shortest way.

    Args:
        model: models.gradients.Differentiable, whose score is the log-odds of a class, in nats.
        image: (height, width) uint8.
        label: the class to reach.

    Raises:
        NotReachedError: it was not reached in STEPS steps.
        NoGradientsError: the model has no gradients.
    """
    here = image.astype(np.float32)
    for _ in range(STEPS):
        rounded = _rounded(here)
        probability = float(model(rounded[None])[0, label])
        if probability >= 0.5:
            return _shortened(model, image, rounded, label)
        score = np.log(max(probability, LEAST)) - np.log1p(-probability)
        slope = model.gradient(here[None], label)[0]
        # pixels that are black or white already change no more in that direction
        slope = np.where((here <= 0) & (slope < 0) | (here >= 255) & (slope > 0), 0, slope)
        steepness = float(np.linalg.norm(slope))
        if not steepness > 0:
            break
        far = min(LONGEST, max(SHORTEST, (MARGIN - score) / steepness))
        here = np.clip(here + far / steepness * slope, 0, 255)
    raise NotReachedError("No small change was found that makes the model predict this class.")


def _shortened(model: Any, image: np.ndarray, reached: np.ndarray, label: int) -> np.ndarray:
    """The first picture on the straight way from the digit to the one reached that is predicted as the class."""
    way = _parts(image, reached, 65)
    return way[int((model(way)[:, label] >= 0.5).argmax())]


def _parts(image: np.ndarray, other: np.ndarray, count: int) -> np.ndarray:
    """So many pictures (count, height, width) uint8 in equal steps from one to the other, both among them."""
    shares = np.linspace(0, 1, count, dtype=np.float32)[:, None, None]
    return _rounded(image + shares * (other.astype(np.float32) - image))


def _rounded(values: np.ndarray) -> np.ndarray:
    return (values + 0.5).astype(np.uint8)


def size(before: np.ndarray, after: np.ndarray) -> float:
    """The Euclidean length of a change (its L2 norm), black to white counted as 1. before, after: (height, width) uint8."""
    return float(np.linalg.norm(after.astype(np.float64) - before) / 255)
