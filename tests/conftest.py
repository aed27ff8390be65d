"""What several tests share: MNIST where it is found, a toy run, the dashboard in a browser."""

import contextlib
import itertools
import json
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from models import brought, import_keras, limited
from training import runs, trainer
from training.datasets import registry
from training.datasets.dataset import Dataset, DatasetError
from training.recipe import Recipe
from training.runs import load_predictions

SHIPPED = ("canvas", "svm", "random-forest", "mlp-800", "digits-mlp-15")


# a machine that is busy makes no example fail; under CI they are the same at every run, at home new ones are tried
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("patient"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "patient")

# the files that take longest begin, so that no process is left alone with one at the end
LONGEST = (
    "tests/test_sweep.py",
    "tests/test_views.py",
    "tests/browser/",
    "tests/test_training_main.py",
    "tests/test_projections.py",
)


def pytest_collection_modifyitems(items):
    def rank(item):
        return next((place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None


class ByFile(LoadFileScheduling):
    """A file's tests stay together in one process, for they share what they start; all of tests/browser/ share one dashboard."""

    def _split_scope(self, nodeid: str) -> str:
        return "tests/browser/" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """Networks begin and learn alike in every run of a test and of what it needs, whichever ran before."""
    if (keras := sys.modules.get("keras")) is not None:
        keras.utils.set_random_seed(1)


TOY = Recipe(name="toy", architecture="mlp", hidden=(16,), dataset="digits", epochs=2, learning_rate=0.01)


@pytest.fixture(scope="session")
def mnist() -> Dataset:
    """Real MNIST, which a test that needs it is skipped without."""
    try:
        return registry.load("mnist", download=False)
    except DatasetError:
        pytest.skip("MNIST is not on this machine")


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """The bundled 8 x 8 digits."""
    return registry.load("digits")


@pytest.fixture(scope="session")
def keras():
    """Keras, imported when the first test wants it."""
    imported = import_keras()
    imported.utils.set_random_seed(1)
    return imported


@pytest.fixture(scope="session")
def toy_run(keras, digits) -> runs.Run:
    """A finished training of a small perceptron, not yet on any shelf."""
    return trainer.train(TOY, digits)


@pytest.fixture
def asked_here(keras, monkeypatch) -> None:
    """Networks that people bring are asked in this process, which has Keras, not each time in a new one."""
    ask = limited.ask

    def asked(module, question, seconds):
        if module != brought.__name__:
            return ask(module, question, seconds)
        return [json.loads(json.dumps(answer)) for answer in brought.answers(json.loads(json.dumps(question)))]

    monkeypatch.setattr(limited, "ask", asked)


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """An empty shelf that everything in this process uses."""
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def without_mnist(tmp_path, monkeypatch) -> None:
    """No MNIST on this machine, and no network to fetch it over."""
    monkeypatch.delenv("MNIST_ATELIER_DATA", raising=False)
    for name, value in away(tmp_path).items():
        monkeypatch.setenv(name, value)


def away(folder: Path) -> dict[str, str]:
    """Variables under which neither MNIST nor the network is found."""
    nowhere = "http://127.0.0.1:9"
    proxies = {"HTTPS_PROXY": nowhere, "https_proxy": nowhere, "NO_PROXY": "127.0.0.1,localhost"}
    return {"KERAS_HOME": str(folder / "keras"), "MNIST_ATELIER_DATA": "", **proxies}


@contextlib.contextmanager
def unrest(shelf: Path, spare: Path, runs_: Sequence[str]) -> Iterator[list[str]]:
    """While this lasts, another thread deletes each of these runs, copies it back file by file from `spare`, damages it,
    and mends it, again and again. Gives a list that grows by what was done."""
    over, done = threading.Event(), []

    def churn() -> None:
        for run in itertools.cycle(runs_):
            files = sorted((spare / run).iterdir())
            steps = [
                ("deleted", lambda run=run: shutil.rmtree(shelf / run)),
                ("begun", lambda run=run: (shelf / run).mkdir()),
                *((f"given {f.name}", lambda f=f, run=run: shutil.copy(f, shelf / run)) for f in files),
                ("damaged", lambda run=run: (shelf / run / "predictions.npz").write_bytes(b"nothing")),
                ("cut", lambda run=run: (shelf / run / "record.json").write_bytes(b'{"run_id":')),
                *((f"mended {f.name}", lambda f=f, run=run: shutil.copy(f, shelf / run)) for f in files),
            ]
            for name, act in steps:
                if over.wait(0.02):
                    return
                act()
                done.append(f"{run} {name}")

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers, the same for every test, whichever ran before."""
    return np.random.default_rng(0)


@pytest.fixture(params=[*SHIPPED, "by lot", "perfect", "constant", "no four", "one digit"])
def answers(request, rng):
    """Labels (n,) and probabilities (n, 10) float16 of shipped runs, and of models at the edge."""
    if request.param in SHIPPED:
        found = load_predictions(request.param)
        return found.labels, found.probabilities
    labels = rng.integers(0, 10, 1 if request.param == "one digit" else 500).astype(np.uint8)
    if request.param == "perfect":
        return labels, np.eye(10, dtype=np.float16)[labels]
    if request.param == "constant":
        return labels, np.tile(np.eye(10, dtype=np.float16)[3], (500, 1))
    labels = labels[labels != 4] if request.param == "no four" else labels
    scores = rng.random((len(labels), 10)) + 2 * np.eye(10)[labels] * (rng.random((len(labels), 1)) < 0.8)
    return labels, (scores / scores.sum(axis=1, keepdims=True)).astype(np.float16)
