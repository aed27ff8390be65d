"""A saved run that another learns from: knowledge distillation (Hinton et al. 2015), the teacher shown the same varied digits as
its student (Beyer et al. 2022)."""

from collections.abc import Callable

import numpy as np

from models import prediction, run_directory
from training.runs import Record, RunError, load_record

TOGETHER = 4 * prediction.BATCH  # digits between two reports


class Teacher:
    """The network of a saved run. name: its run; precision: of its computations. Raises RunError where there is none that loads."""

    def __init__(self, name: str, precision: str):
        self.record: Record = load_record(name)
        try:
            self._predict = prediction.load(run_directory(name), precision).predict
        except ValueError as failure:
            raise RunError(f"No training can learn from the run '{name}'. {failure}") from failure

    def datasets(self) -> set[str]:
        """The names of the datasets that it was trained on itself: of these it knows more than their labels say."""
        return {name for name, _ in self.record.dataset.get("parts") or [(self.record.dataset["name"], 0)]}

    def targets(self, images: np.ndarray, targets: np.ndarray, report: Callable[[], None]) -> np.ndarray:
        """Its probabilities for the images (n, height, width) uint8 wherever its class is that of the targets (n, classes), else
        the targets, float32. report: called now and then; it may raise to stop."""
        taught = targets.copy()
        for start in range(0, len(images), TOGETHER):
            part = slice(start, start + TOGETHER)
            probabilities = self._predict(images[part])
            right = probabilities.argmax(axis=1) == targets[part].argmax(axis=1)
            taught[part][right] = probabilities[right]
            report()
        return taught
