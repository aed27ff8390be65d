"""Letters, signs and scribbles, which are no digits: to try whether that is told. Written as training/styles.py writes digits.

Letters that are a digit's twins (B, D, I, J, O, Q, S, Z, b, g, l, o, q, s, z) are left out.
"""

import numpy as np
from scipy.interpolate import make_interp_spline

from models.preprocessing.strokes import from_strokes
from training.datasets.generator import write

STYLES = {
    "A": "0,100 45,0! 90,100 | 18,62 75,62",
    "C": "85,15 50,0 15,25 12,70 45,100 85,88",
    "E": "85,0 10,0! 10,100! 88,100 | 10,48 70,48",
    "F": "85,0 10,0! 10,100 | 10,45 70,45",
    "G": "85,15 50,0 15,25 12,70 45,100 85,88 88,55! 55,55",
    "H": "10,0 10,100 | 85,0 85,100 | 10,50 85,50",
    "K": "10,0 10,100 | 80,0 12,55! 85,100",
    "M": "0,100 10,0! 48,65! 88,0! 98,100",
    "N": "5,100 8,0! 85,100! 88,0",
    "P": "12,100 12,0! 70,5 80,30 60,50 12,52",
    "R": "12,100 12,0! 70,5 80,28 60,48 12,50! 85,100",
    "T": "0,0 95,0 | 48,0 48,100",
    "U": "8,0 10,75 45,100 82,75 85,0",
    "V": "5,0 45,100! 88,0",
    "W": "0,0 22,100! 48,30! 72,100! 98,0",
    "X": "5,0 88,100 | 88,0 5,100",
    "Y": "5,0 46,50 | 88,0 46,50! 44,100",
    "a": "80,20 40,5 8,45 30,95 70,70 80,15! 82,98",
    "d": "80,60 35,40 8,75 40,100 75,80 82,0! 82,100",
    "e": "15,50 82,45 60,5 15,25 12,75 50,100 85,85",
    "h": "12,0 14,100! 20,55 60,40 78,60 80,100",
    "k": "12,0 12,100 | 70,35 14,68! 72,100",
    "m": "5,100 5,20! 20,8 42,25 44,100! 48,25 70,8 88,25 90,100",
    "n": "10,100 10,10! 30,8 70,15 82,40 84,100",
    "r": "15,100 15,10! 35,5 80,12",
    "star": "50,0 75,100! 0,35! 100,35! 22,100! 50,0",
    "plus": "50,0 50,100 | 0,50 100,50",
    "equals": "0,30 100,30 | 0,75 100,75",
    "triangle": "50,0 0,95! 100,95! 50,0",
    "square": "0,0 95,2! 97,97! 2,98! 0,0",
    "zigzag": "0,20 25,90! 45,15! 65,90! 85,10! 100,85",
    "spiral": "50,50 60,45 62,60 45,68 32,50 45,28 75,30 82,62 55,90 15,75 12,30 50,2 95,15",
    "heart": "50,100 0,40 20,2 50,28! 80,2 100,40 50,100",
    "tick": "0,60 30,100! 100,0",
    "hash": "30,0 22,100 | 72,0 64,100 | 0,35 100,32 | 0,70 100,66",
}


def not_digits(each: int, seed: int = 0) -> tuple[np.ndarray, list[str]]:
    """So many of each letter and sign and ten times as many scribbles: images (n, 28, 28) uint8, and what they are."""
    rng = np.random.default_rng(seed)
    images, names = [], []
    for name, strokes in STYLES.items():
        for _ in range(each):
            images.append(from_strokes(write((1, strokes), rng), rng.uniform(1.8, 2.6)))
            names.append(name)
    for _ in range(10 * each):
        corners = rng.uniform(0, 1, (rng.integers(5, 12), 2))
        line = make_interp_spline(np.arange(len(corners)), corners, k=3)(np.linspace(0, len(corners) - 1, 120))
        images.append(from_strokes([line]))
        names.append("scribble")
    return np.stack(images), names
