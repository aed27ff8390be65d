"""What studies found, what the course texts claim, and our best results."""

import numpy as np
import streamlit as st

from dashboard.cache.keys import by_dataset, by_shelf
from dashboard.cache.runs import answers_key, ensemble, predictions
from dashboard.cache.shelf import run_table
from models import committees
from training import runs
from training.analysis import missed as analysis_of_missed
from training.analysis.projections import NEIGHBOURS
from training.datasets.dataset import Dataset
from training.studies import conclusions, records
from training.studies import findings as analysis
from training.studies.sources import SOURCES, Measured, Source, measure

READING = "Reading the runs"


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=4)
def sources() -> list[tuple[Source, Measured | None]]:
    """The systems of the sources, each with what its runs reached."""
    records = runs.list_runs()[0]
    return [(source, measure(source, records)) for source in SOURCES]


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=8)
def findings(study: str) -> analysis.Findings | None:
    """What the runs of a study found, or None where there are none."""
    return analysis.find(study)


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=8)
def conclusion(study: str) -> list[conclusions.Part]:
    """What a study comes to, in numbers; empty if it has no runs."""
    study_findings = findings(study)
    return conclusions.conclude(study_findings) if study_findings else []


def best_run() -> records.Own | None:
    """The run that makes the fewest errors on MNIST. Raises runs.RunError."""
    return records.best_run(run_table()[0], _wrong)


def best_ensemble() -> records.Own | None:
    """The saved ensemble that makes the fewest errors on MNIST; one with a member that is missing is left out."""
    whole = {name: members for name, members in committees.listed().items() if not isinstance(members, str)}
    return records.best_ensemble(whole, run_table()[0], _wrong)


def best() -> records.Own | None:
    """Whichever of the best run and the best ensemble misclassifies fewer test digits."""
    return min((one for one in (best_ensemble(), best_run()) if one), key=lambda one: one.errors, default=None)


def _wrong(members: tuple[str, ...]) -> np.ndarray:
    return ensemble(members).classes != predictions(members[0]).labels


def missed(members: tuple[str, ...]) -> analysis_of_missed.Missed:
    """The test digits that the mean of these runs misclassifies. Raises runs.RunError."""
    return _missed(answers_key(members), members)


@st.cache_resource(show_spinner=False, max_entries=16)
def _missed(key: str, members: tuple[str, ...]) -> analysis_of_missed.Missed:
    answers = [predictions(run) for run in members]
    return analysis_of_missed.missed(answers[0].labels, [one.probabilities for one in answers])


@by_dataset(st.cache_resource, show_spinner="Finding the nearest digits", max_entries=64)
def nearest(dataset: Dataset, numbers: tuple[int, ...], count: int) -> np.ndarray:
    """Of digits of a dataset the training digits nearest in pixels, by number in the dataset, (digits, count)."""
    train = np.flatnonzero(dataset.split == "train")
    return train[analysis_of_missed.nearest(dataset.images[list(numbers)], dataset.images[train], count)]


@by_dataset(st.cache_resource, show_spinner="Finding the most similar digits", max_entries=64)
def most_similar(dataset: Dataset, number: int, count: int = NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """The digits nearest in pixels to one of the same dataset, nearest first: numbers (count,), and distances (count,), of pixels
    from 0 to 1; fewer in a smaller dataset."""
    nearest_and_itself = analysis_of_missed.nearest(dataset.images[[number]], dataset.images, count + 1)[0]
    numbers = nearest_and_itself[nearest_and_itself != number][:count]
    apart = (dataset.images[numbers].astype(float) - dataset.images[number]) / 255
    return numbers, np.sqrt((apart**2).sum(axis=(1, 2)))
