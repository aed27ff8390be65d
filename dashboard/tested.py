"""The digits that a run was tested on: their pictures and their numbers, or why they cannot be shown."""

import numpy as np

from dashboard import cache
from training.dataset import Dataset
from training.runs import Record


def tested_on(record: Record) -> Dataset | str:
    """The dataset whose test part the run was tested on, as it was then; or the sentence that says why it cannot be had."""
    dataset = cache.dataset(record.tested)
    if isinstance(dataset, str):
        return "They need MNIST; the overview says how to bring it." if record.tested == "mnist" else dataset
    if record.dataset["name"] == record.tested and record.dataset["sha256"] != dataset.sha256:
        return f"{record.tested} has changed since this run learned from it."
    return dataset


def first_number(dataset: Dataset) -> int:
    """The number of the first test digit: a digit has one number everywhere, its place in the whole dataset."""
    return int(np.count_nonzero(dataset.split == "train"))
