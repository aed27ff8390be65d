"""Every registered network keeps the contract: raw pixels in, probabilities out."""

import subprocess
import sys

import numpy as np
import pytest

from models import ROOT, caption
from models.architectures import ARCHITECTURES, build, options_of


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_raw_pixels_to_probabilities(name, keras, rng):
    network = build(name, (28, 28), 10, {})
    images = rng.integers(0, 256, (3, 28, 28), dtype=np.uint8)
    probabilities = np.asarray(network(images))
    assert probabilities.shape == (3, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert (probabilities >= 0).all()
    assert caption(ARCHITECTURES[name]).endswith(".")


@pytest.mark.parametrize(
    ("name", "options", "parameters"),
    [  # counted by hand from the sources' descriptions: weights and biases of each layer
        ("mlp", {"hidden": (128, 128)}, 784 * 128 + 128 + 128 * 128 + 128 + 128 * 10 + 10),
        ("cnn_kfold", {}, 320 + 18496 + 36928 + 1024 * 100 + 100 + 1010),
        ("cnn_small", {}, 640 + 18464 + 24 * 24 * 32 * 10 + 10),
        ("cnn_medium", {}, 832 + 12 * 12 * 32 * 128 + 128 + 1290),
        ("cnn_large", {}, 780 + 30 * 9 * 15 + 15 + 375 * 128 + 128 + 128 * 50 + 50 + 510),
        ("mlp", {"hidden": (800,)}, 784 * 800 + 800 + 8010),
        ("cnn", {"filters": (8, 16), "hidden": (32,)}, 80 + 1168 + 7 * 7 * 16 * 32 + 32 + 330),
        (
            "cnn",
            {"filters": (8,), "hidden": (32,), "batch_normalization": True},
            80 + 32 + 14 * 14 * 8 * 32 + 160 + 330,
        ),
        ("cnn_6layer", {}, 1300 + 125100 + 800500 + 501000 + 10010 + 110),
        # of the paper's networks, each normalisation counted with its two statistics
        (
            "cnn_m3",
            {},
            9 * (32 + sum(n * (n + 16) for n in range(32, 161, 16))) + 4 * sum(range(32, 177, 16)) + 112640 + 40,
        ),
        ("cnn_m5", {}, 25 * 32 * (1 + 32 * (2 + 6 + 12 + 20)) + 4 * 480 + 102400 + 40),
        ("cnn_m7", {}, 49 * 48 * (1 + 48 * (2 + 6 + 12)) + 4 * 480 + 30720 + 40),
        (
            "cnn_stride",
            {},
            9 * 32 * 33 + 25 * 32 * 32 + 9 * (32 + 64) * 64 + 25 * 64 * 64 + 12 * 96 + 1024 * 128 + 4 * 128 + 1290,
        ),
        ("cnn_stride", {"filters": (8,)}, 9 * 8 * 9 + 25 * 64 + 12 * 8 + 12 * 12 * 8 * 128 + 4 * 128 + 1290),
    ],
)
def test_parameters_are_the_sources(name, options, parameters, keras):
    assert build(name, (28, 28), 10, options).count_params() == parameters


def test_rows_are_normalized_as_keras_does(keras, rng):
    images = rng.integers(0, 256, (4, 28, 28), dtype=np.uint8)
    images[0] = 0
    network = build("mlp", (28, 28), 10, {"normalize_rows": True})
    upto = next(place for place, layer in enumerate(network.layers) if layer.name.startswith("unit_normalization"))
    seen = images
    for layer in network.layers[: upto + 1]:
        seen = layer(seen)
    np.testing.assert_allclose(np.asarray(seen)[..., 0], keras.utils.normalize(images, axis=1), atol=1e-6)


def test_dropout_acts_in_training_only(keras, rng):
    network = build("mlp", (28, 28), 10, {"dropout": 0.5})
    images = rng.integers(0, 256, (2, 28, 28), dtype=np.uint8)
    np.testing.assert_array_equal(network(images), network(images))
    assert not np.allclose(network(images, training=True), network(images, training=True))


def test_bfloat16_computes_close_to_float32_and_answers_in_float32(keras, rng):
    images = rng.integers(0, 256, (4, 28, 28), dtype=np.uint8)
    exact, fast = build("cnn_large", (28, 28), 10, {}), build("cnn_large", (28, 28), 10, {}, "mixed_bfloat16")
    fast.set_weights(exact.get_weights())
    assert fast(images).dtype == np.float32
    np.testing.assert_allclose(fast(images), exact(images), atol=0.02)
    assert keras.config.dtype_policy().name == "float32"


@pytest.mark.parametrize("name", ["cnn_m7", "cnn_stride"])
def test_the_statistics_of_the_batches_are_soon_known(name, keras, digits):
    network = build(name, (28, 28), 10, {"dropout": 0.0} if name == "cnn_stride" else {})
    images = np.pad(digits.images[:8], ((0, 0), (10, 10), (10, 10)))
    for _ in range(100):
        training = network(images, training=True)
    np.testing.assert_allclose(network(images), training, atol=0.02)


def test_what_cannot_be_built_is_said(keras):
    with pytest.raises(ValueError, match=r"no architecture 'cnn_huge'.*cnn_small"):
        build("cnn_huge", (28, 28), 10, {})
    with pytest.raises(ValueError, match="no option depth"):
        build("mlp", (28, 28), 10, {"depth": 3})
    with pytest.raises(ValueError, match="cannot read 8 x 8 pictures"):
        build("cnn_large", (8, 8), 10, {})


def test_options_have_defaults():
    assert options_of("mlp")["hidden"] == (128, 128)
    assert options_of("random_forest") == {"trees": 500}
    assert options_of("cnn_small") == {}


def test_listing_does_not_load_keras():
    code = "import models.architectures, training.recipes, sys; print('keras' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
