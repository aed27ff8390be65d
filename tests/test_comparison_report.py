"""The report of a comparison writes numbers as the page does, and has the verdict, p-values, settings, tags and notes."""

import numpy as np
import pytest

from dashboard import address
from dashboard.components.charts import as_html
from models.worker import Worker
from tests import pages
from training import annotations
from training.recording import record


@pytest.fixture
def text(shelf, monkeypatch):
    """The report of two runs on a hundred digits."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    labels = np.arange(100) % 10
    given = {"optimizer": "adam", "parameters": 592_074}
    better = np.where(np.arange(100) < 2, 9, labels)
    record("better", labels, better, settings=given | {"learning_rate": 0.1}, tags=["eng", "<b>"])
    record("worse", labels, np.where(np.arange(100) < 40, 9, labels), settings=given | {"learning_rate": 0.25})
    annotations.change({"worse": {"note": "diverges at 0.5"}})
    page = pages.app("compare", {"runs": ["better", "worse"]}).run()
    assert not page.exception
    return as_html("Compare", list(page.session_state[address.CHARTS].values())).split("<script")[0]


def test_it_says_what_the_page_says_and_more(text):
    assert (
        "better makes the fewest errors on test digits of unknown origin. The other makes significantly more." in text
    )
    for cell in ("592,074", "2.00 %", "&lt; 0.001", "learning rate", "0.25", "eng, &lt;b&gt;", "diverges at 0.5"):
        assert cell in text
    assert ">592074" not in text
    assert "optimizer" not in text
