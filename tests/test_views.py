"""Every page opens, with MNIST and without, with runs, without any, and with damaged ones among them."""

import itertools
import re
import shutil
import subprocess
import sys
import time
from html import unescape
from urllib.parse import parse_qs

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import address, address_bar, cache
from dashboard.cache import keys
from models import DEFAULT_RUN, ROOT, SHIPPED_UNTIL, committees
from models.worker import Worker
from tests import pages, words
from tests.conftest import unrest
from training import publishing, runs
from training.analysis.shapes import slant
from training.runs import load_predictions
from training.studies.grids import STUDIES

PAGES = list(pages.listed().values())
OPENED = [pytest.param(page, named, id="-".join([page, *named.values()])) for page, named in pages.opened()]
ABOUT_RUNS = [page for page in PAGES if "opening.page" in (pages.VIEWS / f"{page}.py").read_text(encoding="utf-8")]
SHIPPED = ROOT / "models" / "saved"


def visit(page, **parameters):
    app = pages.app(page, parameters).run()
    assert not app.exception, app.exception
    return app


def lead_on(path, **parameters):
    """The page to which an older address leads, as the browser opens it."""
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=300)
    for name, value in parameters.items():
        app.query_params[name] = value
    app._page_hash = calc_hash(path)
    [link] = re.findall(r'id="moved" href="([^"]+)"', html(app.run()))
    page, _, query = unescape(link).removeprefix("./").partition("?")
    return visit(pages.listed()[page], **parse_qs(query))


def said(app) -> str:
    """All text of the page, without the signs that keep Markdown from what came from outside."""
    kinds = ("title", "header", "markdown", "caption", "info", "warning")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


@pytest.fixture(autouse=True)
def as_served(monkeypatch):
    """What other tests left in this process is not there when the dashboard runs: Streamlit would clear Keras after each page."""
    pages.look_at_each_run(monkeypatch)
    for name in ("keras", "matplotlib.pyplot"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(Worker, "start", lambda worker: None)  # it starts when it is asked, which few tests do
    st.config.set_option("runner.postScriptGC", False)  # as in dashboard/.streamlit, which only `streamlit run` reads


_kept: dict[str, bool] = {}  # whether the caches are of a machine without MNIST


@pytest.fixture(autouse=True)
def fresh_caches(request):
    """A test that changes the shelf asks a process of its own, and one without MNIST finds none kept by another test."""
    without = "without_mnist" in request.fixturenames
    if without != _kept.get("without MNIST", False):
        _forget()
        _kept["without MNIST"] = without
    yield
    if "shelf" in request.fixturenames:
        cache.worker.clear()


@pytest.fixture(autouse=True, scope="module")
def nothing_left():
    yield
    _forget()


def _forget():
    cache.clear()


@pytest.mark.parametrize(("page", "named"), OPENED)
def test_it_opens(page, named):
    app = visit(page, **named)
    assert len(app.title) == 1
    assert not app.warning


@pytest.mark.parametrize("page", pages.PARTS)
def test_every_part_of_a_page_is_visited(page):
    key, others = pages.PARTS[page]
    control = visit(page).button_group(key=key)
    assert control.options == [control.value, *others]


@pytest.mark.parametrize(("page", "named"), OPENED)
def test_it_opens_without_mnist_and_network(page, named, without_mnist):
    app = visit(page, **named)
    assert not app.warning
    if page == "explore":
        deadline = time.monotonic() + 120
        while "MNIST_ATELIER_DATA" not in said(app) and time.monotonic() < deadline:
            app.run()  # until the download has failed
        assert "name that folder in the variable MNIST_ATELIER_DATA" in said(app)


def test_without_mnist_every_choice_of_a_dataset_shows_something(without_mnist):
    walked = 0
    for page, named in pages.opened():
        for control in (one for one in visit(page, **named).button_group if one.key == address.DATASET):
            assert "mnist" not in control.options
            for choice in control.options:
                app = visit(page, **named, dataset=choice)
                assert app.button_group(key=address.DATASET).value == choice
                shown = len(app.get("plotly_chart")) + len(app.get("bidi_component")) + len(app.dataframe)
                assert shown, (page, named, choice)
                assert not app.toast
                walked += 1
    assert walked > 10


def test_a_dataset_that_no_run_was_tested_on_is_no_choice_of_a_page_that_needs_one():
    app = visit("label_review", dataset="generated")
    assert app.button_group(key=address.DATASET).options == ["mnist", "digits", "own file"]
    assert "asks for “generated”" in app.toast[0].value
    assert "generated" in visit("map").button_group(key=address.DATASET).options


@pytest.mark.parametrize(("page", "named"), OPENED)
def test_it_opens_on_an_empty_shelf(page, named, shelf):
    app = visit(page, **named)
    if page in ABOUT_RUNS and page not in (
        "explore",
        "concepts",
        "train",
    ):  # which show more, and ask or name runs besides
        assert "python -m training " in said(app)


@pytest.mark.parametrize("page", ABOUT_RUNS)
def test_a_damaged_run_is_named_and_hides_no_other(page, shelf):
    shutil.copytree(SHIPPED / "mlp-128x2", shelf / "mlp-128x2")
    shutil.copytree(SHIPPED / "cnn-large", shelf / "cnn-large")
    (shelf / "cnn-large" / "history.csv").write_text("")
    app = visit(page)
    assert "cnn-large: history.csv differs" in said(app)
    assert "would be here" not in said(app) or page == "results"  # to whose first part neither of them belongs


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ("compare", {"runs": ["mlp-128x2", "cnn-large", "canvas"]}),
        ("compare", {"compared": "A against B", "run": "mlp-128x2", "against": "cnn-large"}),
        ("evaluate", {"run": "mlp-128x2"}),
        ("evaluate", {"evaluated": "Confidence", "run": "mlp-128x2"}),
        ("evaluate", {"evaluated": "Epoch by epoch", "run": "cnn-large"}),
        ("ensemble", {"together": ["mlp-128x2", "cnn-large", "canvas"]}),
        ("label_review", {"run": "mlp-128x2"}),
        ("draw", {"run": "both"}),
        ("inside", {"run": "mlp-128x2"}),
        ("inside", {"run": "both"}),
        ("results", {"topic": "Records"}),
        ("results", {"topic": "Missed digits"}),
    ],
)
def test_a_page_bears_runs_that_are_written_deleted_and_damaged_meanwhile(page, named, shelf, mnist, monkeypatch):
    monkeypatch.setattr(keys, "FRESH", 0.0)
    changing = ["mlp-128x2", "cnn-large"]
    for run in [*changing, "canvas"]:
        shutil.copytree(SHIPPED / run, shelf / run)
    committees.save("both", changing)
    app = visit(page, **named)
    with unrest(shelf, SHIPPED, changing) as done:
        while len(done) < 60:
            app.run()
            assert not app.exception, (app.exception, done[-1])
    assert not app.run().exception


def test_a_run_that_goes_while_a_part_of_the_page_is_made_is_a_sentence(monkeypatch):
    def gone(run_id):
        raise runs.RunError(f"There is no run '{run_id}'.")

    monkeypatch.setattr(cache, "run_key", gone)
    assert "There is no run 'cnn-large'. The shelf changed" in said(
        visit("evaluate", evaluated="Epoch by epoch", run="cnn-large")
    )


def test_a_run_that_comes_or_goes_while_compare_is_made_waits_for_the_next_time(monkeypatch):
    tables, (table, damaged) = itertools.chain([40, 41], itertools.repeat(20)), cache.run_table()
    monkeypatch.setattr("dashboard.cache.shelf.run_table", lambda: (table.iloc[: next(tables)], damaged))
    first = table.iloc[:30]
    monkeypatch.setattr(cache, "run_table", lambda: (first, damaged))
    assert set(first["run"]) < set(visit("compare", repeats="true").multiselect(key="runs").options)


def test_evaluate_shows_a_chosen_run_and_cell(mnist):
    found = runs.load_predictions("cnn-large")
    wrong = (found.classes != found.labels).sum()
    app = visit("evaluate", run="cnn-large", cell="4-9")
    assert f"**{wrong}** of 10,000" in said(app)
    count = ((found.labels == 4) & (found.classes == 9)).sum()
    assert f"**{count} digits labelled 4 and predicted as 9**" in said(app)


@pytest.mark.parametrize("cell", ["", "4", "4-99", "a-b", "-1-2", "²-1"])
def test_a_cell_that_is_none_shows_all_mistakes(cell, mnist):
    assert "mistakes**" in said(visit("evaluate", cell=cell))


def test_evaluate_without_pictures_shows_numbers(without_mnist):
    assert "need MNIST" in said(visit("evaluate"))


@pytest.mark.parametrize("digit", ["69999", "70000", "-1", "x", "²", "99999999999999999999"])
def test_any_digit_in_the_address_opens_explore(digit, mnist):
    app = visit("explore", digit=digit)
    assert "of its pixels are not zero" in html(app)


def test_explore_filters(mnist):
    app = visit("explore", split="test", **{"class": "7"})
    assert "1,028 digits" in said(app)
    app = visit("explore", dataset="digits")
    assert "1,797 digits" in said(app)


def test_explore_sorts_by_a_measure(mnist):
    sevens = mnist.where("test", 7)
    steepest = sevens[np.argmax(slant(mnist.images[sevens]))]
    app = visit("explore", split="test", sort="slant", falling="true", **{"class": "7"})
    assert f"number {steepest:,}" in said(app)


def test_explore_filters_by_what_a_run_says(mnist):
    wrong = (load_predictions("canvas").classes != mnist.labels[60_000:]).sum()
    assert f"{wrong} digits" in said(visit("explore", run="canvas", answer="wrong"))
    app = visit("explore", numbers="18598, 1352, 61247", sort="thickness")
    assert "3 digits" in said(app)
    assert "Only digits of 3 numbers." in said(app)
    assert "not a number of a digit" in said(visit("explore", numbers="seven"))
    assert "No digit matches" in said(visit("explore", numbers="0", **{"class": "9"}))


def titles(app) -> str:
    """Of the page's figures."""
    return "\n".join(element.proto.spec for element in app.get("plotly_chart"))


def test_explore_opens_a_file_of_ones_own_and_says_what_is_wrong_with_another(tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_ATELIER_FILES", str(tmp_path))
    images = np.tile(np.arange(256, dtype=np.uint8).reshape(16, 16), (30, 1, 1))
    arrays = {"x_train": images, "y_train": np.arange(30) % 3, "x_test": images[:6], "y_test": np.arange(6) % 3}
    np.savez(tmp_path / "own.npz", **arrays)
    app = visit("explore", dataset="own file", file=str(tmp_path / "own.npz"))
    assert "36 digits" in said(app)
    assert app.button_group(key="class").options == ["0", "1", "2"]
    np.savez(tmp_path / "own.npz", **arrays | {"y_train": np.arange(29) % 3})
    app = visit("explore", dataset="own file", file=str(tmp_path / "own.npz"))
    assert "there are 30 pictures" in said(app)
    assert "1,797 digits" in said(app)
    assert "Name a file" in said(visit("explore", dataset="own file"))


def test_compare_gives_verdicts_and_repeats():
    app = visit("compare", runs=["canvas", "cnn-6layer", "cnn-large", "digits-mlp-15 (10 seeds)"])
    table = app.dataframe(key="table").value.set_index("run")
    assert list(table.loc["cnn-6layer", "verdict"]) == ["fewest errors"]
    assert list(table.loc["canvas", "verdict"]) == ["not significantly different"]
    assert list(table.loc["cnn-large", "verdict"]) == ["significantly more errors"]
    assert table.loc["digits-mlp-15 (10 seeds)", "runs"] == 10
    assert "± " in said(app)
    assert "On mnist only; tested on other digits: digits-mlp-15 (10 seeds)." in said(app)
    app.toggle(key="rivals").set_value(True).run()
    assert set(app.dataframe(key="table").value["run"]) == {"cnn-6layer", "canvas", "digits-mlp-15 (10 seeds)"}
    assert "it overfits" in said(visit("compare", runs="mlp-800"))


def test_compare_leads_on_to_the_best_runs():
    app = visit("compare", runs=["canvas", "cnn-6layer", "svm"])
    links = [link.proto.query_string for link in app.get("page_link")]
    assert links == ["run=cnn-6layer", "together=cnn-6layer&together=canvas&together=svm"]
    app.button(key="differ").click().run()
    assert "fewer errors than" in said(app)
    assert (app.selectbox(key="run").value, app.selectbox(key="against").value) == ("cnn-6layer", "canvas")
    app.button_group(key="compared").select("All runs").run()
    assert app.multiselect(key="runs").value == ["canvas", "cnn-6layer", "svm"]
    alone = visit("compare", runs="digits-mlp-15 (10 seeds)")
    seeds = alone.dataframe(key="table").value
    assert len(seeds) == 1
    assert [link.proto.query_string.startswith("run=digits-mlp-15") for link in alone.get("page_link")] == [True]


@pytest.mark.parametrize(
    ("page", "key", "named"),
    [
        ("compare", "runs", {}),
        ("ensemble", "together", {}),
        ("evaluate", "run", {}),
        ("compare", "against", {"compared": "A against B"}),
    ],
)
def test_a_run_that_an_address_asks_for_in_vain_is_named(page, key, named):
    assert "asks for “nobody”" in visit(page, **named, **{key: "nobody"}).toast[0].value
    assert not visit(page, **named, **{key: "svm"}).toast


def test_compare_names_the_runs_that_overfit():
    chosen = ["cnn-kfold", "cnn-small", "mlp-128x2", "mlp-800", "cnn-medium", "cnn-large", "canvas"]
    assert "1 of 7 runs overfits (mlp-800)." in said(visit("compare", runs=chosen))
    assert "None of 7 runs overfit." in said(
        visit("compare", runs=[*(run for run in chosen if run != "mlp-800"), "cnn-6layer"])
    )


def test_an_address_brings_the_whole_view_of_compare_back():
    named = {"runs": ["canvas", "mlp-800", "cnn-small"], "curve": "Loss", "log": "true", "seconds": "true"}
    named |= {
        "smoothing": "0.5",
        "columns": ["test error", "gap (nats)"],
        "across": "training (s)",
        "up": "cross entropy (nats)",
    }
    app = visit("compare", **named, rivals="true")
    assert list(app.dataframe(key="table").value) == ["run", "error", "gap"]
    assert list(app.dataframe(key="table").value["run"]) == ["canvas"]
    assert app.slider(key="smoothing").value == 0.5
    assert app.selectbox(key="up").value == "cross_entropy"
    for text in ("seconds", "cross entropy (nats)", "training (s), log scale"):
        assert text in titles(app)
    again = visit("compare", **app.query_params)
    assert titles(again) == titles(app)
    assert "All columns" in str(visit("compare", columns_shown="All columns").button_group(key="columns_shown").value)


def test_compare_shows_a_whole_sweep_at_a_click():
    app = visit("compare")
    next(button for button in app.button if button.label.startswith("mlp-study: all")).click().run()
    assert not app.exception
    assert len(app.dataframe(key="table").value) == 40
    assert "of 40 runs" in said(app)


def test_a_run_is_played_again(mnist):
    found = runs.load_predictions("cnn-large")
    wrong = (found.epoch_classes[3] != found.labels).sum()
    app = visit("evaluate", evaluated="Epoch by epoch", run="cnn-large", epoch="4")
    assert f"After epoch 4 of 10, **{wrong}** of 10,000" in said(app)
    never = (found.epoch_classes != found.labels).all(axis=0).sum()
    assert f"**{never}** of 10,000 digits were **never** classified correctly; label → last prediction." in said(app)
    threes = visit("evaluate", evaluated="Epoch by epoch", run="cnn-large", epoch="4", cell="5-3")
    assert "Label 5, predicted as 3 after this epoch." in said(threes)
    threes.button[1].click().run()
    assert "became correct in epoch 4" in said(threes)
    app.slider(key="epoch").set_value(1).run()
    assert "After epoch 1 of 10" in said(app)
    app.selectbox(key="run").select("digits-mlp-15").run()
    assert not app.exception
    assert "nothing to play" in said(app)
    app.selectbox(key="run").select("mlp-128x2").run()
    assert not app.exception
    assert " of 3, " in said(app)


def test_runs_are_combined_in_an_ensemble(mnist):
    chosen = ["cnn-large", "cnn-small", "svm"]
    app = visit("ensemble", together=chosen)
    found = [runs.load_predictions(run) for run in chosen]
    labels = found[0].labels
    by_all = np.all([answer.classes != labels for answer in found], axis=0).sum()
    assert f"**{by_all}** of 10,000 digits are misclassified by every run" in said(app)
    mean = sum(answer.probabilities.astype(float) for answer in found[:2])
    assert f"misclassifies **{(mean.argmax(1) != labels).sum()}** of 10,000" in said(app)
    assert "Without svm: classes or votes" in said(app)
    verdict = r"The (ensemble is significantly \*\*(better|worse)\*\*|difference is not significant) \(p [=<] "
    assert re.search(verdict, said(app))
    assert "predicted as 3 by the ensemble" in said(visit("ensemble", together=chosen, cell="5-3"))
    assert "canvas and svm agree on 98." in said(visit("ensemble", together=["canvas", "svm"]))
    app.multiselect(key="together").set_value([]).run()
    assert "Choose runs above" in said(app)
    one = visit("ensemble", together=["mlp-study-32-lr-0.001", "digits-mlp-15"])
    assert "tested on other digits than mlp-study-32-lr-0.001: digits-mlp-15" in said(one)


def test_the_first_ensemble_gains_over_its_best_member(mnist):
    app = visit("ensemble")
    members = app.multiselect(key="together").value
    assert len(members) > 1
    answers = [runs.load_predictions(run) for run in members]
    together = sum(answer.probabilities.astype(float) for answer in answers)
    assert (together.argmax(axis=1) != answers[0].labels).sum() < min(answer.wrong.sum() for answer in answers)


def test_ensemble_members_are_selected_by_held_out_digits_and_one_without_models_is_not_saved(mnist):
    app = visit("ensemble", together=["cnn-study-32x64-lr-0.003", "mlp-study-32-lr-0.001"])
    app.button(key="select members").click().run()
    assert not app.exception
    chosen = app.multiselect(key="together").value
    assert len(chosen) > 1
    held = [runs.load_predictions(run) for run in chosen]
    labels = held[0].held_out_labels
    together = sum(one.held_out_probabilities.astype(float) for one in held)
    alone = [(one.held_out_probabilities.argmax(1) != labels).sum() for one in held]
    assert (together.argmax(1) != labels).sum() <= min(alone) == alone[0]
    assert "have no saved model to classify a drawing with" in said(app)


def test_an_ensemble_is_saved_and_classifies_drawings(shelf, mnist):
    members = ["linear-pairwise", "mlp-128x2", "mlp-800"]
    for run in members:
        shutil.copytree(SHIPPED / run, shelf / run)
    app = visit("ensemble", together=members)
    app.text_input(key="ensemble name").set_value("Two!")
    app.button(key="save ensemble").click().run()
    assert "A name has small letters" in said(app)
    app.text_input(key="ensemble name").set_value("two")
    app.button(key="save ensemble").click().run()
    assert not app.exception
    assert committees.members("two") == ("mlp-128x2", "mlp-800")
    app.multiselect(key="together").set_value(["mlp-800"]).run()
    app.button(key="show two").click().run()
    assert app.multiselect(key="together").value == ["mlp-128x2", "mlp-800"]
    drawn = visit("draw", run="two")
    assert drawn.selectbox(key="run").value == "two"
    found = [runs.load_predictions(run) for run in members[1:]]
    mean = sum(answer.probabilities.astype(float) for answer in found)
    error = (mean.argmax(1) != found[0].labels).mean()
    assert f"The ensemble of mlp-128x2, mlp-800. Test error on MNIST: {100 * error:.2f} %" in said(drawn)
    shutil.rmtree(shelf / "mlp-800")
    assert "two" not in visit("draw", run="two").selectbox(key="run").options
    app = visit("ensemble", together=members[:2])
    assert "A member of the ensemble 'two' is missing. There is no run 'mlp-800'." in said(app)
    app.button(key="delete two").click().run()
    assert committees.listed() == {}


def test_two_runs_are_laid_over_each_other(mnist):
    a, b = (runs.load_predictions(run) for run in ("canvas", "cnn-large"))
    only = ((a.classes == a.labels) & (b.classes != b.labels)).sum()
    app = visit("compare", compared="A against B", run="canvas", against="cnn-large")
    assert f"Only **A**, canvas, classifies {only} correctly" in said(app)
    fewer = (b.classes != b.labels).sum() - (a.classes != a.labels).sum()
    assert f"canvas makes {fewer} fewer errors than cnn-large. The difference is significant (p < 0.001)." in said(app)
    nines = (a.classes == a.labels) & (b.classes == 9) & (b.labels == 4)
    app = visit("compare", compared="A against B", run="canvas", against="cnn-large", cell="4-9")
    assert f"Only **A**, canvas, classifies {nines.sum()} correctly" in said(app)


@pytest.mark.parametrize("pair", [("mlp-800", "svm"), ("canvas", "cnn-6layer")])
def test_the_digits_of_a_cell_add_up_to_what_stands_in_it(pair, mnist):
    a, b = (runs.load_predictions(run) for run in pair)
    own = (a.labels == 5) & ((a.classes == 3) != (b.classes == 3))
    text = said(visit("compare", compared="A against B", run=pair[0], against=pair[1], cell="5-3"))
    told = re.findall(r"(?:classifies|misclassify) (\d+)(?: correctly|, but)", text)
    assert sum(map(int, told)) == own.sum()


def test_the_pair_that_a_against_b_opens_with_differs_significantly():
    app = visit("compare", compared="A against B")
    first, second = app.selectbox(key="run").value, app.selectbox(key="against").value
    assert first == DEFAULT_RUN
    assert "The difference is significant" in said(app)
    table = cache.run_table()[0].set_index("run")
    gap = abs(table["error"] - table.loc[first, "error"])
    nearer = table[
        (table["test_digits"] == table.loc[first, "test_digits"]) & (gap < gap[second]) & (table.index != first)
    ]
    for run in set(nearer.index) - cache.repeats():
        assert not cache.difference(first, run, 10).significant, run
    app = visit("compare", compared="A against B", run="mlp-800", against="svm")
    assert (app.selectbox(key="run").value, app.selectbox(key="against").value) == ("mlp-800", "svm")
    app = visit("compare", compared="A against B", run="svm")
    assert "The difference is significant" in said(app)


def test_a_against_b_opens_with_what_is_ticked():
    app = visit("compare", runs=["digits-mlp-15", "svm", "mlp-800", "canvas"])
    app.button_group(key="compared").select("A against B").run()
    assert (app.selectbox(key="run").value, app.selectbox(key="against").value) == ("svm", "mlp-800")
    app.selectbox(key="shown run").select(next(o for o in app.selectbox(key="shown run").options if "cnn-large" in o))
    app.run()
    app.button_group(key="compared").select("All runs").run()
    app.button_group(key="compared").select("A against B").run()
    assert app.selectbox(key="run").value == "cnn-large", "the ticks are the same, so the choice stays"
    app.button_group(key="compared").select("All runs").run()
    app.multiselect(key="runs").set_value(["canvas", "svm"]).run()
    app.button_group(key="compared").select("A against B").run()
    assert (app.selectbox(key="run").value, app.selectbox(key="against").value) == ("canvas", "svm")
    alone = visit("compare", runs="mlp-800", compared="A against B")
    assert alone.selectbox(key="run").value == "mlp-800"
    assert alone.selectbox(key="against").value == cache.rival("mlp-800")


def test_a_run_that_cannot_be_compared_is_said_and_not_silently_replaced():
    app = visit("compare", compared="A against B", run="svm", against="digits-mlp-15")
    assert "digits-mlp-15 was tested on other digits than svm: another run stands beside it." in said(app)
    assert not app.toast
    app = visit("compare", compared="A against B", run="svm", against="mlp-800")
    assert "another run" not in said(app)
    other = next(option for option in app.selectbox(key="shown run").options if option.startswith("digits-mlp-15"))
    app.selectbox(key="shown run").select(other).run()
    assert not app.exception
    assert "mlp-800 was tested on other digits than digits-mlp-15" in said(app)


def test_evaluate_lists_runs_by_error_and_shows_it():
    app = visit("evaluate")
    shown = app.selectbox(key="shown run")
    assert shown.value == DEFAULT_RUN
    assert "canvas, 0.45 %" in shown.options
    assert "ingredients-aug…astic-thickness, 0.31 %" in shown.options
    errors = [float(re.search(r", ([\d.]+) %$", option).group(1)) for option in shown.options]
    table = cache.run_table()[0].set_index("run")
    on_mnist = [table.loc[run, "dataset"] == "mnist" for run in app.selectbox(key="run").options]
    assert on_mnist == sorted(on_mnist, reverse=True)
    assert errors[: sum(on_mnist)] == sorted(errors[: sum(on_mnist)])
    shown.select("svm, 0.86 %").run()
    assert not app.exception
    assert app.selectbox(key="run").value == "svm"
    assert "**86** of 10,000" in said(app)


def test_the_newest_run_of_a_visitors_own_is_chosen_and_marked(shelf):
    for run in ("canvas", "mlp-128x2", "cnn-large"):
        shutil.copytree(SHIPPED / run, shelf / run)
    assert visit("evaluate").selectbox(key="run").value == DEFAULT_RUN
    for run, of, year in (("mine", "mlp-128x2", 2099), ("mine-before", "cnn-small", 2098)):
        shutil.copytree(SHIPPED / of, shelf / run)
        record = runs.load_record(of, SHIPPED)
        own = {"run_id": run, "created": f"{year}-01-01T00:00:00+00:00"}
        (shelf / run / "record.json").write_text(record.model_copy(update=own).model_dump_json())
    app = visit("evaluate")
    assert app.selectbox(key="run").value == "mine"
    assert [option for option in app.selectbox(key="shown run").options if "new" in option] == ["mine, 2.74 % (new)"]
    app = visit("compare", compared="A against B")
    assert app.selectbox(key="run").value == "mine"
    assert "The difference is significant" in said(app)
    assert visit("compare").multiselect(key="runs").value[0] == "mine"
    assert visit("evaluate", run="cnn-large").selectbox(key="run").value == "cnn-large"


def test_what_comes_with_the_project_is_not_new():
    listed = subprocess.run(["git", "ls-files", "models/saved"], cwd=ROOT, capture_output=True, text=True).stdout
    shipped = {line.split("/")[2] for line in listed.splitlines() if line.endswith("record.json")}
    late = [run for run in shipped if runs.load_record(run).created > SHIPPED_UNTIL]
    assert not late, "models.SHIPPED_UNTIL is when the newest run that comes with the project was finished"


@pytest.mark.parametrize(
    ("page", "named", "key", "repeat"),
    [
        ("evaluate", {}, "run", "cnn-kfold-fold3"),
        ("compare", {"compared": "A against B"}, "run", "cnn-stride-seed2"),
        ("compare", {"compared": "A against B"}, "against", "cnn-stride-seed2"),
        ("compare", {}, "runs", "cnn-kfold-fold3"),
        ("ensemble", {}, "together", "cnn-kfold-fold3"),
        ("map", {"dataset": "digits", "colour": "prediction"}, "run", "digits-mlp-15-seed2"),
        ("label_review", {"dataset": "digits"}, "run", "digits-mlp-15-seed2"),
        ("explore", {"dataset": "digits"}, "run", "digits-mlp-15-seed2"),
    ],
)
def test_lists_hold_folds_and_seeds_where_they_are_asked_for(page, named, key, repeat):
    def control(**more):
        app = visit(page, **named, **more)
        assert [toggle.key for toggle in app.toggle].count("repeats") == 1
        return (app.multiselect if key in ("runs", "together") else app.selectbox)(key=key)

    assert repeat not in control().options
    assert repeat in control(repeats="true").options
    found = control(**{key: repeat})
    assert found.value in (repeat, [repeat])


def test_draw_lists_seeds_where_they_are_asked_for():
    def models(**named):
        return visit("draw", **named).selectbox(key="run").options

    assert "cnn-stride" in models()
    assert "cnn-stride-seed2" not in models()
    assert "cnn-stride-seed2" in models(repeats="true")
    assert "cnn-stride-seed2" in models(run="cnn-stride-seed2")


def test_a_run_is_no_match_for_one_on_other_digits(shelf):
    for run in ("digits-mlp-15", "mlp-128x2"):
        shutil.copytree(SHIPPED / run, shelf / run)
    assert "No other run was tested on the digits of mlp-128x2" in said(
        visit("compare", compared="A against B", run="mlp-128x2")
    )


def test_evaluate_says_how_confident_a_run_is():
    app = visit("evaluate", evaluated="Confidence", run="mlp-study")
    assert "% at temperature " in said(app)
    app = visit("evaluate", evaluated="Confidence", run="cnn-large")
    assert any("No digits were held out" in element.proto.help for element in app.markdown)
    assert "not probabilities" in said(visit("evaluate", evaluated="Confidence", run="svm"))
    app = visit("evaluate", cells="share of prediction")
    assert any("Percent of the digits with that prediction" in element.proto.help for element in app.markdown)


@pytest.mark.parametrize(
    ("page", "key", "old", "new"),
    [
        ("evaluate", "cells", "share of reading", "share of prediction"),
        ("compare", "curve", "Training and watched error", "Training and validation error"),
    ],
)
def test_an_older_address_still_chooses_what_has_another_name_now(page, key, old, new):
    app = visit(page, **{key: old})
    assert app.button_group(key=key).value == new
    assert app.run().button_group(key=key).value == new


@pytest.mark.parametrize(
    ("path", "named", "title", "text"),
    [
        ("overview", {}, "Draw", "Draw a digit"),
        ("draw", {"run": "mlp-800"}, "Draw", "Misclassifies 1.57 % of MNIST's test digits"),
        ("together", {"together": ["canvas", "svm"]}, "Ensemble", "canvas and svm agree on 98."),
        ("statistics", {"class": "4", "dataset": "digits"}, "Explore", "The shares of the two parts"),
        ("difference", {"run": "canvas", "against": "cnn-large"}, "Compare", "fewer errors than cnn-large"),
        ("replay", {"run": "mlp-128x2", "epoch": "2"}, "Evaluate", "After epoch 2 of 3"),
        ("studies", {"study": "optimizer-study", "section": "Optimizer and learning rate"}, "Results", "optimizer"),
        ("sources", {"topic": "Records"}, "Results", "The best single run"),
        ("labels", {"run": "mlp-128x2"}, "Label review", "`mlp-128x2` predicted 10,000 digits"),
    ],
)
def test_an_older_address_leads_to_where_its_page_went(path, named, title, text, mnist):
    app = lead_on(path, **named)
    assert [one.value for one in app.title] == [title]
    assert text in said(app) + "".join(element.proto.help for element in app.markdown)


def test_every_older_address_is_tried():
    [paths] = [
        {case[0] for case in mark.args[1]}
        for mark in test_an_older_address_leads_to_where_its_page_went.pytestmark
        if mark.name == "parametrize"
    ]
    assert paths == set(address_bar.MOVED)


def test_compare_keeps_to_the_chosen_runs():
    app = visit("compare", runs="cnn-small")
    assert app.dataframe(key="table").value["run"].tolist() == ["cnn-small"]
    app.multiselect(key="runs").set_value([]).run()
    assert not app.exception
    assert "Tick a run above" in said(app)


def test_draw_offers_only_runs_that_load_and_read_mnist(shelf, toy_run):
    publishing.save(toy_run)
    shutil.copytree(SHIPPED / "cnn-large", shelf / "cnn-large")
    assert visit("draw").selectbox[0].options == ["cnn-large"]


def test_explore_shows_the_styles_of_the_generator():
    app = visit("explore", dataset="generated", **{"class": "7"})
    assert "600 digits" in said(app)
    assert "Styles" in said(app)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_shows_its_conclusion_and_the_chosen_section_alone(name):
    app = visit("results", topic="Studies", study=name)
    text = said(app)
    assert STUDIES[name].question in text
    if cache.findings(name) is None:
        assert f"This study has no runs yet. It trains {len(STUDIES[name].recipes())} times" in text
        return
    assert "makes the fewest errors on the held-out digits" in text
    control = app.button_group(key="section")
    assert len(app.get("plotly_chart")) == 1
    last = visit("results", topic="Studies", study=name, section=control.options[-1])
    assert last.button_group(key="section").value == control.options[-1]
    assert (titles(last) != titles(app)) == (len(control.options) > 1)


def test_another_study_begins_with_its_first_section():
    app = visit("results", topic="Studies", study="mlp-study", section="Width and depth")
    app.button_group(key="study").select("optimizer-study").run()
    assert not app.exception
    assert app.button_group(key="section").value == "Optimizer and learning rate"
    assert "asks for “Width”" in visit("results", topic="Studies", section="Width").toast[0].value


def test_statistics_compare_the_shapes_of_both_parts_in_a_table(mnist):
    app = visit("explore", explored="Statistics", **{"class": "4"})
    table = app.dataframe[0].value.set_index("measure")
    values = slant(mnist.images[mnist.where("test", 4)])
    assert table.loc["slant", "test"] == pytest.approx(values.mean(), rel=1e-4)
    assert set(table["difference"]) <= {"not significant", "significant, visible", "significant, too small to see"}
    assert len(app.get("plotly_chart")) == 4 + len(table)


def test_a_system_of_the_sources_leads_to_its_run():
    app = visit("results", system="digits-mlp-15")
    row = app.dataframe[0].value.set_index("recipe").loc["digits-mlp-15"]
    assert [row["claimed"], row["measured"]] == pytest.approx([11.8, 10.61], abs=0.005)
    assert "The 10 seeds have the errors" in said(app)
    assert [link.proto.query_string for link in app.get("page_link")] == ["run=digits-mlp-15"]
    assert [code.value for code in app.code] == [row["command"]]
    app = visit("results", system="cnn-study")
    app.button(key="found").click().run()
    assert (app.button_group(key="topic").value, app.button_group(key="study").value) == ("Studies", "cnn-study")


def html(app) -> str:
    """The HTML of the page's own pieces."""
    return "\n".join(element.proto.body for element in app.get("html"))


def test_the_best_run_stands_among_the_records():
    table, _ = cache.run_table()
    rows = table[(table["dataset"] == "mnist") & (table["fold"] == 0)]
    best = rows.loc[rows["error"].idxmin()]
    app = visit("results", topic="Records")
    assert f"The best single run, **{best['run']}**, misclassifies **{best['errors']}** of 10,000 test digits" in said(
        app
    )
    shown = app.dataframe[0].value
    assert shown["error"].is_monotonic_increasing
    assert shown.set_index("name").loc[best["run"], "error"] == pytest.approx(100 * best["error"])
    assert f"ours: {best['run']}" in titles(app)


def test_a_saved_ensemble_stands_among_the_records_and_its_missed_digits_are_shown(shelf, mnist):
    members = ["cnn-large", "cnn-6layer", "canvas"]
    for run in [*members, "cnn-kfold"]:
        shutil.copytree(SHIPPED / run, shelf / run)
    assert "No ensemble of runs on MNIST is saved" in said(visit("results", topic="Records"))
    committees.save("worse", members[:2])
    committees.save("trio", members)
    found = [runs.load_predictions(run) for run in members]
    labels = found[0].labels
    mean = sum(one.probabilities.astype(np.float32) for one in found)
    wrong = np.flatnonzero(mean.argmax(axis=1) != labels)
    app = visit("results", topic="Records")
    assert f"The ensemble **trio** of 3 runs misclassifies **{len(wrong)}** of 10,000 test digits" in said(app)
    app = visit("results", topic="Missed digits")
    doubtful = cache.label_errors(mnist, "cnn-kfold").flagged[60_000 + wrong].sum()
    assert f"the ensemble **trio** of 3 runs misclassifies **{len(wrong)}**. At **{doubtful}** of them" in said(app)
    assert html(app).count("data-missed") == 10
    assert re.findall(r"number (6[\d,]+)<", html(app)) == [
        f"{60_000 + number:,}" for number in wrong[np.argsort(mean[wrong, labels[wrong]], kind="stable")][:10]
    ]
    shutil.rmtree(shelf / "canvas")
    assert "the ensemble **worse** of 2 runs" in said(visit("results", topic="Missed digits"))


def test_the_missed_digits_of_a_single_run_need_no_ensemble_and_no_reviewer(shelf, mnist):
    shutil.copytree(SHIPPED / "cnn-large", shelf / "cnn-large")
    app = visit("results", topic="Missed digits", missed="2")
    wrong = runs.load_predictions("cnn-large").wrong.sum()
    assert f"the best single run, **cnn-large**, misclassifies **{wrong}**" in said(app)
    assert "not known without the run cnn-kfold" in said(app)
    assert "The column shows the run" in said(app)
    assert html(app).count("data-missed") == 10


def test_the_missed_digits_without_mnist_are_numbers(without_mnist):
    app = visit("results", topic="Missed digits")
    assert "cannot be shown" in said(app)
    assert len(app.dataframe[0].value) == cache.best().errors


def test_a_verdict_on_a_label_is_counted(mnist):
    app = visit("label_review")
    assert "labels are probably wrong" in said(app)
    assert "Label **4**, rather **9**" in said(app)
    app.pills[0].select("unreadable").run()
    assert not app.exception
    assert "Your 1 verdict: 0 as labelled, 0 otherwise, 1 unreadable." in said(app)


def test_a_weak_reference_run_is_told_by_how_many_of_its_doubts_are_its_own_mistakes(mnist):
    weak = said(visit("label_review", run="mlp-128x2"))
    own, called = map(int, re.search(r"(\d+) of (\d+) test digits are rather the run's mistakes", weak).groups())
    assert called / 2 < own <= called
    best = min(cache.tested_on(cache.dataset("mnist")), key=lambda run: cache.wrong(run).sum())
    assert "rather the run's mistakes" not in said(visit("label_review", run=best))


@pytest.fixture
def two_generators(shelf, toy_run):
    """A shelf with two runs on the same number of generated digits, which are other digits, and one on a copy of the first."""
    from training.datasets import registry

    names = {"first": "generated:1000:1", "second": "generated:1200:1", "other seed": "generated:1000:2"}
    rng = np.random.default_rng(0)
    for name, of in names.items():
        dataset = registry.load(of)
        labels = dataset.part("test")[1]
        scores = rng.random((len(labels), 10)) + 3 * np.eye(10)[labels] * (rng.random((len(labels), 1)) < 0.9)
        probabilities = (scores / scores.sum(axis=1, keepdims=True)).astype(np.float16)
        answers = runs.Predictions(labels, probabilities, probabilities.argmax(axis=1)[None].astype(np.uint8))
        recipe = toy_run.record.recipe.model_copy(update={"dataset": of, "name": name.replace(" ", "-")})
        record = toy_run.record.model_copy(
            update={"run_id": recipe.name, "recipe": recipe, "dataset": runs.described_dataset(dataset)}
        )
        publishing.save(runs.Run(record, toy_run.history[:1], answers, {}))
    return shelf


def test_runs_on_other_pictures_are_not_compared(two_generators):
    app = visit("compare", runs=["first", "other-seed"])
    assert "more errors, and that is more than chance" not in said(app)
    assert "generated:1000:1" in said(app)
    assert "generated:1000:2" in said(app)
    assert "No other run was tested on the digits of first" in said(
        visit("compare", compared="A against B", run="first")
    )
    together = visit("ensemble", together=["first", "other-seed"])
    assert "tested on other digits than first: other-seed" in said(together)


def test_labels_asks_the_runs_that_answered_these_digits_alone(two_generators):
    app = visit("label_review", dataset="own file", file="generated:1200:1")
    assert app.selectbox(key="run").options == ["second"]


@pytest.mark.parametrize(("page", "named"), OPENED)
def test_a_page_shows_few_words_before_anything_is_opened(page, named, mnist):
    assert words.count(visit(page, **named)) <= words.LIMIT


@pytest.mark.parametrize(
    ("page", "named", "key", "choice"),
    [
        ("explore", {"answer": "wrongly"}, "answer", "wrong"),
        ("explore", {"closer": "What runs say"}, "closer", "Predictions"),
        ("draw", {"look": "Most alike"}, "look", "Most similar"),
        ("map", {"colour": "oddity"}, "colour", "outlier score"),
    ],
)
def test_an_older_address_chooses_the_same(page, named, key, choice, mnist):
    app = visit(page, **named)
    control = app.selectbox(key=key) if key == "colour" else app.button_group(key=key)
    assert choice in (control.value if isinstance(control.value, list) else [control.value])
