"""Each digit is answered by a run that did not learn from it, or by none."""

import dataclasses

import numpy as np
import pytest

from training.analysis.out_of_fold import out_of_fold
from training.runs import RunError, load_predictions


@pytest.fixture(scope="module")
def answered(mnist):
    return out_of_fold(mnist, "cnn-kfold")


def test_the_folds_answer_all_of_mnist(mnist, answered):
    assert answered.shape == (70_000, 10)
    assert not np.isnan(answered).any()
    np.testing.assert_allclose(answered.sum(axis=1), 1, atol=0.01)
    wrong = answered.argmax(axis=1) != mnist.labels
    assert 0 < wrong[:60_000].mean() < 0.03
    assert wrong[60_000:].mean() == (load_predictions("cnn-kfold").classes != mnist.labels[60_000:]).mean()


def test_a_fold_answers_what_it_held_out(mnist, answered):
    held = load_predictions("cnn-kfold-fold3")
    np.testing.assert_array_equal(answered[held.held_out_index], held.held_out_probabilities.astype(np.float32))


def test_a_run_without_held_out_digits_answers_the_test_digits_alone(mnist):
    answered = out_of_fold(mnist, "canvas")
    assert np.isnan(answered[:60_000]).all()
    assert not np.isnan(answered[60_000:]).any()


def test_other_digits_are_refused(mnist):
    other = dataclasses.replace(mnist, labels=(mnist.labels + 1) % 10)
    with pytest.raises(RunError, match="tested on other digits"):
        out_of_fold(other, "canvas")
