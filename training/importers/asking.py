"""What brought networks say of a dataset's test digits, asked in a process of its own."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models import limited
from models.brought import SECONDS
from models.rebuilt import BEFORE, NAME
from training.datasets.dataset import Dataset
from training.importers.parts import Network, Whole

SAMPLE = 1_000  # training digits by which it is found how a network takes its pixels
START_SECONDS = 120  # that importing Keras may take
DIGITS = "digits.npz"
NO_ANSWER = "takes more time or memory than is given to it"
POOR = 0.5  # share of training digits below which a network has probably learned from others


@dataclass(frozen=True)
class Answer:
    """probabilities: (n, classes) float32 of the test digits; network: what a record says of it; model: the bytes of model.keras;
    parameters: their number; before: how its input was found to be made of pixels, if it was, with the accuracy under each way and
    the loss in nats where it is finite."""

    probabilities: np.ndarray
    network: dict[str, Any]
    model: bytes
    parameters: int
    before: str | None
    accuracies: dict[str, float]
    losses: dict[str, float] = field(default_factory=dict)


def ask(networks: Sequence[Network], dataset: Dataset) -> list[Answer | str]:
    """The answers of some networks, or why there is none, as the end of a sentence."""
    refused = [refusal(network, dataset) for network in networks]
    waiting = [network for network, why in zip(networks, refused, strict=True) if why is None]
    answers: list[Answer | str] = []
    try:
        with tempfile.TemporaryDirectory(prefix="ask-") as folder:
            if waiting:
                _write_digits(dataset, Path(folder) / DIGITS)
            while len(answers) < len(waiting):
                answers += _some(waiting[len(answers) :], dataset, Path(folder))
    except OSError as error:
        why = (
            f"could not be asked, for the temporary folder {tempfile.tempdir or ''} cannot be written: {error.strerror}"
        )
        answers += [why] * (len(waiting) - len(answers))
    answered = iter(answers)
    return [next(answered) if why is None else why for why in refused]


def check(wholes: Sequence[Whole]) -> list[str | None]:
    """Why the networks of exported runs cannot be loaded, as the end of a sentence; None of those that can."""
    problems: list[str | None] = []
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        while len(problems) < len(wholes):
            waiting = wholes[len(problems) :]
            question = {"folder": folder, "networks": [_loaded(whole) for whole in waiting]}
            replies = limited.ask("models.brought", question, START_SECONDS + SECONDS * len(waiting))
            problems += [reply.get("error") for reply in replies]
            problems += [] if len(replies) == len(waiting) else [NO_ANSWER]
    return problems


def _loaded(whole: Whole) -> dict[str, Any]:
    weights = str((whole.folder / "model.keras").resolve())
    return {"architecture": "", "options": {}, **(whole.network or {}), "weights": weights, "loaded": True}


def refusal(network: Network, dataset: Dataset) -> str | None:
    """Why a network cannot be asked about a dataset, told from its description alone."""
    assert network.described is not None
    if network.described["architecture"] != NAME:
        return None
    height, width = dataset.input_shape
    options, classes = network.described["options"], len(dataset.class_names)
    shape = list(options["shape"])
    if shape not in ([height, width], [height, width, 1], [height * width]):
        takes = " x ".join(map(str, shape))
        return f"takes inputs of {takes}, and the digits of {dataset.name} are {height} x {width}"
    units = next((settings["units"] for kind, settings, _ in reversed(options["layers"]) if kind == "Dense"), classes)
    if options["layers"][-1][0] in ("Dense", "Softmax", "Activation") and units != classes:
        return f"has {units:,} outputs, and {dataset.name} has {classes} classes"
    return None


def _write_digits(dataset: Dataset, path: Path) -> None:
    """Some training digits, evenly from all of them, and the test digits."""
    images, labels = dataset.part("train")
    some = np.linspace(0, len(labels) - 1, min(SAMPLE, len(labels))).astype(int)
    np.savez(path, train_images=images[some], train_labels=labels[some], test_images=dataset.part("test")[0])


def _some(networks: Sequence[Network], dataset: Dataset, folder: Path) -> list[Answer | str]:
    """The answers of the first networks, as far as one process comes; at least one."""
    question = {
        "folder": str(folder),
        "digits": str(folder / DIGITS),
        "classes": len(dataset.class_names),
        "networks": [_question(network) for network in networks],
    }
    replies = limited.ask("models.brought", question, START_SECONDS + SECONDS * len(networks))
    answers = [_answer(n, reply, networks[n], dataset, folder) for n, reply in enumerate(replies)]
    return answers if len(answers) == len(networks) else [*answers, NO_ANSWER]


def _question(network: Network) -> dict[str, Any]:
    assert network.described is not None
    assert network.weights is not None
    return {**network.described, "weights": str(network.weights.resolve()), "keys": network.keys}


def _answer(number: int, reply: dict[str, Any], network: Network, dataset: Dataset, folder: Path) -> Answer | str:
    if "error" in reply:
        return str(reply["error"])
    assert network.described is not None
    before = reply.get("before")
    options = network.described["options"] | ({"before": before} if before in BEFORE else {})
    described = {
        "architecture": network.described["architecture"],
        "input_shape": list(dataset.input_shape),
        "classes": len(dataset.class_names),
        "options": options,
    }
    with np.load(folder / f"{number}.npz", allow_pickle=False) as arrays:
        probabilities = arrays["probabilities"]
    accuracies = reply.get("accuracies", {})
    model = (folder / f"{number}.keras").read_bytes()
    losses = reply.get("losses", {})
    return Answer(probabilities, described, model, int(reply["parameters"]), before, accuracies, losses)


def remarks(answer: Answer, dataset: Dataset) -> list[str]:
    """What was found out about a network, in sentences."""
    if answer.before is None:
        return []
    best = answer.accuracies[answer.before]
    others = [accuracy for name, accuracy in answer.accuracies.items() if name != answer.before]
    low, high = (f"{100 * end:.1f}" for end in (min(others), max(others)))
    sentences = [
        f"It is given pixels as values {_words(answer.before)}: so it classifies {100 * best:.1f} % of "
        f"{min(SAMPLE, int((dataset.split == 'train').sum())):,} training digits correctly, otherwise {low} to {high} %."
    ]
    if best < max(others):
        sentences.append(_by_loss(answer))
    if best < POOR:
        sentences.append("That is few: perhaps it learned from digits that were prepared otherwise.")
    return sentences


def _by_loss(answer: Answer) -> str:
    """Why the way was chosen under which fewer digits are classified correctly."""
    rivals = [answer.losses[name] for name in answer.losses if name != answer.before]
    own = answer.losses.get(str(answer.before))
    numbers = "" if own is None or not rivals else f", {own:.3g} nats, otherwise {min(rivals):.3g} or more"
    return f"It was chosen by the loss on them, not by the accuracy: the loss is the least, or nearly{numbers}."


def _words(before: str) -> str:
    return {"mean 0, deviation 1": "of mean 0 and deviation 1"}.get(
        before, f"in {before}" if before.startswith("columns") else f"from {before}"
    )
