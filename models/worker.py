"""The one supervised process that holds the loaded models, so that Keras never enters the process that serves pages.

`Worker` is the side that asks: it starts `python -m models.worker`, gives every question a time-out, starts the process
again after a crash, and asks a question once more. The process answers on its standard output, one message for each it
reads, and ends when its input closes. A message is a JSON header and the bytes of the arrays it names.
"""

import contextlib
import functools
import json
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from models import DEFAULT_RUN, ROOT, import_keras, run_directory

START_SECONDS = 120.0  # importing Keras takes 4 s, on a cold disk many times that
LOADED = 16  # models kept in memory
LARGEST = 64 * 2**20  # bytes of one message: more is no message of ours

Arrays = dict[str, np.ndarray]
CALLS: dict[str, Callable[..., Arrays]] = {}


class WorkerError(Exception):
    """A question that got no answer, in a sentence."""


def call(function: Callable) -> Callable:
    CALLS[function.__name__] = function
    return function


@call
def predict(run: str, images: np.ndarray) -> Arrays:
    """Probabilities of the saved run for images (n, height, width) uint8."""
    folder = run_directory(run)
    return {"probabilities": _loaded(folder, (folder / "record.json").stat().st_mtime_ns)(images)}


@call
def occlusion(run: str, images: np.ndarray) -> Arrays:
    """Where the saved run looked: heat (n, height, width) of images for the class that it reads in each, and that class."""
    from models import explanations

    folder = run_directory(run)
    model = _loaded(folder, (folder / "record.json").stat().st_mtime_ns)
    labels = model(images).argmax(axis=1)
    found = [explanations.occlusion(model, image, label) for image, label in zip(images, labels, strict=True)]
    return {"heat": np.stack(found), "labels": labels.astype(np.uint8)}


@call
def neighbours(run: str, images: np.ndarray) -> Arrays:
    """The training digits that the saved run finds most like images (n, height, width) uint8, and how far they are.

    index (n, k) into its training set, labels (n, k), distance (n,) of the last of them, limit () beyond which a picture is
    unlike any digit.
    """
    folder = run_directory(run)
    embed, references = _embedding(folder, (folder / "record.json").stat().st_mtime_ns)
    places, distances = references.nearest(embed(images))
    distance, limit = distances[:, -1].astype(np.float32), np.float32(references.limit)
    return {
        "index": references.index[places],
        "labels": references.labels[places],
        "distance": distance,
        "limit": limit,
    }


@functools.lru_cache(maxsize=4)
def _embedding(folder: Path, version: int):
    from models import neighbours, prediction

    if not (folder / neighbours.FILE).exists():
        raise ValueError(f"The run '{folder.name}' keeps no digits to compare with.")
    return prediction.load_embedding(folder), neighbours.load(folder / neighbours.FILE)


@functools.lru_cache(maxsize=LOADED)
def _loaded(folder: Path, version: int) -> Callable[[np.ndarray], np.ndarray]:
    from models import prediction

    return prediction.load(folder)


class Worker:
    """Asks the process; safe to share between threads, which are answered one after the other."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "models.worker")):
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._answers: queue.SimpleQueue = queue.SimpleQueue()
        self._ready = threading.Event()

    def start(self) -> None:
        """Start the process in the background; returns at once."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._spawn()

    def ready(self) -> bool:
        """Whether the process runs and has its libraries loaded."""
        return self._ready.is_set() and self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            self._kill()

    def ask(self, name: str, run: str, timeout: float = 30.0, **arrays: np.ndarray) -> Arrays:
        """The answer of the function `name` in CALLS.

        Args:
            timeout: seconds after which the process is ended and WorkerError raised; starting up does not count.

        Raises:
            WorkerError: the question was refused, took too long, or crashed the process twice.
        """
        with self._lock:
            for _attempt in range(2):
                try:
                    return self._exchange(name, run, timeout, arrays)
                except (OSError, EOFError):
                    self._kill()
            raise WorkerError("The process that holds the models ended twice at this question.")

    def _exchange(self, name: str, run: str, timeout: float, arrays: Arrays) -> Arrays:
        if self._process is None or self._process.poll() is not None:
            self._spawn()
        if not self._ready.is_set():
            self._receive(START_SECONDS)
            self._ready.set()
        _write(self._process.stdin, {"call": name, "run": run}, arrays)
        header, found = self._receive(timeout)
        if "error" in header:
            raise WorkerError(header["error"])
        return found

    def _receive(self, timeout: float) -> tuple[dict, Arrays]:
        try:
            message = self._answers.get(timeout=timeout)
        except queue.Empty:
            self._kill()
            raise WorkerError(f"The models gave no answer within {timeout:g} s.") from None
        if message is None:
            raise EOFError
        return message

    def _spawn(self) -> None:
        self._kill()
        self._answers = queue.SimpleQueue()
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()

    def _kill(self) -> None:
        self._ready.clear()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdin.close()
            self._process = None


def _listen(stream: BinaryIO, answers: queue.SimpleQueue) -> None:
    """Put every message of the stream into `answers`, and None when it ends."""
    with stream:
        try:
            while True:
                answers.put(_read(stream))
        except (OSError, EOFError, ValueError):
            answers.put(None)


def _write(stream: BinaryIO, header: dict, arrays: Arrays) -> None:
    described = {name: [array.dtype.str, array.shape] for name, array in arrays.items()}
    head = json.dumps({**header, "arrays": described}).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    try:
        stream.write(struct.pack(">II", len(head), len(body)) + head + body)
        stream.flush()
    except ValueError as error:  # a closed stream
        raise EOFError from error


def _read(stream: BinaryIO) -> tuple[dict, Arrays]:
    sizes = _exactly(stream, 8)
    head_size, body_size = struct.unpack(">II", sizes)
    if head_size + body_size > LARGEST:
        raise ValueError("not a message")
    header, body = json.loads(_exactly(stream, head_size)), _exactly(stream, body_size)
    arrays, start = {}, 0
    for name, (kind, shape) in header.pop("arrays").items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(body, kind, count, start).reshape(shape)
        start += arrays[name].nbytes
    return header, arrays


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve() -> None:
    """Answer what comes in on standard input until it closes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that a library that prints cannot disturb the answers
    import_keras()
    _write(answers, {"ready": os.getpid()}, {})
    try:
        _warm_up()
        while True:
            header, arrays = _read(sys.stdin.buffer)
            _answer(answers, header, arrays)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the side that asks is gone


def _answer(answers: BinaryIO, header: dict, arrays: Arrays) -> None:
    try:
        found, refusal = CALLS[header["call"]](header["run"], **arrays), {}
    except Exception as error:  # whatever goes wrong in a model is told to the asker, and the process lives on
        found, refusal = {}, {"error": str(error) or type(error).__name__}
    _write(answers, refusal, found)


def _warm_up() -> None:
    """Load and call the default model, so that the first stroke does not wait for it."""
    with contextlib.suppress(ValueError):  # it may not be on this shelf; whoever asks for it will be told
        predict(DEFAULT_RUN, np.zeros((1, 28, 28), np.uint8))
        neighbours(DEFAULT_RUN, np.zeros((1, 28, 28), np.uint8))


if __name__ == "__main__":
    from models import worker  # the same module under its own name, so that CALLS is filled once

    worker.serve()
