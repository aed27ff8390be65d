"""Labels that were made wrong are found, and nothing is said where no model predicted."""

import numpy as np
import pytest
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores

from training.analysis import projections
from training.analysis.label_errors import confident, label_errors, own_mistakes
from training.analysis.out_of_fold import out_of_fold


def answers(labels, rng, classes=10, sure=0.95):
    found = np.full((len(labels), classes), (1 - sure) / (classes - 1))
    found[np.arange(len(labels)), labels] = sure
    return found + rng.uniform(0, 1e-3, found.shape)


def test_labels_that_were_changed_come_first(rng):
    true = rng.integers(0, 10, 500)
    given = true.copy()
    changed = rng.choice(500, 20, replace=False)
    given[changed] = (given[changed] + 3) % 10
    found = label_errors(given, answers(true, rng), np.empty((500, 0), int))
    assert set(found.order[:20]) == set(changed)
    assert (found.alternative[changed] == true[changed]).all()
    assert set(np.flatnonzero(found.flagged)) <= set(changed)
    assert found.flagged[changed].any()
    assert np.isnan(found.same_label_share).all()


def test_the_neighbours_speak_too(rng):
    labels = np.repeat([3, 5], 10)
    labels[0] = 5
    nearest = np.array(
        [[n for n in range(10 * (place // 10), 10 * (place // 10) + 10) if n != place] for place in range(20)]
    )
    found = label_errors(labels, np.full((20, 10), 0.1), nearest)
    assert found.order[0] == 0
    assert found.same_label_share[0] == 0
    assert found.alternative[0] == 3


def test_without_a_prediction_no_label_is_doubted(rng):
    labels = rng.integers(0, 10, 50)
    probabilities = answers(labels, rng)
    probabilities[:30] = np.nan
    found = label_errors(labels, probabilities, np.empty((50, 0), int))
    assert sorted(found.order) == list(range(30, 50))
    assert not found.flagged[:30].any()


def test_confident_learning_by_hand():
    """Class 0 is certain on average of 0.8 of its digits, class 1 of 0.7: only a row that reaches another's average counts."""
    probabilities = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.4, 0.6], [0.85, 0.15], [0.35, 0.65]])
    labels = np.array([0, 0, 1, 1, 1, 1])
    assert probabilities[labels == 0, 0].mean() == pytest.approx(0.8)
    assert confident(labels, probabilities).tolist() == [False, False, False, False, True, False]


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_what_is_called_wrong_is_what_cleanlab_finds(classes, rng):
    true = rng.integers(0, classes, 3000)
    given = np.where(rng.random(3000) < 0.1, rng.integers(0, classes, 3000), true)
    probabilities = rng.dirichlet(np.full(classes, 0.3), 3000) + np.eye(classes)[true] * rng.uniform(0, 2, (3000, 1))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    asked = rng.random(3000) < 0.8
    found = label_errors(given, np.where(asked[:, None], probabilities, np.nan), np.empty((3000, 0), int))
    issues = cleanlabs(given[asked], probabilities[asked])
    assert issues.any()
    np.testing.assert_array_equal(found.flagged, np.isin(np.arange(3000), np.flatnonzero(asked)[issues]))
    scores = get_label_quality_scores(given[asked], probabilities[asked])
    np.testing.assert_allclose(found.label_probability[asked], scores)
    np.testing.assert_array_equal(found.order, np.flatnonzero(asked)[np.argsort(scores, kind="stable")])


def test_cleanlab_finds_the_same_in_mnist(mnist):
    probabilities = out_of_fold(mnist, "cnn-kfold").astype(float)
    issues = cleanlabs(mnist.labels, probabilities)
    assert issues.sum() > 50
    np.testing.assert_array_equal(confident(mnist.labels, probabilities), issues)


def cleanlabs(labels, probabilities):
    return find_label_issues(labels, probabilities, filter_by="confident_learning", n_jobs=1)


def test_mnist_has_labels_that_are_probably_wrong(mnist):
    """A 4 of the training digits that looks like a 7 stands near the top."""
    found = label_errors(
        mnist.labels, out_of_fold(mnist, "cnn-kfold"), projections.load(mnist, projections.PIXELS).nearest
    )
    assert len(found.order) == 70_000
    assert 59_915 in found.order[:10]
    assert 50 < found.flagged.sum() < 1000


def test_what_a_better_run_reads_as_labelled_is_a_runs_own_mistake():
    flagged, better_wrong = np.array([True, True, True, False, False]), np.array([True, False, False, True, False])
    assert own_mistakes(flagged, better_wrong) == 2
