"""Uploads on the page Draw: which pages and frames of a file are read is said; why a run cannot read drawings as well."""

import io
import json
import shutil

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard import cache
from dashboard.sections import why_not
from models import ROOT
from models.preprocessing.strokes import from_strokes
from tests import pages

SHIPPED = ROOT / "models" / "saved"
SEVEN, ONE = [[(0, 0), (10, 0), (3, 16)], [(2, 8), (9, 8)]], [[(5, 0), (4, 20)]]


def file(form, *drawn):
    """A file of several pictures, blank ones where there are no strokes."""
    digits = [from_strokes(one) if one else np.zeros((28, 28), np.uint8) for one in drawn]
    first, *others = [Image.fromarray(255 - np.kron(one, np.ones((5, 5), np.uint8))) for one in digits]
    stream = io.BytesIO()
    first.save(stream, form, save_all=True, append_images=others)
    return stream.getvalue()


def opened(*files):
    """The section with these files uploaded, each a name and its content."""

    def page():
        from dashboard.sections import uploads

        uploads.main("canvas", "probabilities", [*"0123456789"])

    app = AppTest.from_function(page, default_timeout=120).run()
    app.file_uploader[0].set_value([(name, content, "application/octet-stream") for name, content in files]).run()
    assert not app.exception, app.exception
    return app


@pytest.fixture(autouse=True)
def fresh():
    """Nothing is left of other tests, of which some have a models' process that never starts."""
    cache.clear()
    yield
    cache.clear()


def test_every_page_of_a_tiff_has_a_row_and_an_empty_one_is_told():
    app = opened(("two.tiff", file("TIFF", SEVEN, ONE)), ("blank first.tiff", file("TIFF", [], SEVEN)))
    table = app.dataframe[0].value
    assert list(zip(table["from"] if "from" in table else table["item"], table["digit"], strict=True)) == [
        ("two.tiff, page 1", "7"),
        ("two.tiff, page 2", "1"),
        ("blank first.tiff, page 2", "7"),
    ]
    assert [one.value.partition(":")[0] for one in app.warning] == ["blank first.tiff, page 1"]


def test_of_an_animation_it_is_said_which_frame_is_read():
    app = opened(("moves.gif", file("GIF", SEVEN, ONE)), ("late.gif", file("GIF", [], SEVEN)))
    assert list(app.dataframe[0].value["digit"]) == ["7", "7"]
    told = " ".join(one.value for one in app.caption).replace("\\", "")
    assert "moves.gif: the first of 2 frames is read." in told
    assert "late.gif: frame 2 of 2 is read, the first with something on it." in told


def test_a_run_that_cannot_read_drawings_is_told_with_the_reason(shelf):
    for name in ("canvas", "digits-mlp-15", "mlp-128x2"):
        shutil.copytree(SHIPPED / name, shelf / name)
    shutil.copytree(shelf / "mlp-128x2", shelf / "my copy")
    app = pages.app("draw", {"run": "digits-mlp-15"}).run()
    assert not app.exception, app.exception
    assert "asks for “digits-mlp-15”" in app.toast[0].value
    assert "takes pictures of 8 x 8 pixels, and a drawing becomes one of 28 x 28." in app.toast[0].value
    assert "belongs to the run 'mlp-128x2': rename" in why_not.drawn("my copy").replace("\\", "")
    assert "There is no run 'nobody'" in why_not.drawn("nobody")
    assert why_not.drawn("canvas") == why_not.anywhere("digits-mlp-15") == ""
    path = shelf / "mlp-128x2" / "record.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"dataset": record["dataset"] | {"name": "kept:letters"}}))
    assert why_not.drawn("mlp-128x2") == ""
    path.write_text(json.dumps(record | {"diverged": 3}))
    assert why_not.drawn("mlp-128x2").startswith("The run diverged in epoch 3")
    del record["files"]["model.keras"]
    path.write_text(json.dumps(record))
    assert "Only its predictions were saved" in why_not.drawn("mlp-128x2")
