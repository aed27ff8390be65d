"""The paths of optimisers over one loss surface: gradient descent, with momentum, and Adam."""

from collections.abc import Callable

import numpy as np

START = (-4.0, 1.6)  # of every path
FAR = 1e3  # a path that gets farther from 0 has left for good
OPTIMISERS: dict[str, Callable[[np.ndarray, dict, int, float], np.ndarray]] = {}


def optimiser(name: str) -> Callable[[Callable], Callable]:
    """Enter an optimiser: from a gradient (2,), what it remembers, the number of the step, from 1, and the rate to the change."""

    def enter(function: Callable) -> Callable:
        OPTIMISERS[name] = function
        return function

    return enter


@optimiser("gradient descent")
def _descent(gradient: np.ndarray, memory: dict, step: int, rate: float) -> np.ndarray:
    """Straight down (Cauchy 1847)."""
    return -rate * gradient


@optimiser("momentum")
def _momentum(gradient: np.ndarray, memory: dict, step: int, rate: float, keep: float = 0.9) -> np.ndarray:
    """The change goes on like a ball that rolls (Polyak 1964)."""
    memory["v"] = keep * memory.get("v", 0) - rate * gradient
    return memory["v"]


@optimiser("Adam")
def _adam(gradient: np.ndarray, memory: dict, step: int, rate: float) -> np.ndarray:
    """The mean gradient over the root of the mean squared one, both corrected for their start at 0 (Kingma and Ba 2015)."""
    first, second = 0.9, 0.999
    memory["m"] = first * memory.get("m", 0) + (1 - first) * gradient
    memory["s"] = second * memory.get("s", 0) + (1 - second) * gradient**2
    mean, square = memory["m"] / (1 - first**step), memory["s"] / (1 - second**step)
    return -rate * mean / (np.sqrt(square) + 1e-7)


def valley(a: np.ndarray, b: np.ndarray, steepness: float) -> np.ndarray:
    """The loss over two weights, 1/2 (a² + steepness · b²): a valley, `steepness` times as curved across as along."""
    return 0.5 * (a**2 + steepness * b**2)


def path(name: str, rate: float, steps: int, steepness: float) -> np.ndarray:
    """Where that optimiser of OPTIMISERS goes: (steps + 1, 2), or fewer rows where it leaves the valley for good."""
    memory: dict[str, np.ndarray] = {}
    places = [np.array(START)]
    for step in range(1, steps + 1):
        gradient = places[-1] * np.array([1.0, steepness])
        places.append(places[-1] + OPTIMISERS[name](gradient, memory, step, rate))
        if np.abs(places[-1]).max() > FAR:
            break
    return np.array(places)
