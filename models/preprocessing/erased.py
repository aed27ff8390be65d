"""A drawing with one of its strokes left out, each in turn; one of a single stroke loses a quarter of it."""

from collections.abc import Sequence

import numpy as np

PARTS = 4  # of a single stroke


def erased(strokes: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """What remains of a drawing without each of its strokes or, where there is a single one, without each of PARTS equal parts of
    it; nothing for a drawing without a line.

    strokes: (points, 2) each; one of no length counts as a stroke beside others.
    """
    if len(strokes) > 1:
        return [[*strokes[:left_out], *strokes[left_out + 1 :]] for left_out in range(len(strokes))]
    pieces = [piece for stroke in strokes for piece in cut(np.asarray(stroke, float), PARTS)]
    sides = [(pieces[:left_out], pieces[left_out + 1 :]) for left_out in range(len(pieces))]
    return [[np.concatenate(side) for side in both if side] for both in sides]


def cut(stroke: np.ndarray, parts: int) -> list[np.ndarray]:
    """A stroke (points, 2) in parts of equal length, (points, 2) each; nothing where it has no length."""
    run = np.concatenate([[0.0], np.linalg.norm(np.diff(stroke, axis=0), axis=1).cumsum()])
    if run[-1] == 0:
        return []
    edges = np.linspace(0, run[-1], parts + 1)
    ends = np.stack([np.interp(edges, run, stroke[:, axis]) for axis in range(2)], axis=1)
    return [
        np.concatenate(
            [ends[part : part + 1], stroke[(run > edges[part]) & (run < edges[part + 1])], ends[part + 1 : part + 2]]
        )
        for part in range(parts)
    ]
