"""A network without a map is a copy in which nothing can enter that map's activation, and the page says what is lost."""

import numpy as np
import pytest

from dashboard import address, cache
from dashboard.figures import ablation as figures
from dashboard.sections import ablation as section
from dashboard.sections import open_map
from models import ablation, activations, architectures, calls, prediction, run_directory
from models.ablation import Ablation, ablated
from models.browser_network import BrowserNetwork
from models.worker import Worker, WorkerError
from tests.test_views import said, visit
from training import runs
from training.analysis import significance
from training.analysis.ablation import Harm, harm
from training.analysis.changes import evenly


@pytest.fixture
def images(rng):
    return (rng.integers(0, 256, (12, 28, 28)) * (rng.random((12, 28, 28)) < 0.4)).astype(np.uint8)


def silenced(keras, network, step: int, unit: int):
    """A copy whose map is zero because nothing enters its activation: no weights, no bias, and where a normalisation stands before
    the activation no scale and no shift."""
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    first, end = activations.block(copy, step)
    for layer in copy.layers[first:end]:
        if layer.weights:
            found = layer.get_weights()
            # kernel and bias, or gamma and beta; not the statistics of a normalisation
            for values in found[: len(layer.trainable_weights)]:
                values[..., unit] = 0
            layer.set_weights(found)
    return copy


def hidden(network) -> list[int]:
    """The steps of the sums of hidden layers."""
    kinds = [kind for layer in network.layers for kind in activations.kinds(layer)]
    return [step for step, kind in enumerate(kinds) if kind in ("conv", "dense")][:-1]


def any_weights(network, rng) -> None:
    """Give normalisations weights as after a training, all positive."""
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, one.shape) for one in layer.get_weights()])


@pytest.mark.parametrize(
    ("architecture", "options"),
    [
        ("mlp", {"hidden": (9, 7), "normalize_rows": True, "batch_normalization": True}),
        ("cnn", {"filters": (3, 4), "hidden": (6,), "batch_normalization": True}),
        ("cnn_large", {}),
        ("cnn_canvas", {"maps": 3, "embedding": 8}),
        ("cnn_stride", {"filters": (2, 3)}),
        ("cnn_m5", {}),
    ],
)
def test_it_is_a_copy_in_which_nothing_enters_the_activation(architecture, options, keras, rng, images):
    network = architectures.build(architecture, (28, 28), 10, options)
    any_weights(network, rng)
    whole = network.predict_on_batch(images)
    for step in hidden(network):
        units = [0, 1]
        found = ablated(network, step, units, images)
        np.testing.assert_allclose(found.whole, whole, atol=1e-5)
        for unit, row in zip(units, found.without, strict=True):
            np.testing.assert_allclose(
                row, silenced(keras, network, step, unit).predict_on_batch(images), atol=1e-5, err_msg=f"{step} {unit}"
            )


@pytest.mark.parametrize("run", ["canvas", "cnn-medium"])
def test_so_it_is_of_a_shipped_run_on_many_digits(run, keras, mnist):
    network = prediction.load(run_directory(run)).network
    images = mnist.part("test")[0][:: 10_000 // 120]
    assert len(images) > ablation.FEW
    for step in hidden(network)[::2]:
        found = calls.ablation(run, step, [2, 5], images)
        np.testing.assert_allclose(found.whole, calls.predict(run, images).probabilities, atol=1e-4)
        for unit, row in zip([2, 5], found.without, strict=True):
            np.testing.assert_allclose(row, silenced(keras, network, step, unit).predict_on_batch(images), atol=1e-4)


def test_a_network_too_large_to_be_kept_is_asked_in_parts(keras, images, monkeypatch):
    network = architectures.build("cnn", (28, 28), 10, {"filters": (3,), "hidden": (5,)})
    at_once = ablated(network, 1, [0, 2], images)
    ablation._kept.cache_clear()
    monkeypatch.setattr(ablation, "LARGEST", 5 * 28 * 28 * 3 * 4)
    monkeypatch.setattr(ablation, "FEW", 1)
    in_parts = ablated(network, 1, [0, 2], images)
    assert not ablation._kept.cache_info().currsize
    np.testing.assert_allclose(in_parts.without, at_once.without, atol=1e-6)
    np.testing.assert_allclose(in_parts.whole, at_once.whole, atol=1e-6)


def test_what_leads_to_a_layer_is_computed_once_for_many_digits(keras, images):
    network = architectures.build("mlp", (28, 28), 10, {"hidden": (5, 4)})
    many = np.concatenate([images] * 10)
    ablation._kept.cache_clear()
    for unit in range(4):
        ablated(network, 3, [unit], many)
        ablated(network, 3, [unit], images)
    assert ablation._kept.cache_info()[:2] == (3, 1)


def test_what_cannot_be_switched_off_is_a_sentence(keras, images):
    network = architectures.build("cnn", (28, 28), 10, {"filters": (3,), "hidden": (5,)})
    output = (
        max(step for step, _ in enumerate(kind for layer in network.layers for kind in activations.kinds(layer))) - 1
    )
    for step, unit, why in (
        (1, 3, "has 3 maps"),
        (1, -1, "has 3 maps"),
        (0, 0, "no sum"),
        (99, 0, "no sum"),
        (3, 0, "no sum"),
    ):
        with pytest.raises(ValueError, match=why):
            ablated(network, step, [unit], images)
    with pytest.raises(ValueError, match="The output has no maps"):
        ablated(network, output, [0], images)
    with pytest.raises(ValueError, match="is an ensemble"):
        calls.ablation("cnn-ensemble", 1, [0], images)


def test_harm_is_what_plain_counting_says(rng):
    labels = rng.integers(0, 5, 400)
    whole = rng.random((400, 5)) + 2 * np.eye(5)[labels] * (rng.random((400, 1)) < 0.95)
    without = whole.copy()
    lost = np.flatnonzero((labels == 3) & (whole.argmax(axis=1) == 3))[:20]
    without[lost, 1] = 9
    found = harm(labels, whole, without)
    wrong, after = whole.argmax(axis=1) != labels, without.argmax(axis=1) != labels
    assert found == Harm(400, after.sum(), wrong.sum(), significance.mcnemar(wrong, after), 3, 1, 20)
    same = harm(labels, whole, whole)
    assert (same.errors, same.p, same.new) == (same.before, 1.0, 0)


def test_the_figure_shows_the_errors_it_was_given_the_highest_first():
    figure = figures.without_each(np.array([0.1, 0.3, 0.2]), ["1", "2", "5"], list("abc"), 0.05, 2, "map")
    assert list(figure.data[0].y) == [0.3, 0.2, 0.1]
    assert list(figure.layout.xaxis.ticktext) == ["2", "5", "1"]
    assert [tuple(one) for one in figure.data[0].customdata] == [("b", "2"), ("c", "5"), ("a", "1")]
    assert figure.data[0].marker.color.index(figures.ACCENT) == 1
    assert figure.layout.shapes[0].y0 == 0.05


@pytest.mark.parametrize("bars", [1, 2, 12, 13, 40, 800])
def test_numbers_below_bars_have_room_and_the_open_one_has_one(bars):
    for chosen in {0, 1, bars // 2, bars - 1} & set(range(bars)):
        found = figures._labelled(bars, chosen)
        assert chosen in found
        assert len(found) == bars if bars <= figures.LABELLED else 5 < len(found) <= figures.LABELLED
        assert np.diff(found).min(initial=bars) >= bars / figures.LABELLED


STEPS = [{"kind": "rescale"}, {"kind": "conv", "shape": [3, 3, 1, 4]}, {"kind": "relu"}, {"kind": "max_pool"}]
STEPS += [
    {"kind": "dense", "shape": [784, 6]},
    {"kind": "relu"},
    {"kind": "dense", "shape": [6, 10]},
    {"kind": "softmax"},
]


def test_only_maps_and_hidden_units_can_be_open():
    record = runs.load_record("cnn-medium")
    first, unit = (open_map.of(record, STEPS, opened) for opened in ((1, 3), (3, 5)))
    assert (first.step, first.units, first.noun) == (1, 4, "map")
    assert (unit.step, unit.units, unit.noun) == (4, 6, "unit")
    for opened in ((0, 1), (1, None), (1, 4), (2, 0), (4, 0), (5, 0), (99, 0)):
        assert open_map.of(record, STEPS, opened) is None
    assert open_map.of(runs.load_record("digits-mlp-15"), STEPS, (1, 3)) is None


@pytest.fixture
def asked(monkeypatch):
    """The maps that the page asks for; without map u, u + 1 in 50 digits become the next class."""
    cache.clear()
    questions = []

    def answer(self, run, step, units, images):
        questions.append((run, step, units, len(images)))
        if step == 4:
            raise WorkerError("The models gave no answer within 60 s.")
        whole = np.eye(10)[np.full(len(images), 7)].astype(np.float32)
        without = np.stack([whole] * len(units))
        for row, unit in zip(without, units, strict=True):
            row[np.arange(len(images)) % 50 <= unit] = np.eye(10)[3]
        return Ablation(without, whole)

    network = BrowserNetwork(STEPS, b"")
    monkeypatch.setattr(cache, "stepped_network", lambda run_id: (network, True))
    monkeypatch.setattr("dashboard.sections.inside_layers.inside", lambda *arguments: None)
    monkeypatch.setattr(Worker, "quick_ready", lambda self: True)
    monkeypatch.setattr(Worker, "ablation", answer)
    yield questions
    cache.clear()


def test_inside_says_what_is_lost_and_asks_nothing_before(asked, mnist):
    visit("inside", run="cnn-medium", digit="60000", layer="1", unit="2")
    assert asked == []
    app = visit("inside", run="cnn-medium", digit="60000", layer="1", unit="2", off="true")
    assert asked == [("cnn-medium", 1, [1], 1), ("cnn-medium", 1, [1], section.DIGITS)]
    labels = mnist.labels[evenly(section.DIGITS, mnist.where("test", None))]
    off = np.arange(1000) % 50 <= 1
    before, after = (labels != 7).sum(), np.where(off, labels != 3, labels != 7).sum()
    lost = int((off & (labels == 7)).sum())
    assert f"Without map 2 of layer 1: **{after / 10:.1f} %** instead of {before / 10:.1f} % of 1,000" in said(app)
    assert f"Most new errors: 7 predicted as 3 ({lost} digits)." in said(app)
    assert "exact McNemar test" in said(app)
    assert app.query_params[address.SWITCHED_OFF] == "true"


def test_every_map_of_the_layer_is_measured_on_request_and_once(asked, mnist):
    app = visit("inside", run="cnn-medium", digit="60000", layer="1", unit="2", off="true")
    assert not app.get("plotly_chart")
    next(button for button in app.button if "Measure without each map of layer 1" in button.label).click().run()
    assert not app.exception
    assert sorted(unit for _, _, units, count in asked for unit in units if count > 1) == [0, 1, 2, 3]
    assert len(app.get("plotly_chart")) == 1
    assert not [button for button in app.button if "Measure without" in button.label or button.label == "Stop"]
    before = len(asked)
    visit("inside", run="cnn-medium", digit="60000", layer="1", unit="4", off="true")
    assert [count for _, _, _, count in asked[before:]] == [1], "the error is known already"


def test_what_fails_is_a_sentence(asked, mnist):
    app = visit("inside", run="cnn-medium", digit="60000", layer="3", unit="2", off="true")
    assert "The models gave no answer within 60 s." in said(app)


def test_without_the_test_digits_the_digit_alone_is_shown(asked, without_mnist):
    app = visit("inside", run="cnn-medium", layer="1", unit="2", off="true")
    assert asked == [("cnn-medium", 1, [1], 1)]
    assert "The error without it cannot be measured here. They need MNIST" in said(app)


def test_one_new_error_is_no_list():
    part = open_map.OpenMap(runs.load_record("cnn-medium"), 1, 6, 32, 1, "conv")
    names = tuple("0123456789")
    text = section.said(part, Harm(1000, 8, 7, 1.0, 4, 9, 1), names)
    assert text.endswith("not a significant difference (p = 1, exact McNemar test). A new error: 4 predicted as 9.")
    same = section.said(part, Harm(1000, 7, 7, 1.0), names)
    assert same == "Without map 7 of layer 1: as with it, 0.7 % of 1,000 test digits misclassified."
