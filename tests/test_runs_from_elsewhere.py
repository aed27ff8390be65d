"""Every page opens with runs that our trainer did not make: recorded, without a history, with columns of their own, diverged."""

import shutil
import sys

import numpy as np
import pytest
import streamlit as st

from dashboard import cache
from models import ROOT
from models.worker import Worker
from tests import pages
from tests.test_views import said, visit
from training import record
from training.__main__ import main
from training.analysis.report import report
from training.history import table
from training.predictions import Predictions
from training.publishing import save
from training.recording import assemble, identity
from training.runs import load_predictions, load_record
from training.studies.findings import find
from training.studies.sources import SOURCES, measure

SHIPPED = ROOT / "models" / "saved"
NAMES = ("foreign", "bare", "lost", "untested", "every", "long")
OPENED = [pytest.param(page, named, id="-".join([page, *named.values()])) for page, named in pages.opened()]


@pytest.fixture(autouse=True)
def as_served(monkeypatch):
    """As the pages are opened by a server, the shelf's files looked at anew each time; nothing is left behind."""
    pages.look_at_each_run(monkeypatch)
    for name in ("keras", "matplotlib.pyplot"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    st.config.set_option("runner.postScriptGC", False)
    yield
    cache.worker.clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A shelf with each kind of run from elsewhere, and one of ours on the same digits."""
    shelf = tmp_path_factory.mktemp("elsewhere") / "shelf"
    shutil.copytree(SHIPPED / "digits-mlp-15", shelf / "digits-mlp-15")
    known = load_predictions("digits-mlp-15", SHIPPED)
    labels, rows = known.labels, known.probabilities.astype(float)
    classes, rng = known.classes.astype(np.uint8), np.random.default_rng(1)
    history = {
        "epoch": [1, 3, 4],
        "loss": [0.5, 0.4, 0.3],
        "val_loss": [np.nan, 0.5, 0.6],
        "f1 [macro]": [0.1, np.inf, 0],
    }
    settings = {"optimizer": "lion", "learning_rate": 0.01, "note": "a_b *c*"}
    record("foreign", labels, np.roll(rows, 1, axis=0), history, settings, shelf=shelf)
    record("bare", rng.integers(0, 3, 40), rng.random((40, 3)), class_names=["x", "y", "z"], shelf=shelf)
    diverging = {"loss": [0.5, 0.4, np.nan], "val_loss": [0.6, np.inf, np.nan]}
    lost = Predictions(labels, np.full(rows.shape, np.nan), np.stack([classes, classes]))
    save(assemble("lost", lost, table(diverging), identity.identify(labels), {}), shelf)
    none = Predictions(labels[:0], np.zeros((0, 10)))
    save(assemble("untested", none, table({"loss": [0.5, 0.4]}), ("own digits", "none of untested"), {}), shelf)
    some = Predictions(labels, rows, np.stack([np.roll(classes, 9), classes]), epoch_numbers=np.array([5, 8]))
    save(
        assemble("every", some, table({"loss": np.linspace(1, 0.5, 8)}), identity.identify(labels), {"seed": 1}), shelf
    )
    long = {"loss": np.geomspace(2, 0.01, 10_000), "val_loss": np.geomspace(2, 0.1, 10_000), "seconds": [0.1] * 10_000}
    record("long", labels, rows, long, shelf=shelf)
    yield shelf
    cache.clear()


@pytest.fixture
def elsewhere(made, monkeypatch):
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(made))
    return made


@pytest.mark.parametrize(("page", "named"), OPENED)
def test_every_page_opens_among_them(page, named, elsewhere):
    assert not visit(page, **named).warning


@pytest.mark.parametrize("run", NAMES)
@pytest.mark.parametrize("part", ["Mistakes", "Confidence", "Epoch by epoch"])
def test_each_is_evaluated_or_a_sentence_says_why_not(part, run, elsewhere):
    text = said(visit("evaluate", evaluated=part, run=run))
    if run == "lost" and part != "Epoch by epoch":
        assert "diverged in epoch 2: from then on" in text
    elif run == "untested" and part != "Epoch by epoch":
        assert "without test digits" in text
    elif part == "Epoch by epoch" and run not in ("lost", "every"):
        assert "were not kept" in text
    elif part == "Mistakes":
        wrong = int(load_predictions(run).wrong.sum())
        assert f"**{wrong:,}** of" in text
        assert ("came without its dataset" in text) == (run == "bare")


def test_epochs_that_were_kept_are_played(elsewhere):
    assert "After epoch 5 of 8" in said(visit("evaluate", evaluated="Epoch by epoch", run="every", epoch="6"))
    assert "After epoch 8 of 8" in said(visit("evaluate", evaluated="Epoch by epoch", run="every", epoch="8"))


@pytest.mark.parametrize("curve", ["Test error", "Training and validation error", "Loss"])
@pytest.mark.parametrize("seconds", ["false", "true"])
def test_all_stand_beside_ours(curve, seconds, elsewhere):
    app = visit("compare", runs=[*NAMES, "digits-mlp-15"], curve=curve, seconds=seconds, smoothing="0.5")
    text, shown = said(app), app.dataframe(key="table").value.set_index("run")
    assert "**lost** diverged in epoch 2." in text
    assert "Recorded without test digits: untested." in text
    assert shown.loc["lost", "verdict"] == ["diverged"]
    assert shown.loc["untested", "verdict"] == ["not tested"]
    assert shown.loc[["lost", "untested"], "error"].isna().all()
    assert shown.loc["foreign", "error"] > shown.loc["every", "error"]
    lacking = {"Test error": "foreign, bare, untested, long.", "Loss": "bare."}
    every = "foreign, bare, lost, untested, every, long."
    assert f"no {curve.lower()} was kept after each epoch: {lacking.get(curve, every)}" in text
    assert "foreign" in said(visit("compare", runs=["foreign", "bare"], columns=["optimizer", "batch"]))


def test_a_line_of_many_epochs_has_few_points(elsewhere):
    app = visit("compare", runs=["long"], curve="Loss")
    spec = app.get("plotly_chart")[0].proto.spec
    assert len(spec) < 60_000


@pytest.mark.parametrize("run", [name for name in NAMES if name not in ("lost", "untested")])
def test_each_is_held_against_another_or_a_sentence_says_that_none_is(run, elsewhere):
    text = said(visit("compare", compared="A against B", run=run))
    assert ("No other run was tested" in text) == (run == "bare")


@pytest.mark.parametrize("runs", [["lost"], ["lost", "untested"]])
def test_a_shelf_where_nothing_has_a_test_error(runs, made, shelf):
    for run in runs:
        shutil.copytree(made / run, shelf / run)
    for page, named in pages.opened():
        visit(page, **named)
    assert "diverged in epoch 2" in said(visit("compare", runs=runs))


@pytest.mark.parametrize("run", NAMES)
def test_each_has_a_report(run, elsewhere):
    text = report(run)
    assert run in text
    assert ("diverged" in text) == (run == "lost")
    assert ("lion" in text) == (run == "foreign")
    assert ("Confusion matrix" in text) == load_record(run).evaluated


def test_the_command_line_lists_them_and_exports_none(elsewhere, capsys):
    assert main(["runs"]) == 0
    out = capsys.readouterr().out
    assert "diverged  " in out
    assert "not tested" in out
    assert all(name in out for name in NAMES)
    with pytest.raises(SystemExit):
        main(["export", "foreign", "--to", str(elsewhere / "x")])
    assert "was not saved with it" in capsys.readouterr().err
    assert all(measure(source) is None for source in SOURCES if source.recipe != "digits-mlp-15")
    assert find("mlp-study") is None
