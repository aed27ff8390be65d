"""Digits written by a pen that is a program: strokes in the styles that people use in different countries.

Each style is a few control points; a digit is one style, its points moved a little, joined by smooth curves, then slanted,
turned, stretched and bent. MNIST was written by Americans and hardly knows a 1 with an upstroke or a 7 with a bar.
"""

import itertools
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from scipy.interpolate import make_interp_spline

from models.preprocessing.strokes import from_strokes
from training.datasets.styles import STYLES

PIECE = 240  # digits that are written at once
Style = tuple[float, str]  # how often it is drawn; its strokes, as training/datasets/styles.py writes them


def write(style: Style, rng: np.random.Generator, variation: float = 1.0) -> list[np.ndarray]:
    """One digit of that style: strokes (points, 2), x right, y down, about 1 high.

    variation: how much each differs from the model, 0 for not at all.
    """
    size, bent = variation * 0.032, _bent(rng, variation, 0.66, -0.12)
    strokes, drawn = _strokes(style[1]), []
    haste = variation * rng.uniform(0, 0.3)  # a hasty hand rounds its corners
    for control, sharp in strokes:
        apart = rng.normal(0, 0.6 * size, 2) * (
            len(strokes) > 1
        )  # a pen that was lifted does not come down in its place
        rounded = sharp & (rng.random(len(sharp)) > haste)
        line = _ends(_curve(control + rng.normal(0, size, control.shape) + apart, rounded), rng, variation)
        drawn.append(bent(line))
    return drawn


def rewrite(strokes: Sequence[np.ndarray], rng: np.random.Generator, variation: float = 0.7) -> list[np.ndarray]:
    """A digit that someone drew, as the same hand might write it another time; strokes and variation as in `write`."""
    lines = [np.array(stroke, float).reshape(-1, 2) for stroke in strokes]
    low, high = (extreme(np.concatenate(lines), axis=0) for extreme in (np.min, np.max))
    bent, drawn = _bent(rng, variation, 1.0, 0.0), []
    for line in lines:
        apart = rng.normal(0, 0.02 * variation, 2) * (len(lines) > 1)
        drawn.append(
            bent(_ends(0.5 + (line - (low + high) / 2) / max((high - low).max(), 1e-6) + apart, rng, variation))
        )
    return drawn


def _bent(rng: np.random.Generator, variation: float, wide: float, slant: float) -> Callable[[np.ndarray], np.ndarray]:
    """One way in which a whole digit is slanted, turned, stretched and bent: of a line (points, 2) in a box of 1 by 1."""
    shape = _shape(rng, variation, wide, slant)
    waves = rng.normal(0, 0.025 * variation, (2, 2, 2)), rng.uniform(0, 2 * np.pi, (2, 2, 2))
    high = np.exp(rng.normal(0, 0.14) * variation)  # whether the upper part is large or the lower

    def bent(line: np.ndarray) -> np.ndarray:
        tall = np.stack([line[:, 0], np.sign(line[:, 1]) * np.abs(line[:, 1]) ** high], axis=1)
        moved = (tall - 0.5) @ shape.T
        return moved + _bend(moved, *waves) + rng.normal(0, 0.003 * variation, line.shape)

    return bent


@lru_cache(maxsize=1000)
def _strokes(text: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The strokes of a style: points (n, 2) in a box of 1 by 1, and which of them are corners (n,)."""
    strokes = []
    for stroke in text.split("|"):
        points = [[float(number) for number in point.rstrip("!").split(",")] for point in stroke.split()]
        strokes.append((np.array(points) / 100, np.array([point.endswith("!") for point in stroke.split()])))
    return strokes


def _shape(rng: np.random.Generator, variation: float, wide: float, slant: float) -> np.ndarray:
    """Slant, turn and proportions, (2, 2), around that width for a height of 1, and that slant."""
    slant, turn = np.clip(rng.normal(slant, 0.2) * variation, -0.5, 0.4), rng.normal(0, 0.1) * variation
    wide = wide * np.exp(np.clip(rng.normal(0, 0.25) * variation, -0.35, 0.6))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return rotation @ np.array([[wide, slant], [0, 1]])


def _curve(points: np.ndarray, sharp: np.ndarray) -> np.ndarray:
    """A smooth line through the points, ten steps from one to the next, broken at the corners; (steps, 2)."""
    ends = [0, *np.flatnonzero(sharp), len(points) - 1]
    return np.concatenate([_smooth(points[a : b + 1]) for a, b in itertools.pairwise(ends) if b > a])


def _ends(line: np.ndarray, rng: np.random.Generator, variation: float) -> np.ndarray:
    """The line as a pen leaves it that comes down late, is lifted early, and now and then makes a small hook where it lands."""
    late, early = (rng.uniform(0, 0.06, 2) * variation * len(line)).astype(int)
    line = line[late : len(line) - early]
    if rng.random() < 0.12 * variation:
        line = np.concatenate([line[:1] + rng.normal(0, 0.05, 2), line])
    return line


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
    return label, name, write(STYLES[label][name], rng, rng.uniform(0.5, 1.5)), rng.uniform(1.6, 3.0)


def picture(number: int, seed: int = 1) -> np.ndarray:
    """That digit as the canvas would show it, (28, 28) uint8."""
    _, _, strokes, pen = one(number, seed)
    return from_strokes(strokes, pen)


def generate(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The first digits of a series, the classes in turn: images (n, 28, 28) uint8, labels (n,) uint8, names of styles (n,)."""
    pieces = [piece(seed, start) for start in range(0, count, PIECE)] or [piece(seed, 0)]
    images, labels, names = (np.concatenate(arrays)[:count] for arrays in zip(*pieces, strict=True))
    return images, labels, names


@lru_cache(maxsize=100)
def piece(seed: int, start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """PIECE digits of that series from that number on, as `generate` gives them. Kept, so that whoever asks for all can have them
    written one piece after the other first; not to be changed."""
    images, labels, names = np.zeros((PIECE, 28, 28), np.uint8), np.zeros(PIECE, np.uint8), []
    for number in range(PIECE):
        label, name, strokes, pen = one(start + number, seed)
        images[number], labels[number] = from_strokes(strokes, pen), label
        names.append(name)
    return images, labels, np.array(names)
