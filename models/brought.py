"""Asks networks that people bring for their answers: rebuilt from descriptions, filled with weights, shown digits.

`python -m models.brought` is the process for it, with limits on memory and time. It answers {"folder", "digits", "networks"}: an
npz file with train_images, train_labels and test_images, (n, height, width) uint8, and for each network its description, weights
and keys. What it says of the nth is in the folder as n.npz, and the network itself as n.keras. A network that is marked as loaded
is one of ours, and loaded alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models import architectures, import_keras, rebuilt, weights_file
from models.limited import GIB, serve
from models.weights_file import Contents, WeightsError

MEMORY, SECONDS = 8 * GIB, 180  # of the process, and for each network
MAX_PARAMETERS = 60_000_000  # of a network that is kept
BATCH = 500
# times the least loss that still counts as it: so 22 of 24 small networks were told under which scale they had learned, all 12 of
# MNIST's digits among them
NEAR = 1.05
STRENGTHS = np.geomspace(0.001, 100, 41)  # one by the temperature
CANNOT = "cannot be asked: its network does not fit"


def answers(question: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What each network is: before, how its input is made of pixels, with the accuracies and the losses, in nats, on the training
    digits under each of rebuilt.BEFORE, and parameters; or error, as the end of a sentence."""
    import_keras()
    digits = {}
    if "digits" in question:
        with np.load(question["digits"], allow_pickle=False) as arrays:
            digits = {name: arrays[name] for name in arrays.files}
    for number, entry in enumerate(question["networks"]):
        try:
            if entry.get("loaded"):
                yield _check(entry)
            else:
                yield _answer(entry, digits, Path(question["folder"]) / str(number), question["classes"])
        except WeightsError as error:
            yield {"error": str(error)}
        except (MemoryError, RecursionError):
            yield {"error": "needs more memory than is given to it"}
        except Exception as error:
            # whatever a strange network makes of Keras, the others are still to be asked
            yield {"error": f"{CANNOT} ({_line(error)})"}


def _answer(entry: Mapping[str, Any], digits: Mapping[str, np.ndarray], place: Path, classes: int) -> dict[str, Any]:
    weights, shape = weights_file.read(Path(entry["weights"])), digits["test_images"].shape[1:]
    if entry["architecture"] == rebuilt.NAME:
        network, scaling = _rebuilt(entry, weights, digits, shape, classes)
    else:
        network, scaling = architectures.build(entry["architecture"], shape, classes, entry["options"]), {}
        fill(network.layers, _own_keys(network), weights)
    if network.count_params() > MAX_PARAMETERS:
        raise WeightsError(f"has {network.count_params():,} parameters, and {MAX_PARAMETERS:,} at most are kept")
    probabilities = asked(network, digits["test_images"])
    if not np.isfinite(probabilities).all():
        raise WeightsError("gives no numbers for some of the test digits")
    np.savez(place.with_suffix(".npz"), probabilities=probabilities)
    network.save(place.with_suffix(".keras"))
    return {"parameters": int(network.count_params()), **scaling}


def _check(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Load the network of an exported run as the dashboard will, which asks no more than a blank digit of it."""
    weights, names = weights_file.read(Path(entry["weights"])), ("architecture", "input_shape", "classes", "options")
    network = architectures.build(**{name: entry[name] for name in names})
    if network.count_params() > MAX_PARAMETERS:
        raise WeightsError(f"has {network.count_params():,} parameters, and {MAX_PARAMETERS:,} at most are kept")
    fill(network.layers, _own_keys(network), weights)
    asked(network, np.zeros((1, *entry["input_shape"]), np.uint8))
    return {"parameters": int(network.count_params())}


def _rebuilt(
    entry: Mapping[str, Any], weights: Contents, digits: Mapping[str, np.ndarray], shape: Sequence[int], classes: int
) -> tuple[Any, dict[str, Any]]:
    """The network whose input fits best to what it learned from: the first of the ways to make it of pixels under which the loss on
    training digits is the least, or nearly."""
    described: dict[str, Any] = dict(entry["options"])
    tried: dict[str, tuple[float, float, Any]] = {}
    rebuilt.check(**described | {"before": "0 to 1"})
    layers = rebuilt.new_layers(described["layers"])
    for before in rebuilt.BEFORE:
        network = rebuilt.connect(described | {"before": before}, layers, shape)
        if not tried:
            if network.output_shape[1:] != (classes,):
                outputs = " x ".join(map(str, network.output_shape[1:]))
                raise WeightsError(f"has {outputs} outputs, and the dataset has {classes} classes")
            fill(layers, [tuple(pair) for pair in entry["keys"]], weights)
        tried[before] = (*_quality(network, digits["train_images"], digits["train_labels"]), network)
    least = min(loss for loss, _, _ in tried.values())
    best = next(before for before in tried if tried[before][0] <= NEAR * least)
    accuracies = {before: accuracy for before, (_, accuracy, _) in tried.items()}
    losses = {before: loss for before, (loss, _, _) in tried.items() if np.isfinite(loss)}
    return tried[best][2], {"before": best, "accuracies": accuracies, "losses": losses}


def _quality(network: Any, images: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """The mean cross-entropy at the temperature that suits best, infinite where the network gives no numbers, and the share that is
    classified correctly.

    Without the temperature a network that learned for a short time would fare best with inputs that are too strong.
    """
    rows = asked(network, images)
    if not np.isfinite(rows).all():
        return float("inf"), 0.0
    logits = np.log(np.clip(rows, 1e-30, 1))[:, :, None] * STRENGTHS
    logits -= logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]
    return float(losses.mean(axis=0).min()), float((rows.argmax(axis=1) == labels).mean())


def asked(network: Any, images: np.ndarray) -> np.ndarray:
    """What a network gives for images (n, height, width) uint8: (n, classes) float32."""
    parts = [network(images[start : start + BATCH], training=False) for start in range(0, len(images), BATCH)]
    return np.concatenate([np.asarray(part, np.float32) for part in parts])


def fill(layers: Sequence[Any], keys: Sequence[Sequence[str]], weights: Contents) -> None:
    """Give layers their weights: by the names under which a file keeps them, or in their order. Raises WeightsError.

    keys: of each layer, its name in Keras 3's files and in older ones.
    """
    groups = {name: list(arrays) for name, arrays in weights.groups.items()}
    wanted = [(layer, pair[int(weights.ordered)]) for layer, pair in zip(layers, keys, strict=True) if layer.weights]
    if not {key for _, key in wanted} <= set(groups):
        if not weights.ordered or len(groups) != len(wanted):
            raise WeightsError(
                f"holds weights for {len(groups)} layers, which are not the {len(wanted)} of its network"
            )
        # older files were written by layers of other names, in the same order
        wanted = [(layer, name) for (layer, _), name in zip(wanted, groups, strict=True)]
    for layer, key in wanted:
        count = len(layer.weights)
        layer_arrays, groups[key] = groups[key][:count], groups[key][count:]
        shapes = [tuple(one.shape) for one in layer.weights]
        if [one.shape for one in layer_arrays] != shapes:
            file_shapes = ", ".join(str(one.shape) for one in layer_arrays)
            raise WeightsError(
                f"has weights of the shapes {file_shapes} where its layer {key[:60]} needs {', '.join(map(str, shapes))}"
            )
        layer.set_weights(layer_arrays)
    if any(groups.values()):
        raise WeightsError("holds weights of layers that its network does not have")


def _own_keys(network: Any) -> list[tuple[str, str]]:
    names = weights_file.layer_names([type(layer).__name__ for layer in network.layers])
    return [(name, name) for name in names]


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")[:160] or type(error).__name__


if __name__ == "__main__":
    serve(answers, MEMORY, SECONDS)
