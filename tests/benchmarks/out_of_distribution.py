"""Shows a run letters, signs and scribbles, and prints how often it says that this does not look like a digit.

python -m tests.benchmarks.out_of_distribution [--run RUN]   needs a run that keeps references; MNIST and pen strokes where they are
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from models import DEFAULT_RUN, import_keras, neighbours, prediction, run_directory
from models.preprocessing.strokes import from_strokes
from tests.letters import not_digits
from training.datasets import registry


def main() -> None:
    """Show, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", default=DEFAULT_RUN)
    chosen = parser.parse_args()
    import_keras()
    folder = run_directory(chosen.run)
    embed, kept = prediction.load(folder).embed, neighbours.load(folder / neighbours.FILE)

    def far(images) -> np.ndarray:
        parts = np.array_split(images, max(1, len(images) // 500))
        return np.concatenate([kept.nearest(embed(part)[0])[1][:, -1] for part in parts]) > kept.limit

    images, names = not_digits(30)
    told, names = far(images), np.array(names)
    print(f"limit {kept.limit:.3f}; told to be no digit: {told.mean():.1%} of {len(told)} letters, signs and scribbles")
    print(", ".join(f"{name} {told[names == name].mean():.0%}" for name in dict.fromkeys(names)))
    print(f"of generated digits: {far(registry.load('generated:6000:99').images).mean():.2%}")
    print(f"of MNIST's test digits: {far(registry.load('mnist').part('test')[0]).mean():.2%}")
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    print(f"of pen strokes: {far(np.stack([from_strokes(d['strokes']) for d in drawings])).mean():.2%}")


if __name__ == "__main__":
    main()
