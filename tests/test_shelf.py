"""A run gets another name, is deleted and comes back, with what stands beside it."""

import numpy as np
import pytest

from models import committees
from training import annotations, publishing
from training import shelf as shelves
from training.runs import RunError, list_runs, load_predictions, load_record


@pytest.fixture
def saved(shelf, toy_run):
    return publishing.save(toy_run).run_id


def test_a_renamed_run_is_the_same_run(saved, shelf):
    before, predictions = load_record(saved), load_predictions(saved)
    annotations.change({saved: {"starred": True}})
    after = shelves.rename(saved, "My Best!")
    assert after.run_id == "my-best"
    assert after.model_copy(update={"run_id": saved}) == before
    np.testing.assert_array_equal(load_predictions("my-best").probabilities, predictions.probabilities)
    assert [record.run_id for record in list_runs()[0]] == ["my-best"]
    assert annotations.load()["my-best"].starred
    assert saved not in annotations.load()


def test_a_taken_name_gets_a_number(saved, toy_run):
    other = publishing.save(toy_run).run_id
    assert shelves.rename(other, saved).run_id == f"{saved}-3"  # the second is the run itself


def test_a_deleted_run_comes_back(saved):
    gone = shelves.delete(saved)
    assert list_runs() == ([], [])
    assert [one.run_id for one in shelves.deleted()] == [saved]
    assert shelves.restore(gone.key) == saved
    assert load_record(saved).run_id == saved
    assert shelves.deleted() == []


def test_a_name_that_is_taken_by_now_is_a_sentence_and_nothing_is_lost(saved, toy_run):
    gone = shelves.delete(saved)
    publishing.save(toy_run)
    with pytest.raises(RunError, match="another run 'toy' by now"):
        shelves.restore(gone.key)
    assert [one.key for one in shelves.deleted()] == [gone.key]


def test_what_an_ensemble_needs_is_neither_deleted_nor_renamed(saved, toy_run):
    other = publishing.save(toy_run).run_id
    committees.save("both", [saved, other])
    for change in (shelves.delete, lambda run: shelves.rename(run, "new")):
        with pytest.raises(RunError, match="member of the ensemble 'both'"):
            change(saved)


@pytest.mark.parametrize("name", ["", ".deleted", "../toy", "nobody"])
def test_what_is_not_a_run_cannot_be_deleted(saved, name):
    with pytest.raises(RunError, match="There is no run"):
        shelves.delete(name)


@pytest.mark.parametrize("key", ["", "1-nobody", "../toy", "x-toy"])
def test_what_was_not_deleted_cannot_come_back(saved, key):
    with pytest.raises(RunError):
        shelves.restore(key)


def test_emptied_is_gone_for_good(saved):
    shelves.delete(saved)
    shelves.empty()
    assert shelves.deleted() == []
