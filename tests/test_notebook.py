"""The notebook runs from top to bottom, and its trainings become runs."""

import json

import pytest

from tests import notebook
from training.runs import list_runs, load_history, load_record


def test_it_runs_from_top_to_bottom_and_records_its_trainings(shelf, mnist, keras):
    cells = notebook.run(notebook.NOTEBOOK)
    assert {record.run_id for record in list_runs()[0]} == {"course-network", "course-linear"}
    network, linear = load_record("course-network"), load_record("course-linear")
    assert (network.origin, network.tags, network.settings["batch_size"]) == ("recorded", ("course",), 128)
    assert len(load_history("course-network")) == 3
    assert network.test_digits == linear.test_digits
    said = "".join(line for cell in cells for output in cell.get("outputs", ()) for line in output.get("text", ()))
    assert "the difference is significant" in said


def test_what_it_gave_is_kept_in_it():
    cells = json.loads(notebook.NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert all(cell["outputs"] for cell in code if not "".join(cell["source"]).rstrip().endswith(("]", "import *")))


def test_a_cell_that_fails_is_not_hidden(tmp_path):
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": ["1 / 0"], "outputs": []}]}))
    with pytest.raises(ZeroDivisionError):
        notebook.run(path)
