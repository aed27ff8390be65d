"""What the digits of a dataset have in common, and whether its test part is like its training part; in numbers and in words."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from training.datasets.dataset import Dataset

PART = 2000  # digits that are widened at a time
TELLING = 0.05  # a difference of this much, in shares of all digits, can be seen
CHANCE = 0.01  # below this probability it is called one


@dataclass(frozen=True)
class Drift:
    """Of a measure: its means in the two parts; distance, the largest between their cumulative distributions, 0 to 1;
    probability of a distance as large by chance (Kolmogorov and Smirnov, two samples)."""

    train: float
    test: float
    distance: float
    probability: float

    def in_words(self, name: str, unit: str) -> str:
        """What the two distributions say, in a sentence or two."""
        both = f"The mean {name} is {self.train:.3g} {unit} in the training part, {self.test:.3g} in the test part."
        if self.probability >= CHANCE:
            return f"{both} Chance alone would part them as far: no drift."
        much = "plain to see" if self.distance >= TELLING else "more than chance, but too little to see"
        return f"{both} Their distributions lie {self.distance:.1%} apart at most, which is {much}."


def drift(train: np.ndarray, test: np.ndarray) -> Drift:
    """Compare a measure of the training digits (n,) with that of the test digits (m,)."""
    found = stats.ks_2samp(train, test, method="asymp")
    return Drift(float(np.mean(train)), float(np.mean(test)), float(found.statistic), float(found.pvalue))


def counts(dataset: Dataset) -> dict[str, np.ndarray]:
    """Digits of each class, (classes,), by split."""
    classes = len(dataset.class_names)
    return {
        split: np.bincount(dataset.labels[dataset.split == split], minlength=classes) for split in ("train", "test")
    }


def balance(dataset: Dataset) -> str:
    """Whether the classes are equally frequent, and alike in both parts, in two sentences."""
    found = counts(dataset)
    shares = sum(found.values()) / len(dataset.labels)
    most, least = int(shares.argmax()), int(shares.argmin())
    known = np.stack(list(found.values()))[:, sum(found.values()) > 0]
    probability = stats.chi2_contingency(known).pvalue if known.shape[1] > 1 and (known.sum(axis=1) > 0).all() else 1.0
    text = (
        f"The most frequent class is {dataset.class_names[most]} with {shares[most]:.1%}, the rarest "
        f"{dataset.class_names[least]} with {shares[least]:.1%}."
    )
    alike = "as chance would draw them" if probability >= CHANCE else "further apart than chance would draw them"
    return f"{text} The shares of the two parts are {alike} (chi-squared test, p = {probability:.2g})."


@dataclass(frozen=True)
class Pixels:
    """Of some digits: mean and deviation of each pixel (height, width), 0 to 255; levels, how often each of the 256 grey
    levels occurs; lit, how many of the digits have ink in each pixel."""

    mean: np.ndarray
    deviation: np.ndarray
    levels: np.ndarray
    lit: np.ndarray

    def in_words(self) -> str:
        """Which pixels never light, and where the digits differ most, in two sentences."""
        never = int((self.lit == 0).sum())
        row, column = np.unravel_index(self.deviation.argmax(), self.deviation.shape)
        return (
            f"{never} of the {self.lit.size} pixels are never lit. The digits differ most in row {row}, column {column}, "
            f"where the standard deviation is {self.deviation.max():.0f} of 255."
        )


def pixels(dataset: Dataset, chosen: np.ndarray) -> Pixels:
    """Statistics of the chosen digits, by number; in parts, for the widened copies of all would take 2 GB."""
    total, squares, lit = (np.zeros(dataset.input_shape, np.int64) for _ in range(3))
    levels = np.zeros(256, np.int64)
    for part in np.array_split(chosen, max(1, len(chosen) // PART)):
        images = dataset.images[part].astype(np.int32)
        total += images.sum(axis=0)
        squares += (images * images).sum(axis=0)
        lit += (images > 0).sum(axis=0)
        levels += np.bincount(images.ravel(), minlength=256)
    mean = total / max(1, len(chosen))
    return Pixels(mean, np.sqrt(np.maximum(squares / max(1, len(chosen)) - mean**2, 0)), levels, lit)


def distances(dataset: Dataset, chosen: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """How far each of the chosen digits is from a picture, Euclidean and in grey levels of 0 to 1, (k,) float32."""
    parts = np.array_split(chosen, max(1, len(chosen) // PART))
    away = [((dataset.images[part] - mean.astype(np.float32)) / 255).reshape(len(part), -1) for part in parts]
    return np.concatenate([np.sqrt((part**2).sum(axis=1)) for part in away]).astype(np.float32)
