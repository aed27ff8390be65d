"""Files and folders are recognised by their content, grouped into runs, imported, or refused in a sentence."""

import contextlib
import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.logs import event, write_events, write_mlflow
from tests.test_restricted import pickled
from training.__main__ import main
from training.importers import from_csv
from training.importers.grouping import key
from training.importers.importing import import_
from training.importers.parts import History, UnreadableError, to_history
from training.importers.plan import recognise
from training.runs import list_runs, load_history, load_predictions, load_record, same_digits

HISTORY = {"loss": [0.5, 0.25, 0.125], "accuracy": [0.5, 0.75, 0.875], "val_loss": [0.6, 0.5, 0.55]}


@pytest.fixture(scope="module")
def answers(digits):
    """Labels of the 797 test digits, and probabilities of which some are wrong."""
    labels = digits.part("test")[1]
    rows = np.eye(10)[np.where(np.arange(len(labels)) % 20 == 0, (labels + 1) % 10, labels)] * 0.9 + 0.01
    return labels, rows.astype(np.float32)


def write_csvlogger(path: Path, epochs: int = 3) -> Path:
    with open(path, "w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["epoch", "accuracy", "loss", "val_loss"])
        rows.writerows([n, 0.5 + n / 10, 1 / (n + 1), 1 / (n + 2)] for n in range(epochs))
    return path


def write_answers(path: Path, answers) -> Path:
    np.savez(path, y_test=answers[0], y_pred=answers[1])
    return path


def imported(*paths: Path, **named):
    """The outcomes of everything that is recognised."""
    plan = recognise(paths, **named)
    return plan, list(import_(plan, "digits"))


def test_a_folder_with_history_and_predictions_is_one_run(shelf, tmp_path, answers):
    folder = tmp_path / "last night"
    folder.mkdir()
    write_csvlogger(folder / "training.log")
    write_answers(folder / "predictions.npz", answers)
    plan, (outcome,) = imported(folder)
    assert not plan.refused
    record = load_record("last-night")
    assert outcome.record == record
    assert (record.origin, record.recipe, record.name) == ("imported", None, "last night")
    assert record.settings == {"imported_from": "training.log, predictions.npz"}
    assert same_digits(record, load_record("digits-mlp-15", shipped()))
    history = load_history("last-night")
    assert history["epoch"].tolist() == [1, 2, 3]
    assert history["loss"].tolist() == pytest.approx([1, 1 / 2, 1 / 3], rel=1e-5)
    np.testing.assert_array_equal(load_predictions("last-night").labels, answers[0])
    assert load_predictions("last-night").wrong.sum() == 40


def shipped() -> Path:
    from models import ROOT

    return ROOT / "models" / "saved"


def test_files_of_several_runs_in_one_folder_are_told_by_their_names(shelf, tmp_path):
    for name in ("small", "medium"):
        (tmp_path / f"{name}_history.json").write_text(json.dumps(HISTORY))
        write_csvlogger(tmp_path / f"model-{name}.csv", 2)
    plan = recognise([tmp_path])
    assert [group.name for group in plan.runs] == ["medium", "small"]
    assert all(len(group.of(History).content.table) == 3 for group in plan.runs)
    assert [refused.sentence for refused in plan.refused] == [
        "model-medium.csv is left out: its run takes its history from another file beside it.",
        "model-small.csv is left out: its run takes its history from another file beside it.",
    ]


def test_what_has_no_name_belongs_to_the_only_run_that_has_one(tmp_path, answers):
    (tmp_path / "history.json").write_text(json.dumps(HISTORY))
    write_answers(tmp_path / "wide_cnn_predictions.npz", answers)
    (group,) = recognise([tmp_path]).runs
    assert len(group.parts) == 2


def test_a_folder_of_folders_is_several_runs(shelf, tmp_path, answers):
    for name in ("a", "b", "deeper/c"):
        (tmp_path / "runs" / name).mkdir(parents=True)
        write_csvlogger(tmp_path / "runs" / name / "history.csv")
    (tmp_path / "runs" / "empty").mkdir()
    (tmp_path / "runs" / "b" / "notes.md").write_text("# What I tried")
    plan, outcomes = imported(tmp_path / "runs")
    assert [outcome.record.run_id for outcome in outcomes] == ["a", "b", "c"]
    assert [(refused.path, refused.foreign) for refused in plan.refused] == [
        ("runs/b/notes.md", True),
        ("runs/empty", False),
    ]


def test_a_name_makes_everything_one_run_or_says_that_it_cannot(shelf, tmp_path, answers):
    paths = write_csvlogger(tmp_path / "one.csv"), write_answers(tmp_path / "two.npz", answers)
    assert len(recognise(paths).runs) == 2
    _, (outcome,) = imported(*paths, name="both")
    assert outcome.record.run_id == "both"
    assert outcome.record.evaluated
    with pytest.raises(ValueError, match=r"These are 2 runs \(one, three\), and a name is for one"):
        recognise([paths[0], write_csvlogger(tmp_path / "three.csv")], name="both")


@pytest.mark.parametrize("write", ["npy", "pickle", "json", "rows", "nested", "csv", "semicolons"])
def test_every_form_of_history_holds_the_same(write, tmp_path, shelf):
    path = tmp_path / f"history.{write}"
    rows = [dict(zip(HISTORY, values, strict=True)) for values in zip(*HISTORY.values(), strict=True)]
    if write == "npy":
        np.save(path, np.array(HISTORY, dtype=object))
    elif write == "pickle":
        path.write_bytes(pickled(repr(HISTORY)))
    elif write in ("json", "rows", "nested"):
        path.write_text(
            json.dumps({"json": HISTORY, "rows": rows, "nested": {"history": HISTORY, "params": {}}}[write])
        )
    else:
        separator, point = (";", ",") if write == "semicolons" else (",", ".")
        lines = [
            separator.join(HISTORY),
            *(separator.join(f"{v}".replace(".", point) for v in row.values()) for row in rows),
        ]
        path.write_text("\n".join(lines) + "\n")
    _, (outcome,) = imported(path)
    kept = load_history(outcome.record.run_id)
    assert {name: kept[name].tolist() for name in HISTORY} == HISTORY
    assert kept["epoch"].tolist() == [1, 2, 3]


def test_a_dry_run_imports_nothing(shelf, tmp_path, capsys):
    assert main(["import", str(write_csvlogger(tmp_path / "night.csv")), "--dry-run"]) == 0
    assert "night  history as CSV, 3 epochs  night.csv" in capsys.readouterr().out
    assert list_runs() == ([], [])
    assert main(["import", str(tmp_path / "nothing.csv")]) == 1
    assert "nothing.csv is not there." in capsys.readouterr().out


def test_a_dry_run_tells_rows_labels_and_what_was_not_understood(shelf, tmp_path, capsys, answers):
    np.savez(tmp_path / "few.npz", probabilities=answers[1][:-7])
    table(tmp_path / "log.csv", "epoch,train/loss,spread\n0,0.5,1\n1,0.4,2\n")
    assert (
        main(["import", str(tmp_path / "few.npz"), str(tmp_path / "log.csv"), "--dataset", "digits", "--dry-run"]) == 0
    )
    printed = " ".join(capsys.readouterr().out.split())
    assert "probabilities, 790 rows few.npz" in printed
    assert "has 790 predictions without labels, and digits has 797 test digits" in printed
    assert "Not understood, so kept but not drawn: spread." in printed
    assert list_runs() == ([], [])


def test_a_training_that_diverged_is_a_run(shelf, tmp_path):
    (tmp_path / "lost.json").write_text('{"loss": [1.5, NaN, NaN]}')
    _, (outcome,) = imported(tmp_path / "lost.json")
    assert outcome.record.diverged == 2


def test_histories_that_were_appended_are_counted_on(shelf, tmp_path):
    lines = write_csvlogger(tmp_path / "log.csv").read_text().splitlines()
    (tmp_path / "log.csv").write_text("\n".join([*lines, *lines[1:]]))
    _, (outcome,) = imported(tmp_path / "log.csv")
    assert load_history(outcome.record.run_id)["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert outcome.remarks == ("Its epochs begin again, so its rows are counted on.",)


def table(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_charts_that_wandb_exported(shelf, tmp_path):
    text = '"Step","calm-sun-3 - val_loss","calm-sun-3 - val_loss__MIN","calm-sun-3 - val_loss__MAX","wild-sea-4 - val_loss"\n'
    path = table(tmp_path / "wandb_export.csv", text + '"0","0.5","0.5","0.5","0.7"\n"1","0.4","0.4","0.4",""\n')
    _, outcomes = imported(path)
    assert [outcome.record.run_id for outcome in outcomes] == ["calm-sun-3", "wild-sea-4"]
    assert load_history("calm-sun-3")["val_loss"].tolist() == [0.5, 0.4]
    assert load_history("wild-sea-4")["val_loss"].tolist() == [0.7]


def test_histories_that_loggers_of_steps_wrote(shelf, tmp_path):
    text = "_step,epoch,loss,val_loss,_runtime,note\n0,0,0.9,,1,x\n1,0,0.8,0.85,2,x\n2,1,0.6,,3,x\n3,1,0.5,0.55,4,x\n"
    _, (outcome,) = imported(table(tmp_path / "history.csv", text))
    kept = load_history(outcome.record.run_id)
    assert kept["loss"].dropna().tolist() == [0.8, 0.5]
    assert kept["val_loss"].tolist() == [0.85, 0.55]
    trackio = "step,timestamp,run,loss\n0,2025-01-01T00:00:00,first,0.5\n1,2025-01-01T00:00:01,first,0.4\n0,2025-01-02,second,0.3\n"
    _, outcomes = imported(table(tmp_path / "trackio.csv", trackio))
    assert [load_history(outcome.record.run_id)["loss"].tolist() for outcome in outcomes] == [[0.5, 0.4], [0.3]]


@pytest.mark.parametrize("form", ["probabilities", "classes", "classes from 0", "npy pair", "npy alone", "logits"])
def test_every_form_of_predictions(form, shelf, tmp_path, answers):
    labels, rows = answers
    classes = rows.argmax(axis=1)
    folder = tmp_path / "answers"
    folder.mkdir()
    if form == "probabilities":
        lines = ["label," + ",".join(f"class_{n}" for n in range(10))]
        lines += [f"{label}," + ",".join(map(str, row)) for label, row in zip(labels, rows, strict=True)]
        table(folder / "preds.csv", "\n".join(lines))
    elif form.startswith("classes"):
        head = "id,true,predicted" if form == "classes" else "y_true,y_pred"
        start = ("{n}," if form == "classes" else "") + "{label},{read}"
        pairs = enumerate(zip(labels, classes, strict=True))
        table(folder / "preds.csv", "\n".join([head, *(start.format(n=n, label=a, read=b) for n, (a, b) in pairs)]))
    elif form == "logits":
        np.savez(folder / "out.npz", labels=labels, logits=np.log(rows) + 3)
    else:
        np.save(folder / "preds.npy", rows)
        if form == "npy pair":
            np.save(folder / "y_test.npy", labels)
    _, (outcome,) = imported(folder)
    assert outcome.record is not None, outcome.remarks
    assert outcome.record.scores == ("votes" if form.startswith("classes") else "probabilities")
    kept = load_predictions(outcome.record.run_id)
    np.testing.assert_array_equal(kept.classes, classes)
    np.testing.assert_array_equal(kept.labels, labels)
    assert outcome.record.tested == "digits"
    assert ("has no labels" in " ".join(outcome.remarks)) == (form == "npy alone")


def test_answers_of_unknown_length_ask_for_labels(shelf, tmp_path):
    np.save(tmp_path / "preds.npy", np.zeros(33, int))
    _, (outcome,) = imported(tmp_path / "preds.npy")
    assert outcome.record is None
    assert (
        "has 33 predictions without labels, and digits has 797 test digits: bring the labels too" in outcome.remarks[0]
    )
    assert list_runs() == ([], [])


def test_archives_are_folders(shelf, tmp_path, answers):
    folder = tmp_path / "night"
    folder.mkdir()
    write_csvlogger(folder / "log.csv")
    write_answers(folder / "predictions.npz", answers)
    packed = shutil.make_archive(str(tmp_path / "night"), "zip", folder)
    shutil.rmtree(folder)
    _, (outcome,) = imported(Path(packed))
    assert outcome.record.run_id == "night"
    assert outcome.record.evaluated


def test_ten_forms_in_one_folder_are_imported_by_one_command(shelf, tmp_path, answers, keras, digits, capsys):
    folder = tmp_path / "peers"
    folder.mkdir()
    network = keras.Sequential([keras.Input((8, 8)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    network.save(folder / "anna.keras")
    network.save(folder / "ben_model.h5")
    (folder / "clara").mkdir()
    (folder / "clara" / "model.json").write_text(network.to_json())
    network.save_weights(folder / "clara" / "final_model.weights.h5")
    write_csvlogger(folder / "dora_training.log")
    (folder / "emil_history.json").write_text(json.dumps(HISTORY))
    np.save(folder / "fay_history.npy", np.array(HISTORY, dtype=object))
    (folder / "gus.pkl").write_bytes(pickled(repr(HISTORY)))
    table(folder / "wandb_export.csv", "Step,hanna - loss\n0,0.5\n1,0.4\n")
    table(folder / "trackio.csv", "step,timestamp,run,loss\n0,2025-01-01,ida,0.5\n1,2025-01-01,ida,0.4\n")
    write_answers(folder / "jo_predictions.npz", answers)
    write_events(folder / "kim", event(1, "loss", 0.5))
    write_mlflow(folder / "mlruns" / "0" / "a1", "lea")
    (folder / "notes.md").write_text("# What we tried")
    assert main(["import", str(folder), "--dataset", "digits"]) == 0
    assert "peers/notes.md is of no known format" in capsys.readouterr().out
    records, damaged = list_runs()
    assert damaged == []
    names = ["anna", "ben", "clara", "dora", "emil", "fay", "gus", "hanna", "ida", "jo", "kim", "lea"]
    assert sorted(record.run_id for record in records) == names
    assert [name for name in names if load_record(name).weights] == ["anna", "ben", "clara"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("small_model.h5", "small"),
        ("history-small.npy", "small"),
        ("final_model.weights.h5", ""),
        ("training.log", ""),
        ("run3.keras", "run3"),
        ("events.out.tfevents.1700000000.host.1.v2", ""),
    ],
)
def test_what_a_name_says(name, expected):
    assert key(Path(name)) == expected


@given(st.binary(max_size=300), st.sampled_from(["csv", "json", "npy", "pkl", "npz", "h5", "keras", "zip", "log", ""]))
def test_any_file_is_read_or_refused(tmp_path_factory, content, suffix):
    path = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    path.write_bytes(content)
    plan = recognise([path])
    assert plan.runs or all(refused.sentence.endswith(".") for refused in plan.refused)


COLUMNS = st.dictionaries(
    st.text(max_size=8) | st.sampled_from(["epoch", "loss", "val_loss"]),
    st.lists(st.integers(-5, 20) | st.floats() | st.text(max_size=3) | st.none(), max_size=5),
    max_size=4,
)


@given(COLUMNS)
def test_any_columns_are_a_history_or_refused(columns):
    try:
        history, _ = to_history(columns)
    except UnreadableError:
        return
    epochs = history.table["epoch"]
    assert (epochs >= 1).all()
    assert epochs.is_monotonic_increasing


@given(st.text(max_size=200))
def test_any_table_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(f"epoch,loss\n{text}", encoding="utf-8", errors="replace")
    with contextlib.suppress(UnreadableError):
        assert from_csv.read(path)
