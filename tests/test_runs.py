"""A run is published whole or not at all, and a damaged one hides no other."""

import hashlib
import io
import json
import multiprocessing
import os
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.architectures import ARCHITECTURES
from training import publishing, runs
from training.publishing import save
from training.recipes import LONG, RECIPES
from training.runs import RunError, list_runs, load_history, load_predictions, load_record, to_half


def test_what_was_saved_comes_back(shelf, toy_run):
    record = save(toy_run)
    assert load_record(record.run_id) == record
    assert sorted(path.name for path in (shelf / record.run_id).iterdir()) == [
        "history.csv",
        "model.keras",
        "predictions.npz",
        "record.json",
    ]
    history = load_history(record.run_id)
    assert list(history) == runs.HISTORY
    np.testing.assert_allclose(history["val_loss"], [row.get("val_loss") for row in toy_run.history], rtol=1e-5)
    found = load_predictions(record.run_id)
    for name in ("labels", "probabilities", "epoch_classes", "held_out_index", "held_out_probabilities"):
        np.testing.assert_array_equal(getattr(found, name), getattr(toy_run.predictions, name))


def test_a_second_run_of_a_recipe_stands_beside_the_first(shelf, toy_run):
    assert [save(toy_run).run_id for _ in range(3)] == ["toy", "toy-2", "toy-3"]
    whole, damaged = list_runs()
    assert sorted(record.run_id for record in whole) == ["toy", "toy-2", "toy-3"]
    assert not damaged
    assert not list(shelf.glob(".staging-*"))


def test_an_empty_or_missing_shelf_holds_nothing(shelf):
    assert list_runs() == ([], [])
    assert runs.shelf_stamp() == (str(shelf),)


def flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def edit(path, **changes):
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def edit_dataset(run, **changes):
    record = json.loads((run / "record.json").read_text())
    edit(run / "record.json", dataset=record["dataset"] | changes)


def predict(run, **changes):
    """Its predictions with other arrays, as if it had been saved so."""
    with np.load(run / "predictions.npz") as found:
        changed = {name: changes.get(name, lambda one: one)(found[name]) for name in found.files}
    stream = io.BytesIO()
    np.savez(stream, **changed)
    sign(run, "predictions.npz", stream.getvalue())


def sign(run, name, content):
    """Another content of a file, which its record vouches for."""
    (run / name).write_bytes(content)
    files = json.loads((run / "record.json").read_text())["files"]
    files[name] |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    edit(run / "record.json", files=files)


DAMAGE = {
    "record.json is missing": lambda run: (run / "record.json").unlink(),
    "predictions.npz is missing": lambda run: (run / "predictions.npz").unlink(),
    "record.json cannot be read": lambda run: (run / "record.json").write_text("{"),
    "record.json cannot be read: recipe": lambda run: edit(run / "record.json", recipe=3),
    "history.csv differs": lambda run: flip(run / "history.csv"),
    "model.keras differs": lambda run: flip(run / "model.keras"),
    "predictions.npz differs": lambda run: (run / "predictions.npz").write_bytes(b""),
    "its record belongs to the run 'x'": lambda run: edit(run / "record.json", run_id="x"),
    "rename the folder so, or delete it": lambda run: edit(run / "record.json", run_id="x"),
    "record.json cannot be read: parameters": lambda run: edit(run / "record.json", parameters=-7),
    "record.json cannot be read: seconds": lambda run: edit(run / "record.json", seconds=-1),
    "its record does not say what its dataset's test is": lambda run: edit_dataset(run, test=None),
    "its record does not say what its dataset's class_names is": lambda run: edit_dataset(run, class_names="0123"),
    "test digits, predictions.npz of": lambda run: edit_dataset(run, test=5),
    "its record names 3 classes": lambda run: edit_dataset(run, class_names=["0", "1", "2"]),
    "labels in predictions.npz has classes that": lambda run: predict(run, labels=lambda found: found + 10),
    "epoch_classes in predictions.npz has classes": lambda run: predict(run, epoch_classes=lambda found: found + 50),
    "classes after 3 epochs, history.csv has 2": lambda run: predict(run, epoch_classes=lambda found: found[[0, 0, 1]]),
    "a class for every test digit": lambda run: predict(run, epoch_classes=lambda found: found[:, 1:]),
    "as many labels as probabilities": lambda run: predict(run, labels=lambda found: found[1:]),
    "has the shape": lambda run: predict(run, probabilities=lambda found: found[0]),
    "predictions.npz cannot be read: it is not an npz file": lambda run: sign(run, "predictions.npz", b"npz"),
    "its record has version 99": lambda run: edit(run / "record.json", schema_version=99),
    "its record does not list history.csv, predictions.npz": lambda run: edit(run / "record.json", files={}),
}


@pytest.mark.parametrize("reason", DAMAGE)
def test_damage_is_named_and_hides_no_other(reason, shelf, toy_run):
    save(toy_run)
    save(toy_run)
    DAMAGE[reason](shelf / "toy")
    whole, damaged = list_runs()
    assert [record.run_id for record in whole] == ["toy-2"]
    assert [found.run_id for found in damaged] == ["toy"]
    assert reason in damaged[0].reason
    for load in (load_record, load_history, load_predictions):
        with pytest.raises(RunError, match="The run 'toy' is damaged"):
            load("toy")


@pytest.mark.parametrize("run_id", ["nobody", "", "..", ".staging-1", "toy/..", "../shelf/toy"])
def test_a_name_that_is_no_run_is_refused(run_id, shelf, toy_run):
    save(toy_run)
    with pytest.raises(RunError, match="There is no run"):
        load_record(run_id)


def test_the_stamp_changes_with_the_shelf(shelf, toy_run):
    stamps = {runs.shelf_stamp()}
    save(toy_run)
    stamps.add(runs.shelf_stamp())
    flip(shelf / "toy" / "history.csv")
    os.utime(shelf / "toy" / "history.csv", ns=(0, time.time_ns() + 10**9))
    stamps.add(runs.shelf_stamp())
    assert len(stamps) == 3


def test_a_full_disk_leaves_nothing_behind(shelf, toy_run, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing.os, "fsync", full)
    with pytest.raises(RunError, match=r"No space left on device\. Nothing was left behind"):
        save(toy_run)
    assert list(shelf.iterdir()) == []


def publish_for_ever(run, shelf):
    while True:
        save(run, shelf)


def test_a_killed_process_leaves_no_half_run(shelf, toy_run):
    for pause in (0.05, 0.08, 0.11, 0.14):
        process = multiprocessing.get_context("fork").Process(target=publish_for_ever, args=(toy_run, shelf))
        process.start()
        time.sleep(pause)
        process.kill()
        process.join()
    _, damaged = list_runs()
    assert damaged == []


def test_what_was_abandoned_is_swept_after_a_day(shelf, toy_run):
    old, new = shelf / ".staging-old", shelf / ".staging-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
    os.utime(old, (0, time.time() - 90_000))
    save(toy_run)
    assert not old.exists()
    assert new.exists()


def test_what_vanishes_while_the_shelf_is_swept_disturbs_no_run(shelf, toy_run):
    shelf.mkdir()
    # as a folder that another process has removed since its name was listed, it cannot be looked at
    (shelf / ".staging-gone").symlink_to(shelf / "nothing")
    assert save(toy_run).run_id == "toy"


@given(arrays(np.float32, (20, 10), elements=st.floats(0, 1, width=32)))
def test_halving_keeps_the_winner(probabilities):
    halves = to_half(probabilities)
    np.testing.assert_array_equal(halves.argmax(axis=1), probabilities.argmax(axis=1))
    np.testing.assert_allclose(halves, probabilities, atol=1e-3)


@pytest.mark.parametrize("name", sorted(set(RECIPES) - set(LONG)))
def test_every_named_recipe_ships_a_run_of_it(name):
    record = load_record(name)
    assert record.recipe == RECIPES[name]
    found = load_predictions(name)
    assert found.probabilities.dtype == np.float16
    np.testing.assert_array_equal(found.classes, found.epoch_classes[-1])
    assert len(found.epoch_classes) == record.recipe.epochs == len(load_history(name))
    if record.recipe.architecture in ARCHITECTURES:
        assert "model.keras" in record.files


@pytest.mark.parametrize("kept", [0, 10, 400, -30])
def test_predictions_that_are_cut_after_they_were_verified_are_a_sentence(kept, shelf, toy_run, monkeypatch):
    run_id = save(toy_run).run_id
    path = shelf / run_id / "predictions.npz"
    record = load_record(run_id)
    path.write_bytes(path.read_bytes()[:kept])
    monkeypatch.setattr(runs, "load_record", lambda run_id, shelf=None: record)
    with pytest.raises(RunError, match="predictions of the run 'toy' cannot be read"):
        load_predictions(run_id)
