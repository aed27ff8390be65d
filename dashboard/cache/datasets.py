"""Datasets and what follows from their digits alone."""

import hashlib
from collections.abc import Iterator
from weakref import WeakValueDictionary

import numpy as np
import streamlit as st

from dashboard.cache.keys import by_dataset, dataset_key
from models.preprocessing.strokes import from_strokes
from training.analysis import clusters, dataset_statistics, projections
from training.analysis.shapes import MEASURES
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.datasets.generator import PIECE, piece, rewrite, write
from training.datasets.mnist import mnist_places
from training.datasets.styles import STYLES

MEASURING = "Measuring the digits"


def dataset(name: str) -> Dataset | str:
    """The dataset, or the sentence that says why it cannot be had; nothing is downloaded."""
    return _dataset(name, _stamp(name))


def _stamp(name: str) -> tuple:
    """Changes when a file that could be the dataset appears, disappears or is touched."""
    stamps: list[tuple] = []
    for path in mnist_places() if name == "mnist" else [*registry.files_of(name), *registry.kept_files_of(name)]:
        try:
            stamps.append((str(path), path.stat().st_mtime_ns))
        except OSError:
            stamps.append((str(path), None))
    return tuple(stamps)


_at_hand: WeakValueDictionary[str, Dataset] = WeakValueDictionary()  # by name, as long as a cache keeps them


@st.cache_resource(show_spinner="Opening the digits", max_entries=4)
def _dataset(name: str, stamp: tuple) -> Dataset | str:
    try:
        loaded = _at_hand[name] = registry.load(name, download=False)
    except DatasetError as error:
        return str(error)
    return loaded


def writing(name: str) -> Iterator[tuple[int, int]]:
    """Write a dataset of the generator piece by piece, giving after each how many digits are written, and of how many; nothing
    for other datasets, and for one that is at hand. What is written stays, also where nobody asks for the rest."""
    numbers = registry.series(name)
    if numbers is None or name in _at_hand:
        return
    count, seed = numbers
    for start in range(0, count, PIECE):
        yield start, count
        piece(seed, start)


@by_dataset(st.cache_resource, show_spinner=MEASURING, max_entries=64)
def statistics(
    digits: Dataset, split: str | None, label: int | None, extremes: int = 12
) -> tuple[dataset_statistics.Pixels, np.ndarray, np.ndarray]:
    """Of that split and label: what the pixels have in common, and the numbers of the digits closest to their mean and
    farthest from it."""
    chosen = digits.where(split, label)
    common = dataset_statistics.pixels(digits, chosen)
    order = chosen[np.argsort(dataset_statistics.distances(digits, chosen, common.mean), kind="stable")]
    return common, order[:extremes], order[::-1][:extremes]


@by_dataset(st.cache_resource, show_spinner=MEASURING, max_entries=64)
def measured(digits: Dataset, name: str) -> np.ndarray:
    """A measure of training/analysis/shapes.py for each digit, (n,) float32."""
    parts = np.array_split(digits.images, max(1, len(digits.images) // 2000))
    return np.concatenate([MEASURES[name].of(part) for part in parts])


@by_dataset(st.cache_resource, max_entries=16)
def balance(digits: Dataset) -> dataset_statistics.Balance:
    """How frequent each class is in the two parts."""
    return dataset_statistics.balance(digits)


@by_dataset(st.cache_resource, show_spinner=MEASURING, max_entries=200)
def drift(digits: Dataset, name: str, label: int | None) -> dataset_statistics.Drift | None:
    """How a measure of shape differs between the parts, of one class or all; None where a part has no such digit."""
    values = measured(digits, name)
    train, test = (values[digits.where(split, label)] for split in ("train", "test"))
    return dataset_statistics.drift(train, test) if len(train) and len(test) else None


def map_of(digits: Dataset, of: str) -> projections.Map:
    """The t-SNE map of a dataset. Raises projections.MapError or FileNotFoundError."""
    path = projections.place(digits, of)
    return _map(f"{dataset_key(digits)} {path.name}", path.stat().st_mtime_ns, digits, of)


@st.cache_resource(show_spinner=False, max_entries=4)
def _map(key: str, stamp: int, _digits: Dataset, _of: str) -> projections.Map:
    return projections.load(_digits, _of)


def class_places(digits: Dataset, projection: projections.Map) -> dict[str, np.ndarray]:
    """Where each class lies densest on a map of the dataset, (2,) by its name."""
    positions = hashlib.sha256(np.ascontiguousarray(projection.positions)).hexdigest()
    return _class_places(f"{dataset_key(digits)} {positions}", digits, projection)


@st.cache_data(show_spinner=False, max_entries=50)
def _class_places(key: str, _digits: Dataset, _projection: projections.Map) -> dict[str, np.ndarray]:
    places = clusters.densest(_projection.positions, _digits.labels, len(_digits.class_names))
    return dict(zip(_digits.class_names, places, strict=True))


@by_dataset(st.cache_resource, show_spinner="Laying out the digits", max_entries=4)
def pca(digits: Dataset) -> projections.Map:
    """The map that can always be had."""
    return projections.pca(digits)


@st.cache_data(show_spinner=False, max_entries=200)
def written(digit: int, variation: float, seed: int, each: int = 8) -> dict[str, list[np.ndarray]]:
    """Digits of every style of a class, by its name: `each` of them, (28, 28) uint8, the first without variation."""
    rng = np.random.default_rng([digit, seed])
    amounts = [0.0] + [variation] * (each - 1)
    return {name: [from_strokes(write(style, rng, much)) for much in amounts] for name, style in STYLES[digit].items()}


@st.cache_data(show_spinner=False, max_entries=200)
def rewritten(strokes: list, variation: float, seed: int, each: int = 8) -> list[np.ndarray]:
    """A drawing as it is, and written again by the same hand: `each` digits (28, 28) uint8."""
    rng = np.random.default_rng(seed)
    return [from_strokes(strokes)] + [from_strokes(rewrite(strokes, rng, variation)) for _ in range(each - 1)]
