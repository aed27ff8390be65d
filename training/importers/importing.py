"""From a plan to saved runs: each group of parts becomes a run of origin imported."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from training import history as histories
from training import identity, publishing
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.importers.grouping import Group
from training.importers.parts import Answers, History, UnreadableError
from training.importers.plan import Plan
from training.predictions import Predictions
from training.recording import assemble, clean_name, labels_of, plain_settings, scores_of
from training.runs import Record, RunError

Report = Callable[[str, int, int], None]  # what is being imported, how many are done, of how many


@dataclass(frozen=True)
class Outcome:
    """What became of a group: its record or None; remarks: sentences on what was made of it, or why nothing was."""

    name: str
    record: Record | None
    remarks: tuple[str, ...] = ()


def import_(plan: Plan, dataset: str = "mnist", shelf: Path | None = None) -> Iterator[Outcome]:
    """Import the runs of a plan, one after the other, and give what became of each.

    dataset: whose test digits answers without labels are taken to be of, and models are asked about.
    """
    digits = Digits(dataset)
    for group in plan.runs:
        try:
            yield _imported(group, digits, shelf)
        except (UnreadableError, RunError, DatasetError, ValueError) as error:
            yield Outcome(group.name, None, (_sentence(group, error),))


class Digits:
    """The dataset that a plan is imported with, loaded when it is needed."""

    def __init__(self, name: str):
        self.name = name
        self._found: Dataset | None = None

    def load(self) -> Dataset:
        """Raises DatasetError."""
        if self._found is None:
            self._found = registry.load(self.name, download=False)
        return self._found


def _sentence(group: Group, error: Exception) -> str:
    text = str(error)
    return text if not isinstance(error, UnreadableError) else f"{group.parts[0].path.name} {text}."


def _imported(group: Group, digits: Digits, shelf: Path | None) -> Outcome:
    history, answers = (group.of(kind) for kind in (History, Answers))
    remarks = [remark for part in group.parts for remark in part.remarks]
    table = histories.table(history.content.table if history else None)
    predictions, identified, known, told = _answered(group.name, answers.content if answers else None, digits)
    settings: dict[str, Any] = {name: value for part in group.parts for name, value in part.settings.items()}
    settings["imported_from"] = ", ".join(dict.fromkeys(part.path.name for part in group.parts))
    run = assemble(group.name, predictions, table, identified, plain_settings(settings), origin="imported", **known)
    return Outcome(group.name, publishing.save(run, shelf), (*remarks, *told))


def _answered(
    name: str, answers: Answers | None, digits: Digits
) -> tuple[Predictions, tuple[str, str], dict[str, Any], Sequence[str]]:
    """What was predicted of which digits, further fields of the record, and sentences; without answers a run was not tested."""
    if answers is None:
        none = Predictions(np.zeros(0, np.uint8), np.zeros((0, 10), np.float32))
        return none, (identity.OWN_DIGITS, f"none of {clean_name(name)}"), {}, ()
    told, labels, images = [], answers.labels, answers.images
    if labels is None:
        dataset = digits.load()
        images, labels = dataset.part("test")
        if len(labels) != len(answers.scores):
            raise UnreadableError(
                f"has {len(answers.scores):,} predictions without labels, and {dataset.name} has {len(labels):,} test digits: "
                "bring the labels too, as an array or a column called labels"
            )
        told.append(f"It has no labels, so its rows are taken to be those of the test digits of {dataset.name}.")
    labels = labels_of(labels)
    rows, scores = scores_of(answers.scores, labels, answers.class_names)
    if np.isnan(rows).any() and not np.isnan(rows).all():
        raise UnreadableError("has probabilities that are no numbers")
    shape = [] if images is None else [size for size in images.shape[1:] if size != 1]
    known = {"scores": scores, "network": {"input_shape": shape} if shape else {}, "class_names": answers.class_names}
    return Predictions(labels, rows), identity.identify(labels, images), known, told
