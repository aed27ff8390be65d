"""How long it takes to read the error on 1,000 test digits without a map, and without each of a layer: python -m
tests.benchmarks.ablation [RUN ...]. Seconds in the models' process, of the first map of a layer, of another, and of all."""

import sys
import time

from models import ablation, activations, calls, import_keras, loaded
from training.analysis.changes import evenly
from training.datasets import registry

DIGITS = 1_000


def main(runs: list[str]) -> None:
    """Print a line for each hidden layer of these runs."""
    import_keras()
    dataset = registry.load("mnist", download=False)
    images = dataset.images[evenly(DIGITS, dataset.where("test", None))]
    print(f"{'run':<12} {'layer':<18} {'first':>6} {'other':>6} {'all':>7}")
    for run in runs:
        network = loaded.network_of(run)
        kinds = [kind for layer in network.layers for kind in activations.kinds(layer)]
        for step in [step for step, kind in enumerate(kinds) if kind in activations.SUMS.values()][:-1]:
            shape = ablation.split(network, step).shape
            asked = ([0], [1], list(range(shape[-1])))
            first, other, whole = (_seconds(run, step, units, images) for units in asked)
            name = f"{kinds[step]} {' x '.join(map(str, shape))}"
            print(f"{run:<12} {name:<18} {first:6.2f} {other:6.2f} {whole:7.2f}", flush=True)


def _seconds(run: str, step: int, units: list[int], images) -> float:
    began = time.perf_counter()
    calls.ablation(run, step, units, images)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1:] or ["canvas", "cnn-medium"])
