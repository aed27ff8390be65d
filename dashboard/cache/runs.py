"""What runs answered, and what follows from the answers of one or a few of them."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.cache.datasets import map_of
from dashboard.cache.keys import by_run, dataset_key, run_key, shelf_key
from dashboard.wording import CLASSES
from models import committees
from models.classifiers import VOTES
from training import runs
from training.analysis import agreement, calibration, confusion, learning_curves, projections
from training.analysis import difference as analysis_of_two
from training.analysis import forgetting as analysis
from training.analysis.label_errors import LabelErrors
from training.analysis.label_errors import label_errors as find_label_errors
from training.analysis.out_of_fold import out_of_fold as answers_out_of_fold
from training.datasets.dataset import Dataset


@by_run(st.cache_resource)
def predictions(run_id: str) -> runs.Predictions:
    """The stored answers of a run. Raises runs.RunError."""
    return runs.load_predictions(run_id)


def wrong(run_id: str) -> np.ndarray:
    """Which test digits a run misclassifies, (n,) bool. Raises runs.RunError."""
    return predictions(run_id).wrong


def scores(run_id: str) -> str:
    """What a run's rows are: probabilities, votes, or of a run from elsewhere classes alone."""
    record = runs.load_record(run_id)
    return CLASSES if record.scores == VOTES and record.origin != "trained" else record.scores


@by_run(st.cache_resource)
def history(run_id: str) -> pd.DataFrame:
    """The history of a run as learning_curves.with_errors gives it. One object for all who ask: not to be changed."""
    return learning_curves.with_errors(runs.load_history(run_id), predictions(run_id))


@by_run(st.cache_resource)
def course(run_id: str) -> learning_curves.Course | None:
    """How the training of a run went. Raises runs.RunError."""
    return learning_curves.course(history(run_id))


@by_run(st.cache_resource)
def matrix(run_id: str, classes: int, epoch: int | None = None) -> np.ndarray:
    """The confusion matrix (classes, classes) of a run, or of it after that epoch, from 1. Not to be changed. Raises
    runs.RunError."""
    found = predictions(run_id)
    return confusion.confusion(
        found.labels, found.classes if epoch is None else found.epoch_classes[epoch - 1], classes
    )


@by_run(st.cache_data)
def class_report(run_id: str, names: tuple[str, ...]) -> pd.DataFrame:
    """Precision, recall and their intervals, a row for each class. Raises runs.RunError."""
    found = predictions(run_id)
    return confusion.class_report(found.labels, found.classes, names)


@by_run(st.cache_resource)
def calibrated(run_id: str) -> calibration.Calibration:
    """Reliability and temperature of a run. Raises runs.RunError."""
    return calibration.calibrate(predictions(run_id))


@by_run(st.cache_resource)
def rejection(run_id: str) -> tuple[np.ndarray, np.ndarray]:
    """As calibration.rejection, of a run. Raises runs.RunError."""
    found = predictions(run_id)
    return calibration.rejection(found.labels, found.probabilities)


@by_run(st.cache_resource)
def precision_recall(run_id: str, classes: int) -> list[tuple[np.ndarray, np.ndarray] | None]:
    """As confusion.precision_recall, for each class of a run. Raises runs.RunError."""
    found = predictions(run_id)
    return confusion.precision_recall(found.labels, found.probabilities, classes)


@by_run(st.cache_resource)
def class_errors(run_id: str, classes: int) -> np.ndarray:
    """As forgetting.class_errors, of a run. Raises runs.RunError."""
    found = predictions(run_id)
    return analysis.class_errors(found.labels, found.epoch_classes, classes)


@by_run(st.cache_resource)
def forgetting(run_id: str) -> analysis.Forgetting:
    """What a run learned last, forgot or never learned. Raises runs.RunError."""
    found = predictions(run_id)
    return analysis.forgetting(found.labels, found.epoch_classes)


def ensemble(members: tuple[str, ...]) -> agreement.Ensemble:
    """The ensemble of these runs on the test digits, which must be the same for all. Raises runs.RunError."""
    return _ensemble(answers_key(members), members)


@st.cache_resource(show_spinner=False, max_entries=32)
def _ensemble(key: str, members: tuple[str, ...]) -> agreement.Ensemble:
    found = [predictions(run) for run in members]
    return agreement.ensemble(found[0].labels, [one.probabilities.astype(np.float32) for one in found])


def agreed(members: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The shares of digits that each two of these runs classify alike, (runs, runs), and the order that lays alike ones
    beside each other. Raises runs.RunError."""
    return _agreed(answers_key(members), members)


@st.cache_resource(show_spinner=False, max_entries=32)
def _agreed(key: str, members: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    shares = agreement.agreement([predictions(run).classes for run in members])
    return shares, agreement.clustered(shares)


def answers_key(members: tuple[str, ...]) -> str:
    """Changes with the answers of any of these runs. Raises runs.RunError."""
    return " ".join(run_key(run) for run in members)


def out_of_fold(found: Dataset, run_id: str) -> np.ndarray:
    """What a run and its folds say of the digits that they did not learn from. Raises runs.RunError."""
    return _out_of_fold(f"{dataset_key(found)} {run_key(run_id)} {shelf_key()}", found, run_id)


@st.cache_resource(show_spinner="Gathering the answers", max_entries=24)
def _out_of_fold(key: str, _found: Dataset, _run_id: str) -> np.ndarray:
    return answers_out_of_fold(_found, _run_id)


def label_errors(found: Dataset, run_id: str) -> LabelErrors:
    """Which labels are doubtful, by a run and its folds and the nearest digits in pixels. Raises runs.RunError."""
    return _label_errors(f"{dataset_key(found)} {run_key(run_id)} {shelf_key()}", found, run_id)


@st.cache_resource(show_spinner=False, max_entries=8)
def _label_errors(key: str, _found: Dataset, _run_id: str) -> LabelErrors:
    try:
        nearest = map_of(_found, projections.PIXELS).nearest
    except (projections.MapError, OSError):  # not made yet
        nearest = np.empty((len(_found.labels), 0), int)
    return find_label_errors(_found.labels, out_of_fold(_found, _run_id), nearest)


def selected_members(candidates: tuple[str, ...]) -> list[str]:
    """The members that agreement.select_members chooses of runs with the same held-out digits. Raises runs.RunError."""
    return _selected_members(answers_key(candidates), candidates)


@st.cache_data(show_spinner=False, max_entries=64)
def _selected_members(key: str, candidates: tuple[str, ...]) -> list[str]:
    held_out = {run: predictions(run) for run in candidates}
    labels = held_out[candidates[0]].held_out_labels
    rows = {run: member.held_out_probabilities.astype(np.float32) for run, member in held_out.items()}
    return agreement.select_members(labels, rows, committees.MAX_MEMBERS)


def difference(first: str, second: str, classes: int) -> analysis_of_two.Difference:
    """What one of two runs classifies correctly that the other does not. Raises runs.RunError."""
    return _difference(answers_key((first, second)), first, second, classes)


@st.cache_resource(show_spinner=False, max_entries=64)
def _difference(key: str, first: str, second: str, classes: int) -> analysis_of_two.Difference:
    a, b = predictions(first), predictions(second)
    return analysis_of_two.difference(a.labels, a.classes, b.classes, classes)
