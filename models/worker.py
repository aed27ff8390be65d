"""The one supervised process that holds the loaded models, so that Keras never enters the process that serves pages.

`Worker` is the side that asks: it starts `python -m models.worker`, gives every question a time-out, starts the process
again after a crash, and asks a question once more. The process answers on its standard output, one message for each it
reads, and ends when its input closes. A message is a JSON header and the bytes of the arrays it names.
"""

import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from typing import IO, Any, NoReturn

import numpy as np

from models import DEFAULT_RUN, ROOT, import_keras
from models.calls import CALLS, Explanation, Neighbours, Prediction, Reading, read

START_SECONDS = 120.0  # importing Keras takes 4 s, on a cold disk many times that
LARGEST = 64 * 2**20  # bytes of one message: more is no message of ours

Arrays = dict[str, np.ndarray]


class WorkerError(Exception):
    """A question that got no answer, in a sentence."""


class Worker:
    """Asks the process; safe to share between threads, which are answered one after the other."""

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "models.worker")):
        self._command = command
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
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

    def predict(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Prediction:
        """As calls.predict, by the process.

        Args:
            timeout: seconds after which the process is ended and WorkerError raised; starting up does not count.
            given: the function's further arguments, arrays or words.

        Raises:
            WorkerError: the question was refused, took too long, or crashed the process twice.
        """
        return Prediction(**self._ask("predict", {"run": run}, {"images": images}, timeout))

    def read(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Reading:
        """As calls.read, by the process. Arguments and errors are those of `predict`."""
        return Reading(**self._ask("read", {"run": run}, {"images": images}, timeout))

    def explain(self, run: str, images: np.ndarray, explanation: str, timeout: float = 30.0) -> Explanation:
        """As calls.explain, by the process. Arguments and errors are those of `predict`."""
        options = {"run": run, "explanation": explanation}
        return Explanation(**self._ask("explain", options, {"images": images}, timeout))

    def neighbours(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Neighbours:
        """As calls.neighbours, by the process. Arguments and errors are those of `predict`."""
        return Neighbours(**self._ask("neighbours", {"run": run}, {"images": images}, timeout))

    def _ask(self, name: str, options: dict[str, str], arrays: Arrays, timeout: float) -> dict[str, Any]:
        """The fields of what the function `name` of CALLS answers."""
        with self._lock:
            for _attempt in range(2):
                try:
                    return self._exchange({"call": name, "options": options}, arrays, timeout)
                except (OSError, EOFError):
                    self._kill()
            raise WorkerError("The process that holds the models ended twice at this question.")

    def _exchange(self, question: dict, arrays: Arrays, timeout: float) -> dict[str, Any]:
        if self._process is None or self._process.poll() is not None:
            self._spawn()
        if not self._ready.is_set():
            self._receive(START_SECONDS)
            self._ready.set()
        started = time.monotonic()
        self._send(question, arrays, timeout)
        header, found = self._receive(timeout, time.monotonic() - started)
        if "error" in header:
            raise WorkerError(header["error"])
        return found

    def _send(self, header: dict, arrays: Arrays, timeout: float) -> None:
        """Write the question. A process that has stopped reading would block this for ever once the pipe is full."""
        late, process = threading.Event(), self._process
        assert process is not None
        assert process.stdin is not None

        def give_up() -> None:
            late.set()
            process.kill()

        watch = threading.Timer(timeout, give_up)
        watch.start()
        try:
            _write(process.stdin, header, arrays)
        except OSError:
            if late.is_set():
                self._give_up(timeout)
            raise
        finally:
            watch.cancel()

    def _receive(self, timeout: float, passed: float = 0.0) -> tuple[dict, Arrays]:
        try:
            message = self._answers.get(timeout=max(0.0, timeout - passed))
        except queue.Empty:
            self._give_up(timeout)
        if message is None:
            raise EOFError
        return message

    def _give_up(self, timeout: float) -> NoReturn:
        self._kill()
        raise WorkerError(f"The models gave no answer within {timeout:g} s.") from None

    def _spawn(self) -> None:
        self._kill()
        self._answers = queue.SimpleQueue()
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=_listen, args=(self._process.stdout, self._answers), daemon=True).start()

    def _kill(self) -> None:
        self._ready.clear()
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            assert process.stdin is not None
            with contextlib.suppress(OSError):  # what of a question was not sent cannot be sent any more
                process.stdin.close()


def _listen(stream: IO[bytes], answers: queue.SimpleQueue) -> None:
    """Put every message of the stream into `answers`, and None when it ends."""
    with stream:
        try:
            while True:
                answers.put(_read(stream))
        except (OSError, EOFError, ValueError):
            answers.put(None)


def _write(stream: IO[bytes], header: dict, arrays: Arrays) -> None:
    described = {name: [array.dtype.str, array.shape] for name, array in arrays.items()}
    head = json.dumps({**header, "arrays": described}).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    try:
        stream.write(struct.pack(">II", len(head), len(body)) + head + body)
        stream.flush()
    except ValueError as error:  # a closed stream
        raise EOFError from error


def _read(stream: IO[bytes]) -> tuple[dict, Arrays]:
    sizes = _exactly(stream, 8)
    head_size, body_size = struct.unpack(">II", sizes)
    if head_size + body_size > LARGEST:
        raise ValueError("not a message")
    header, body = json.loads(_exactly(stream, head_size)), _exactly(stream, body_size)
    arrays, start = {}, 0
    for name, (kind, shape) in header.pop("arrays").items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(body, kind, count, start).reshape(shape)[()]  # a number where the shape is ()
        start += arrays[name].nbytes
    return header, arrays


def _exactly(stream: IO[bytes], size: int) -> bytes:
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


def _answer(answers: IO[bytes], header: dict, arrays: Arrays) -> None:
    try:
        answer, refusal = CALLS[header["call"]](**header["options"], **arrays), {}
        found = {name: np.asarray(value) for name, value in vars(answer).items() if value is not None}
    except Exception as error:  # whatever goes wrong in a model is told to the asker, and the process lives on
        found, refusal = {}, {"error": str(error) or type(error).__name__}
    _write(answers, refusal, found)


def _warm_up() -> None:
    """Load and call the default model, so that the first stroke does not wait for it."""
    with contextlib.suppress(Exception):  # it may be absent or damaged; whoever asks for it will be told
        read(DEFAULT_RUN, np.zeros((1, 28, 28), np.uint8))


if __name__ == "__main__":
    serve()
