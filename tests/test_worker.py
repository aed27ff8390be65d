"""The models' process answers, is started again after a crash, and never keeps anyone waiting for ever."""

import inspect
import os
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from models import ROOT, committees
from models.calls import CALLS
from models.process import Process
from models.worker import Worker, WorkerError
from training import publishing

ONE = np.zeros((1, 8, 8), np.uint8)


@pytest.fixture(scope="module")
def shared(tmp_path_factory, toy_run):
    """A worker over a shelf with the toy run on it."""
    shelf = tmp_path_factory.mktemp("shelf")
    publishing.save(toy_run, shelf)
    before = os.environ.get("MNIST_ATELIER_MODELS")
    os.environ["MNIST_ATELIER_MODELS"] = str(shelf)
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()
    os.environ.pop("MNIST_ATELIER_MODELS") if before is None else os.environ.update(MNIST_ATELIER_MODELS=before)


def child(worker) -> int:
    """Process number of the worker's process for quick questions."""
    return worker._quick._process.pid


def test_it_answers(shared, toy_run, digits):
    images, _ = digits.part("test")
    found = shared.predict("toy", images).probabilities
    np.testing.assert_array_equal(found.argmax(axis=1), toy_run.predictions.classes)
    assert shared.slow_ready()


def test_answers_come_back_as_they_were_given(shared, digits):
    images = digits.images[:3]
    assert shared.read("toy", images).distance is None
    assert shared.predict("toy", images).seconds > 0
    found = shared.explain("toy", images, "occlusion")
    assert found.heat.shape == images.shape
    np.testing.assert_array_equal(found.labels, shared.predict("toy", images).probabilities.argmax(axis=1))
    with pytest.raises(WorkerError, match="'toy' keeps no digits"):
        shared.neighbours("toy", images)


def test_each_question_has_its_method():
    for name, function in CALLS.items():
        asked, answered = inspect.signature(getattr(Worker, name)), inspect.signature(function)
        assert asked.return_annotation is answered.return_annotation
        assert set(asked.parameters) - {"self", "timeout"} == set(answered.parameters)


def test_threads_get_their_own_answers(shared, digits):
    alone = [shared.predict("toy", digits.images[n : n + 1]).probabilities for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(shared.predict, "toy", digits.images[n : n + 1]) for n in range(40)]
    np.testing.assert_array_equal([found.result().probabilities for found in asked], alone)


def test_a_committee_answers_with_the_mean(shared, digits):
    shelf = Path(os.environ["MNIST_ATELIER_MODELS"])
    shutil.copytree(ROOT / "models" / "saved" / "digits-mlp-15", shelf / "digits-mlp-15")
    committees.save("both", ["toy", "digits-mlp-15"])
    images = digits.images[:20]
    alone = [shared.predict(run, images).probabilities for run in ("toy", "digits-mlp-15")]
    found = shared.read("both", images).probabilities
    np.testing.assert_allclose(found, np.mean(alone, axis=0), atol=1e-6)
    shutil.rmtree(shelf / "digits-mlp-15")
    with pytest.raises(WorkerError, match="ensemble 'both' is missing"):
        shared.read("both", images)


def test_refusals_are_sentences_and_leave_it_alive(shared):
    process = child(shared)
    for run in ("nobody", "../toy", ""):
        with pytest.raises(WorkerError, match="There is no run"):
            shared.read(run, ONE)
    with pytest.raises(WorkerError):
        shared.read("toy", np.zeros((1, 5, 5), np.uint8))
    assert child(shared) == process


def test_after_a_crash_it_is_asked_again(shared):
    before = child(shared)
    os.kill(before, signal.SIGKILL)
    assert shared.read("toy", ONE).probabilities.shape == (1, 10)
    assert child(shared) != before


@pytest.mark.parametrize("count", [1, 5000], ids=["small question", "larger than the pipe"])
def test_a_silent_process_is_given_up_and_replaced(shared, count):
    shared.read("toy", ONE)
    os.kill(child(shared), signal.SIGSTOP)
    with pytest.raises(WorkerError, match=r"no answer within 0\.5 s"):
        shared.read("toy", np.repeat(ONE, count, axis=0), timeout=0.5)
    assert shared.read("toy", ONE).probabilities.shape == (1, 10)


def test_a_process_that_always_crashes_is_asked_twice_only(tmp_path):
    count = tmp_path / "starts"
    worker = Worker((sys.executable, "-c", f"open({str(count)!r}, 'a').write('x')"))
    with pytest.raises(WorkerError, match="ended twice"):
        worker.read("toy", ONE)
    assert count.read_text() == "xx"


DEAF = """
import os, sys, time
from models.process import write
os.close(0)
with open(sys.argv[1], "a") as count:
    count.write("x")
write(sys.stdout.buffer, {"ready": 1}, {})
time.sleep(60)
"""


def test_a_question_that_cannot_be_sent_is_asked_twice_too(tmp_path):
    """The bytes of a small message wait in a buffer, and closing it tries to send them once more, which fails again."""
    count = tmp_path / "starts"
    worker = Worker((sys.executable, "-c", DEAF, str(count)))
    with pytest.raises(WorkerError, match="ended twice"):
        worker.read("toy", ONE)
    assert count.read_text() == "xx"


def test_a_slow_question_holds_up_no_stroke(shared):
    """Nor does one that is never answered: here, the process that was asked it is halted."""
    shared.predict("toy", ONE)
    halted = shared._slow._process
    halted.send_signal(signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(shared.explain, "toy", ONE, "occlusion")
            assert shared.read("toy", ONE, timeout=20).probabilities.shape == (1, 10)
            assert not slow.done()
            halted.send_signal(signal.SIGCONT)
            assert slow.result().heat.shape == ONE.shape
    finally:
        halted.send_signal(signal.SIGCONT)


ECHO = """
import os, sys
from models.process import read, write
write(sys.stdout.buffer, {"ready": 1}, {})
while True:
    _, arrays = read(sys.stdin.buffer)
    write(sys.stdout.buffer, {}, arrays)
"""


def test_an_idle_process_ends_until_it_is_asked_again():
    echo = Process((sys.executable, "-c", ECHO), idle=0.3)
    for _time in range(2):
        echo.start()
        ended = echo._process
        np.testing.assert_array_equal(echo.ask({}, {"one": ONE}, timeout=20)["one"], ONE)
        assert ended.wait(timeout=20) == -signal.SIGKILL
        assert not echo.ready()
    echo.stop()


def test_it_ends_with_whoever_asked(shared):
    code = "import time; from models.worker import Worker; w = Worker(); w.start(); print(w._quick._process.pid, flush=True)"
    parent = psutil.Popen([sys.executable, "-c", code + "; time.sleep(60)"], stdout=-1)
    orphan = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    deadline = time.monotonic() + 60
    while orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
