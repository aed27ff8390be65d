"""Whether predictions that somebody brings are of a dataset's test digits, row by row, told before they are imported."""

import contextlib

import numpy as np

from training import identity
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.importers.grouping import Group
from training.importers.parts import Answers, Part
from training.recording import labels_of, scores_of

MIN_DIGITS = 100  # labels in the same order of which are no coincidence, and of which an error can be told from chance
DEVIATIONS = 3.0  # by which an error must lie below that of rows in another order


def check(group: Group, dataset: Dataset | None) -> list[str]:
    """Sentences on whose test digits the predictions of a run are; none of a run without predictions.

    dataset: whose test digits they are taken to be of where they have no labels; None where it cannot be had.
    """
    part = group.of(Answers)
    return [] if part is None else of_part(part, dataset)


def foretell(group: Group, name: str) -> list[str]:
    """What is made of the files of a run, and what `check` says of its predictions, with the dataset of that name."""
    dataset = None
    if group.of(Answers) is not None:
        with contextlib.suppress(DatasetError):
            dataset = registry.load(name, download=False)
    return [*(remark for part in group.parts for remark in part.remarks), *check(group, dataset)]


def of_part(part: Part, dataset: Dataset | None) -> list[str]:
    """As `check`, of a part that holds Answers."""
    answers: Answers = part.content
    try:
        labels = None if answers.labels is None else labels_of(answers.labels)
        if labels is None:
            return _without_labels(part, dataset)
        if len(labels) != len(answers.scores):
            return [f"There are {len(labels):,} labels, but {len(answers.scores):,} rows of predictions."]
        sentences = [_digits(labels, answers, dataset)]
        return [*sentences, *([] if answers.paired else _chance(answers, labels, "its labels"))]
    except ValueError as error:
        return [str(error)]


def missing_labels(part: Part, dataset: Dataset) -> str | None:
    """Why predictions without labels cannot be those of the test digits, in a sentence."""
    rows, digits = len(part.content.scores), int((dataset.split == "test").sum())
    if rows == digits:
        return None
    return (
        f"{part.path.name} has {rows:,} predictions without labels, and {dataset.name} has {digits:,} "
        "test digits: bring the labels too, as an array or a column called labels."
    )


def _without_labels(part: Part, dataset: Dataset | None) -> list[str]:
    if dataset is None:
        return [f"{part.path.name} has no labels, and the digits that it would be tested on are not here."]
    missing = missing_labels(part, dataset)
    if missing is not None:
        return [missing]
    digits = f"the test digits of {dataset.name}"
    taken = f"{part.path.name} has no labels, so its rows are taken to be those of {digits}."
    return [taken, *_chance(part.content, dataset.part("test")[1], digits)]


def _digits(labels: np.ndarray, answers: Answers, dataset: Dataset | None) -> str:
    """Whose test digits labels are, by their pictures where these are there."""
    name, digest = identity.identify(labels, answers.images)
    if name != identity.OWN_DIGITS:
        return f"Its labels are those of the test digits of {name}, in their order."
    if dataset is None:
        return f"Its {len(labels):,} labels are not those of known test digits."
    if digest == dataset.test_sha256 or (answers.images is None and are_of(labels, dataset)):
        return f"Its labels are those of the test digits of {dataset.name}, in their order."
    truth = dataset.part("test")[1]
    own = "it is kept as a run on digits of its own, and compared with runs on the same labels alone"
    if np.array_equal(np.sort(labels), np.sort(truth)) and answers.images is None:
        return (
            f"Its labels are those of the test digits of {dataset.name} in another order, and nothing says which digit each row "
            f"is, so {own}. Bring the rows in the order of the dataset, or with a column index."
        )
    return f"Its {len(labels):,} labels are not those of the {len(truth):,} test digits of {dataset.name}, so {own}."


def are_of(labels: np.ndarray, dataset: Dataset) -> bool:
    """Whether labels (n,) are those of a dataset's test digits in their order, and so many that this is no coincidence."""
    return len(labels) >= MIN_DIGITS and np.array_equal(labels, dataset.part("test")[1])


def _chance(answers: Answers, labels: np.ndarray, what: str) -> list[str]:
    """A warning where rows that were taken to be in the order of the labels (n,) are as often right in any other order."""
    rows, _ = scores_of(answers.scores, labels, answers.class_names)
    if len(labels) < MIN_DIGITS or np.isnan(rows).any():
        return []
    predicted, classes = rows.argmax(axis=1), rows.shape[1]
    shares = [np.bincount(one, minlength=classes) / len(labels) for one in (predicted, labels)]
    error, by_chance = float((predicted != labels).mean()), 1 - float(shares[0] @ shares[1])
    if error < by_chance - DEVIATIONS * np.sqrt(by_chance * (1 - by_chance) / len(labels)):
        return []
    return [
        f"Its test error of {100 * error:.1f} % is no better than chance: its rows are perhaps in another order than {what}, "
        "or its model has learned nothing."
    ]
