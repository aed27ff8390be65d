"""What every layer makes of a digit is what NumPy computes from the weights alone, for each shipped architecture."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from models import activations, architectures, browser_network, calls, prediction, run_directory
from training import runs

RUNS = (
    "canvas",
    "cnn-6layer",
    "cnn-kfold",
    "cnn-large",
    "cnn-m3-cosine",
    "cnn-m5-cosine",
    "cnn-m7-cosine",
    "cnn-medium",
    "cnn-small",
    "cnn-stride",
    "mlp-128x2",
)


def convolved(values: np.ndarray, layer) -> np.ndarray:
    """A convolution by sliding windows; the padding of "same" is TensorFlow's, the odd row below."""
    kernel, (down, right) = np.asarray(layer.kernel, np.float64), layer.strides
    if layer.padding == "same":
        sides = zip(values.shape, kernel.shape[:2], (down, right), strict=False)
        total = [max((-(-side // step) - 1) * step + size - side, 0) for side, size, step in sides]
        values = np.pad(values, [(one // 2, one - one // 2) for one in total] + [(0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(values, kernel.shape[:2], axis=(0, 1))[::down, ::right]
    return np.einsum("yxcij,ijcm->yxm", windows, kernel) + bias(layer)


def bias(layer) -> np.ndarray | float:
    return 0.0 if layer.bias is None else np.asarray(layer.bias, np.float64)


def normalised(values: np.ndarray, layer) -> np.ndarray:
    mean, variance, gamma, beta = (
        np.asarray(one, np.float64) for one in (layer.moving_mean, layer.moving_variance, layer.gamma, layer.beta)
    )
    return (values - mean) / np.sqrt(variance + layer.epsilon) * gamma + beta


def pooled(values: np.ndarray, layer) -> np.ndarray:
    tall, wide = layer.pool_size
    height, width = values.shape[0] // tall, values.shape[1] // wide
    return values[: height * tall, : width * wide].reshape(height, tall, width, wide, -1).max(axis=(1, 3))


def softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max())
    return powers / powers.sum()


SAME = ("InputLayer", "Dropout")
BY_NUMPY: dict[str, Callable] = {
    "Rescaling": lambda values, layer: values * layer.scale,
    "UnitNormalization": lambda values, layer: values / np.sqrt(np.maximum((values**2).sum(axis=0), 1e-12)),
    "Reshape": lambda values, layer: values.reshape(layer.target_shape),
    "Flatten": lambda values, layer: values.ravel(),
    "Conv2D": convolved,
    "Dense": lambda values, layer: values @ np.asarray(layer.kernel, np.float64) + bias(layer),
    "BatchNormalization": normalised,
    "MaxPooling2D": pooled,
    "Activation": lambda values, layer: values,
}
ACTIVATIONS: dict[str, Callable] = {"relu": lambda values: np.maximum(values, 0), "softmax": softmax}


def by_numpy(network, image: np.ndarray) -> list[np.ndarray]:
    """Every step's output in double precision; layers that change no number are no step."""
    values, found = image.astype(np.float64), []
    for layer in network.layers:
        name = type(layer).__name__
        if name in SAME:
            continue
        values = BY_NUMPY[name](values, layer)
        if name not in ("Reshape", "Flatten", "Activation"):
            found.append(values)
        activation = ACTIVATIONS.get(getattr(getattr(layer, "activation", None), "__name__", ""))
        if activation:
            values = activation(values)
            found.append(values)
    return found


def check(network, image: np.ndarray) -> None:
    found, expected = activations.activations(network, image), by_numpy(network, image)
    assert len(found) == len(expected)
    for one, values in zip(found, expected, strict=True):
        assert one.output.shape == values.shape
        np.testing.assert_allclose(one.output, values, atol=1e-4 * max(1, np.abs(values).max()))


def test_every_shipped_architecture_is_among_the_runs():
    records = [record for record in runs.list_runs()[0] if "model.keras" in record.files]
    shipped = {record.network["architecture"] for record in records}
    assert shipped <= {runs.load_record(run).network["architecture"] for run in RUNS}


@pytest.mark.parametrize("run", RUNS)
def test_a_shipped_run_computes_what_numpy_computes(run, keras, digit):
    model = prediction.load(run_directory(run))
    check(model.network, digit)
    last = activations.activations(model.network, digit)[-1]
    assert last.kind == "softmax"
    np.testing.assert_allclose(last.output, model.predict(digit[None])[0], atol=1e-5)


@pytest.mark.parametrize("architecture", sorted(architectures.ARCHITECTURES))
def test_so_does_every_architecture_with_any_weights(architecture, keras, rng, digit):
    options = {"normalize_rows": True, "batch_normalization": True} if architecture == "mlp" else {}
    network = architectures.build(architecture, (28, 28), 10, options)
    for layer in network.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, layer.gamma.shape) for _ in range(4)])
    check(network, digit)


def test_the_steps_are_those_that_the_browser_computes(keras, digit):
    network = prediction.load(run_directory("canvas")).network
    found, packed = activations.activations(network, digit), browser_network.pack_steps(network)
    assert [(one.kind, one.parameters) for one in found] == [
        (layer["kind"], layer["parameters"]) for layer in packed.layers
    ]
    assert sum(one.parameters for one in found) == sum(int(np.prod(one.shape)) for one in network.trainable_weights)


def test_the_call_gives_them_one_behind_the_other(keras, digit, monkeypatch):
    found = calls.inside("cnn-small", digit[None])
    layers = json.loads(found.layers.tobytes())
    sizes = [int(np.prod(layer["shape"])) for layer in layers]
    assert found.values.dtype == np.float32
    assert len(found.values) == sum(sizes)
    expected = activations.activations(prediction.load(run_directory("cnn-small")).network, digit)
    for start, size, one in zip(np.cumsum([0, *sizes]), sizes, expected, strict=False):
        np.testing.assert_array_equal(found.values[start : start + size], one.output.ravel())
    monkeypatch.setattr(calls, "MANY_VALUES", 10)
    assert calls.inside("cnn-small", digit[None]).values.dtype == np.float16


def test_a_kernel_is_that_of_its_step(keras, digit):
    network = prediction.load(run_directory("canvas")).network
    steps = activations.activations(network, digit)
    sums = [n for n, one in enumerate(steps) if one.kind in ("conv", "dense")]
    layers = [layer for layer in network.layers if hasattr(layer, "kernel")]
    for step, layer in zip(sums, layers, strict=True):
        found = calls.kernel("canvas", step, layer.kernel.shape[-1] - 1).values
        np.testing.assert_array_equal(found, np.asarray(layer.kernel)[..., -1])
    for step, unit in ((0, 0), (sums[0], -1), (sums[0], 40), (999, 0), (-1, 0)):
        with pytest.raises(ValueError, match="has no map"):
            calls.kernel("canvas", step, unit)


def test_what_is_no_single_network_is_a_sentence(keras, digit):
    for ask in (lambda run: calls.inside(run, digit[None]), calls.pack_steps):
        with pytest.raises(ValueError, match="is an ensemble of 5 networks"):
            ask("cnn-ensemble")
    with pytest.raises(ValueError, match="is not a network"):
        calls.inside("linear-pairwise", digit[None])


def test_a_network_too_large_for_the_browser_can_be_packed_without_kernels(keras, monkeypatch):
    monkeypatch.setattr(browser_network, "MAX_WEIGHTS", 1000)
    with pytest.raises(browser_network.NotInBrowserError):
        calls.pack_steps("cnn-small")
    packed = json.loads(calls.pack_steps("cnn-small", kernels=False).layers.tobytes())
    assert packed[1]["shape"] == [3, 3, 1, 64]
    assert "kernel" not in packed[1]


@pytest.fixture
def digit(rng) -> np.ndarray:
    """A picture with values of all kinds, most of them 0 as a digit's are."""
    return (rng.integers(0, 256, (28, 28)) * (rng.random((28, 28)) < 0.3)).astype(np.uint8)
