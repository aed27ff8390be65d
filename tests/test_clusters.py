"""A class's place on a map is a digit of it, where most of them are."""

import numpy as np

from training.analysis.clusters import densest


def test_the_place_of_a_class_is_in_the_larger_of_its_clusters(rng):
    many, few = rng.normal((0.7, 0.3), 0.02, (300, 2)), rng.normal((0.1, 0.9), 0.02, (100, 2))
    other = rng.normal((0.4, 0.5), 0.02, (50, 2))
    positions = np.clip(np.concatenate([many, few, other]), 0, 1)
    found = densest(positions, np.repeat([0, 2], [400, 50]), 4)
    np.testing.assert_allclose(found[[0, 2]], [[0.7, 0.3], [0.4, 0.5]], atol=0.02)
    assert np.isnan(found[[1, 3]]).all()
    assert (positions == found[0]).all(axis=1).any()


def test_a_single_digit_at_the_border_is_its_own_place():
    np.testing.assert_array_equal(densest(np.array([[1.0, 0.0]]), np.array([0]), 1), [[1.0, 0.0]])
