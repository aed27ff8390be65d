"""Statistics are those that NumPy gives for all digits at once, and drift is told where there is one."""

import dataclasses

import numpy as np
import pytest

from training.analysis import dataset_statistics
from training.analysis.shapes import MEASURES


def test_pixels_are_as_numpy_has_them(digits):
    chosen = digits.where("train", 3)
    found, images = dataset_statistics.pixels(digits, chosen), digits.images[chosen].astype(float)
    np.testing.assert_allclose(found.mean, images.mean(axis=0))
    np.testing.assert_allclose(found.deviation, images.std(axis=0), atol=1e-6)
    assert found.levels.sum() == images.size
    np.testing.assert_array_equal(found.lit, (images > 0).sum(axis=0))
    assert "of the 64 pixels are never lit" in found.in_words()


def test_of_no_digit_there_is_no_ink(digits):
    found = dataset_statistics.pixels(digits, np.empty(0, int))
    assert not found.mean.any()
    assert not found.deviation.any()


def test_the_same_distribution_is_no_drift(rng):
    found = dataset_statistics.drift(rng.normal(size=5000), rng.normal(size=3000))
    assert "no drift" in found.in_words("slant", "degrees")


@pytest.mark.parametrize(("shift", "said"), [(0.08, "too little to see"), (1.0, "plain to see")])
def test_a_shift_is_told(shift, said, rng):
    found = dataset_statistics.drift(rng.normal(size=60_000), rng.normal(shift, size=20_000))
    assert said in found.in_words("slant", "degrees")
    assert found.test > found.train


def test_balance_names_the_extremes_and_tells_unequal_parts(digits):
    assert "as chance would draw them" in dataset_statistics.balance(digits)
    sorted_in = dataclasses.replace(digits, split=np.where(digits.labels == 4, "test", "train"))
    assert "further apart than chance" in dataset_statistics.balance(sorted_in)
    assert sum(count.sum() for count in dataset_statistics.counts(digits).values()) == len(digits.labels)


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
