"""The digits that a network learned from and finds most alike, and which pictures it should doubt to be digits.

A run may keep the embeddings of some of its training digits: what its last hidden layer makes of them. A picture whose
fifth nearest of them is farther than those of nearly all held-out digits does not look like a digit (Sun, Ming, Zhu and Li,
Out-of-distribution detection with deep nearest neighbors, 2022), nor does one that is classified with less confidence than
nearly all of them (Hendrycks and Gimpel, A baseline for detecting misclassified and out-of-distribution examples, 2017).
"""

import io
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np

FILE = "references.npz"
NEAREST = 5  # the neighbour whose distance counts
# share of held-out digits, varied as in training, that are nearer than the limit; as many have more than the least confidence
USUAL = 0.997


@dataclass(frozen=True)
class References:
    """Training digits as a network sees them.

    index: (n,) uint32 into the training set; labels: (n,) uint8; embeddings: (n, size) float16, each of length 1; limit:
    the distance, 0 to 2, beyond which a picture is unlike any digit, and least_confidence, 0 to 1, below which.
    """

    index: np.ndarray
    labels: np.ndarray
    embeddings: np.ndarray
    limit: float
    least_confidence: float = 0.0

    @cached_property
    def _columns(self) -> np.ndarray:
        return self.embeddings.astype(np.float32).T  # widened once, for it is asked after every stroke

    def nearest(self, embeddings: np.ndarray, count: int = NEAREST) -> tuple[np.ndarray, np.ndarray]:
        """Places (m, count) of the nearest references of embeddings (m, size), nearest first, and distances (m, count)."""
        closeness = unit(embeddings) @ self._columns
        places = np.argpartition(-closeness, count - 1, axis=1)[:, :count]
        closest = np.take_along_axis(closeness, places, axis=1)
        order = np.argsort(-closest, axis=1, kind="stable")
        distances = np.sqrt(np.clip(2 - 2 * np.take_along_axis(closest, order, axis=1), 0, None))
        return np.take_along_axis(places, order, axis=1), distances

    def to_bytes(self) -> bytes:
        """The contents of the run's file."""
        stream = io.BytesIO()
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        return stream.getvalue()

    def doubtful(self, distance: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
        """Which pictures do not look like a digit, (m,) bool, by the distance (m,) of their fifth nearest reference and their
        probabilities (m, classes)."""
        return (distance > self.limit) | (probabilities.max(axis=1) < self.least_confidence)


def unit(embeddings: np.ndarray) -> np.ndarray:
    """Embeddings (n, size) divided by their lengths, float32; one of length 0 stays 0."""
    lengths = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return (embeddings / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def choose(
    index: np.ndarray, labels: np.ndarray, embeddings: np.ndarray, held_out: np.ndarray, confidence: np.ndarray
) -> References:
    """References of training digits with those embeddings (n, size).

    held_out: (m, size) embeddings of held-out digits that are classified correctly, and confidence: (m,), which set the limits.
    """
    references = References(index.astype(np.uint32), labels, unit(embeddings).astype(np.float16), 0.0)
    parts = np.array_split(held_out, max(1, len(held_out) // 500))
    distances = np.concatenate([references.nearest(part)[1][:, NEAREST - 1] for part in parts])
    limit, least = np.quantile(distances, USUAL), np.quantile(confidence, 1 - USUAL)
    return replace(references, limit=float(limit), least_confidence=float(least))


def load(source: Path | BinaryIO) -> References:
    """The references of a run's file. Raises OSError, ValueError or KeyError where it is none."""
    with np.load(source, allow_pickle=False) as arrays:
        # files of earlier versions have no least confidence
        limits = {name: float(arrays[name]) for name in ("limit", "least_confidence") if name in arrays}
        return References(arrays["index"], arrays["labels"], arrays["embeddings"], **limits)
