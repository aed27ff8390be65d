"""A network as Keras describes it in JSON, read as plain values: which layers it has, how they are joined, and how it was trained.

Nothing of it is handed to Keras's own reader, which would look classes and functions up by their names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models import rebuilt
from models.weights_file import layer_names
from training.importers.parts import UnreadableError
from training.recording import plain_settings
from training.runs import Setting

RENAMED = {"alpha": "negative_slope"}  # settings of older LeakyReLU layers
CONTAINERS = ("Sequential", "Functional", "Model")
MAX_NESTED = 4


@dataclass
class Found:
    """layers: as models.rebuilt describes them; keys: under which name each keeps its weights, in Keras 3's files and in older
    ones; shape: of one input, if it is told."""

    layers: list[list[Any]] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)
    shape: list[int] | None = None

    def add(self, kind: str, settings: dict[str, Any], inputs: list[int], key: str, name: str) -> int:
        """Add a layer, and give its place."""
        self.layers.append([kind, settings, inputs])
        self.keys.append((key, name))
        return len(self.layers)


def described(config: Any) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    """The description of a network without `before`, and the keys of its layers' weights. Raises UnreadableError."""
    network = Found()
    try:
        _container(config, network, 0, "", 0)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise UnreadableError("is damaged: its network is not described as Keras does") from error
    if network.shape is None:
        raise UnreadableError("does not say which pictures its network takes: save it again after it was trained")
    description: dict[str, Any] = {"shape": network.shape, "layers": network.layers, "after": _after(network.layers)}
    try:
        rebuilt.check(**description, before="0 to 1")
    except ValueError as error:
        text = str(error)
        raise UnreadableError(f"cannot be rebuilt: {text[:1].lower()}{text[1:].rstrip('.')}") from error
    return description, tuple(network.keys)


def settings(compiled: Any, loss: Any = None) -> dict[str, Setting]:
    """What Keras's description of a training tells: optimizer, learning_rate, loss."""
    if not isinstance(compiled, Mapping):
        return {}
    optimizer = compiled.get("optimizer") or compiled.get("optimizer_config")
    raw_settings: dict[str, Any] = {}
    if isinstance(optimizer, Mapping):
        inner = optimizer.get("config")
        rate = inner.get("learning_rate") if isinstance(inner, Mapping) else None
        raw_settings = {"optimizer": str(optimizer.get("class_name", "")).lower()}
        raw_settings |= {"learning_rate": float(f"{rate:.7g}")} if isinstance(rate, int | float) else {}
    elif isinstance(optimizer, str):
        raw_settings = {"optimizer": optimizer.lower()}
    loss = compiled.get("loss")
    loss = loss.get("class_name") if isinstance(loss, Mapping) else loss
    return plain_settings(raw_settings | ({"loss": loss} if isinstance(loss, str) else {}))


def _container(config: Any, network: Found, start: int, prefix: str, depth: int, top: str = "") -> int:
    """Add the layers of a model, whose input is at a place; gives the place of its output. top: the name of the outermost layer
    that the model is, if it is one."""
    kind, inner = config["class_name"], config["config"]
    if kind not in CONTAINERS:
        raise UnreadableError(f"describes {str(kind)[:40]}, and a Sequential or Functional model of Keras is read")
    if depth > MAX_NESTED:
        raise UnreadableError("has models inside models, too deep to be rebuilt")
    # older files hold the layers of a Sequential alone
    layers = inner if isinstance(inner, list) else inner["layers"]
    if len(layers) > 2 * rebuilt.MAX_LAYERS:
        raise UnreadableError(f"has {len(layers):,} layers, too many to be rebuilt")
    if network.shape is None and isinstance(inner, Mapping) and inner.get("build_input_shape"):
        network.shape = _shape(inner["build_input_shape"])
    if kind == "Sequential":
        return _chain(layers, network, start, prefix, depth, top)
    return _graph(layers, inner["output_layers"], network, start, prefix, depth, top)


def _chain(layers: Sequence[Any], network: Found, start: int, prefix: str, depth: int, top: str) -> int:
    place, names = start, _names(layers)
    for layer, name in zip(layers, names, strict=True):
        place = _layer(layer, network, [place], prefix + name, depth, top)
    return place


def _graph(layers: Sequence[Any], outputs: Any, network: Found, start: int, prefix: str, depth: int, top: str) -> int:
    """The layers of a functional model, each of which names those before it."""
    places: dict[str, int] = {}
    names = dict(
        zip((layer["config"].get("name") or layer.get("name") for layer in layers), _names(layers), strict=True)
    )
    waiting = list(layers)
    while waiting:
        ready = next((layer for layer in waiting if all(name in places for name in _inputs(layer))), None)
        if ready is None:
            raise UnreadableError("is damaged: its layers are joined in a circle, or to some that are not there")
        if len(ready.get("inbound_nodes") or ()) > 1:
            raise UnreadableError("uses one layer several times, which is not rebuilt here")
        waiting.remove(ready)
        name = ready["config"].get("name") or ready.get("name")
        inputs = [places[one] for one in _inputs(ready)] or [start]
        places[name] = _layer(ready, network, inputs, prefix + names[name], depth, top)
    outputs = outputs if isinstance(outputs[0], list) else [outputs]
    if len(outputs) != 1 or sum(layer["class_name"] == "InputLayer" for layer in layers) > 1:
        raise UnreadableError("has several inputs or outputs, and a network that reads digits has one of each")
    return places[outputs[0][0]]


def _inputs(layer: Mapping[str, Any]) -> list[str]:
    """The names of the layers whose outputs a layer takes, in the words of Keras 2 or 3."""
    names: list[str] = []
    for node in (layer.get("inbound_nodes") or [])[:1]:
        _collect(node, names)
    return names


def _collect(node: Any, names: list[str], depth: int = 0) -> None:
    if depth > 12:
        raise UnreadableError("is damaged: its network is not described as Keras does")
    if isinstance(node, Mapping):
        if node.get("class_name") == "__keras_tensor__":
            names.append(node["config"]["keras_history"][0])
        else:
            for child in node.get("args", ()):
                _collect(child, names, depth + 1)
    elif isinstance(node, list):
        if len(node) in (3, 4) and isinstance(node[0], str) and isinstance(node[1], int):
            names.append(node[0])
        else:
            for child in node:
                _collect(child, names, depth + 1)


def _layer(layer: Mapping[str, Any], network: Found, inputs: list[int], key: str, depth: int, top: str) -> int:
    """Add one layer, or those of a model that stands for one; gives the place of its output."""
    kind, config = layer["class_name"], layer["config"]
    name = top or str((config.get("name") if isinstance(config, Mapping) else None) or layer.get("name"))
    if network.shape is None and isinstance(config, Mapping):
        shape = (
            config.get("batch_shape")
            or config.get("batch_input_shape")
            or (layer.get("build_config") or {}).get("input_shape")
        )
        network.shape = _shape(shape) if shape else None
    if kind in CONTAINERS:
        return _container(layer, network, inputs[0], f"{key}/", depth + 1, name)
    if kind in rebuilt.IDLE:
        return inputs[0]
    package = layer.get("registered_name")
    if kind == "Lambda" or kind not in rebuilt.LAYERS or (isinstance(package, str) and ">" in package):
        why = "runs a program that the file brings" if kind == "Lambda" else "is not one that is rebuilt here"
        raise UnreadableError(f"has a layer {str(kind)[:40]}, which {why}")
    if config.get("data_format") == "channels_first":
        raise UnreadableError("has its channels first, which is not rebuilt here")
    return network.add(kind, _settings(kind, config), inputs, key, name)


def _settings(kind: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a layer that are kept."""
    kept = {}
    for name, value in config.items():
        name = RENAMED.get(name, name) if kind == "LeakyReLU" else name
        if name in rebuilt.LAYERS[kind]:
            kept[name] = _activation(value) if name.endswith("activation") else value
    if kind == "Reshape":
        kept["target_shape"] = list(kept["target_shape"])
    if isinstance(kept.get("axis"), list) and len(kept["axis"]) == 1:
        kept["axis"] = kept["axis"][0]
    return kept


def _activation(value: Any) -> Any:
    """The name of an activation, which newer files may give as an object."""
    if isinstance(value, Mapping):
        value = value.get("config") if isinstance(value.get("config"), str) else str(value.get("class_name"))
        value = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(value)).lower()
    if value is not None and value not in rebuilt.ACTIVATIONS:
        raise UnreadableError(f"has an activation {str(value)[:40]}, which is not one that is rebuilt here")
    return value


def _shape(shape: Sequence[Any]) -> list[int]:
    """That of one input, of one of a batch."""
    sides = list(shape[0] if isinstance(shape[0], list) else shape)[1:]
    if not all(type(side) is int for side in sides):
        raise UnreadableError("does not say which pictures its network takes: their size is open")
    return sides


def _names(layers: Sequence[Mapping[str, Any]]) -> list[str]:
    """Under which name each layer of a model keeps its weights."""
    return layer_names([layer["class_name"] for layer in layers])


def _after(layers: Sequence[Sequence[Any]]) -> str:
    """What makes probabilities of the last layer's outputs, by its activation."""
    kind, config, _ = layers[-1] if layers else ("", {}, [])
    activation = config.get("activation") if kind != "Softmax" else "softmax"
    if activation == "softmax":
        return ""
    return "shares" if activation in ("sigmoid", "exponential") else "softmax"
