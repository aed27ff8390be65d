"""What the models' process can be asked: one function per question, found by its name in CALLS."""

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models import DEFAULT_RUN, browser_network, committees, inputs, loaded, run_directory
from models.ablation import Ablation, ablated
from models.activations import activations
from models.adversarial import Film, film
from models.class_pictures import MAP_SMOOTHED, ClassPicture, MapPicture, maximised
from models.classifiers import DenseClassifier, LinearPairwise
from models.explanations import EXPLANATIONS
from models.gradients import MapGradients
from models.preprocessing.strokes import SIDE

MANY_VALUES = 1_000_000  # activations; more are sent in half precision

CALLS: dict[str, Callable] = {}


@dataclass(frozen=True)
class Packed:
    """A network for a page's script. layers: its layers as JSON in bytes; weights: float32 in bytes, both (n,) uint8;
    least_confidence: 0 to 1, below which a picture is doubted to be a digit."""

    layers: np.ndarray
    weights: np.ndarray
    least_confidence: float


@dataclass(frozen=True)
class Prediction:
    """probabilities: (n, classes) float32; seconds: what they took once the model was loaded."""

    probabilities: np.ndarray
    seconds: float


@dataclass(frozen=True)
class Reading:
    """probabilities: (n, classes) float32; distance: (n,) float32, how far each picture is from the digits that the run, or
    else the default run, learned from, and limit, beyond which it is unlike any; doubtful: (n,) bool, whether it looks like no
    digit; judge: the name of that run, and embeddings: (n, size) float32, what its last hidden layer makes of the pictures; all
    None if nobody can tell."""

    probabilities: np.ndarray
    distance: np.ndarray | None = None
    limit: float | None = None
    doubtful: np.ndarray | None = None
    judge: str | None = None
    embeddings: np.ndarray | None = None


@dataclass(frozen=True)
class Explanation:
    """heat: (n, height, width) float32, what each pixel adds to the probability of labels (n,) uint8, the classes read."""

    heat: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Inside:
    """What every layer makes of one digit. layers: of each its kind, shape of the output and trainable parameters, as JSON in bytes
    (n,) uint8; values: their outputs one behind the other, float32, or float16 where they are more than MANY_VALUES."""

    layers: np.ndarray
    values: np.ndarray


@dataclass(frozen=True)
class Kernel:
    """The weights that lead to one map or unit. values: (height, width, maps) or (units,) float32."""

    values: np.ndarray


@dataclass(frozen=True)
class Neighbours:
    """index: (n, k) into the run's training set, nearest first, with labels (n, k); distance (n,) float32 of the last of
    them; limit: the distance beyond which a picture is unlike any digit."""

    index: np.ndarray
    labels: np.ndarray
    distance: np.ndarray
    limit: float


def call(function: Callable) -> Callable:
    """Enter a question under its function's name, by which the models' process is asked."""
    CALLS[function.__name__] = function
    return function


@call
def predict(run: str, images: np.ndarray) -> Prediction:
    """What the saved run or ensemble predicts for images (n, height, width) uint8."""
    model = loaded.reader(run)
    started = time.perf_counter()
    probabilities = model(images)
    return Prediction(probabilities, time.perf_counter() - started)


@call
def read(run: str, images: np.ndarray) -> Reading:
    """As `predict`; and whether images look like digits: to the saved run where it keeps digits to compare with, else to the
    default run, for a scribble is none whoever classifies it."""
    folder = loaded.with_references(run)
    if folder is not None:
        return _compared(folder, images)
    probabilities = loaded.reader(run)(images)
    with contextlib.suppress(ValueError):  # the default run is not on this shelf
        judge = loaded.with_references(DEFAULT_RUN)
        if judge and images.shape[1:] == (SIDE, SIDE) and _same_classes(run, DEFAULT_RUN):
            return replace(_compared(judge, images), probabilities=probabilities)
    return Reading(probabilities)


def _same_classes(run: str, other: str) -> bool:
    """Whether two saved runs or ensembles name the same classes."""
    return inputs.of(run).class_names == inputs.of(other).class_names


def _compared(folder: Path, images: np.ndarray) -> Reading:
    """What the run in that folder reads, and how far the images are from the digits that it keeps."""
    references = loaded.references_in(folder)
    embeddings, probabilities = loaded.model_in(folder).embed(images)
    distance = _last(references.nearest(embeddings)[1])
    doubtful = references.doubtful(distance, probabilities)
    return Reading(probabilities, distance, references.limit, doubtful, folder.name, embeddings)


@call
def explain(run: str, images: np.ndarray, explanation: str, randomized: bool = False) -> Explanation:
    """Why the saved run or ensemble predicts for each of images (n, height, width) uint8 what it does, by that one of EXPLANATIONS.

    randomized: of the same network with random weights, for the class that the trained one predicts. Raises ValueError, in a
    sentence, where the model cannot be explained so.
    """
    if explanation not in EXPLANATIONS:
        raise ValueError(f"There is no explanation '{explanation}'; there are {', '.join(EXPLANATIONS)}.")
    labels = loaded.reader(run)(images).argmax(axis=1)
    model, function = loaded.differentiable(run, randomized), EXPLANATIONS[explanation]
    heat = [function(model, image, int(label)) for image, label in zip(images, labels, strict=True)]
    return Explanation(np.stack(heat), labels.astype(np.uint8))


@call
def adversarial(run: str, images: np.ndarray, label: int) -> Film:
    """From the first of images (n, height, width) uint8 to one that the saved run or ensemble predicts as the class `label`.

    Raises ValueError, in a sentence, where the model has no gradients and where no such change was found.
    """
    return film(loaded.differentiable(run, False), images[0], label)


@call
def class_picture(run: str, label: int, height: int, width: int) -> ClassPicture:
    """The picture of that size that maximises the class for the saved run or ensemble.

    Raises ValueError, in a sentence, where it has no gradients.
    """
    model = loaded.differentiable(run, False)
    picture = maximised(model, label, (height, width))
    return ClassPicture(picture, float(model(picture[None])[0, label]))


@call
def neighbours(run: str, images: np.ndarray) -> Neighbours:
    """The training digits that the saved run finds most like images (n, height, width) uint8.

    Raises ValueError, in a sentence, where the run keeps no digits to compare with.
    """
    folder = loaded.with_references(run)
    if folder is None:
        raise ValueError(f"'{run}' keeps no digits to compare with.")
    references = loaded.references_in(folder)
    places, distances = references.nearest(loaded.model_in(folder).embed(images)[0])
    return Neighbours(references.index[places], references.labels[places], _last(distances), references.limit)


@call
def pack(run: str) -> Packed:
    """The saved run as a page's script computes it. Raises ValueError, in a sentence, where it cannot."""
    members = committees.members(run)
    network = loaded.model_in(run_directory(members[0])).network if len(members) == 1 else None
    if network is None:
        raise browser_network.NotInBrowserError(f"'{run}' is not a single network, so only the server can compute it.")
    packed, folder = browser_network.pack(network), loaded.with_references(run)
    layers, weights = (np.frombuffer(part, np.uint8) for part in (json.dumps(packed.layers).encode(), packed.weights))
    return Packed(layers, weights, loaded.references_in(folder).least_confidence if folder else 0.0)


@call
def pack_steps(run: str, kernels: bool = True) -> Packed:
    """The saved run as a page's script computes it step by step; see browser_network.pack_steps. Raises ValueError, in a sentence,
    where it cannot, and for an ensemble."""
    model = loaded.single(run)
    if model.network is not None:
        packed = browser_network.pack_steps(model.network, kernels)
    elif isinstance(model.classifier, DenseClassifier):
        packed = browser_network.pack_perceptron(
            model.classifier.weights, model.classifier.biases, DenseClassifier.SCALE / 255
        )
    elif isinstance(model.classifier, LinearPairwise):
        found = model.classifier
        packed = browser_network.pack_pairs(found.weights, found.biases, found.pairs, found.classes)
    else:
        raise browser_network.NotInBrowserError(f"'{run}' has no layers to show.")
    layers, weights = (np.frombuffer(part, np.uint8) for part in (json.dumps(packed.layers).encode(), packed.weights))
    return Packed(layers, weights, 0.0)


@call
def inside(run: str, images: np.ndarray) -> Inside:
    """What every layer of the saved run makes of the first of images (n, height, width) uint8; see models.activations.

    Raises ValueError, in a sentence, for what is not a single network.
    """
    found = activations(loaded.network_of(run), images[0])
    layers = [{"kind": one.kind, "shape": list(one.output.shape), "parameters": one.parameters} for one in found]
    values = np.concatenate([one.output.ravel() for one in found])
    large = len(values) > MANY_VALUES
    return Inside(np.frombuffer(json.dumps(layers).encode(), np.uint8), values.astype("<f2" if large else "<f4"))


@call
def kernel(run: str, step: int, unit: int) -> Kernel:
    """The weights of one map or unit in the saved run. step: the place of its sum in what `inside` gives.

    Raises ValueError, in a sentence, for what is not a single network, and where there is no such map.
    """
    sums = [
        layer for layer in loaded.network_of(run).layers for _ in browser_network.KINDS[type(layer).__name__](layer)
    ]
    found = getattr(sums[step], "kernel", None) if 0 <= step < len(sums) else None
    if found is None or not 0 <= unit < found.shape[-1]:
        raise ValueError(f"'{run}' has no map {unit} in step {step}.")
    return Kernel(np.asarray(found, np.float32)[..., unit])


@call
def ablation(run: str, step: int, units: list[int], images: np.ndarray) -> Ablation:
    """What the saved run predicts without each of these maps; see models.ablation.ablated, also for errors."""
    return ablated(loaded.network_of(run), step, units, images)


@call
def map_picture(run: str, step: int, unit: int, height: int, width: int) -> MapPicture:
    """The picture of that size that maximises a map of the saved run, with its weights. step: as in `kernel`, also for errors."""
    weights = kernel(run, step, unit).values
    model = MapGradients(loaded.network_of(run), step)
    return MapPicture(maximised(model, unit, (height, width), 0.0, MAP_SMOOTHED), weights)


def _last(distances: np.ndarray) -> np.ndarray:
    return distances[:, -1].astype(np.float32)
