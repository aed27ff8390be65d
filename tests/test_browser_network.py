"""A network as a page's script computes it holds what Keras's layers hold; tests/browser/test_live.py runs the script."""

import numpy as np
import pytest

from models import architectures, browser_network, calls, prediction, run_directory
from models.browser_network import NotInBrowserError, pack


def _untrained(architecture, **options):
    return architectures.build(architecture=architecture, input_shape=(28, 28), classes=10, options=options)


def test_every_array_has_its_place(keras):
    packed = pack(prediction.load(run_directory("canvas")).network)
    weights = np.frombuffer(packed.weights, "<f4")
    arrays = [layer[name] for layer in packed.layers for name in ("kernel", "bias") if name in layer]
    assert sorted(start for start, _ in arrays) == list(np.cumsum([0, *(size for _, size in sorted(arrays))][:-1]))
    assert sum(size for _, size in arrays) == len(weights)
    assert np.isfinite(weights).all()


def test_normalisation_is_folded_into_the_sum_before_it(keras, rng):
    network = _untrained("cnn_stride", filters=[4], dropout=0.1)
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, layer.gamma.shape) for _ in range(4)])
    packed = pack(network)
    assert [layer["kind"] for layer in packed.layers] == [
        "rescale",
        "conv",
        "conv",
        "conv",
        "dense",
        "dense",
        "softmax",
    ]
    assert all(layer["relu"] for layer in packed.layers if layer["kind"] == "conv")
    images = rng.integers(0, 256, (3, 28, 28)).astype(np.uint8)
    # the first convolution by hand
    first, weights = packed.layers[1], np.frombuffer(packed.weights, "<f4")
    kernel, bias = (weights[start : start + size] for start, size in (first["kernel"], first["bias"]))
    windows = np.lib.stride_tricks.sliding_window_view(images / 255, (3, 3), axis=(1, 2))
    expected = np.maximum(windows.reshape(3, 26, 26, 9) @ kernel.reshape(9, 4) + bias, 0)
    import keras as library

    found = library.Model(network.inputs, network.layers[4].output)(
        images
    )  # input, reshape, scaling, sum, normalisation, relu
    np.testing.assert_allclose(np.asarray(found), expected, atol=1e-4)


@pytest.mark.parametrize("architecture", ["cnn_m5", "cnn_stride", "cnn_canvas", "mlp", "cnn"])
def test_every_architecture_can_be_packed(architecture, keras):
    assert pack(_untrained(architecture)).layers[-1]["kind"] == "softmax"


def test_what_the_script_cannot_compute_is_a_sentence(keras, monkeypatch):
    import keras as library

    layers = library.layers
    strange = library.Sequential([layers.Input((4,)), layers.Dense(3, activation="gelu")])
    with pytest.raises(NotInBrowserError, match="Its activation gelu is computed by the server alone"):
        pack(strange)
    with pytest.raises(NotInBrowserError, match="Its layer LSTM is computed by the server alone"):
        pack(library.Sequential([layers.Input((4, 2)), layers.LSTM(3)]))
    with pytest.raises(NotInBrowserError, match="does not end in a softmax"):
        pack(library.Sequential([layers.Input((4,)), layers.Dense(3)]))
    monkeypatch.setattr(browser_network, "MAX_WEIGHTS", 1000)
    with pytest.raises(NotInBrowserError, match="too many to compute in a browser"):
        pack(_untrained("mlp"))


def test_only_a_single_network_is_packed(keras):
    with pytest.raises(NotInBrowserError, match="is not a single network"):
        calls.pack("linear-pairwise")
    assert calls.pack("cnn-small").least_confidence == 0
