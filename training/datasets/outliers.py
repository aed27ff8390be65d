"""Pictures that are no digit: letters, signs, scribbles, several digits in one, and digits crossed out.

A network that is shown them with evenly spread targets is less confident of what it does not know (outlier exposure: Hendrycks,
Mazeika and Dietterich, 2019). Letters that some hand writes like a digit are left out: B, D, I, J, O, Q, S, Z, b, g, i, j, l, o, q,
s and z.
"""

from collections.abc import Callable

import numpy as np
from scipy.interpolate import make_interp_spline

from models.preprocessing.strokes import from_strokes
from training.datasets.generator import write
from training.datasets.styles import STYLES

# points as in training/datasets/styles.py
SIGNS: dict[str, str] = {
    "A": "2,100 48,0! 94,100 | 20,66 78,64",
    "A, round": "4,100 10,30 48,0 84,28 90,100 | 8,56 88,56",
    "A, in one stroke": "0,100 46,0! 88,100! 22,60! 80,58",
    "C": "88,18 58,0 18,18 4,55 26,92 60,100 92,82",
    "C, angular": "84,6 20,4! 18,96! 86,96",
    "E": "82,2 8,0! 8,98! 84,100 | 8,48 64,48",
    "E, round": "84,12 46,0 18,20 52,46! 12,66 22,96 60,100 90,84",
    "F": "88,2 12,0! 12,100 | 12,46 66,44",
    "G": "86,16 52,0 12,26 8,72 44,100 84,86 86,56! 56,56",
    "G, with a spur": "82,10 44,0 8,34 14,84 56,98 84,70! 54,62 | 84,60 86,104",
    "H": "12,0 10,100 | 84,0 86,100 | 11,52 85,48",
    "H, in two strokes": "8,0 8,100 | 8,54 80,50! 84,2! 80,100",
    "K": "14,0 12,100 | 84,2 14,58 | 34,46 90,100",
    "L, with a long foot": "8,0 6,96! 110,100",
    "M": "0,100 8,0! 50,60! 92,0! 100,100",
    "M, round": "2,100 12,4 44,60! 56,60 84,2 98,100",
    "N": "6,100 6,0! 88,100! 88,0",
    "P": "14,100 14,0 | 14,2 72,4 84,28 58,52 14,54",
    "R": "14,100 12,2! 66,2 80,26 54,50 14,52! 88,100",
    "T": "0,2 100,0 | 50,0 48,100",
    "U": "6,0 8,70 42,100 80,78 86,0",
    "U, with a stem": "8,0 8,64 36,98 78,70 84,0! 86,100",
    "V": "0,0 46,100! 92,0",
    "W": "0,0 24,100! 50,24! 74,100! 100,0",
    "W, round": "0,4 14,94 48,40 52,40 78,98 100,0",
    "X": "6,2 90,100 | 92,0 4,98",
    "X, round": "8,4 30,10 46,50 66,92 92,96 | 90,4 66,14 48,50 30,88 8,98",
    "Y": "4,0 48,52 | 94,0 48,52! 46,100",
    "a": "78,12 38,0 6,40 24,96 66,78 80,14! 84,92 100,96",
    "d": "76,56 40,42 8,70 32,100 72,84 80,0! 82,98",
    "e": "14,54 84,46 64,6 22,14 8,62 40,98 88,84",
    "e, small loop": "30,52 70,36 58,12 28,30 22,72 50,100 90,80",
    "f": "84,10 60,0 44,20 42,100 | 14,44 78,42",
    "f, looped": "30,60 70,16 52,0 40,40 42,120 24,100 40,74 76,64",
    "h": "14,0 12,100! 18,60 52,44 78,60 80,100",
    "k": "14,0 12,100 | 66,40 16,70! 76,100",
    "m": "4,100 6,14! 10,40 34,10 48,32 46,100! 50,40 74,10 92,30 92,100",
    "n": "8,100 10,12! 16,40 58,8 82,32 84,100",
    "p": "14,10 12,110 | 14,26 62,8 84,34 58,62 14,56",
    "r": "18,100 16,12! 24,40 50,10 82,16",
    "t": "46,0 42,84 60,100 86,88 | 8,28 88,26",
    "u": "8,6 10,70 40,98 74,70 80,4! 82,98",
    "w": "0,8 20,96 48,36! 52,36 72,96 100,6",
    "x": "4,4 40,50 60,96 98,92 | 92,6 8,98",
    "alpha": "96,6 58,70 24,84 6,48 30,14 60,40 98,96",
    "gamma": "2,10 24,4 50,60 44,110 30,92 60,40 94,4",
    "lambda": "14,0 34,10 92,100 | 52,48 4,100",
    "omega": "20,14 4,60 24,98 48,62! 72,98 96,60 78,12",
    "pi": "2,14 96,8 | 28,12 22,98 | 68,10 72,98",
    "psi": "50,0 50,110 | 4,10 14,56 50,70 86,56 96,8",
    "infinity": "50,24 78,4 98,24 78,46 50,24 22,4 2,24 22,46 50,24",
    "question mark": "10,20 40,0 80,18 70,44 46,62 44,78 | 44,96 46,100",
    "at sign": "70,34 46,30 36,60 58,66 70,34! 74,64 96,50 84,10 40,4 6,40 20,88 70,96",
    "ampersand": "96,96 30,30 50,2 66,20 14,70 34,98 90,56",
    "percent": "90,0 8,100 | 20,4 4,16 20,30 34,16 20,4 | 78,70 64,84 80,98 94,84 78,70",
    "heart": "48,98 2,38 22,4 48,32! 76,2 98,36 48,98",
    "heart, begun above": "50,26! 74,0 98,26 50,100! 2,30 26,2 50,26",
    "cross": "50,0 50,104 | 2,44 98,42",
    "square": "4,2 98,0! 96,98! 2,96! 4,2",
    "rhombus": "50,0 98,50! 50,100! 2,50! 50,0",
    "triangle": "50,0 100,94! 2,96! 50,0",
    "triangle, pointing down": "2,4 98,4! 50,96! 2,4",
    "house": "4,100 4,44! 50,0! 96,44! 96,100! 4,100",
    "star": "50,0 80,98! 2,36! 98,36! 20,98! 50,0",
    "star of strokes": "50,0 50,100 | 6,26 94,74 | 94,26 6,74",
    "arrow": "0,50 100,50 | 70,20 100,50! 70,80",
    "arrow upwards": "50,100 50,0 | 20,32 50,0! 80,32",
    "zigzag": "0,12 22,92! 42,10! 62,90! 82,12! 100,88",
    "zigzag downwards": "10,0 90,20! 12,42! 88,62! 10,82! 90,100",
    "waves": "0,50 16,26 34,72 52,26 70,72 88,28 104,52",
    "spiral": "52,52 62,46 58,66 38,62 36,36 64,28 84,56 58,90 18,78 10,32 48,2 94,20",
    "spiral, the other way": "48,52 38,46 42,66 62,62 64,36 36,28 16,56 42,90 82,78 90,32 52,2 6,20",
    "tick": "0,58 34,100! 104,0",
    "hash": "34,0 24,100 | 74,0 64,100 | 2,36 98,32 | 0,70 96,66",
    "equals": "2,30 98,26 | 2,72 98,70",
    "plus and minus": "50,0 50,70 | 10,34 90,34 | 10,96 90,96",
    "smile": "10,10 12,14 | 86,8 88,12 | 2,54 26,88 70,90 98,52",
    "face": "50,0 8,20 4,74 50,100 94,76 92,22 50,0 | 30,34 32,38 | 68,34 70,38 | 28,68 50,80 72,66",
    "treble": "58,110 40,96 60,0 40,30 6,72 40,96 78,76 50,52 30,72",
    "bracket": "70,0 30,4! 30,98! 72,100",
    "brace": "80,0 50,8 54,40 26,50! 54,60 50,94 80,100",
}

Lines = list[np.ndarray]
KINDS: dict[
    str, tuple[float, Callable[[np.random.Generator], Lines]]
] = {}  # share of the pictures, and how one is drawn


def kind(share: float) -> Callable[[Callable], Callable]:
    """Enter a way to draw something that is no digit, from a generator to strokes (points, 2), and how often it is drawn."""

    def enter(function: Callable) -> Callable:
        KINDS[function.__name__] = share, function
        return function

    return enter


@kind(5)
def sign(rng: np.random.Generator) -> Lines:
    """A letter or another sign."""
    return write((1, list(SIGNS.values())[rng.integers(len(SIGNS))]), rng, rng.uniform(0.5, 1.5))


@kind(2)
def scribble(rng: np.random.Generator) -> Lines:
    """One smooth line through six to fifteen places."""
    return [_smooth(rng.uniform(0, 1, (rng.integers(6, 16), 2)))]


@kind(1)
def jagged(rng: np.random.Generator) -> Lines:
    """One line of five to twelve straight pieces."""
    return [rng.uniform(0, 1, (rng.integers(6, 13), 2))]


@kind(1)
def strokes(rng: np.random.Generator) -> Lines:
    """Three to six short lines, straight or bent, anywhere."""
    return [_smooth(rng.uniform(0, 1, 2) + rng.normal(0, 0.3, (3, 2))) for _ in range(rng.integers(3, 7))]


@kind(1)
def wander(rng: np.random.Generator) -> Lines:
    """A line that turns as it goes, over itself more than once."""
    turns = np.cumsum(rng.normal(0, rng.uniform(0.15, 0.6), 150)) + np.linspace(
        0, rng.choice([-1, 1]) * rng.uniform(13, 26), 150
    )
    return [np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0)]


@kind(1)
def several(rng: np.random.Generator) -> Lines:
    """Two or three digits beside each other."""
    written = [_digit(rng) for _ in range(rng.integers(2, 4))]
    return [
        line + np.array([0.9 * place, rng.normal(0, 0.05)]) for place, lines in enumerate(written) for line in lines
    ]


@kind(0.7)
def crossed_out(rng: np.random.Generator) -> Lines:
    """A digit with two to five lines through it."""
    through = [rng.uniform(-0.6, 0.6, (2, 2)) * [1, 0.8] for _ in range(rng.integers(2, 6))]
    return [*_digit(rng), *(line * np.clip(0.9 / np.abs(np.diff(line, axis=0)).max(), 1, 3) for line in through)]


@kind(0.3)
def filled(rng: np.random.Generator) -> Lines:
    """A patch that is filled to and fro."""
    down = np.linspace(0, 1, rng.integers(12, 30))
    left, right = rng.uniform(0, 0.3, len(down)), rng.uniform(0.7, 1, len(down))
    return [np.stack([np.where(np.arange(len(down)) % 2, right, left), down * rng.uniform(0.6, 1.4)], axis=1)]


def _digit(rng: np.random.Generator) -> Lines:
    """A digit in any of its styles, all as often."""
    styles = list(STYLES[int(rng.integers(10))].values())
    return write(styles[rng.integers(len(styles))], rng, rng.uniform(0.5, 1.5))


def _smooth(places: np.ndarray) -> np.ndarray:
    spline = make_interp_spline(np.arange(len(places)), places, k=min(3, len(places) - 1))
    return spline(np.linspace(0, len(places) - 1, 12 * len(places)))


def generate(count: int, seed: int = 1) -> np.ndarray:
    """So many pictures, (count, 28, 28) uint8, of all kinds by their shares; the same for the same seed."""
    rng = np.random.default_rng([seed, 28])
    shares = np.array([share for share, _ in KINDS.values()])
    chosen = rng.choice(len(KINDS), count, p=shares / shares.sum())
    draw = [function for _, function in KINDS.values()]
    images = [from_strokes(draw[number](rng), rng.uniform(1.6, 3.0)) for number in chosen]
    return np.stack(images) if images else np.zeros((0, 28, 28), np.uint8)
