"""Pictures that maximise a class of a model or a map of it: what it looks for, which need not be what people see (Simonyan et al.
2014; of maps Olah et al. 2017).

From grey noise, each step goes up the gradient; between the steps the picture is smoothed a little and fades, or it would be noise
to the eye, for networks answer to single pixels too (Yosinski et al. 2015).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

STEPS = 48
STEP = 500.0  # grey levels, the Euclidean length of the first; they become shorter towards the last
FADES = 0.03  # the share of its brightness that a picture loses in each step
SMOOTHED = 0.5  # pixels, the standard deviation of the blur after each step but the last ones
MAP_SMOOTHED = 0.35  # of the picture of a map, which does not fade: with more, maps answer to some digits more
SHARP = 4  # steps at the end without it
GREY, NOISE = 64.0, 16.0  # grey levels, mean and standard deviation of the start


@dataclass(frozen=True)
class ClassPicture:
    """picture: (height, width) uint8; probability: 0 to 1, that the model gives the class for it."""

    picture: np.ndarray
    probability: float


@dataclass(frozen=True)
class MapPicture:
    """picture: (height, width) uint8; kernel: the weights that lead to the map, (height, width, maps) or (units,) float32."""

    picture: np.ndarray
    kernel: np.ndarray


def maximised(
    model: Any, label: int, shape: tuple[int, int], fades: float = FADES, smoothed: float = SMOOTHED
) -> np.ndarray:
    """The picture (height, width) uint8 that gradient steps lead to from grey noise, always the same one.

    Args:
        model: models.gradients.Differentiable, whose score, the log-odds of the class, is maximised; or MapGradients.
        label: the class, or the map.
        shape: height and width.
        fades: 0 to 1, the share of its brightness that it loses in each step.
        smoothed: pixels, the standard deviation of the blur.

    Raises:
        NoGradientsError: the model has no gradients.
    """
    picture = np.random.default_rng(0).normal(GREY, NOISE, shape)
    for step in range(STEPS):
        slope = model.gradient(picture[None].astype(np.float32), label)[0].astype(float)
        steepness = float(np.linalg.norm(slope))
        if steepness:
            picture = picture + STEP * (1 - step / STEPS) / steepness * slope
        picture = picture * (1 - fades)
        if smoothed and step < STEPS - SHARP:
            picture = ndimage.gaussian_filter(picture, smoothed, mode="constant")
        picture = np.clip(picture, 0, 255)
    return (picture + 0.5).astype(np.uint8)
