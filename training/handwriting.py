"""Digits written by a pen that is a program: strokes in the styles that people use in different countries.

Each style is a few control points; a digit is one style, its points moved a little, joined by smooth curves, then slanted,
turned, stretched and bent. MNIST was written by Americans and hardly knows a 1 with an upstroke or a 7 with a bar.
"""

import itertools
from functools import lru_cache

import numpy as np
from scipy.interpolate import make_interp_spline

from models.preprocessing import from_strokes
from training.styles import STYLES

Style = tuple[float, str]  # how often it is drawn; its strokes, as training/styles.py writes them


def write(style: Style, rng: np.random.Generator, wildness: float = 1.0) -> list[np.ndarray]:
    """One digit of that style: strokes (points, 2), x right, y down, about 1 high.

    wildness: how much each differs from the model, 0 for not at all.
    """
    size, shape = wildness * 0.032, _shape(rng, wildness)
    waves = rng.normal(0, 0.025 * wildness, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2, 2))
    high = np.exp(rng.normal(0, 0.14) * wildness)  # whether the upper part is large or the lower
    strokes, drawn = _strokes(style[1]), []
    for control, sharp in strokes:
        apart = rng.normal(0, 0.6 * size, 2) * (
            len(strokes) > 1
        )  # a pen that was lifted does not come down in its place
        line = _curve(control + rng.normal(0, size, control.shape) + apart, sharp)
        line[:, 1] = np.sign(line[:, 1]) * np.abs(line[:, 1]) ** high
        line = (line - 0.5) @ shape.T
        drawn.append(line + _bend(line, *waves) + rng.normal(0, 0.003 * wildness, line.shape))
    return drawn


@lru_cache(maxsize=1000)
def _strokes(text: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The strokes of a style: points (n, 2) in a box of 1 by 1, and which of them are corners (n,)."""
    strokes = []
    for stroke in text.split("|"):
        points = [[float(number) for number in point.rstrip("!").split(",")] for point in stroke.split()]
        strokes.append((np.array(points) / 100, np.array([point.endswith("!") for point in stroke.split()])))
    return strokes


def _shape(rng: np.random.Generator, wildness: float) -> np.ndarray:
    """Slant, turn and proportions, (2, 2)."""
    slant, turn = np.clip(rng.normal(-0.12, 0.2) * wildness, -0.5, 0.4), rng.normal(0, 0.1) * wildness
    wide = 0.66 * np.exp(np.clip(rng.normal(0, 0.25) * wildness, -0.35, 0.6))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return rotation @ np.array([[wide, slant], [0, 1]])


def _curve(points: np.ndarray, sharp: np.ndarray) -> np.ndarray:
    """A smooth line through the points, ten steps from one to the next, broken at the corners; (steps, 2)."""
    ends = [0, *np.flatnonzero(sharp), len(points) - 1]
    return np.concatenate([_smooth(points[a : b + 1]) for a, b in itertools.pairwise(ends) if b > a])


def _smooth(points: np.ndarray) -> np.ndarray:
    # centripetal spacing keeps the curve from overshooting where points are close (Lee 1989)
    along = np.r_[0, np.cumsum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)) + 1e-6)]
    steps = np.linspace(0, along[-1], 10 * (len(points) - 1) + 1)
    return make_interp_spline(along, points, k=min(3, len(points) - 1))(steps)


def _bend(line: np.ndarray, heights: np.ndarray, phases: np.ndarray) -> np.ndarray:
    """Two slow waves across the page in each direction, as far as they move each point; (points, 2)."""
    moves = np.zeros_like(line)
    for axis in (0, 1):
        for wave in (0, 1):
            for along in (0, 1):
                moves[:, axis] += heights[axis, wave, along] * np.sin(
                    (2 + 2.5 * wave) * line[:, along] + phases[axis, wave, along]
                )
    return moves


def one(number: int, seed: int = 1) -> tuple[int, str, list[np.ndarray], float]:
    """A digit of the series of that seed: label, name of the style, strokes, and width of the pen in pixels of the 28."""
    rng, label = np.random.default_rng([seed, number]), number % 10
    names = list(STYLES[label])
    shares = np.array([STYLES[label][name][0] for name in names])
    name = names[rng.choice(len(names), p=shares / shares.sum())]
    return label, name, write(STYLES[label][name], rng, rng.uniform(0.6, 1.4)), rng.uniform(1.6, 3.0)


def picture(number: int, seed: int = 1) -> np.ndarray:
    """That digit as the canvas would show it, (28, 28) uint8."""
    _, _, strokes, pen = one(number, seed)
    return from_strokes(strokes, pen)


def generate(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first digits of a series, the classes in turn: images (n, 28, 28) uint8, labels (n,) uint8, names of styles (n,)."""
    images, labels, names = np.zeros((count, 28, 28), np.uint8), np.zeros(count, np.uint8), []
    for number in range(count):
        label, name, strokes, pen = one(number, seed)
        images[number], labels[number] = from_strokes(strokes, pen), label
        names.append(name)
    return images, labels, np.array(names)
