"""The report of a comparison writes numbers as the page does, and has the verdict, p-values, settings, tags and notes."""

import re

import numpy as np
import pytest

from dashboard import address
from dashboard.components.charts import as_html
from models.worker import Worker
from tests import pages
from training import annotations
from training.recording import record


@pytest.fixture
def report(shelf, monkeypatch):
    """Gives the report of two runs on a hundred digits, of the page as it is opened."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    labels = np.arange(100) % 10
    given = {"optimizer": "adam", "parameters": 592_074}
    better = np.where(np.arange(100) < 2, 9, labels)
    record("better", labels, better, settings=given | {"learning_rate": 0.1}, tags=["eng", "<b>"])
    record("worse", labels, np.where(np.arange(100) < 40, 9, labels), settings=given | {"learning_rate": 0.25})
    annotations.change({"worse": {"note": "diverges at 0.5"}})

    def of(**named) -> str:
        page = pages.app("compare", named).run()
        assert not page.exception
        return as_html("Compare", list(page.session_state[address.CHARTS].values())).split("<script")[0]

    return of


def test_it_says_what_the_page_says_and_more(report):
    text = report(runs=["better", "worse"])
    assert (
        "better makes the fewest errors on test digits of unknown origin. The other makes significantly more." in text
    )
    for cell in ("592,074", "2.00 %", "&lt; 0.001", "learning rate", "0.25", "eng, &lt;b&gt;", "diverges at 0.5"):
        assert cell in text
    assert ">592074" not in text
    assert "optimizer" not in text


def test_of_two_runs_it_has_the_verdict_the_matrix_and_each_digit_that_they_classify_differently(report):
    text = report(compared=address.A_AGAINST_B, run="better", against="worse")
    assert "A is better, B is worse. " in text
    assert "percentage points (95 % interval" in text
    assert "Confusion matrix of A minus that of B" in text
    # worse calls the first forty 9, better the first two; nines are 9 for both
    assert "Classified differently: 34 test digits" in text
    cells = [re.findall("<td>(.*?)</td>", row) for row in re.findall("<tr>(.*?)</tr>", text, re.DOTALL)]
    rows = [row for row in cells if len(row) == 4]
    assert rows[0] == ["2", "2", "2", "9"]
    assert len(rows) == 34
