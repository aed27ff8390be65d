"""Statistics are those that NumPy gives for all digits at once, and drift is told where there is one."""

import dataclasses

import numpy as np
import pytest

from dashboard import dataset_wording
from training.analysis import dataset_statistics
from training.analysis.shapes import MEASURES


def test_pixels_are_as_numpy_has_them(digits):
    chosen = digits.where("train", 3)
    found, images = dataset_statistics.pixels(digits, chosen), digits.images[chosen].astype(float)
    np.testing.assert_allclose(found.mean, images.mean(axis=0))
    np.testing.assert_allclose(found.deviation, images.std(axis=0), atol=1e-6)
    assert found.levels.sum() == images.size
    np.testing.assert_array_equal(found.used, (images > 0).sum(axis=0))
    assert "of the 64 pixels are zero in every digit" in dataset_wording.pixels(found)


def test_of_no_digit_there_is_no_ink(digits):
    found = dataset_statistics.pixels(digits, np.empty(0, int))
    assert not found.mean.any()
    assert not found.deviation.any()


def test_the_same_distribution_is_no_drift(rng):
    found = dataset_statistics.drift(rng.normal(size=5000), rng.normal(size=3000))
    assert not found.significant
    assert dataset_wording.drift(found) == "not significant"


@pytest.mark.parametrize(("shift", "said"), [(0.08, "too small to see"), (1.0, "visible")])
def test_a_shift_is_told(shift, said, rng):
    found = dataset_statistics.drift(rng.normal(size=60_000), rng.normal(shift, size=20_000))
    assert dataset_wording.drift(found) == f"significant, {said}"
    assert found.test > found.train


def test_balance_names_the_extremes_and_tells_unequal_parts(digits):
    assert "do not differ significantly" in dataset_wording.balance(
        dataset_statistics.balance(digits), digits.class_names
    )
    sorted_in = dataclasses.replace(digits, split=np.where(digits.labels == 4, "test", "train"))
    assert "differ significantly" in dataset_wording.balance(dataset_statistics.balance(sorted_in), digits.class_names)
    assert sum(count.sum() for count in dataset_statistics.balance(digits).counts.values()) == len(digits.labels)


def test_a_histogram_counts_all_but_the_ends(rng):
    train, test = rng.normal(size=4000), rng.normal(size=1000)
    found = dataset_statistics.histogram(train, test)
    assert all(0.99 < share.sum() <= 1 for share in found.shares.values())
    assert (np.diff(found.middles) > 0).all()
    whole = dataset_statistics.histogram(np.array([1.0, 2, 2, 5]), np.array([2.0, 3]))
    assert whole.whole
    assert whole.middles.tolist() == [1, 2, 3, 4, 5]
    assert whole.shares["train"].tolist() == [0.25, 0.5, 0, 0, 0.25]


def test_distances_are_euclidean(digits):
    chosen, mean = np.arange(50), digits.images[:50].mean(axis=0)
    found = dataset_statistics.distances(digits, chosen, mean)
    expected = np.linalg.norm((digits.images[:50] - mean).reshape(50, -1) / 255, axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("name", MEASURES)
def test_mnists_parts_are_alike_but_for_little(name, mnist):
    """Its test digits were written in part by other people than its training digits."""
    values = MEASURES[name].of(mnist.images)
    found = dataset_statistics.drift(values[mnist.split == "train"], values[mnist.split == "test"])
    assert found.distance < 0.1
