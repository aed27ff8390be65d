"""What README says of how to add something: each thing is added in the one place it names, and found where it is shown."""

import json
import os
import re
import shutil
import subprocess
import sys
from unittest.mock import patch

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.components.canvas import to_text
from models import ROOT, calls, explanations
from tests import pages
from tests.conftest import TOY
from tests.test_views import said, titles, visit
from training import metrics, publishing, trainer
from training.analysis.report import report
from training.studies.grids import STUDIES, Study

FIELD = '''
    noise: float | None = None
    """Strength of the noise."""
'''
ARGUMENT = '''

@architecture
def noisy(layers, classes, noise=0.1):
    """A dense layer on noisy pixels."""
    noisy = layers.GaussianNoise(noise)
    return [layers.Rescaling(1 / 255), layers.Flatten(), noisy, layers.Dense(classes, activation="softmax")]
'''


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


@pytest.fixture
def project(tmp_path):
    """A copy of the project without its runs, to change the source of, with an empty shelf."""
    for folder in ("models", "training", "dashboard"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("saved", "__pycache__"))
    return tmp_path


def insert(path, text, before=None):
    """Put text into a source file, at its end or before something that stands there once."""
    source = path.read_text(encoding="utf-8")
    assert before is None or source.count(before) == 1
    path.write_text(source + text if before is None else source.replace(before, text + before), encoding="utf-8")


def ran(project, *command):
    """What `python -m training` says in a copy of the project."""
    shelf = {"MNIST_ATELIER_MODELS": str(project / "shelf"), "COLUMNS": "200"}
    command = [sys.executable, "-m", "training", *command]
    done = subprocess.run(command, cwd=project, env=os.environ | shelf, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_hyperparameter(project):
    insert(project / "training" / "recipe.py", FIELD, before="    augmentation: ")
    insert(project / "models" / "architectures.py", ARGUMENT)
    assert "Strength of the noise" in ran(project, "run", "cnn-small", "--help")
    changed = ["--architecture", "noisy", "--noise", "0.25", "--name", "noisy", "--optimizer", "adam"]
    ran(project, "run", "cnn-small", *changed, "--dataset", "digits", "--epochs", "1")
    record = json.loads((project / "shelf" / "noisy" / "record.json").read_text())
    assert record["recipe"]["noise"] == 0.25
    assert record["network"]["options"] == {"noise": 0.25}


def test_a_page(project, monkeypatch):
    app = project / "dashboard" / "app.py"
    (app.parent / "views" / "new.py").write_text('import streamlit as st\n\nst.title("A new page")\n')
    insert(app, 'st.Page("views/new.py", title="New"),\n            ', before='st.Page("views/draw.py"')
    monkeypatch.setattr(sys, "path", [*sys.path])  # which the page table changes
    opened = AppTest.from_file(str(app), default_timeout=60).switch_page("views/new.py").run()
    assert not opened.exception
    assert opened.title[0].value == "A new page"
    assert pages.listed(app) == {**pages.listed(), "new": "new"}  # where the tests and the screenshots find it


class Threes:
    """Stands for the models' process, which does not know what a test registers: a model that reads 3 in everything."""

    def start(self):
        """It is there already."""

    def predict(self, run, images):
        return calls.Prediction(self.read(run, images).probabilities, 0.0)

    def read(self, run, images):
        return calls.Reading(np.eye(10)[[3] * len(images)])

    def explain(self, run, images, explanation):
        with patch.object(calls, "_reader", lambda run: lambda images: self.read(run, images).probabilities):
            return calls.explain(run, images, explanation)


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

    monkeypatch.setattr("dashboard.cache.worker", Threes)
    app = visit(page, **named, explanation="diagonal")
    choice = app.button_group(key="explanation")
    assert choice.options == ["occlusion", "diagonal"]
    assert "What spoke for a 3?" in titles(app)
    assert "red against it. What lies on the diagonal, whatever the model." in said(app)


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
