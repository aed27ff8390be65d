"""Trainings that go on are drawn on Compare as far as they are, until they end, and nothing is followed where none goes on."""

import dataclasses
import os
import socket

import numpy as np
import pytest

from dashboard import address, cache
from dashboard.cache import keys
from dashboard.sections import run_curves
from models.worker import Worker
from tests import pages
from tests.conftest import TOY
from training import background, file_locks, publishing, recording
from training.analysis.under_way import any_goes_on, under_way
from training.background import Status
from training.predictions import Predictions
from training.unfinished import Unfinished

LONG = TOY.model_copy(update={"name": "long", "epochs": 20})
ROWS = [
    {
        "epoch": n,
        "loss": 1 / n,
        "accuracy": 0.8,
        "val_loss": 2 / n,
        "val_accuracy": 0.7,
        "seconds": 2.0,
        "test_error": 0.3 / n,
    }
    for n in (1, 2)
]


@pytest.fixture
def begun(shelf, monkeypatch):
    """A training of a page that has finished some of its epochs and goes on; gives how its status is written."""
    monkeypatch.setattr(background, "_launch", lambda folder: None)
    folder = background.folder_of(background.start([LONG])[0])

    def write(rows=ROWS, state=background.TRAINING):
        background.write_status(folder, Status(state=state, history=rows))

    with file_locks.locked(folder / "lock"):
        write()
        yield write


@pytest.fixture
def visit(shelf, toy_run, monkeypatch):
    """Opens Compare with one run on the shelf; gives the page."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    monkeypatch.setattr(keys, "FRESH", 0.0)
    publishing.save(toy_run)

    def page(**named):
        found = pages.app("compare", named).run()
        assert not found.exception
        return found

    yield page
    cache.worker.clear()


def recorded(count, **settings):
    history = {"epoch": range(1, count + 1), "loss": np.linspace(1, 0.1, count), "seconds": 1.0}
    labels = np.array([0, 1, 1], np.uint8)
    answers = Predictions(labels, np.eye(2)[labels], np.array([[0, 0, 1]] * count, np.uint8))
    table = recording.histories.table(history)
    return recording.assemble("My run", answers, table, ("own digits", "0" * 64), settings)


def names(page):
    return [trace.name for trace in page.session_state[address.CHARTS]["curves"][1].data if trace.name]


def test_a_training_of_a_page_has_the_curve_of_its_finished_epochs(begun):
    (one,) = under_way()
    assert (one.name, one.recipe, one.epochs, one.epoch) == ("long", "long", 20, 3)
    assert one.history["test_error"].tolist() == [0.3, 0.15]
    assert one.history["elapsed"].tolist() == [2.0, 4.0]
    assert one.history["val_error"].tolist() == pytest.approx([0.3, 0.3])


def test_one_in_its_first_epoch_goes_on_without_a_curve(begun):
    begun([])
    assert under_way() == []
    assert any_goes_on(background.trainings())


@pytest.mark.parametrize("state", [background.PAUSED, background.FAILED, background.FINISHED])
def test_what_has_ended_goes_on_no_more(begun, state):
    begun(state=state)
    assert under_way() == []
    assert not any_goes_on(background.trainings())


def test_a_recording_goes_on_until_it_is_saved_and_only_while_its_process_lives(shelf):
    kept = Unfinished(shelf)
    assert under_way() == []
    kept.keep(recorded(3, epochs=10))
    (one,) = under_way()
    assert (one.name, one.epochs, one.epoch) == ("My run", 10, 4)
    assert one.history["test_error"].tolist() == pytest.approx([1 / 3] * 3)
    kept.keep(recorded(4))
    assert [(one.epochs, one.epoch) for one in under_way()] == [(None, 5)]
    kept.path.write_bytes(b"half of it")
    assert under_way() == []
    gone = kept.path.with_name(kept.path.name.replace(f"-{os.getpid()}-", "-999999999-"))
    kept.path.rename(gone)
    assert not any_goes_on([])
    elsewhere = kept.path.with_name(f".recording-{b'elsewhere'.hex()}-{os.getpid()}-1.run")
    gone.rename(elsewhere)
    assert socket.gethostname() != "elsewhere"
    assert not any_goes_on([])


def test_compare_draws_it_beside_the_runs_and_only_where_that_is_wanted(begun, visit):
    page = visit()
    assert "long (epoch 3 of 20)" in names(page)
    assert "toy" in names(page)
    assert "Pale, with a ring: still training." in " ".join(one.value for one in page.caption)
    assert "long (epoch 3 of 20)" not in names(visit(live="false"))


def test_it_is_drawn_where_no_run_is_chosen(begun, visit):
    page = visit()
    page.multiselect(key=address.RUNS).set_value([]).run()
    assert set(names(page)) == {"long (epoch 3 of 20)"}


def test_nothing_is_followed_where_no_training_goes_on(visit, monkeypatch):
    followed = []
    fragment = run_curves.st.fragment
    monkeypatch.setattr(run_curves.st, "fragment", lambda one, **how: followed.append(one) or fragment(one, **how))
    page = visit()
    assert names(page) == ["toy"]
    assert run_curves._chart not in followed
    assert not [one.value for one in page.caption if "Pale" in one.value]


def test_a_line_that_grows_changes_no_other(begun, visit, toy_run):
    def colour(page):
        return {
            trace.name: trace.line.color for trace in page.session_state[address.CHARTS]["curves"][1].data if trace.name
        }

    with_it, without = colour(visit()), colour(visit(live="false"))
    assert with_it["toy"] == without["toy"] != with_it["long (epoch 3 of 20)"]


def test_epochs_that_are_not_known_are_not_named(begun):
    (one,) = under_way()
    assert dataclasses.replace(one, epochs=None).epoch == 3
    assert dataclasses.replace(one, epochs=2).epoch == 2
