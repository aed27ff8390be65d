"""Every cache of the dashboard. What depends on files is keyed on their times, so that a change is seen at once."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.download import Download
from models.preprocessing.strokes import from_strokes
from models.worker import Worker
from training import runs
from training.analysis import agreement, comparison, learning_curves, projections
from training.analysis.dataset_statistics import Pixels, distances, pixels
from training.analysis.label_errors import LabelErrors
from training.analysis.label_errors import label_errors as find_doubts
from training.analysis.out_of_fold import out_of_fold as training_unseen
from training.analysis.shapes import MEASURES
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.datasets.generator import rewrite, write
from training.datasets.mnist import mnist_places
from training.datasets.styles import STYLES
from training.studies.conclusions import Section, conclude
from training.studies.findings import Findings, find
from training.studies.sources import SOURCES, Measured, Source, measure


def _stop(worker: Worker) -> None:
    worker.stop()


@st.cache_resource(show_spinner=False, on_release=_stop)
def worker() -> Worker:
    """The process that holds the models, started in the background."""
    started = Worker()
    started.start()
    return started


@st.cache_resource(show_spinner=False)
def mnist_download() -> Download:
    """The download of MNIST, shared by all visitors; it begins by itself the first time MNIST is missed."""
    download = Download()
    download.start()
    return download


def dataset(name: str) -> Dataset | str:
    """The dataset, or the sentence that says why it cannot be had; nothing is downloaded."""
    return _dataset(name, _stamp(name))


def _stamp(name: str) -> tuple:
    """Changes when a file that could be the dataset appears, disappears or is touched."""
    stamps = []
    for path in mnist_places() if name == "mnist" else registry.files_of(name):
        try:
            stamps.append((str(path), path.stat().st_mtime_ns))
        except OSError:
            stamps.append((str(path), None))
    return tuple(stamps)


@st.cache_resource(show_spinner="Opening the digits", max_entries=4)
def _dataset(name: str, stamp: tuple) -> Dataset | str:
    try:
        return registry.load(name, download=False)
    except DatasetError as error:
        return str(error)


def statistics(
    found: Dataset, split: str | None, label: int | None, extremes: int = 12
) -> tuple[Pixels, np.ndarray, np.ndarray]:
    """Of that split and label: what the pixels have in common, and the numbers of the digits closest to their mean and
    farthest from it."""
    return _statistics(found.sha256, split, label, extremes, found)


@st.cache_resource(show_spinner="Measuring the digits", max_entries=64)
def _statistics(sha256: str, split: str | None, label: int | None, extremes: int, _found: Dataset):
    chosen = _found.where(split, label)
    common = pixels(_found, chosen)
    order = chosen[np.argsort(distances(_found, chosen, common.mean), kind="stable")]
    return common, order[:extremes], order[::-1][:extremes]


def measured(found: Dataset, name: str) -> np.ndarray:
    """A measure of training/shapes.py for each digit, (n,) float32."""
    return _measured(found.sha256, name, found)


@st.cache_resource(show_spinner="Measuring the digits", max_entries=64)
def _measured(sha256: str, name: str, _found: Dataset) -> np.ndarray:
    parts = np.array_split(_found.images, max(1, len(_found.images) // 2000))
    return np.concatenate([MEASURES[name].of(part) for part in parts])


def alike(found: Dataset, of: str, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Of a digit, by the map of the dataset: the numbers (k,) of those nearest to it, and distances (k,). Raises maps.MapError."""
    kept = map_of(found, of)
    return kept.nearest[number], kept.distances[number]


def map_of(found: Dataset, of: str) -> projections.Map:
    """The t-SNE map of a dataset. Raises maps.MapError or FileNotFoundError."""
    return _map(found.sha256, of, projections.place(found, of).stat().st_mtime_ns, found)


def pca(found: Dataset) -> projections.Map:
    """The map that can always be had."""
    return _pca(found.sha256, found)


@st.cache_resource(show_spinner="Laying out the digits", max_entries=4)
def _pca(sha256: str, _found: Dataset) -> projections.Map:
    return projections.pca(_found)


@st.cache_resource(show_spinner=False, max_entries=4)
def _map(sha256: str, of: str, stamp: int, _found: Dataset) -> projections.Map:
    return projections.load(_found, of)


@st.cache_data(show_spinner=False, max_entries=200)
def written(digit: int, wildness: float, seed: int, each: int = 8) -> dict[str, list[np.ndarray]]:
    """Digits of every style of a class, by its name: `each` of them, (28, 28) uint8, the first without wildness."""
    rng = np.random.default_rng([digit, seed])
    wild = [0.0] + [wildness] * (each - 1)
    return {name: [from_strokes(write(style, rng, much)) for much in wild] for name, style in STYLES[digit].items()}


@st.cache_data(show_spinner=False, max_entries=200)
def rewritten(strokes: list, wildness: float, seed: int, each: int = 8) -> list[np.ndarray]:
    """A drawing as it is, and written again by the same hand: `each` digits (28, 28) uint8."""
    rng = np.random.default_rng(seed)
    return [from_strokes(strokes)] + [from_strokes(rewrite(strokes, rng, wildness)) for _ in range(each - 1)]


def predictions(run_id: str) -> runs.Predictions:
    """The stored answers of a run. Raises runs.RunError."""
    return _predictions(run_id, runs.load_record(run_id).files["predictions.npz"]["sha256"])


@st.cache_resource(show_spinner=False, max_entries=400)
def _predictions(run_id: str, sha256: str) -> runs.Predictions:
    return runs.load_predictions(run_id)


def unseen(found: Dataset, run_id: str) -> np.ndarray:
    """What a run and its folds say of the digits that they did not learn from; see training/unseen.py. Raises runs.RunError."""
    return _unseen(found.sha256, run_id, runs.shelf_stamp(), found)


@st.cache_resource(show_spinner="Gathering the answers", max_entries=24)
def _unseen(sha256: str, run_id: str, stamp: tuple, _found: Dataset) -> np.ndarray:
    return training_unseen(_found, run_id)


def doubts(found: Dataset, run_id: str) -> LabelErrors:
    """Which labels are doubtful, by a run and its folds and the nearest digits in pixels. Raises runs.RunError."""
    return _doubts(found.sha256, run_id, runs.shelf_stamp(), found)


@st.cache_resource(show_spinner=False, max_entries=8)
def _doubts(sha256: str, run_id: str, stamp: tuple, _found: Dataset) -> LabelErrors:
    try:
        nearest = map_of(_found, projections.PIXELS).nearest
    except (projections.MapError, OSError):  # nobody made one
        nearest = np.empty((len(_found.labels), 0), int)
    return find_doubts(_found.labels, unseen(_found, run_id), nearest)


def tested_on(found: Dataset) -> list[str]:
    """The runs that were tested on the digits of that dataset, those of sweeps aside."""
    return comparison.tested_on(run_table()[0], found)


def may_answer(found: Dataset, number: int) -> list[str]:
    """The runs that may not have learned from that digit: of a training digit only those that were trained in folds too."""
    return comparison.may_answer(run_table()[0], found, number)


def scores(run_id: str) -> str:
    """What a run's rows are: probabilities, votes or duels."""
    return runs.load_record(run_id).scores


def history(run_id: str) -> pd.DataFrame:
    """The history of a run with further columns: test_error, from its stored answers, error and val_error, all 0 to 1, and
    elapsed, the seconds since it began. One object for all who ask: not to be changed. Raises runs.RunError."""
    return _history(run_id, runs.load_record(run_id).files["history.csv"]["sha256"])


@st.cache_resource(show_spinner=False, max_entries=400)
def _history(run_id: str, sha256: str) -> pd.DataFrame:
    found, own = predictions(run_id), runs.load_history(run_id)
    return own.assign(
        test_error=(found.epoch_classes != found.labels).mean(axis=1),
        error=1 - own["accuracy"],
        val_error=1 - own["val_accuracy"],
        elapsed=own["seconds"].cumsum(),
    )


def course(run_id: str) -> learning_curves.Course | None:
    """How the training of a run went. Raises runs.RunError."""
    return _course(run_id, runs.load_record(run_id).files["history.csv"]["sha256"])


@st.cache_resource(show_spinner=False, max_entries=400)
def _course(run_id: str, sha256: str) -> learning_curves.Course | None:
    return learning_curves.course(_history(run_id, sha256))


def wrong(run_id: str) -> np.ndarray:
    """Which test digits a run misreads, (n,) bool. Raises runs.RunError."""
    return _wrong(run_id, runs.load_record(run_id).files["predictions.npz"]["sha256"])


@st.cache_resource(show_spinner=False, max_entries=400)
def _wrong(run_id: str, sha256: str) -> np.ndarray:
    found = _predictions(run_id, sha256)
    return found.classes != found.labels


def committee(members: tuple[str, ...]) -> agreement.Committee:
    """What these runs read together on the test digits, which must be the same for all. Raises runs.RunError."""
    return _committee(members, tuple(runs.load_record(run).files["predictions.npz"]["sha256"] for run in members))


@st.cache_resource(show_spinner=False, max_entries=32)
def _committee(members: tuple[str, ...], sha256: tuple[str, ...]) -> agreement.Committee:
    found = [predictions(run) for run in members]
    return agreement.committee(found[0].labels, [one.probabilities.astype(np.float32) for one in found])


def compared(chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The verdicts on these entries; see training/verdicts.py. Raises runs.RunError."""
    return _compared(tuple(chosen.items()), runs.shelf_stamp())


@st.cache_data(show_spinner=False, max_entries=64)
def _compared(chosen: tuple[tuple[str, tuple[str, ...]], ...], stamp: tuple) -> pd.DataFrame:
    members, (table, _) = {run for _, repeats in chosen for run in repeats}, _run_table(stamp)
    if gone := sorted(members - set(table["run"])) if len(table) else sorted(members):
        raise runs.RunError(f"The run '{gone[0]}' is gone.")
    return comparison.compare(table, dict(chosen), {run: wrong(run) for run in members})


@st.cache_resource(show_spinner=False)
def speeds() -> dict[tuple[str, str], float]:
    """Milliseconds a digit, by run and the hash of its predictions, as far as somebody had them measured."""
    return {}


def sources() -> list[tuple[Source, Measured | None]]:
    """The systems of the sources, each with what its runs reached."""
    return _sources(runs.shelf_stamp())


@st.cache_data(show_spinner="Reading the runs", max_entries=4)
def _sources(stamp: tuple) -> list[tuple[Source, Measured | None]]:
    records = runs.list_runs()[0]
    return [(source, measure(source, records)) for source in SOURCES]


def findings(study: str) -> Findings | None:
    """What the runs of a study found, or None where there are none."""
    return _findings(study, runs.shelf_stamp())


@st.cache_resource(show_spinner="Reading the runs", max_entries=8)
def _findings(study: str, stamp: tuple) -> Findings | None:
    return find(study)


def conclusion(study: str) -> list[Section]:
    """What a study comes to; empty where it has no runs."""
    return _conclusion(study, runs.shelf_stamp())


@st.cache_data(show_spinner="Reading the runs", max_entries=8)
def _conclusion(study: str, stamp: tuple) -> list[Section]:
    found = _findings(study, stamp)
    return conclude(found) if found else []


def run_table() -> tuple[pd.DataFrame, list[runs.Damaged]]:
    """A row per whole run with its metrics, oldest first, those of sweeps at the end; and the damaged runs. Rates are 0 to 1."""
    return _run_table(runs.shelf_stamp())


@st.cache_data(show_spinner="Reading the runs", max_entries=4)
def _run_table(stamp: tuple) -> tuple[pd.DataFrame, list[runs.Damaged]]:
    whole, damaged = runs.list_runs()
    whole = sorted(whole, key=lambda record: record.recipe.group)
    rows = []
    for record in whole:
        try:
            rows.append(comparison.run_row(record, predictions(record.run_id), runs.load_history(record.run_id)))
        except runs.RunError as error:  # deleted or damaged since it was listed
            damaged = [*damaged, runs.Damaged(record.run_id, str(error))]
    return pd.DataFrame(rows), damaged
