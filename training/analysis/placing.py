"""Where a picture that is not on a map belongs on it: between the digits that a run finds most like it."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from models import neighbours, run_directory, saved_directory
from training.analysis.projections import MapError, read_positions
from training.runs import RunError, load_record

COUNT = 10  # nearest landmarks between which a picture is put


@dataclass(frozen=True)
class Landmarks:
    """Digits of a map whose embeddings a run keeps.

    dataset: the map's, by name; numbers: (n,) of the digits in it; labels: (n,) uint8; embeddings: (n, size) float32 of length 1;
    positions: (n, 2) float32, 0 to 1, y upwards.
    """

    dataset: str
    numbers: np.ndarray
    labels: np.ndarray
    embeddings: np.ndarray
    positions: np.ndarray

    def place(self, embedding: np.ndarray) -> tuple[np.ndarray, int]:
        """The position (2,) of a picture with that embedding (size,), and the number of the digit nearest to it.

        The median of its neighbours' positions, with which openTSNE too begins to place what is new (Policar, Strazar and Zupan,
        Embedding to reference t-SNE space, 2021).
        """
        closeness = self.embeddings @ neighbours.unit(embedding[None])[0]
        nearest = np.argsort(-closeness, kind="stable")[:COUNT]
        return np.median(self.positions[nearest], axis=0), int(self.numbers[nearest[0]])

    @cached_property
    def middles(self) -> dict[int, np.ndarray]:
        """By label, the position (2,) of the digit that is nearest to the median of its class, and so in its crowd."""
        middles = {}
        for label in np.unique(self.labels):
            own = self.positions[self.labels == label]
            middles[int(label)] = own[np.linalg.norm(own - np.median(own, axis=0), axis=1).argmin()]
        return middles


def landmarks(run_id: str, shelf: Path | None = None) -> Landmarks:
    """The digits that a run keeps and that stand on its map. Raises MapError, in a sentence."""
    try:
        record = load_record(run_id, shelf)
    except RunError as error:
        raise MapError(str(error)) from error
    name, count = next(iter(record.dataset.get("parts", [])), ("", 0))
    path = next((shelf or saved_directory()).glob(f".maps/{name}-*-{run_id}-{(record.weights or '')[:8]}.npz"), None)
    if neighbours.FILE not in record.files or path is None:
        raise MapError(f"The run '{run_id}' keeps no digits that stand on a map of its own.")
    references = neighbours.load(run_directory(run_id, shelf) / neighbours.FILE)
    # the map's dataset was the first part that the run was trained on, and has its training digits first
    own = references.index < count
    numbers = references.index[own].astype(int)
    embeddings = references.embeddings[own].astype(np.float32)
    return Landmarks(name, numbers, references.labels[own], embeddings, read_positions(path)[numbers])
