"""What visitors upload is shown before it is imported, then imported, and what cannot be is said."""

import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import streamlit
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard import address, cache
from dashboard.cache import keys
from dashboard.sections import import_runs
from models import ROOT
from models.worker import Worker
from tests.bad_runs import keras_file
from tests.test_importers import HISTORY
from training.importers.plan import recognise
from training.runs import list_runs, load_record


@pytest.fixture
def links(shelf, monkeypatch):
    """An empty shelf; gives what the links of the page lead to."""
    found = []
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    monkeypatch.setattr(keys, "FRESH", 0.0)
    monkeypatch.setattr(
        streamlit, "page_link", lambda page, **named: found.append((page, named["label"], named["query_params"]))
    )
    cache.clear()
    yield found
    cache.clear()


def opened(*files):
    """The section with these files uploaded, each a name and its content."""

    def page():
        from dashboard.sections import import_runs

        import_runs.show()

    app = AppTest.from_function(page, default_timeout=120).run()
    if files:
        app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files]).run()
    assert not app.exception, app.exception
    return app


def press(app):
    app.button[0].click().run()
    assert not app.exception, app.exception
    return app


def said(app):
    return "\n".join(str(one.value) for kind in (app.markdown, app.warning, app.error) for one in kind).replace(
        "\\", ""
    )


def predictions(digits):
    stream = io.BytesIO()
    labels = digits.part("test")[1]
    np.savez(stream, labels=labels, y_pred=np.roll(labels, 1))
    return stream.getvalue()


def test_it_opens_with_an_upload_and_nothing_else(links):
    app = opened()
    assert not app.button
    assert "up to 200 MB" in app.file_uploader[0].label


def test_files_are_shown_and_then_imported(links, digits):
    files = ("night_history.json", json.dumps(HISTORY).encode()), ("night_predictions.npz", predictions(digits))
    app = opened(*files, ("../../notes.md", b"what I tried"))
    table = app.dataframe[0].value
    assert table["run"].tolist() == ["night", "night"]
    assert table["what"].tolist() == ["history as JSON, 3 epochs", "predicted classes, 797 rows"]
    assert "Its labels are those of the test digits of digits, in their order." in app.caption[0].value
    assert "notes.md is of no known format" in said(app)
    assert list_runs() == ([], [])
    assert app.button[0].label == "Import 1 run"
    press(app)
    record = load_record("night")
    assert record.origin == "imported"
    assert "**night**: test error" in said(app)
    assert links[-1] == ("views/compare.py", "Compare it", {address.RUNS: ["night"]})
    assert not app.button


def test_a_run_alone_is_called_as_it_is_typed_and_several_keep_their_names(links, digits):
    night, day = (("night_predictions.npz", predictions(digits)), ("day_predictions.npz", predictions(digits)))
    assert not opened(night, day).text_input
    app = opened(night)
    assert app.text_input[0].value == "night"
    app.text_input[0].set_value("  Third night, lr 0.1 ").run()
    press(app)
    assert [record.run_id for record in list_runs()[0]] == ["third-night-lr-0.1"]
    app = opened(night)
    app.text_input[0].set_value(" ").run()
    press(app)
    assert {record.run_id for record in list_runs()[0]} == {"third-night-lr-0.1", "night"}


def test_a_model_asks_whose_digits_it_is_to_read(links, tmp_path):
    content = keras_file(tmp_path / "dense.keras").read_bytes()
    app = opened(("dense.keras", content))
    assert app.selectbox, said(app)
    app.selectbox[0].set_value("digits").run()
    press(app)
    assert load_record("dense").weights
    assert "training digits correctly" in said(app)


def test_what_cannot_be_imported_is_said_and_many_are_folded(links):
    app = opened(*((f"{n}.keras", b"PK\x03\x04damaged") for n in range(12)))
    assert len(app.warning) == import_runs.FEW
    assert app.expander[0].label == "4 more files are not imported"
    assert not app.button
    app = opened(("short.npz", _short()))
    app.selectbox[0].set_value("digits").run()
    assert "bring the labels too" in "".join(caption.value for caption in app.caption)
    press(app)
    assert "**short** was not imported." in said(app)
    assert "bring the labels too" in said(app)


def _short():
    stream = io.BytesIO()
    np.savez(stream, probabilities=np.eye(10))
    return stream.getvalue()


def test_a_folder_that_was_dropped_is_a_run_of_its_name(links, digits):
    files = ("history.json", json.dumps(HISTORY).encode()), ("predictions.npz", predictions(digits))
    app = opened(*((f"last night/{name}", content) for name, content in files))
    assert app.dataframe[0].value["run"].tolist() == ["last night"] * 2
    press(app)
    assert load_record("last-night").origin == "imported"
    two = opened(("sweep/a/history.json", files[0][1]), ("sweep/b/history.json", files[0][1]))
    assert two.dataframe[0].value["run"].tolist() == ["a", "b"]


@given(st.text(alphabet="./\\ab~\0 :", max_size=24))
def test_whatever_its_name_a_file_stays_in_the_folder(name):
    with tempfile.TemporaryDirectory() as folder:
        path = import_runs._put(Path(folder), name, b"x")
        assert path.resolve().is_relative_to(Path(folder).resolve())
        assert path.read_bytes() == b"x"
        assert len(path.relative_to(folder).parts) <= import_runs.MAX_FOLDERS + 1


def test_too_much_at_once_is_refused(links, monkeypatch):
    monkeypatch.setattr(import_runs, "MAX_BYTES", 5)
    assert "more than 200 MB together" in said(opened(("log.csv", b"epoch,loss\n1,2\n")))


@pytest.mark.parametrize("name", ["../../x.csv", "..", "a/b.csv", "\0.csv"])
def test_names_lead_nowhere(name, tmp_path):
    path = import_runs._put(tmp_path, name, b"epoch,loss\n1,2\n")
    again = import_runs._put(tmp_path, name, b"epoch,loss\n1,2\n")
    assert path.parent == again.parent == (tmp_path / "a" if name == "a/b.csv" else tmp_path)
    assert path != again
    assert recognise([path, again]).runs


def test_keras_stays_out_of_the_process_that_serves_it():
    program = "import sys, dashboard.sections.import_runs; print({'keras', 'tensorflow'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "set()", done.stderr
