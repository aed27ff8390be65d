"""Weights in HDF5 files that people bring: read by their layers, within limits, and refused where a file leads elsewhere.

`python -m models.weights_file` is the process that looks at such files, so that what the library does with a damaged one harms no
other. Two layouts are known: Keras 3's, layers/dense_1/vars/0, and the legacy one, whose attributes name layers and weights.
"""

import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from models.limited import GIB, serve

MAX_BYTES = 500_000_000  # of all weights
MAX_ARRAYS, MAX_DEPTH = 5_000, 12  # of a file, and groups in groups
MAX_RATIO, SMALL = 100, 10_000_000  # times the room that an array may unpack to, if that is more than so many bytes
CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # what Keras 3 and its forerunners call the layers of a model
INSIDE = "model.weights.h5"  # the weights in a .keras file
MEMORY, SECONDS = 4 * GIB, 20

Groups = dict[str, list[np.ndarray]]


class WeightsError(Exception):
    """Weights that are not read: why, as the end of a sentence that begins with the name of the file."""


@dataclass(frozen=True)
class Contents:
    """config, training: what a legacy file says of the model and its training, as JSON, or None; groups: the weights of each layer
    in their order, by the layer's name; ordered: whether the layers stand in the order of the network, or by names alone."""

    config: str | None
    training: str | None
    groups: Groups
    ordered: bool


def read(path: Path) -> Contents:
    """The weights in an HDF5 file, or in a .keras file. Raises WeightsError."""
    try:
        with h5py.File(_source(path), "r") as file:
            return _read(file)
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        RuntimeError,
        AttributeError,
        RecursionError,
        zipfile.BadZipFile,
    ) as error:
        raise WeightsError("is damaged: its weights cannot be read") from error
    except MemoryError as error:
        raise WeightsError("needs more memory than is given to a file of weights") from error


def _source(path: Path) -> Any:
    """A path, or the stream of the weights in an archive, whose sum of bytes is checked as they are read."""
    if not zipfile.is_zipfile(path):
        return path
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(INSIDE).file_size > MAX_BYTES:
            raise WeightsError(_too_large(archive.getinfo(INSIDE).file_size))
        return io.BytesIO(archive.read(INSIDE))


def _read(file: h5py.File) -> Contents:
    config, training = (_text(file.attrs.get(name)) for name in ("model_config", "training_config"))
    root = _child(file, "model_weights") if "model_weights" in file else file
    reader = _Reader()
    container = next((name for name in CONTAINERS if name in root), None)
    if container is not None:
        reader.layers(_child(root, container), "", 0)
        return Contents(config, training, reader.groups, False)
    names = _names(root, "layer_names")
    if not names:
        raise WeightsError("holds no weights of a Keras network")
    for name in names:
        group = _child(root, name)
        weights = _names(group, "weight_names")
        if weights:
            reader.take(name, [_within(group, weight) for weight in weights])
    return Contents(config, training, reader.groups, True)


class _Reader:
    """Takes the weights of layer after layer, and counts them."""

    def __init__(self) -> None:
        self.groups: Groups = {}
        self.bytes = self.arrays = 0

    def layers(self, group: h5py.Group, prefix: str, depth: int) -> None:
        """The layers in a container of Keras 3, those of a model among them too."""
        if depth > MAX_DEPTH:
            raise WeightsError("is nested too deeply")
        for name in group:
            layer = _child(group, name)
            variables = self._variables(layer, depth)
            if variables:
                self.take(f"{prefix}{name}", variables)
            for container in CONTAINERS:
                if container in layer:
                    self.layers(_child(layer, container), f"{prefix}{name}/", depth + 1)

    def _variables(self, layer: h5py.Group, depth: int) -> list[h5py.Dataset]:
        """The variables of a layer, and of what it holds, such as the cell of a recurrent one."""
        datasets = []
        if depth > MAX_DEPTH:
            raise WeightsError("is nested too deeply")
        if "vars" in layer:
            variables = _child(layer, "vars")
            datasets += [_child(variables, name, h5py.Dataset) for name in sorted(variables, key=_number)]
        for name in layer:
            # random numbers are no weights
            if name not in ("vars", *CONTAINERS) and "seed_generator" not in name:
                datasets += self._variables(_child(layer, name), depth + 1)
        return datasets

    def take(self, name: str, datasets: list[h5py.Dataset]) -> None:
        """Read the weights of a layer."""
        self.groups[name] = [self._array(name, one) for one in datasets]

    def _array(self, name: str, dataset: h5py.Dataset) -> np.ndarray:
        size = math.prod(dataset.shape or ()) * max(4, dataset.dtype.itemsize)
        self.bytes, self.arrays = self.bytes + size, self.arrays + 1
        if self.bytes > MAX_BYTES or self.arrays > MAX_ARRAYS:
            raise WeightsError(_too_large(self.bytes))
        if dataset.external or dataset.is_virtual:
            raise WeightsError("leads to other files, which are never opened")
        if dataset.dtype.kind not in "fiu" or dataset.shape is None:
            raise WeightsError(f"holds no numbers for the layer {name[:60]}")
        if size > SMALL and size > MAX_RATIO * dataset.id.get_storage_size():
            raise WeightsError("claims far more weights than it holds")
        array = np.asarray(dataset[()], np.float32)
        if not np.isfinite(array).all():
            raise WeightsError(f"has weights that are NaN or infinite, in the layer {name[:60]}: the training diverged")
        return array


def layer_names(classes: Sequence[str]) -> list[str]:
    """Under which name Keras 3 keeps the weights of each layer of a model, by their classes in order: the class in snake case, and
    the how manieth of it the layer is."""
    seen: Counter[str] = Counter()
    names = []
    for class_name in classes:
        words = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", class_name))
        name = re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
        names.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


def _too_large(size: int) -> str:
    return f"claims {size / 1e6:,.0f} MB of weights, and {MAX_BYTES // 10**6} MB at most are read"


def _child(group: h5py.Group, name: str, kind: type = h5py.Group) -> Any:
    """What a group holds itself under that name: a link to elsewhere, or another kind of thing, is refused."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise WeightsError("holds links, which could lead anywhere")
    child = group[name]
    if not isinstance(child, kind):
        raise WeightsError("is damaged: its weights are not laid out as Keras does")
    return child


def _within(group: h5py.Group, path: str) -> h5py.Dataset:
    *groups, last = [part for part in path.split("/") if part]
    for name in groups:
        group = _child(group, name)
    return _child(group, last, h5py.Dataset)


def _names(group: h5py.Group, attribute: str) -> list[str]:
    """A list of names, which long ones are divided into attributes of: layer_names0, layer_names1, and so on."""
    parts = [attribute] if attribute in group.attrs else []
    while f"{attribute}{len(parts)}" in group.attrs:
        parts.append(f"{attribute}{len(parts)}")
    return [_text(name) or "" for part in parts for name in np.ravel(group.attrs[part])[:MAX_ARRAYS]]


def _text(value: Any) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else None if value is None else str(value)


def _number(name: str) -> int:
    return int(name) if name.isdecimal() else 0


def inspect(question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What a file holds: config, training, ordered, and the shapes of each layer's weights; or error."""
    try:
        contents = read(Path(question["path"]))
    except WeightsError as error:
        yield {"error": str(error)}
        return
    shapes = {name: [list(one.shape) for one in arrays] for name, arrays in contents.groups.items()}
    yield {"config": contents.config, "training": contents.training, "ordered": contents.ordered, "shapes": shapes}


if __name__ == "__main__":
    serve(inspect, MEMORY, SECONDS)
