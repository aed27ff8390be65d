"""Gradients equal finite differences on every architecture that is shipped, and integrated gradients add up."""

import numpy as np
import pytest

from models import activations, architectures, calls, loaded, rebuilt
from models.explanations import EXPLANATIONS
from models.gradients import Differentiable, MapGradients, NoGradientsError
from models.prediction import compile_call
from training.recipes import RECIPES

NETWORKS = {
    recipe.architecture: recipe.options()
    for recipe in RECIPES.values()
    if recipe.architecture in architectures.ARCHITECTURES
}
SMOOTH = sorted(set(NETWORKS) - {"cnn_m3", "cnn_m5", "cnn_m7", "mlp"})  # large ones are built as the small ones are
STEP = 0.1  # grey levels to each side


@pytest.fixture(scope="module")
def build(keras):
    def made(architecture, **options):
        keras.utils.set_random_seed(3)
        network = architectures.build(architecture, (28, 28), 10, NETWORKS.get(architecture, {}) | options)
        return Differentiable(compile_call(network), [network])

    return made


def picture(seed=0):
    return np.random.default_rng(seed).integers(20, 236, (28, 28)).astype(np.uint8)


@pytest.mark.parametrize("architecture", [*SMOOTH, "mlp"])
def test_a_gradient_equals_the_finite_difference(build, architecture):
    plain = {"normalize_rows": False} if architecture == "mlp" else {}
    model, image, label = build(architecture, **plain), picture(), 3
    found = model.gradient(image[None], label)[0]
    direction = np.sign(found)  # along the gradient, where rounding matters least
    apart = np.stack([image + STEP * direction, image - STEP * direction])
    above, below = model.score(apart, label)
    assert (above - below) / (2 * STEP) == pytest.approx(np.abs(found).sum(), rel=0.03)


@pytest.mark.parametrize("architecture", [*SMOOTH, "mlp"])
def test_the_score_is_the_log_odds_of_the_probability(build, architecture):
    plain = {"normalize_rows": False} if architecture == "mlp" else {}
    model = build(architecture, **plain)
    probability = model(picture()[None])[0, 3]
    assert model.score(picture()[None], 3)[0] == pytest.approx(np.log(probability / (1 - probability)), abs=1e-3)


@pytest.mark.parametrize("run", ["canvas", "cnn-medium", "cnn-6layer", "cnn-ensemble"])
def test_integrated_gradients_are_complete(run, mnist, keras):
    images = mnist.part("test")[0][[0, 4]]
    for image in images:
        explained = calls.explain(run, image[None], "integrated_gradients")
        above, below = loaded.differentiable(run, False).score(np.stack([image, 0 * image]), int(explained.labels[0]))
        assert explained.heat.sum() == pytest.approx(above - below, rel=0.03)


def test_what_has_no_gradient_says_so_in_a_sentence(build):
    with pytest.raises(NoGradientsError, match="length one, so where a column is empty it jumps"):
        build("mlp", normalize_rows=True).gradient(picture()[None], 1)
    with pytest.raises(NoGradientsError, match="has no convolutions"):
        build("mlp", normalize_rows=False).last_maps(picture()[None], 1)
    with pytest.raises(NoGradientsError, match="Only networks have gradients"):
        Differentiable(lambda images: np.ones((len(images), 2)), []).gradient(picture()[None], 1)
    one = build("cnn_medium").networks[0]
    with pytest.raises(NoGradientsError, match="several last layers"):
        Differentiable(lambda images: images, [one, one]).last_maps(picture()[None], 1)


CONVOLVED = ["Conv2D", {"filters": 4, "kernel_size": 3, "padding": "same", "activation": "relu"}]
FOREIGN = {  # networks that others built: how they end, the layers behind two convolutions, and what makes probabilities of them
    "logits": ("softmax", [["Flatten", {}, [2]], ["Dense", {"units": 10}, [3]]]),
    "a layer of its own": ("", [["Flatten", {}, [2]], ["Dense", {"units": 10}, [3]], ["Softmax", {}, [4]]]),
    "an activation": (
        "",
        [["Flatten", {}, [2]], ["Dense", {"units": 10}, [3]], ["Activation", {"activation": "softmax"}, [4]]],
    ),
    "sigmoids": ("shares", [["Flatten", {}, [2]], ["Dense", {"units": 10, "activation": "sigmoid"}, [3]]]),
    "logarithms": ("softmax", [["Flatten", {}, [2]], ["Dense", {"units": 10, "activation": "log_softmax"}, [3]]]),
    "no dense layer": (
        "softmax",
        [["Conv2D", {"filters": 10, "kernel_size": 1}, [2]], ["GlobalAveragePooling2D", {}, [3]]],
    ),
    "a branch": (
        "softmax",
        [["Add", {}, [1, 2]], ["Conv2D", {"filters": 10, "kernel_size": 3}, [3]], ["GlobalMaxPooling2D", {}, [4]]],
    ),
    "a branch of maps": (
        "",
        [
            ["GlobalMaxPooling2D", {}, [1]],
            ["GlobalAveragePooling2D", {}, [2]],
            ["Concatenate", {}, [3, 4]],
            ["Dense", {"units": 10, "activation": "softmax"}, [5]],
        ],
    ),
}
LAST_MAPS = {"no dense layer": (8, 8, 10), "a branch": (6, 6, 10)}


@pytest.fixture(params=FOREIGN)
def foreign(request, keras):
    keras.utils.set_random_seed(4)
    after, rest = FOREIGN[request.param]
    layers = [[*CONVOLVED, [0]], [*CONVOLVED, [1]], *rest]
    network = rebuilt.build((8, 8), 10, shape=[8, 8, 1], layers=layers, before="0 to 1", after=after)
    return Differentiable(compile_call(network), [network])


def small_picture():
    return picture()[:8, :8]


def test_the_score_of_a_foreign_network_is_the_log_odds_of_its_probability(foreign):
    probability = foreign(small_picture()[None])[0, 3]
    expected = np.log(probability / (1 - probability))
    assert foreign.score(small_picture()[None], 3)[0] == pytest.approx(expected, abs=1e-4)


def test_the_gradient_of_a_foreign_network_equals_the_finite_difference(foreign):
    image = small_picture()
    found = foreign.gradient(image[None], 3)[0]
    direction = np.sign(found)
    above, below = foreign.score(np.stack([image + STEP * direction, image - STEP * direction]), 3)
    assert (above - below) / (2 * STEP) == pytest.approx(np.abs(found).sum(), rel=0.03)


def test_the_last_maps_of_a_foreign_network_are_those_through_which_everything_passes(foreign, request):
    maps, gradients = foreign.last_maps(small_picture()[None], 3)
    assert maps.shape == gradients.shape == (1, *LAST_MAPS.get(request.node.callspec.params["foreign"], (8, 8, 4)))
    assert np.abs(gradients).sum() > 0


def test_the_last_maps_lead_to_the_score(build):
    model = build("cnn_large")
    maps, gradients = model.last_maps(picture()[None], 2)
    assert maps.shape == gradients.shape
    assert min(maps.shape[1:3]) >= 4


@pytest.mark.parametrize("name", EXPLANATIONS)
def test_random_weights_explain_the_same_class_always_alike(name, mnist, keras):
    image = mnist.part("test")[0][:1]
    trained = calls.explain("cnn-medium", image, name)
    drawn, again = (calls.explain("cnn-medium", image, name, randomized=True) for _ in range(2))
    np.testing.assert_array_equal(drawn.heat, again.heat)
    np.testing.assert_array_equal(drawn.labels, trained.labels)
    assert not np.allclose(drawn.heat, trained.heat)


def test_a_model_without_weights_cannot_be_drawn_at_random(keras):
    with pytest.raises(ValueError, match="not a network"):
        calls.explain("linear-pairwise", picture()[None], "occlusion", randomized=True)


def sums_of(network):
    """The steps of all sums."""
    kinds = [kind for layer in network.layers for kind in activations.kinds(layer)]
    return [step for step, kind in enumerate(kinds) if kind in ("conv", "dense")]


@pytest.mark.parametrize("architecture", [*SMOOTH, "mlp"])
def test_a_maps_gradient_equals_the_finite_difference(build, architecture):
    plain = {"normalize_rows": False} if architecture == "mlp" else {}
    network = build(architecture, **plain).networks[0]
    for step in sums_of(network)[::2]:
        model, image = MapGradients(network, step), picture()
        # far from where a value crosses zero and the slope changes
        unit = int(np.argmax([abs(model.score(image[None], unit)[0]) for unit in range(3)]))
        found = model.gradient(image[None], unit)[0]
        assert found.shape == image.shape
        direction = np.sign(found)
        above, below = model.score(np.stack([image + STEP * direction, image - STEP * direction]), unit)
        assert (above - below) / (2 * STEP) == pytest.approx(np.abs(found).sum(), rel=0.03)


@pytest.mark.parametrize("architecture", ["cnn_canvas", "cnn_stride", "mlp", "cnn_small"])
def test_a_maps_score_is_its_mean_before_the_activation(build, architecture, rng):
    network = build(architecture).networks[0]
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, one.shape) for one in layer.get_weights()])
    found = activations.activations(network, picture())
    for step in sums_of(network)[:-1]:
        before = found[step + 1 if found[step + 1].kind == "affine" else step].output[..., 2]
        expected = np.where(before > 0, before, 0.1 * before).mean()
        assert MapGradients(network, step).score(picture()[None], 2)[0] == pytest.approx(expected, rel=1e-3, abs=1e-5)


def test_a_map_behind_scaled_columns_has_no_gradient(build):
    network = build("mlp", normalize_rows=True).networks[0]
    with pytest.raises(NoGradientsError, match="it jumps"):
        MapGradients(network, sums_of(network)[0]).gradient(picture()[None], 0)
    with pytest.raises(ValueError, match="no sum in step 0"):
        MapGradients(network, 0)


def test_a_map_of_a_foreign_network_is_taken_before_an_activation_that_is_a_layer(keras):
    layers = [
        ["Conv2D", {"filters": 4, "kernel_size": 3}, [0]],
        ["LeakyReLU", {"negative_slope": 0.3}, [1]],
        ["AveragePooling2D", {"pool_size": 2}, [2]],
        ["Conv2D", {"filters": 5, "kernel_size": 3, "activation": "tanh"}, [3]],
        ["GlobalAveragePooling2D", {}, [4]],
        ["Dense", {"units": 10, "activation": "softmax"}, [5]],
    ]
    network = rebuilt.build((28, 28), 10, shape=[28, 28, 1], layers=layers, before="-1 to 1", after="")
    found = activations.activations(network, picture())
    first, second, _ = sums_of(network)
    for step in (first, second):
        before = found[step].output[..., 2]
        expected = np.where(before > 0, before, 0.1 * before).mean()
        model = MapGradients(network, step)
        assert model.score(picture()[None], 2)[0] == pytest.approx(expected, rel=1e-3, abs=1e-5)
        gradient = model.gradient(picture()[None], 2)[0]
        apart = np.stack([picture() + STEP * np.sign(gradient), picture() - STEP * np.sign(gradient)])
        above, below = model.score(apart, 2)
        assert (above - below) / (2 * STEP) == pytest.approx(np.abs(gradient).sum(), rel=0.03)
