"""Replays recorded pen strokes with pens and in sizes of all kinds, and prints the error of a run in each cell.

python -m tests.benchmarks.pens [--digits 7494] [--run RUN]      needs MNIST_ATELIER_DATA with pen_strokes.json in it

Three ways to make a digit of a drawing: the whole canvas resized, as most apps do; the drawing cut out, scaled to 20 pixels
and centred; and that with the strokes drawn again with MNIST's pen, as this project does. Points are rounded to the
canvas's pixels, its pencil lays curves through them as Fabric.js does, and the digit stands anywhere on it.
"""

import argparse
import itertools
import json
import os
from pathlib import Path

import numpy as np

from dashboard.components.canvas import canvas_strokes
from models import DEFAULT_RUN, import_keras, prediction, run_directory
from models.preprocessing.strokes import Steps, prepare

SIDE = 336
PENS, SIZES = (8, 20, 36), (0.25, 0.5, 0.9)
WAYS = {
    "canvas resized": Steps(thin=False, scale=False, centre=False),
    "box, 20 px, centre of mass": Steps(thin=False),
    "and MNIST's pen": Steps(),
}


def main() -> None:
    """Replay, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--digits", type=int, default=7494)
    parser.add_argument("--run", default=DEFAULT_RUN)
    chosen = parser.parse_args()
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())[: chosen.digits]
    labels = np.array([drawing["label"] for drawing in drawings])
    import_keras()
    read = prediction.load(run_directory(chosen.run)).predict
    print(
        f"{chosen.run}, error in percent over {len(drawings):,} digits; pen in pixels of {SIDE}, size as share of the canvas"
    )
    print(f"{'':28}" + "".join(f"{f'{pen} px, {size:.0%}':>12}" for pen in PENS for size in SIZES), flush=True)
    for way, steps in WAYS.items():
        errors = []
        for pen in PENS:
            for size in SIZES:
                rng = np.random.default_rng(0)
                digits = [_digit(drawing["strokes"], pen, size, steps, rng) for drawing in drawings]
                answers = read(np.stack(digits)).argmax(axis=1)
                errors.append((answers != labels).mean())
        print(f"{way:28}" + "".join(f"{100 * error:12.2f}" for error in errors), flush=True)
    print("most frequent mistakes of the last cell:", _mistakes(labels, answers))


def _digit(strokes, pen: int, size: float, steps: Steps, rng: np.random.Generator) -> np.ndarray:
    """One drawing on the canvas, brought to (28, 28)."""
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    low, extent = points.min(axis=0), max(np.ptp(points, axis=0).max(), 1)
    scale = max(size * SIDE - pen, 1) / extent
    room = SIDE - pen - np.ptp(points, axis=0) * scale
    start = pen / 2 + rng.uniform(0, 1, 2) * np.maximum(room, 0)
    drawn = [_path(np.round((np.array(stroke, float) - low) * scale + start)) for stroke in strokes]
    return list(prepare(canvas_strokes({"objects": drawn}), SIDE, pen, steps).values())[-1]


def _path(points: np.ndarray) -> dict:
    """A stroke as the canvas hands it over: a curve to the middle between each point and the next, with the point to bend it."""
    points = [points[0], *(after for before, after in itertools.pairwise(points) if (before != after).any())]
    curves = [["Q", *here, *(here + after) / 2] for here, after in itertools.pairwise(points)]
    return {"type": "path", "path": [["M", *points[0]], *curves, ["L", *points[-1]]]}


def _mistakes(labels: np.ndarray, answers: np.ndarray) -> str:
    counts = np.zeros((10, 10), int)
    np.add.at(counts, (labels, answers), labels != answers)
    top = np.argsort(-counts.ravel())[:6]
    return ", ".join(
        f"{place // 10} as {place % 10}: {counts.ravel()[place]}" for place in top if counts.ravel()[place]
    )


if __name__ == "__main__":
    main()
