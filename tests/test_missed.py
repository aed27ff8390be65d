"""What is said of misclassified digits is what plain counting says, and the nearest digits are the nearest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.neighbors import NearestNeighbors

from training.analysis import missed as analysis
from training.analysis.missed import missed, nearest
from training.runs import load_predictions


@pytest.mark.parametrize("runs", [("canvas",), ("canvas", "cnn-6layer"), ("mlp-800", "cnn-large", "mlp-128x2")])
def test_the_mistakes_of_shipped_runs_are_those_of_plain_counting(runs):
    members = [load_predictions(run) for run in runs]
    labels = members[0].labels
    mean = np.mean([one.probabilities.astype(np.float32) for one in members], axis=0)
    found = missed(labels, [one.probabilities for one in members])
    assert set(found.numbers) == set(np.flatnonzero(mean.argmax(axis=1) != labels))
    for place, number in enumerate(found.numbers):
        assert found.labels[place] == labels[number]
        assert found.predicted[place] == mean[number].argmax()
        rows = [one.probabilities[number] for one in members]
        assert list(found.label_probabilities[place]) == [row[labels[number]] for row in rows]
        assert list(found.predicted_probabilities[place]) == [row[found.predicted[place]] for row in rows]
        assert found.correct[place] == sum(row.argmax() == labels[number] for row in rows)
    of_label = mean[found.numbers, found.labels]
    assert (np.diff(of_label) >= 0).all()  # the least probable labels first


def test_who_knows_everything_misses_nothing():
    labels = np.arange(20) % 10
    found = missed(labels, [np.eye(10)[labels]] * 3)
    assert len(found.numbers) == len(found.correct) == 0
    assert found.label_probabilities.shape == (0, 3)


def test_the_nearest_are_those_of_an_exact_search(mnist, monkeypatch):
    monkeypatch.setattr(analysis, "CHUNK", 700)  # several, the last one smaller
    among, pictures = mnist.images[:2000], mnist.images[60_000:60_020]
    search = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(among.reshape(2000, -1).astype(float))
    distances, numbers = search.kneighbors(pictures.reshape(20, -1).astype(float))
    assert (np.diff(distances) > 0).all()  # no ties, so that the order is one
    np.testing.assert_array_equal(nearest(pictures, among, 10), numbers)


@given(arrays(np.uint8, (7, 3, 3)), st.integers(1, 7), st.integers(1, 8))
def test_a_digit_is_nearest_to_itself_and_ties_keep_their_order(pictures, count, chunk):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "CHUNK", chunk)
        found = nearest(pictures, pictures, count)
    flat = pictures.reshape(7, -1).astype(int)
    for number, row in enumerate(found):
        squares = ((flat - flat[number]) ** 2).sum(axis=1)
        assert list(row) == list(np.argsort(squares, kind="stable")[:count])
