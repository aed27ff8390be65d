"""What the digits of a dataset have in common, and whether its test part is like its training part."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from training.datasets.dataset import Dataset

CHUNK = 2000  # digits converted to wider numbers at a time
VISIBLE = 0.05  # distance between the distributions from which a difference is visible in the chart
SIGNIFICANCE_LEVEL = 0.01  # below this p-value a difference is called significant
BINS = 60  # of a histogram of fractional values
TAIL = 0.1  # percent of the values at each end that a histogram leaves out


@dataclass(frozen=True)
class Histogram:
    """Of a measure: middles (k,) of its bins, in its own unit; shares, by part, of the part's digits in each bin, (k,) 0 to 1;
    whole, whether its values are whole numbers."""

    middles: np.ndarray
    shares: dict[str, np.ndarray]
    whole: bool


def histogram(train: np.ndarray, test: np.ndarray) -> Histogram:
    """How a measure is distributed in the training (n,) and the test digits (m,), without the most extreme values."""
    low, high = np.percentile(np.concatenate([train, test]), [TAIL, 100 - TAIL])
    whole = np.array_equal(train, np.round(train))
    between = np.linspace(low, max(high, low + 1e-6), BINS + 1)
    edges = np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.5) if whole else between
    parts = (("train", train), ("test", test))
    shares = {name: np.histogram(values, edges)[0] / max(1, len(values)) for name, values in parts}
    return Histogram((edges[:-1] + edges[1:]) / 2, shares, whole)


@dataclass(frozen=True)
class Drift:
    """Of a measure: its means in the two parts; distance, the largest between their cumulative distributions, 0 to 1;
    probability, the p-value of the two-sample Kolmogorov-Smirnov test; histogram, of both parts."""

    train: float
    test: float
    distance: float
    probability: float
    histogram: Histogram

    @property
    def significant(self) -> bool:
        """Whether the parts differ by more than chance."""
        return self.probability < SIGNIFICANCE_LEVEL

    @property
    def visible(self) -> bool:
        """Whether a difference of this size can be seen."""
        return self.distance >= VISIBLE


def drift(train: np.ndarray, test: np.ndarray) -> Drift:
    """Compare a measure of the training digits (n,) with that of the test digits (m,)."""
    result = stats.ks_2samp(train, test, method="asymp")
    means = float(np.mean(train)), float(np.mean(test))
    return Drift(*means, float(result.statistic), float(result.pvalue), histogram(train, test))


@dataclass(frozen=True)
class Balance:
    """Digits of each class by part, (classes,); probability, the p-value of a chi-squared test that the parts' shares are equal."""

    counts: dict[str, np.ndarray]
    probability: float

    @property
    def shares(self) -> np.ndarray:
        """Share of each class among all digits, (classes,), 0 to 1."""
        both = np.sum(list(self.counts.values()), axis=0)
        return both / max(1, both.sum())

    @property
    def significant(self) -> bool:
        """Whether the shares of the two parts differ by more than chance."""
        return self.probability < SIGNIFICANCE_LEVEL


def balance(dataset: Dataset) -> Balance:
    """How frequent each class is in the two parts."""
    classes = len(dataset.class_names)
    counts = {
        split: np.bincount(dataset.labels[dataset.split == split], minlength=classes) for split in ("train", "test")
    }
    both = np.stack(list(counts.values()))
    occurring = both[:, both.sum(axis=0) > 0]
    comparable = occurring.shape[1] > 1 and bool((occurring.sum(axis=1) > 0).all())
    return Balance(counts, float(stats.chi2_contingency(occurring).pvalue) if comparable else 1.0)


@dataclass(frozen=True)
class Pixels:
    """Of some digits: mean and deviation of each pixel (height, width), 0 to 255; levels, how often each of the 256 grey
    levels occurs; used, how many of the digits are not zero in each pixel."""

    mean: np.ndarray
    deviation: np.ndarray
    levels: np.ndarray
    used: np.ndarray


def pixels(dataset: Dataset, chosen: np.ndarray) -> Pixels:
    """Statistics of the chosen digits, given by number; in chunks, because int32 copies of all would take 2 GB."""
    total, squares, used = (np.zeros(dataset.input_shape, np.int64) for _ in range(3))
    levels = np.zeros(256, np.int64)
    for part in np.array_split(chosen, max(1, len(chosen) // CHUNK)):
        images = dataset.images[part].astype(np.int32)
        total += images.sum(axis=0)
        squares += (images * images).sum(axis=0)
        used += (images > 0).sum(axis=0)
        levels += np.bincount(images.ravel(), minlength=256)
    mean = total / max(1, len(chosen))
    return Pixels(mean, np.sqrt(np.maximum(squares / max(1, len(chosen)) - mean**2, 0)), levels, used)


def distances(dataset: Dataset, chosen: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """How far each of the chosen digits is from a picture, Euclidean and in grey levels of 0 to 1, (k,) float32."""
    parts = np.array_split(chosen, max(1, len(chosen) // CHUNK))
    away = [((dataset.images[part] - mean.astype(np.float32)) / 255).reshape(len(part), -1) for part in parts]
    return np.concatenate([np.sqrt((part**2).sum(axis=1)) for part in away]).astype(np.float32)
