"""What a run says of digits that it did not learn from: the test digits, and those that it or its folds held out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from training.datasets.dataset import Dataset
from training.runs import Predictions, Record, RunError, answered, list_runs, load_predictions, load_record


def out_of_fold(dataset: Dataset, run_id: str, shelf: Path | None = None) -> np.ndarray:
    """Probabilities (n, classes) float32 for each digit of the dataset, rows of NaN without a prediction.

    Test digits are answered by the run; a training digit that it held out by the run too, and where the recipe was
    trained in folds by the fold that held it out. Raises RunError, also where the run was tested on other digits.
    """
    record, own = load_record(run_id, shelf), load_predictions(run_id, shelf)
    test = np.flatnonzero(dataset.split == "test")
    if not answered(record, dataset):
        raise RunError(f"The run '{run_id}' was tested on other digits than these.")
    probabilities = np.full((len(dataset.labels), own.probabilities.shape[1]), np.nan, np.float32)
    probabilities[test] = own.probabilities
    for other, held in ((fold, load_predictions(fold.run_id, shelf)) for fold in folds(record, list_runs(shelf)[0])):
        _fill(probabilities, dataset, other, held)
    _fill(probabilities, dataset, record, own)
    return probabilities


def folds(record: Record, records: Sequence[Record]) -> list[Record]:
    """The runs that were trained in folds by the recipe of that name on the same digits, the run itself aside."""
    return [
        one
        for one in records
        if one.recipe is not None
        and record.recipe is not None
        and one.recipe.name == record.recipe.name
        and one.recipe.validation == "fold"
        and one.run_id != record.run_id
        and one.dataset["sha256"] == record.dataset["sha256"]
    ]


def _fill(probabilities: np.ndarray, dataset: Dataset, record: Record, held: Predictions) -> None:
    """Put the answers for the held-out digits into their rows; where other digits were joined in training, none."""
    if held.held_out_index is not None and record.dataset["sha256"] == dataset.sha256:
        probabilities[np.flatnonzero(dataset.split == "train")[held.held_out_index]] = held.held_out_probabilities
