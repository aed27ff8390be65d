"""Learners: a Keras network that trains one epoch at a time, or a classifier that is fitted once.

Both have train_epoch, finish, predict, files, parameters and scores; a network's state can be saved and restored between epochs.
"""

import io
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from models import classifiers
from training.network_learner import Arrays, NetworkLearner, Report
from training.recipe import Recipe


class ClassifierLearner:
    """A classifier of models/classifiers.py under a recipe; its one epoch is the fit."""

    def __init__(self, recipe: Recipe, described: Mapping[str, Any]):
        build = classifiers.CLASSIFIERS[described["architecture"]]
        self.model = build(described["classes"], recipe.seed, **described["options"])
        self.scores, self.parameters = self.model.scores, 0

    def train_epoch(self, images: np.ndarray, labels: np.ndarray, epoch: int, report: Report) -> dict[str, float]:
        """Fit; no loss is measured."""
        started = time.perf_counter()
        self.model.fit(images, labels)
        self.parameters = sum(array.size for array in self._arrays().values())
        return {"seconds": time.perf_counter() - started}

    def finish(self, held_out: tuple[np.ndarray, np.ndarray] | None) -> bool:
        """Nothing: a classifier stays as it was fitted."""
        return False

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Scores (n, classes) float32 that sum to 1."""
        return self.model.predict(images)

    def files(self) -> dict[str, bytes]:
        """The model as arrays, where it is small; else nothing."""
        arrays, stream = self._arrays(), io.BytesIO()
        if not arrays:
            return {}
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        return {"model.npz": stream.getvalue()}

    def state(self) -> Arrays:
        """Nothing: there is no epoch to resume from."""
        return {}

    def restore(self, state: Mapping[str, np.ndarray]) -> None:
        """Never needed."""

    def _arrays(self) -> Arrays:
        return self.model.arrays() if hasattr(self.model, "arrays") else {}


Learner = NetworkLearner | ClassifierLearner


def learner(recipe: Recipe, described: Mapping[str, Any]) -> Learner:
    """The learner that the recipe's architecture calls for."""
    kind = ClassifierLearner if recipe.architecture in classifiers.CLASSIFIERS else NetworkLearner
    return kind(recipe, described)
