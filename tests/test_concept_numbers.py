"""What the page Concepts computes equals an independent computation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import shift as moved
from scipy.signal import correlate2d
from scipy.special import softmax as scipys_softmax
from skimage.measure import block_reduce
from sklearn.metrics import log_loss

from training.concepts import counting, depth, features, filters, optimisers, perceptron, pooling, stopping
from training.concepts.perceptron import Settings
from training.early_stopping import EarlyStopping

NUMBERS = st.floats(-3, 3, width=16)
PICTURES = arrays(float, st.tuples(st.integers(3, 9), st.integers(3, 9)), elements=NUMBERS)
SQUARES = arrays(float, (3, 3), elements=NUMBERS)


def numeric(function, at, step=1e-6):
    """The gradient of a function of an array by finite differences."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        up, down = at.copy(), at.copy()
        up[place] += step
        down[place] -= step
        found[place] = (function(up) - function(down)) / (2 * step)
    return found


@pytest.fixture(scope="module")
def few(digits):
    """Twenty real digits: x (20, 64) and labels (20,)."""
    images, labels = digits.part("train")
    return filters.scaled(images[:20]).reshape(20, -1), labels[:20].astype(int)


@given(PICTURES, SQUARES, NUMBERS)
def test_a_feature_map_is_scipys_correlation(image, weights, bias):
    made = filters.convolve(image, weights, bias)
    np.testing.assert_allclose(made, correlate2d(image, weights, mode="valid") + bias, atol=1e-9)
    row, column = made.shape[0] - 1, made.shape[1] // 2
    assert filters.products(image, weights, row, column).sum() + bias == pytest.approx(made[row, column], abs=1e-9)


def test_a_feature_map_is_that_of_keras(keras, rng):
    images, weights = rng.random((2, 12, 12, 1), np.float32), rng.normal(size=(3, 3, 1, 1)).astype(np.float32)
    layer = keras.layers.Conv2D(1, 3)
    layer.build(images.shape)
    layer.set_weights([weights, np.array([0.3], np.float32)])
    expected = np.asarray(layer(images))[..., 0]
    np.testing.assert_allclose(filters.convolve(images[..., 0], weights[..., 0, 0], 0.3), expected, atol=1e-5)


@given(PICTURES, st.integers(-10, 10), st.integers(-10, 10))
def test_a_shifted_picture_is_scipys(image, down, right):
    np.testing.assert_allclose(filters.shifted(image, down, right), moved(image, (down, right), order=0), atol=1e-9)


@given(PICTURES, st.integers(1, 3), st.sampled_from(sorted(pooling.POOLINGS)))
def test_pooling_is_that_of_scikit_image(image, size, kind):
    whole = image[: len(image) // size * size, : image.shape[1] // size * size]
    expected = block_reduce(whole, size, {"maximum": np.max, "average": np.mean}[kind])
    np.testing.assert_allclose(pooling.pool(image, size, kind), expected, atol=1e-12)


def test_what_outlasts_a_shift_is_the_cosine_between_the_maps(digits):
    image, weights = filters.scaled(digits.images[3]), np.array(filters.FILTERS["vertical edges"], float)
    found = pooling.outlasting(image, weights, (0, 1), 2, "maximum")
    maps = [
        block_reduce(np.maximum(correlate2d(one, weights, mode="valid"), 0), 2, np.max).ravel()
        for one in (image, moved(image, (0, 1), order=0))
    ]
    assert found[0] == pytest.approx(1)
    assert found[1] == pytest.approx(maps[0] @ maps[1] / np.sqrt((maps[0] @ maps[0]) * (maps[1] @ maps[1])))


def test_nothing_is_like_nothing():
    empty, full = np.zeros((2, 2)), np.ones((2, 2))
    assert (pooling.similarity(empty, empty), pooling.similarity(empty, full)) == (1, 0)


@given(arrays(float, (3, 5), elements=st.floats(-50, 50)), st.floats(0.2, 5))
def test_softmax_is_scipys(logits, temperature):
    np.testing.assert_allclose(
        perceptron.softmax(logits, temperature), scipys_softmax(logits / temperature, axis=1), atol=1e-12
    )


def test_cross_entropy_is_scikit_learns(rng):
    probabilities, labels = perceptron.softmax(rng.normal(size=(50, 10))), rng.integers(0, 10, 50)
    expected = log_loss(labels, probabilities, labels=range(10))
    assert perceptron.cross_entropy(probabilities, labels) == pytest.approx(expected)


def test_the_slope_of_the_loss_by_a_score_is_probability_less_one_hot(rng):
    logits, labels = rng.normal(size=(1, 3)), np.array([1])
    slope = numeric(lambda z: perceptron.cross_entropy(perceptron.softmax(z), labels), logits)
    np.testing.assert_allclose(slope, perceptron.softmax(logits) - np.eye(3)[labels], atol=1e-6)


@pytest.mark.parametrize("dropped", [False, True])
def test_backpropagation_equals_finite_differences(few, rng, dropped):
    x, labels = few
    layers = perceptron.begin((64, 6, 5, 10), rng)
    masks = [2.0 * (rng.random((20, units)) < 0.5) for units in (6, 5)] if dropped else []
    loss, found = perceptron.gradients(layers, x, labels, masks)
    assert loss == pytest.approx(perceptron.cross_entropy(perceptron.forward(layers, x, masks)[1], labels))
    for number, place in ((0, 1), (1, 0), (2, 0), (2, 1)):

        def loss_with(array, number=number, place=place):
            changed = [list(layer) for layer in layers]
            changed[number][place] = array
            return perceptron.gradients(changed, x, labels, masks)[0]

        np.testing.assert_allclose(found[number][place], numeric(loss_with, layers[number][place]), atol=1e-6)


def test_a_training_learns_repeats_itself_and_counts_its_steps(digits):
    (x, labels), (test_x, test_labels) = (digits.part(split) for split in ("train", "test"))
    x, test_x = (filters.scaled(one).reshape(len(one), -1) for one in (x, test_x))
    labels, test_labels = labels.astype(int), test_labels.astype(int)
    how = Settings(batch=30, epochs=3, rate=0.3)
    done, again = (perceptron.train(x, labels, test_x, test_labels, how) for _ in range(2))
    assert len(done.batch_losses) == 3 * 34
    assert len(done.train_losses) == len(done.test_losses) == 4
    assert done.train_losses[-1] < 0.6 * done.train_losses[0]
    assert done.test_losses[-1] == pytest.approx(log_loss(test_labels, done.probabilities))
    np.testing.assert_array_equal(done.probabilities, again.probabilities)


def test_an_update_goes_against_the_gradient_and_the_decay(few):
    x, labels = few
    how = Settings(hidden=(4,), batch=20, epochs=1, rate=0.5, decay=0.1)
    done = perceptron.train(x, labels, x, labels, how)
    rng = np.random.default_rng(how.seed)
    layers = perceptron.begin((64, 4, 10), rng)
    by_weight = perceptron.gradients(layers, x, labels)[1][0][0] + 2 * 0.1 * layers[0][0]
    np.testing.assert_allclose(done.layers[0][0], layers[0][0] - 0.5 * by_weight, atol=1e-12)


def test_a_share_of_the_labels_is_wrong():
    labels = np.arange(100) % 10
    found = perceptron.mislabelled(labels, 0.2)
    assert (found != labels).sum() == 20
    assert set(found) <= set(range(10))
    np.testing.assert_array_equal(perceptron.mislabelled(labels, 0), labels)


def test_batch_normalisation_is_that_of_keras(keras, rng):
    sums = rng.normal(3, 2, (40, 5)).astype(np.float32)
    expected = np.asarray(keras.layers.BatchNormalization()(sums, training=True))
    np.testing.assert_allclose(depth.normalise(sums), expected, atol=1e-4)
    np.testing.assert_allclose(depth.normalise(sums, 2, 0.5), 2 * expected + 0.5, atol=1e-4)


def test_sums_keep_their_size_with_normalisation_alone(few):
    plain, normalised = (depth.sums(few[0], 8, 0.5, how)[-1].std() for how in (False, True))
    assert plain < 0.01
    assert normalised == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", depth.ACTIVATIONS)
def test_an_activations_slope_equals_finite_differences(name):
    function, slope, _ = depth.ACTIVATIONS[name]
    z = np.linspace(-3, 3, 12)  # 0, where relu has a corner, is not among them
    np.testing.assert_allclose(slope(z), (function(z + 1e-6) - function(z - 1e-6)) / 2e-6, atol=1e-6)


@pytest.mark.parametrize("name", depth.ACTIVATIONS)
def test_the_gradient_of_each_layer_equals_finite_differences(few, name):
    x, labels = few[0][:2], few[1][:2]
    function, _, variance = depth.ACTIVATIONS[name]
    rng = np.random.default_rng(1)
    weights = [
        rng.normal(0, np.sqrt(variance / rows), (rows, columns)) for rows, columns in ((64, 64), (64, 64), (64, 10))
    ]
    first = x @ weights[0]
    second = function(first) @ weights[1]

    def loss(z):
        return perceptron.cross_entropy(scipys_softmax(function(z) @ weights[2], axis=1), labels)

    expected = [
        np.abs(numeric(lambda z: loss(function(z) @ weights[1]), first)).mean(),
        np.abs(numeric(loss, second)).mean(),
    ]
    np.testing.assert_allclose(depth.gradients(x, labels, 2, name), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "kind", "options"),
    [("gradient descent", "SGD", {}), ("momentum", "SGD", {"momentum": 0.9}), ("Adam", "Adam", {"epsilon": 1e-7})],
)
def test_a_path_is_that_of_keras(keras, name, kind, options):
    found = optimisers.path(name, 0.05, 12, 10)
    weights = keras.Variable(np.array(optimisers.START, np.float32))
    optimizer = getattr(keras.optimizers, kind)(0.05, **options)
    for place in found[1:]:
        optimizer.apply([np.asarray(weights) * np.array([1, 10], np.float32)], [weights])
        np.testing.assert_allclose(place, np.asarray(weights), atol=1e-4)


def test_the_valley_rises_by_its_gradient_and_a_path_that_leaves_it_ends():
    place = np.array([1.5, -0.7])
    slope = numeric(lambda at: optimisers.valley(*at, 10), place)
    np.testing.assert_allclose(slope, place * [1, 10], atol=1e-6)
    assert len(optimisers.path("gradient descent", 0.5, 100, 100)) < 100
    assert len(optimisers.path("Adam", 0.5, 100, 100)) == 101


@pytest.mark.parametrize(("hidden", "normalised"), [((), False), ((16,), False), ((32, 32), True)])
def test_a_perceptron_has_as_many_parameters_as_keras_builds(keras, hidden, normalised):
    layers = [keras.Input((12, 12)), keras.layers.Flatten()]
    for units in hidden:
        layers += [keras.layers.Dense(units)] + [keras.layers.BatchNormalization()] * normalised
    built = keras.Sequential([*layers, keras.layers.Dense(10)])
    trainable = sum(int(np.prod(one.shape)) for one in built.trainable_variables)
    assert counting.total(counting.perceptron(12, hidden, normalised)) == trainable


@pytest.mark.parametrize(
    ("filters_", "pooled", "hidden"), [((4,), True, 0), ((4, 8), True, 20), ((4, 8, 16), False, 0)]
)
def test_a_cnn_has_the_shapes_and_parameters_that_keras_builds(keras, filters_, pooled, hidden):
    stack = [keras.Input((20, 20, 1))]
    for count in filters_:
        stack += [keras.layers.Conv2D(count, 3), keras.layers.ReLU()]
        stack += [keras.layers.MaxPooling2D()] if pooled else []
    stack += [keras.layers.Flatten()] + ([keras.layers.Dense(hidden), keras.layers.ReLU()] if hidden else [])
    built = keras.Sequential([*stack, keras.layers.Dense(10), keras.layers.Softmax()])
    found = counting.convolutional(20, filters_, 3, pooled, hidden)
    assert [layer.shape for layer in found] == [tuple(layer.output.shape[1:]) for layer in built.layers]
    assert [layer.parameters for layer in found] == [layer.count_params() for layer in built.layers]


def test_a_filter_that_has_no_room_is_a_sentence():
    with pytest.raises(ValueError, match="has no room"):
        counting.convolutional(4, (8, 8), 3)


class Weights:
    """A learner without any."""

    def state(self):
        return {"w": np.zeros(1)}


@given(st.lists(st.floats(0, 5), min_size=1, max_size=30), st.integers(1, 8))
def test_a_replay_stops_where_a_training_does(losses, patience):
    stopper, rows = EarlyStopping(patience), []
    for loss in losses:
        rows.append({"val_loss": loss})
        if stopper.update(rows, Weights()):
            break
    found = stopping.replay(losses, patience)
    assert found.epoch == len(rows)
    assert losses[found.best - 1] == min(losses[: found.epoch])
    assert losses[found.lowest - 1] == min(losses)


def test_what_the_maps_add_sums_up_to_the_scores(digits):
    (images, labels), (test_images, test_labels) = (digits.part(split) for split in ("train", "test"))
    end = features.fit(images[:300], labels[:300].astype(int), test_images[:100], test_labels[:100].astype(int))
    parts = features.contributions(test_images[0], end)
    flat = features.maps(test_images[:100], end.window).reshape(100, -1)
    scores = flat @ end.layers[0][0] + end.layers[0][1]
    assert parts.shape == (len(features.MAPS) + 1, 10)
    np.testing.assert_allclose(parts.sum(axis=0), scores[0])
    assert end.error == pytest.approx((scores.argmax(axis=1) != test_labels[:100]).mean())
