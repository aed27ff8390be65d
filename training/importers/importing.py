"""From a plan to saved runs: each group of parts becomes a run of origin imported."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from training import annotations, identity, outputs, publishing
from training import history as histories
from training.annotations import NOTHING
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.importers import asking, checking
from training.importers.grouping import Group
from training.importers.parts import Answers, History, Network, Part, UnreadableError, Whole
from training.importers.plan import Plan
from training.predictions import Predictions
from training.recording import assemble, clean_name, kind_of, labels_of, plain_settings, scores_of
from training.runs import Record, RunError, list_runs


@dataclass(frozen=True)
class Outcome:
    """What became of a group: its record or None; remarks: sentences on what was made of it, or why nothing was."""

    name: str
    record: Record | None
    remarks: tuple[str, ...] = ()


def import_(plan: Plan, dataset: str = "mnist", shelf: Path | None = None) -> Iterator[Outcome]:
    """Import the runs of a plan, one after the other, and give what became of each.

    dataset: whose test digits models are asked about, and answers without labels are taken to be of.
    """
    digits = _Digits(dataset, plan)
    for group in plan.runs:
        try:
            yield _imported(group, digits, shelf)
        except (UnreadableError, RunError, DatasetError, ValueError) as error:
            yield Outcome(group.name, None, (str(error),))


class _Digits:
    """The dataset that a plan is imported with, and what the plan's networks say of it, both once they are needed."""

    def __init__(self, name: str, plan: Plan):
        self.name = name
        self.networks = [part for group in plan.runs if (part := group.of(Network))]
        self.wholes = [part for group in plan.runs if (part := group.of(Whole)) and part.content.network]

    @cached_property
    def dataset(self) -> Dataset:
        """Raises DatasetError."""
        return registry.load(self.name, download=False)

    @cached_property
    def found(self) -> Dataset | None:
        """The same, None where it cannot be had."""
        try:
            return self.dataset
        except DatasetError:
            return None

    @cached_property
    def answers(self) -> dict[int, asking.Answer | str]:
        """Of each network, by the identity of its part."""
        answered = asking.ask([part.content for part in self.networks], self.dataset)
        return {id(part): answer for part, answer in zip(self.networks, answered, strict=True)}

    @cached_property
    def problems(self) -> dict[int, str | None]:
        """Of each whole run with a network, why that cannot be loaded, by the identity of its part."""
        problems = asking.check([part.content for part in self.wholes])
        return {id(part): problem for part, problem in zip(self.wholes, problems, strict=True)}


@dataclass
class _Draft:
    """What is known of a run before it is assembled: predictions of which digits, what a record says, files, and sentences."""

    predictions: Predictions
    digits: tuple[str, str]
    record: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)


def _imported(group: Group, digits: _Digits, shelf: Path | None) -> Outcome:
    whole = group.of(Whole)
    if whole is not None:
        outcome = _taken(group.name, whole.content, digits.problems.get(id(whole)), shelf)
        return replace(outcome, remarks=(*outcome.remarks, *_written_beside(outcome.record, whole, shelf)))
    history, answers, network = (group.of(kind) for kind in (History, Answers, Network))
    none = Predictions(np.zeros(0, np.uint8), np.zeros((0, 10), np.float32))
    draft = _Draft(none, (identity.OWN_DIGITS, f"none of {clean_name(group.name)}"))
    if answers is not None:
        _take_answers(draft, answers, digits)
    if network is not None:
        _take_network(draft, network, digits, alone=len(group.parts) == 1)
    draft.remarks = [remark for part in group.parts for remark in part.remarks] + draft.remarks
    raw_settings: dict[str, Any] = {name: value for part in group.parts for name, value in part.settings.items()}
    raw_settings |= draft.settings | {"imported_from": ", ".join(dict.fromkeys(part.path.name for part in group.parts))}
    table = histories.table(history.content.table if history else None)
    settings = plain_settings(raw_settings)
    run = assemble(group.name, draft.predictions, table, draft.digits, settings, origin="imported", **draft.record)
    return Outcome(group.name, publishing.save(replace(run, files=draft.files), shelf), tuple(draft.remarks))


def _taken(name: str, whole: Whole, problem: str | None, shelf: Path | None) -> Outcome:
    """A run that was exported, as it is."""
    if problem is not None:
        raise UnreadableError(f"The run {name} has a model.keras that {problem}.")
    same = next((one for one in list_runs(shelf)[0] if one.files == whole.record.files), None)
    if same is not None:
        return Outcome(name, same, ("It is here already.",))
    contents = {name: (whole.folder / name).read_bytes() for name in whole.record.files}
    return Outcome(name, publishing.save_files(whole.record, contents, shelf))


def _written_beside(record: Record | None, part: Part, shelf: Path | None) -> tuple[str, ...]:
    """Write beside a run what stood beside it where it was exported, unless something stands there already; sentences on it."""
    beside = part.content.beside
    if record is None or beside == NOTHING:
        return part.remarks
    here = annotations.load(shelf).get(record.run_id, NOTHING)
    if here == beside:
        return part.remarks
    if here != NOTHING:
        return *part.remarks, "The star, tags and note that stand beside it here stay."
    try:
        annotations.change({record.run_id: beside.model_dump()}, shelf)
    except (OSError, ValueError):
        return *part.remarks, "Its star, tags and note could not be written."
    return *part.remarks, "Its star, tags and note came along."


def _take_answers(draft: _Draft, part: Part, digits: _Digits) -> None:
    """The predictions that a file holds."""
    answers, images = part.content, part.content.images
    dataset = digits.found if answers.labels is not None else digits.dataset
    if answers.labels is None:
        images, labels = digits.dataset.part("test")
        missing = checking.missing_labels(part, digits.dataset)
        if missing is not None:
            raise UnreadableError(missing)
    else:
        labels = labels_of(answers.labels)
        if images is None and dataset is not None and checking.are_of(labels, dataset):
            images = dataset.part("test")[0]
    draft.remarks += checking.of_part(part, dataset)
    rows, scores = scores_of(answers.scores, labels, answers.class_names)
    if np.isnan(rows).any() and not np.isnan(rows).all():
        raise UnreadableError(f"{part.path.name} has probabilities that are no numbers.")
    shape = [] if images is None else [size for size in images.shape[1:] if size != 1]
    draft.predictions, draft.digits = Predictions(labels, rows), identity.identify(labels, images)
    draft.record = {"scores": scores, "class_names": answers.class_names}
    draft.record |= {"network": {"input_shape": shape}} if shape else {}
    kind = kind_of(answers.scores)
    draft.settings |= {"outputs": kind} if kind in outputs.REMARKS else {}


def _take_network(draft: _Draft, part: Part, digits: _Digits, alone: bool) -> None:
    """What a network says of the test digits, and the network itself, which classifies drawings from then on.

    Where it cannot be asked, a run that is more than this network goes without it.
    """
    try:
        answer: asking.Answer | str = digits.answers[id(part)]
        problem = f"{part.path.name} {answer}." if isinstance(answer, str) else ""
    except DatasetError as error:
        answer, problem = "", f"{part.path.name} could not be asked: {error}"
    if isinstance(answer, str):
        if alone:
            raise UnreadableError(problem)
        draft.remarks.append(f"{problem} The run was imported without its model.")
        return
    dataset = digits.dataset
    labels = dataset.part("test")[1]
    draft.remarks += asking.remarks(answer, dataset)
    draft.settings |= {} if answer.before is None else {"input_values": answer.before}
    if len(draft.predictions.labels):
        draft.remarks += _compared(draft.predictions, answer.probabilities, part.path.name)
    else:
        draft.predictions = Predictions(labels, answer.probabilities)
        draft.digits = (dataset.name, dataset.test_sha256)
        draft.record["class_names"] = dataset.class_names
    draft.record |= {"network": answer.network, "parameters": answer.parameters}
    draft.files["model.keras"] = answer.model


def _compared(predictions: Predictions, probabilities: np.ndarray, name: str) -> list[str]:
    """Whether a network says what the predictions beside it say."""
    if len(predictions.labels) != len(probabilities):
        return ["Its predictions are of other digits than those that its model was asked about."]
    agreed = float((predictions.classes == probabilities.argmax(axis=1)).mean())
    return [f"Its predictions are those of the file; {name} agrees with {100 * agreed:.1f} % of them."]
