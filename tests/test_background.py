"""Trainings in the background: their files say where they stand; they wait, pause, resume, and outlive a kill."""

import os
import signal
import threading
import time

import numpy as np
import pytest

from tests.conftest import TOY
from training import background, background_job, file_locks, publishing, trainer
from training.runs import list_runs, load_history, load_predictions, load_record

LONG = TOY.model_copy(update={"epochs": 4})


@pytest.fixture
def waiting(shelf, keras, monkeypatch):
    """Starts a training whose process the test itself is: gives its folder."""
    monkeypatch.setattr(background, "_launch", lambda folder: None)

    def begin(recipe=TOY):
        return background.folder_of(background.start([recipe])[0])

    return begin


def only(shelf=None):
    (training,) = background.trainings(shelf)
    return training


def ask_after_epoch(monkeypatch, folder, epoch, what):
    """Ask for a stop once so many epochs are whole."""
    write = background_job.Reporter.write

    def writing(self, **changes):
        write(self, **changes)
        if len(self.status.history) == epoch and not (folder / "asked").exists():
            (folder / "asked").touch()
            background.stop(folder.name, what)

    monkeypatch.setattr(background_job.Reporter, "write", writing)


def test_it_becomes_a_run_as_if_it_were_trained_by_the_command(waiting, toy_run):
    folder = waiting()
    assert only().status.state == background.STARTING
    assert background_job.main(folder) == 0
    ended = only()
    assert (ended.status.state, ended.status.run_id, ended.share) == (background.FINISHED, TOY.run_id(), 1.0)
    kept = load_predictions(TOY.run_id())
    np.testing.assert_array_equal(kept.probabilities, toy_run.predictions.probabilities)
    np.testing.assert_array_equal(
        np.vstack(background.predicted(ended.name)), np.vstack([kept.labels, kept.epoch_classes])
    )
    errors = [row["test_error"] for row in ended.status.history]
    assert errors == pytest.approx([(row != kept.labels).mean() for row in kept.epoch_classes])


def test_a_paused_training_resumes_with_the_same_bits(waiting, monkeypatch, digits):
    folder = waiting(LONG)
    ask_after_epoch(monkeypatch, folder, 2, background.PAUSE)
    assert background_job.main(folder) == 0
    assert (only().status.state, len(only().status.history)) == (background.PAUSED, 2)
    assert not only().live
    assert not list_runs()[0]
    background.resume(folder.name)
    assert background_job.main(folder) == 0
    assert [row["epoch"] for row in only().status.history] == [1, 2, 3, 4]
    undisturbed = trainer.train(LONG, digits)
    np.testing.assert_array_equal(load_predictions(LONG.run_id()).probabilities, undisturbed.predictions.probabilities)
    assert not list(folder.parent.parent.glob(".unfinished-*"))


def test_stop_and_keep_makes_a_run_of_the_whole_epochs(waiting, monkeypatch, digits):
    folder = waiting(LONG)
    ask_after_epoch(monkeypatch, folder, 2, background.SAVE)
    assert background_job.main(folder) == 0
    record = load_record(only().status.run_id)
    assert record.stopped == 2
    assert list(load_history(record.run_id)["epoch"]) == [1, 2]
    assert list(record.files) == ["history.csv", "predictions.npz", "model.keras"]


def test_a_paused_training_can_be_kept_later(waiting, monkeypatch):
    folder = waiting(LONG)
    ask_after_epoch(monkeypatch, folder, 1, background.PAUSE)
    background_job.main(folder)
    background.stop(folder.name, background.SAVE)
    assert background_job.main(folder) == 0
    assert load_record(only().status.run_id).stopped == 1


def test_nothing_is_left_of_what_is_discarded(waiting, monkeypatch, shelf):
    folder = waiting(LONG)
    ask_after_epoch(monkeypatch, folder, 2, background.DISCARD)
    assert background_job.main(folder) == 0
    assert background.trainings() == []
    assert [path.name for path in shelf.iterdir()] == [".trainings"]


def test_what_does_not_go_on_is_discarded_at_once(waiting, monkeypatch, shelf):
    folder = waiting(LONG)
    ask_after_epoch(monkeypatch, folder, 1, background.PAUSE)
    background_job.main(folder)
    background.stop(folder.name, background.DISCARD)
    assert background.trainings() == []
    assert not list(shelf.glob(".unfinished-*"))


def test_a_training_that_fails_says_why(waiting):
    folder = waiting(TOY.model_copy(update={"validation_fraction": 0.0001}))
    assert background_job.main(folder) == 2
    assert only().status.state == background.FAILED
    assert "leaves one part without digits" in only().status.message


def test_one_trains_at_a_time_and_the_earlier_first(waiting, shelf):
    first, second = waiting(), waiting(TOY.model_copy(update={"seed": 2}))
    with file_locks.locked(first / "lock"):
        later = threading.Thread(target=background_job.main, args=(second,))
        later.start()
        time.sleep(1)
        assert background.read_status(second).state == background.WAITING
        background.stop(second.name, background.PAUSE)
        later.join(20)
    assert background.read_status(second).state == background.PAUSED


def test_a_process_that_is_gone_is_told_at_once(waiting):
    folder = waiting()
    background.write_status(folder, background.Status(state=background.TRAINING, epoch=1))
    assert only().status.state == background.LOST
    with file_locks.locked(folder / "lock"):
        assert only().live
        background.resume(folder.name)  # it goes on, so nothing happens
        assert only().status.state == background.TRAINING


@pytest.mark.parametrize("content", [b"", b"{", b'{"state": 3, "more": 1}', b"[]", b"\xff\xfe"])
def test_a_damaged_status_hides_that_training_alone(waiting, content):
    folder, other = waiting(), waiting(TOY.model_copy(update={"seed": 2}))
    (folder / "status.json").write_bytes(content)
    assert only().name == other.name


def test_a_group_stands_together_in_its_order(waiting, shelf):
    names = background.start([TOY.model_copy(update={"seed": seed}) for seed in (1, 2, 3)])
    newer = waiting()
    listed = background.trainings()
    assert [one.name for one in listed] == [newer.name, *names]
    assert len({one.group for one in listed[1:]}) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
def test_a_killed_process_is_lost_and_resumes_with_the_same_bits(shelf, digits, keras):
    recipe = TOY.model_copy(update={"epochs": 30})
    (name,) = background.start([recipe])
    process = background._processes[background.folder_of(name)]
    end = time.monotonic() + 90
    while len(only().status.history) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert only().status.state == background.LOST
    assert 2 <= len(only().status.history) < 30
    background.resume(name)
    while only().live and time.monotonic() < end:
        time.sleep(0.1)
    assert only().status.state == background.FINISHED
    undisturbed = publishing.unpack(publishing.pack(trainer.train(recipe, digits)))
    np.testing.assert_array_equal(
        load_predictions(recipe.run_id()).probabilities, undisturbed.predictions.probabilities
    )
