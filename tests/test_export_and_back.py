"""A run that was exported as zip comes back on another shelf as it was, and a changed one does not."""

import json
import shutil
import zipfile

import numpy as np
import pytest

from models import ROOT, prediction
from tests.test_importers import imported
from training import annotations, publishing
from training.__main__ import main
from training.annotations import Annotation
from training.export import pack
from training.importers.plan import recognise
from training.runs import RunError, list_runs, load_record

SHIPPED = ROOT / "models" / "saved"


@pytest.fixture
def packed(shelf, toy_run, tmp_path):
    """Two runs in an archive, one with a network; the shelf is empty again."""
    publishing.save(toy_run)
    shutil.copytree(SHIPPED / "digits-mlp-15", shelf / "digits-mlp-15")
    assert main(["export", "toy", "digits-mlp-15", "--to", str(tmp_path / "runs.zip")]) == 0
    kept = files_of(shelf), list_runs()[0]
    shutil.rmtree(shelf)
    return tmp_path / "runs.zip", kept


def files_of(shelf):
    """What the files of all runs hold but their records, which are written anew."""
    paths = [path for path in shelf.rglob("*") if path.is_file() and path.name != "record.json"]
    return {path.relative_to(shelf): path.read_bytes() for path in paths}


def test_it_comes_back_byte_by_byte_and_once(packed, shelf, digits):
    path, kept = packed
    plan, outcomes = imported(path)
    assert (plan.refused, [outcome.remarks for outcome in outcomes]) == ((), [(), ()])
    assert (files_of(shelf), list_runs()[0]) == kept
    rows = prediction.load(shelf / "toy").predict(digits.part("test")[0])
    assert rows.shape == (797, 10)
    _, again = imported(path)
    assert [outcome.remarks for outcome in again] == [("It is here already.",)] * 2
    assert len(list_runs()[0]) == 2


def test_star_tags_and_note_come_along_and_replace_none_that_are_there(shelf, tmp_path):
    shutil.copytree(SHIPPED / "digits-mlp-15", shelf / "digits-mlp-15")
    here = Annotation(starred=True, tags=("best", "<b>bold</b>"), note="slow, but “good”")
    annotations.change({"digits-mlp-15": here.model_dump() | {"hidden": True}})
    pack(["digits-mlp-15"], tmp_path / "runs.zip")
    shutil.rmtree(shelf)
    _, (outcome,) = imported(tmp_path / "runs.zip")
    assert outcome.remarks == ("Its star, tags and note came along.",)
    assert annotations.load() == {"digits-mlp-15": here}
    annotations.change({"digits-mlp-15": {"note": "mine"}})
    _, (outcome,) = imported(tmp_path / "runs.zip")
    assert outcome.remarks[1:] == ("The star, tags and note that stand beside it here stay.",)
    assert annotations.load()["digits-mlp-15"].note == "mine"


BAD_ANNOTATIONS = {
    "no JSON": b"\x00\xff",
    "too long a note": json.dumps({"note": "x" * 3000}).encode(),
    "too many tags": json.dumps({"tags": [str(n) for n in range(500)]}).encode(),
    "too large": b" " * 200_000 + b"{}",
    "something else": b'{"starred": true, "run": "rm"}',
    "nested": b'{"note": ' + b"[" * 20_000,
    "half a character": b'{"note": "\\ud800"}',
    "nothing": b"",
}


@pytest.mark.parametrize("name", BAD_ANNOTATIONS)
def test_a_run_with_a_strange_note_is_imported_without_it(name, shelf, tmp_path):
    shutil.copytree(SHIPPED / "digits-mlp-15", tmp_path / "digits-mlp-15")
    (tmp_path / "digits-mlp-15" / annotations.CARRIED).write_bytes(BAD_ANNOTATIONS[name])
    _, (outcome,) = imported(tmp_path / "digits-mlp-15")
    assert outcome.remarks == ("Its star, tags and note cannot be read, and are left out.",)
    assert outcome.record.run_id == "digits-mlp-15"
    assert annotations.load() == {}


def test_a_note_from_elsewhere_is_plain_text():
    note = json.dumps({"note": "a\x00\x1b[31mb\u202ec\nd", "tags": ["\x07"], "hidden": True}).encode()
    assert annotations.brought(note) == Annotation(note="a[31mbc\nd", tags=())


def test_it_keeps_its_own_name():
    with pytest.raises(ValueError, match="keeps its own name"):
        recognise([SHIPPED / "digits-mlp-15"], name="mine")


def test_a_folder_of_runs_is_taken_too(shelf):
    _, (outcome,) = imported(SHIPPED / "digits-mlp-15")
    assert outcome.record == load_record("digits-mlp-15", SHIPPED)


def changed(packed, tmp_path, change):
    """The archive unpacked, with the run toy changed, and what is said of it."""
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(packed[0]) as archive:
        archive.extractall(folder)
    change(folder / "toy")
    return recognise([folder])


def rewrite(folder, **fields):
    record = json.loads((folder / "record.json").read_text())
    (folder / "record.json").write_text(json.dumps(record | fields))


def with_predictions(folder, **arrays):
    """Other predictions, with their own hash in the record."""
    import hashlib

    with np.load(folder / "predictions.npz") as found:
        np.savez(folder / "predictions.npz", **{name: found[name] for name in found.files} | arrays)
    record = json.loads((folder / "record.json").read_text())
    record["files"]["predictions.npz"]["sha256"] = hashlib.sha256((folder / "predictions.npz").read_bytes()).hexdigest()
    rewrite(folder, **record)


CHANGES = {
    "a changed history": (lambda folder: (folder / "history.csv").write_text("epoch\n1\n"), "history.csv differs"),
    "a missing file": (lambda folder: (folder / "predictions.npz").unlink(), "predictions.npz is missing"),
    "another version": (lambda folder: rewrite(folder, schema_version=9), "version 9"),
    "no record": (lambda folder: (folder / "record.json").write_text("{}"), "a record that cannot be read"),
    "a path as its name": (lambda folder: rewrite(folder, run_id="../x"), "lists other files"),
    "a file elsewhere": (lambda folder: rewrite(folder, files={"../../x": {}}), "lists other files"),
    "few labels": (lambda folder: with_predictions(folder, labels=np.zeros(3, np.uint8)), "do not fit together"),
    "epochs of no history": (
        lambda folder: with_predictions(folder, epoch_classes=np.zeros((9, 797), np.uint8)),
        "do not fit together",
    ),
    "a negative number of parameters": (lambda folder: rewrite(folder, parameters=-7), "a record that cannot be read"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_run_is_refused_and_the_other_taken(name, packed, tmp_path):
    change, sentence = CHANGES[name]
    plan = changed(packed, tmp_path, change)
    assert [group.name for group in plan.runs] == ["digits-mlp-15"]
    (refused,) = plan.refused
    assert sentence in refused.sentence


def test_a_network_that_cannot_be_loaded_is_refused(packed, tmp_path, shelf):
    def huge(folder):
        record = json.loads((folder / "record.json").read_text())
        rewrite(folder, network=record["network"] | {"options": {"hidden": [200_000, 200_000]}})

    changed(packed, tmp_path, huge)
    _, outcomes = imported(tmp_path / "unpacked")
    (refused,) = [outcome for outcome in outcomes if outcome.record is None]
    assert refused.remarks[0].startswith("The run toy has a model.keras that ")
    assert [record.run_id for record in list_runs()[0]] == ["digits-mlp-15"]


def test_what_cannot_be_packed_is_a_sentence(tmp_path, capsys):
    with pytest.raises(RunError, match="There is no run 'nobody'"):
        pack(["nobody"], tmp_path / "x.zip")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="could not be written"):
        pack(["digits-mlp-15"], tmp_path / "file" / "x.zip")
    with pytest.raises(SystemExit):
        main(["export", "digits-mlp-15", "mlp-800", "--to", str(tmp_path)])
    assert "several go into a zip archive" in capsys.readouterr().err
