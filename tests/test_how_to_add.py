"""What README says of how to add something: each thing is added in the one place it names, and found where it is shown."""

import json
import re
import sys
from dataclasses import replace
from unittest.mock import Mock, patch

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import address, cache
from dashboard.components.canvas import to_text
from dashboard.components.scatter import Colouring
from dashboard.sections import concepts, import_runs, map_colours
from models import ROOT, calls, classifiers, explanations, loaded
from tests import pages
from tests.conftest import TOY
from tests.copies import copied, insert, ran
from tests.test_views import said, titles, visit
from training import augmentation, importers, metrics, publishing, trainer
from training.__main__ import main
from training.analysis import changes, comparison, shapes
from training.analysis.report import report
from training.datasets import readers, registry
from training.datasets.raw import Part as RawPart
from training.datasets.raw import Raw
from training.datasets.styles import STYLES
from training.importers import plan
from training.importers.parts import Part, to_history
from training.recipe import Recipe
from training.runs import load_history, load_predictions
from training.studies.grids import STUDIES, Study

README = (ROOT / "README.md").read_text(encoding="utf-8")
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


@pytest.fixture
def project(tmp_path):
    """A copy of the project, to change the source of."""
    return copied(tmp_path)


def forget():
    cache.clear()


def html(app) -> str:
    """The HTML of the page's own pieces."""
    return "\n".join(element.proto.body for element in app.get("html"))


LINES = re.findall(
    r"^- \*\*(.+):\*\*(.*(?:\n  .*)*)", README.partition("## How to add")[2].partition("\n## ")[0], re.MULTILINE
)


def test_every_line_has_its_test():
    tests = {name for name in globals() if re.match("test_an?_", name)}
    assert tests == {f"test_{thing.lower().replace(' ', '_')}" for thing, _ in LINES}
    named = {name for _, text in LINES for name in re.findall(r"`(\w+/[\w/.]*)`", text)}
    assert len(named) >= 10
    assert all((ROOT / name).exists() for name in named)


def test_an_architecture(project):
    insert(project / "models" / "architectures.py", ARGUMENT)
    insert(
        project / "training" / "recipes.py",
        'Recipe(name="loud", architecture="noisy"),\n',
        before='Recipe(name="cnn-small"',
    )
    assert re.search(r"^loud +A dense layer on noisy pixels\.", ran(project, "training", "list"), re.MULTILINE)
    collected = ran(project, "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/test_architectures.py")
    assert "test_raw_pixels_to_probabilities[noisy]" in collected


@patch.dict(classifiers.CLASSIFIERS)
def test_a_classifier_that_is_not_a_network(shelf, digits):
    @classifiers.classifier
    def always_three(classes, seed):
        """Reads a 3 in everything."""
        fitted = Mock(spec=["fit", "predict", "scores"], scores=classifiers.PROBABILITIES)
        fitted.predict = lambda images: np.eye(classes, dtype=np.float32)[[3] * len(images)]
        return fitted

    recipe = Recipe(name="three", architecture="always_three", dataset="digits", epochs=1)
    record = publishing.save(trainer.train(recipe, digits))
    table = visit("compare", runs="three").dataframe(key="table").value
    assert table["run"].tolist() == ["three"]
    assert (
        comparison.run_row(record, load_predictions("three"), load_history("three"))["about"]
        == "Reads a 3 in everything."
    )


@patch.dict(augmentation.AUGMENTATIONS)
def test_an_augmentation():
    @augmentation.augmentation
    def mirror(images, rng):
        """Seen in a mirror."""
        return images[..., ::-1]

    assert Recipe(name="mirrored", architecture="mlp", augmentation=("mirror",))
    shown = html(visit("explore", dataset="digits", digit="7", closer="Preparation"))
    assert re.search(r"(?s)Augmented: mirror.*Seen in a mirror\.", shown)


def test_a_style_of_handwriting():
    with patch.dict(STYLES[7], {"in one stroke": (1, "10,0 90,0! 40,100")}):
        assert "7, in one stroke" in html(visit("explore", dataset="generated", **{"class": "7"}))


@patch.dict(STUDIES)
def test_a_study(shelf, keras, digits):
    base = TOY.model_copy(update={"name": "calm", "group": "calm"})
    study = Study("Does a falling rate help?", base, ({"schedule": ("constant", "cosine")}, {"seed": (1, 2, 3)}))
    STUDIES[base.name] = study
    recipes = study.recipes()
    assert "It trains 4 times with another schedule and seed: `python -m training sweep calm`." in said(studies())
    publishing.save(trainer.train(recipes[1], digits))
    alone = studies()
    assert alone.dataframe[0].value["label"].tolist() == ["cosine schedule"]
    assert "3 of the 4 planned trainings have no run" in said(alone)
    publishing.save(trainer.train(recipes[3], digits))
    assert set(studies().dataframe[0].value["label"]) == {"cosine schedule", "seed 3"}


def studies():
    """The studies on the page Results, open at the dummy."""
    app = visit("results", topic="Studies", study="calm")
    assert "Does a falling rate help?" in said(app)
    return app


def test_a_hyperparameter(project):
    insert(project / "training" / "recipe.py", FIELD, before="    augmentation: ")
    insert(project / "models" / "architectures.py", ARGUMENT)
    assert "Strength of the noise" in ran(project, "training", "run", "cnn-small", "--help")
    changed = ["--architecture", "noisy", "--noise", "0.25", "--name", "noisy", "--optimizer", "adam"]
    ran(project, "training", "run", "cnn-small", *changed, "--dataset", "digits", "--epochs", "1")
    record = json.loads((project / "shelf" / "noisy" / "record.json").read_text())
    assert record["recipe"]["noise"] == 0.25
    assert record["network"]["options"] == {"noise": 0.25}


def test_a_dataset(digits):
    def half(download=True, report=None):
        return replace(
            digits, name="half", images=digits.images[::2], labels=digits.labels[::2], split=digits.split[::2]
        )

    with patch.dict(registry.DATASETS, {"half": half}):
        for page in ("explore", "map"):
            choice = visit(page, dataset="half").button_group(key="dataset")
            assert (choice.value, choice.options[-2:]) == ("half", ["half", "own file"])
        assert f"{len(digits.labels[::2])} digits" in said(visit("explore", dataset="half"))


def test_a_form_of_file(tmp_path, monkeypatch, digits):
    monkeypatch.setenv("MNIST_ATELIER_FILES", str(tmp_path))
    (tmp_path / "own.half").write_bytes(b"\1HALF")
    with patch.dict(readers.READERS):

        @readers.reader("half", lambda path: path.read_bytes() == b"\1HALF")
        def half(path):
            return Raw({"train": RawPart(digits.images[::2], digits.labels[::2])}, ("file", path.name))

        for page in ("explore", "map"):
            assert "899 pictures of 8 x 8" in said(visit(page, dataset="own file", file="own.half"))


@patch.dict(shapes.MEASURES)
def test_a_measure_of_shape():
    @shapes.measure("grey levels", 0, 255)
    def brightness(images):
        """The brightest pixel."""
        return images.max(axis=(1, 2)).astype(np.float32)

    app = visit("explore", dataset="digits", sort="brightness")
    assert "Sorted by brightness, the lowest first." in said(app)
    assert "Brightness" in titles(visit("explore", explored="Statistics", dataset="digits"))


def test_an_importer(tmp_path, shelf, capsys):
    (tmp_path / "night.half").write_bytes(b"\1HALF")
    with patch.dict(importers.IMPORTERS):

        @importers.importer("half", lambda path: path.suffix == ".half")
        def half(path):
            """A history of two epochs."""
            return [Part("half a history", path, to_history({"loss": [0.5, 0.25]})[0])]

        assert main(["import", str(tmp_path / "night.half")]) == 0
        assert "half a history, 2 epochs" in capsys.readouterr().out
        assert load_history("night")["loss"].tolist() == [0.5, 0.25]
        (group,) = plan.recognise([tmp_path / "night.half"]).runs
        assert import_runs._what(group.parts[0]) == "half a history, 2 epochs"


@patch.dict(map_colours.NEEDS)
@patch.dict(map_colours.COLOURINGS)
def test_a_colouring_of_the_map():
    @map_colours.colouring("even or odd")
    def by_parity(dataset, probabilities, outlier_scores):
        return Colouring(dataset.labels % 2, [map_colours.BLUE, map_colours.ORANGE], ["even", "odd"])

    choice = visit("map", dataset="digits", colour="even or odd").selectbox(key="colour")
    assert choice.value == "even or odd"


@patch.dict(concepts.CONCEPTS)
def test_a_question_on_the_page_concepts():
    @concepts.concept(
        group="Judging",
        name="Luck",
        question="How much is luck?",
        text="A wheel is spun.",
        source="Pascal, 1654.",
    )
    def luck():
        """A wheel."""
        st.markdown("It stops at 7.")

    app = visit("concepts", find="wheel", concept="luck")
    assert app.button_group(key=address.questions_key("Judging")).options == ["Luck"]
    assert re.search(r"(?s)A wheel is spun\..*It stops at 7\.", said(app))


def test_a_page(project, monkeypatch):
    app = project / "dashboard" / "app.py"
    (app.parent / "views" / "new.py").write_text('import streamlit as st\n\nst.title("A new page")\n')
    insert(app, 'st.Page("views/new.py", title="New"),\n            ', before='st.Page("views/explore.py"')
    monkeypatch.setattr(sys, "path", [*sys.path])  # which the page table changes
    opened = AppTest.from_file(str(app), default_timeout=60).switch_page("views/new.py").run()
    assert not opened.exception
    assert opened.title[0].value == "A new page"
    assert pages.listed(app) == {**pages.listed(), "new": "new"}  # where the tests and the screenshots find it


class Threes:
    """Stands for the models' process, which does not know what a test registers: a model that reads 3 in everything."""

    def start(self):
        """It is there already."""

    def quick_ready(self):
        """No browser computes what is registered here."""
        return False

    def predict(self, run, images):
        return calls.Prediction(self.read(run, images).probabilities, 0.0)

    def read(self, run, images):
        return calls.Reading(np.eye(10)[[3] * len(images)])

    def explain(self, run, images, explanation, randomized=False):
        def read(*_):
            return lambda images: self.read(run, images).probabilities

        with patch.object(loaded, "reader", read), patch.object(loaded, "differentiable", read):
            return calls.explain(run, images, explanation)


@patch.dict(explanations.EXPLANATIONS)
@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("draw", {"drawing": to_text([np.array([[60.0, 60], [250, 60], [150, 280]])]), "look": "Explanation"}),
        ("explore", {"dataset": "digits", "digit": "7", "closer": "Explanation"}),
        ("explore", {"digit": "7", "closer": "Explanation", "explained": "mlp-800"}),
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
    assert choice.options[-2:] == ["diagonal", "side by side"]
    assert "Which pixels count for a 3?" in titles(app)
    assert "What lies on the diagonal, whatever the model." in [caption.help for caption in app.caption]


@patch.dict(changes.CHANGES)
@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("draw", {"drawing": to_text([np.array([[60.0, 60], [250, 60], [150, 280]])]), "look": "Changes"}),
        ("explore", {"dataset": "digits", "digit": "7", "closer": "Changes"}),
        ("evaluate", {"run": "cnn-large", "cell": "5-3", "closer": "Changes"}),
    ],
)
def test_a_change(page, named, monkeypatch, mnist):
    @changes.change(0, 2, 0.5, "shares of black")
    def darker(images, strength):
        """Darker and darker, to black."""
        return (images * max(0.0, 1 - strength)).astype(np.uint8)

    monkeypatch.setattr("dashboard.cache.worker", Threes)
    monkeypatch.setattr("dashboard.cache.changes.worker", Threes)
    app = visit(page, **named, change="darker")
    assert app.selectbox(key="change").options[-1] == "darker"
    assert "Darker and darker, to black." in " ".join(str(text.help) for text in app.markdown)
    assert "shares of black" in json.dumps([chart.proto.spec for chart in app.get("plotly_chart")])


@patch.dict(metrics.METRICS)
def test_a_metric():
    @metrics.metric
    def lead(labels, probabilities):
        """By how much the most probable class leads."""
        second, first = np.sort(probabilities.astype(float), axis=1)[:, -2:].T
        return float(np.mean(first - second))

    chosen = {"runs": ["canvas", "mlp-800", "svm"], "columns": ["test error", "lead"], "up": "lead"}
    app = visit("compare", **chosen)
    table = app.dataframe(key="table").value.set_index("run")["lead"]
    assert 0.9 < table["mlp-800"] < 1
    assert np.isnan(table["svm"])  # whose votes are no probabilities
    assert app.selectbox(key="up").value == "lead"
    assert "lead" in titles(app)
    assert '"label":"lead"' in titles(visit("compare", runs=chosen["runs"], columns_shown="All columns"))
    line = r"<td>lead</td><td>0\.9\d+</td><td>By how much the most probable class leads\.</td>"
    assert re.search(line, report("mlp-800"))
    assert ">lead<" not in report("svm")
