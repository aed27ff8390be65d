"""Shows a run letters, signs and scribbles, and people's digits, and prints which it doubts and how far its confidence is right.

python -m tests.benchmarks.out_of_distribution [--run RUN]
needs a run that keeps references, and MNIST_ATELIER_DATA with pen_strokes.json in it
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from models import DEFAULT_RUN, calls, import_keras
from models.preprocessing.strokes import from_strokes
from tests.letters import not_digits
from training.datasets import registry
from training.metrics import reliability


def main() -> None:
    """Show, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", default=DEFAULT_RUN)
    run = parser.parse_args().run
    import_keras()
    images, names = not_digits(30)
    doubtful, names = calls.read(run, images).doubtful, np.array(names)
    print(f"{run}: {doubtful.mean():.1%} of {len(names)} letters, signs and scribbles are doubted to be digits")
    print(", ".join(f"{name} {doubtful[names == name].mean():.0%}" for name in dict.fromkeys(names)))
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    written = registry.load("generated:6000:99")
    _digits(run, "generated digits", written.images, written.labels)
    _digits(run, "MNIST's test digits", *registry.load("mnist").part("test"))
    strokes = np.stack([from_strokes(drawing["strokes"]) for drawing in drawings])
    _digits(run, "pen strokes", strokes, np.array([drawing["label"] for drawing in drawings]))


def _digits(run: str, name: str, images: np.ndarray, labels: np.ndarray) -> None:
    """Of digits of one kind: the error, the doubts by whether the class is right, and the calibration of the confidence."""
    reading = calls.read(run, images)
    correct = reading.probabilities.argmax(axis=1) == labels
    confidence = reading.probabilities.max(axis=1)
    sure = correct[(confidence >= 0.8) & (confidence < 0.95)]
    print(
        f"{name}: error {1 - correct.mean():.2%}; doubted {reading.doubtful[correct].mean():.2%} of those classified correctly, "
        f"{reading.doubtful[~correct].mean():.0%} of the others; expected calibration error "
        f"{reliability(labels, reading.probabilities).error:.2%}; "
        f"of {len(sure)} with a confidence of 80 to 95 %, {sure.mean():.0%} correct; "
        f"{(confidence[~correct] >= 0.99).sum()} of {(~correct).sum()} misclassified with 99 % or more"
    )


if __name__ == "__main__":
    main()
