"""The page Inside opens whatever its address says, and says in a sentence what it cannot show."""

import json
import shutil

import numpy as np
import pytest
import streamlit as st

from dashboard import address_bar, cache
from dashboard.sections import inside_layers
from models import ROOT, activations, browser_network, committees, prediction, run_directory
from models.worker import Worker, WorkerError
from tests import pages
from training import runs

SHIPPED = ROOT / "models" / "saved"


class Asked:
    """The models' process, in this one: what it was asked, and answers as quick."""

    def __init__(self):
        self.runs = []

    def quick_ready(self) -> bool:
        return True

    def pack_steps(self, run: str, kernels: bool = True):
        self.runs.append((run, kernels))
        raise WorkerError(f"'{run}' is asked for.")


@pytest.fixture(autouse=True)
def asked(monkeypatch, request):
    """Pages are run without the models' process: what is asked of it is told on the page."""
    pages.look_at_each_run(monkeypatch)
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    st.config.set_option("runner.postScriptGC", False)
    found = Asked()
    monkeypatch.setattr(cache, "worker", lambda: found)
    monkeypatch.setattr("dashboard.cache.services.worker", lambda: found)
    yield found
    if {"shelf", "without_mnist"} & set(request.fixturenames):
        cache.clear()


def visit(**named):
    app = pages.app("inside", named).run()
    assert not app.exception, app.exception
    return app


def said(app) -> str:
    kinds = ("title", "markdown", "caption", "info", "warning")
    return "\n".join(str(one.value) for kind in kinds for one in getattr(app, kind)).replace("\\", "")


def test_it_opens_with_a_canvas_and_a_digit(mnist, asked):
    app = visit()
    assert "Until you draw, this is test digit 60,000, a 7." in said(app)
    assert asked.runs == [("canvas", True), ("canvas", False)]


def test_without_mnist_the_generator_writes_a_digit(without_mnist):
    assert "Until you draw, this is a 7 by the generator." in said(visit())


def test_a_digit_of_the_address_is_shown(mnist):
    app = visit(digit="60003")
    assert app.number_input[0].value == 60_003
    assert "Until you draw" not in said(app)


def test_a_link_from_another_page_names_digit_and_run(asked):
    app = visit(**address_bar.to_inside("digits-mlp-15", "digits", 12))
    assert app.number_input[0].value == 12
    assert asked.runs[0][0] == "digits-mlp-15"
    assert (app.query_params["dataset"], app.query_params["digit"]) == ("digits", "12")


def test_a_digit_that_is_not_there_is_told(mnist):
    app = visit(digit="70000")
    assert "70000" in app.toast[0].value
    assert app.number_input[0].value == 60_000


def test_a_number_that_is_typed_stands_in_the_address(mnist):
    app = visit(digit="60003")
    app.number_input[0].set_value(12).run()
    assert app.query_params["digit"] == "12"
    assert app.number_input[0].value == 12


def test_pictures_of_another_size_are_not_drawn(asked):
    app = visit(run="digits-mlp-15")
    assert not app.button_group
    assert app.number_input[0].value == 1000  # the first test digit
    assert asked.runs[0] == ("digits-mlp-15", True)


def test_a_digit_too_large_for_the_run_gives_way_to_one_of_its_own(mnist):
    app = visit(run="digits-mlp-15", dataset="mnist", digit="5")
    assert app.number_input[0].max == 1796


def test_an_ensemble_offers_its_members(asked):
    app = visit(run="cnn-ensemble")
    assert "cnn-ensemble is an ensemble of 5 networks, each with layers of its own. Choose one." in said(app)
    assert asked.runs[0][0] == "cnn-stride"
    assert "cnn-stride-seed5" in app.selectbox[0].options
    app.selectbox[0].select("cnn-stride-seed5").run()
    assert "cnn-stride-seed4" in app.selectbox[0].options  # until another run is chosen
    app.selectbox[0].select("canvas").run()
    assert "cnn-stride-seed4" not in app.selectbox[0].options


@pytest.mark.parametrize(
    ("run", "what"),
    [("svm", "support vectors"), ("random-forest", "trees"), ("mlp-study", "layers")],
)
def test_a_run_without_a_model_says_what_cannot_be_shown(run, what, asked):
    assert f"Of {run} only the predictions were saved, no model, so its {what} cannot be shown." in said(visit(run=run))
    assert asked.runs[0][0] == "canvas"


def test_nearest_neighbours_vote_with_their_distances(mnist):
    app = visit(run="knn-deform", digit="60000")
    assert app.subheader[0].value == "Nearest training digits"
    assert "7, distance " in "".join(one.proto.body for one in app.get("html"))


def test_nearest_neighbours_are_not_shown_without_their_digits(without_mnist):
    what = "Of knn-deform only the predictions were saved, no model, so its nearest digits cannot be shown."
    assert what in said(visit(run="knn-deform"))


def test_a_run_that_is_deleted_meanwhile_is_a_sentence(shelf, monkeypatch):
    for run in ("mlp-128x2", "canvas"):
        shutil.copytree(SHIPPED / run, shelf / run)

    def gone(run_id):
        raise runs.RunError(f"There is no run '{run_id}'.")

    monkeypatch.setattr(cache, "stepped_network", gone)
    app = visit(run="mlp-128x2")
    assert "There is no run 'mlp-128x2'. The shelf changed" in said(app)


def test_an_ensemble_with_a_member_that_is_missing_names_none(shelf):
    for run in ("mlp-128x2", "cnn-large"):
        shutil.copytree(SHIPPED / run, shelf / run)
    committees.save("both", ["mlp-128x2", "cnn-large"])
    shutil.rmtree(shelf / "cnn-large")
    app = visit(run="both")
    assert app.selectbox[0].value == "mlp-128x2"


def test_what_only_the_server_computes_comes_with_the_open_maps_weights(keras, monkeypatch, rng):
    """As for a network too large for the browser."""
    network = prediction.load(run_directory("canvas")).network
    steps = browser_network.pack_steps(network, kernels=False).layers
    started = Worker()
    monkeypatch.setattr(cache, "worker", lambda: started)
    digit = rng.integers(0, 256, (28, 28)).astype(np.uint8)
    try:
        first, pool, last = (
            inside_layers.told("canvas", steps, digit, opened) for opened in ((1, 3), (3, 5), (9, 999))
        )
        assert inside_layers.told("canvas", steps, digit, (99, 0)).weights is None
    finally:
        started.stop()
    layers = [layer for layer in network.layers if hasattr(layer, "kernel")]
    np.testing.assert_array_equal(first.weights, np.asarray(layers[0].kernel)[..., 3])
    np.testing.assert_array_equal(last.weights, np.asarray(layers[-1].kernel)[..., 9])
    assert pool.weights is None
    expected = activations.activations(network, digit)
    assert [one["kind"] for one in json.loads(first.layers.layers.tobytes())] == [one.kind for one in expected]
    np.testing.assert_allclose(first.layers.values[-10:], expected[-1].output, atol=1e-6)
