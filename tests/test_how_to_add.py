"""What README says of how to add something: each thing is added in the one place it names, and found where it is shown."""

import re
import sys
from unittest.mock import patch

import numpy as np
import pytest
import streamlit as st

from dashboard.components.canvas import to_text
from models import calls, explanations
from tests.conftest import TOY
from tests.test_views import said, titles, visit
from training import metrics, publishing, trainer
from training.analysis.report import report
from training.studies.grids import STUDIES, Study


@pytest.fixture(autouse=True)
def as_served(monkeypatch):
    """Pages are opened as a server opens them, without what other tests left in this process, and leave nothing behind."""
    for name in ("keras", "matplotlib.pyplot"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    st.config.set_option("runner.postScriptGC", False)
    forget()
    yield
    forget()


def forget():
    st.cache_resource.clear()
    st.cache_data.clear()


@patch.dict(STUDIES)
def test_a_study(shelf, keras, digits):
    base = TOY.model_copy(update={"name": "calm", "group": "calm"})
    study = Study("Does a falling rate help?", base, ({"schedule": ("constant", "cosine")}, {"seed": (1, 2, 3)}))
    STUDIES[base.name] = study
    recipes = study.recipes()
    assert "It trains 4 times with another schedule and seed: `python -m training sweep calm`." in said(studies())
    publishing.save(trainer.train(recipes[1], digits))
    alone = studies()
    assert alone.dataframe[0].value["label"].tolist() == ["cosine"]
    assert "3 of the 4 trainings planned gave no run" in said(alone)
    publishing.save(trainer.train(recipes[3], digits))
    assert set(studies().dataframe[0].value["label"]) == {"cosine", "constant, seed 3"}


def studies():
    """The page Studies, open at the dummy."""
    app = visit("studies", study="calm")
    assert "Does a falling rate help?" in said(app)
    return app


class Asked:
    """Stands for the models' process: asks this process, where a model is fond of threes."""

    def ask(self, name, run, timeout=30.0, **given):
        with patch.object(calls, "_reader", lambda run: lambda images: np.eye(10)[[3] * len(images)]):
            return calls.CALLS[name](run, **given)

    def start(self):
        """It is there already."""


@patch.dict(explanations.EXPLANATIONS)
@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("draw", {"drawing": to_text([np.array([[60.0, 60], [250, 60], [150, 280]])]), "look": "Where it looked"}),
        ("explore", {"dataset": "digits", "digit": "7", "closer": "Where a run looked"}),
        ("explore", {"digit": "7", "closer": "Where a run looked", "explained": "mlp-800"}),
        ("evaluate", {"run": "cnn-large", "cell": "5-3", "why": "true"}),
    ],
)
def test_an_explanation(page, named, monkeypatch, mnist):
    @explanations.explanation
    def diagonal(predict, image, label):
        """What lies on the diagonal, whatever the model."""
        return np.eye(len(image))

    monkeypatch.setattr("dashboard.cache.worker", Asked)
    app = visit(page, **named, explanation="diagonal")
    choice = app.button_group(key="explanation")
    assert choice.options == ["occlusion", "diagonal"]
    assert "What spoke for a 3?" in titles(app)
    assert "Blue spoke for the 3 that it reads, red against it. What lies on the diagonal, whatever the model." in said(
        app
    )


@patch.dict(metrics.METRICS)
def test_a_metric():
    @metrics.metric
    def lead(labels, probabilities):
        """By how much the most probable class leads."""
        second, first = np.sort(probabilities.astype(float), axis=1)[:, -2:].T
        return float(np.mean(first - second))

    chosen = {"runs": ["canvas", "mlp-800", "svm"], "columns": ["test error", "lead"], "up": "lead"}
    app = visit("compare", **chosen)
    table = app.dataframe[0].value.set_index("run")["lead"]
    assert 0.9 < table["mlp-800"] < 1
    assert np.isnan(table["svm"])  # whose votes are no probabilities
    assert app.selectbox(key="up").value == "lead"
    assert "lead" in titles(app)
    assert '"label":"lead"' in titles(visit("compare", runs=chosen["runs"], columns_shown="All columns"))
    line = r"<td>lead</td><td>0\.9\d+</td><td>By how much the most probable class leads\.</td>"
    assert re.search(line, report("mlp-800"))
    assert ">lead<" not in report("svm")
