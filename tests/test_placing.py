"""Where a picture that is not on a map belongs on it."""

import numpy as np
import pytest

from models import DEFAULT_RUN, prediction, run_directory
from training.analysis import placing, projections
from training.analysis.placing import Landmarks
from training.analysis.projections import MapError


@pytest.fixture(scope="module")
def shipped():
    return placing.landmarks(DEFAULT_RUN)


def test_a_picture_stands_amid_its_neighbours():
    embeddings = np.repeat(np.eye(2, dtype=np.float32), 20, axis=0)
    positions = np.concatenate([np.full((20, 2), 0.2), np.full((20, 2), 0.8)]) + np.linspace(-0.01, 0.01, 40)[:, None]
    marks = Landmarks("toy", np.arange(100, 140), np.repeat([0, 1], 20), embeddings, positions)
    place, number = marks.place(np.array([0.1, 3.0]))
    assert np.abs(place - 0.8).max() <= 0.01
    assert 120 <= number < 140
    assert set(marks.middles) == {0, 1}
    assert np.abs(marks.middles[0] - 0.2).max() <= 0.01


def test_a_run_without_references_or_without_a_map_is_a_sentence():
    for run in ("cnn-large", "linear-pairwise", "no such run"):
        with pytest.raises(MapError, match=run):
            placing.landmarks(run)


def test_the_shipped_landmarks_stand_where_the_map_has_them(shipped, mnist):
    positions = projections.load(mnist, DEFAULT_RUN).positions
    np.testing.assert_array_equal(shipped.positions, positions[shipped.numbers])
    np.testing.assert_array_equal(shipped.labels, mnist.labels[shipped.numbers])


def test_test_digits_are_placed_close_to_where_the_map_has_them(shipped, mnist, keras):
    own = projections.load(mnist, DEFAULT_RUN).positions
    chosen = np.flatnonzero(mnist.split == "test")[:300]
    embeddings, _ = prediction.load(run_directory(DEFAULT_RUN)).embed(mnist.images[chosen])
    away = [np.linalg.norm(shipped.place(row)[0] - place) for row, place in zip(embeddings, own[chosen], strict=True)]
    assert np.median(away) < 0.02
    assert np.mean(np.array(away) < 0.1) > 0.95
