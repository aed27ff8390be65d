"""One supervised process that answers questions: started, given up in time, and started again after a crash.

It reads messages from its standard input and answers each with one on its standard output. A message is a JSON header and
the bytes of the arrays it names.
"""

import contextlib
import json
import queue
import struct
import subprocess
import threading
import time
from typing import IO, Any, NoReturn

import numpy as np

from models import ROOT

START_SECONDS = 120.0  # importing Keras takes 4 s, on a cold disk many times that
LARGEST = 64 * 2**20  # bytes of one message: more is no message of ours

Arrays = dict[str, np.ndarray]


class WorkerError(Exception):
    """A question that got no answer, in a sentence."""


class Process:
    """The side that asks; safe to share between threads, which are answered one after the other."""

    def __init__(self, command: tuple[str, ...], idle: float | None = None):
        """idle: seconds without a question after which the process is ended until the next; None: never."""
        self._command, self._idle = command, idle
        self._rest: threading.Timer | None = None
        self._asked = 0
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._answers: queue.SimpleQueue = queue.SimpleQueue()
        self._ready = threading.Event()

    def start(self) -> None:
        """Start the process in the background; returns at once."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._spawn()
        threading.Thread(target=self._await_ready, daemon=True).start()

    def _await_ready(self) -> None:
        """Hear that the process has started, so that `ready` says so before the first question."""
        started = self._process
        # a question may hear it first; without the lock, so that the process can be ended meanwhile
        while self._answers.empty() and not self._ready.is_set() and started is not None and started.poll() is None:
            time.sleep(0.05)
        with self._lock, contextlib.suppress(OSError, EOFError, WorkerError):
            if self._process is started is not None and not self._ready.is_set():
                self._receive(START_SECONDS)
                self._ready.set()

    def ready(self) -> bool:
        """Whether the process runs and has its libraries loaded."""
        return self._ready.is_set() and self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """End the process."""
        with self._lock:
            self._kill()

    def ask(self, question: dict, arrays: Arrays, timeout: float) -> dict[str, Any]:
        """The arrays of the answer, those of no dimension as numbers.

        Args:
            timeout: seconds after which the process is ended and WorkerError raised; starting up does not count.

        Raises:
            WorkerError: the question was refused, took too long, or crashed the process twice.
        """
        with self._lock:
            try:
                return self._exchange_twice(question, arrays, timeout)
            finally:
                self._asked += 1
                self._watch_idleness()

    def _exchange_twice(self, question: dict, arrays: Arrays, timeout: float) -> dict[str, Any]:
        for _attempt in range(2):
            try:
                return self._exchange(question, arrays, timeout)
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
        header, answer = self._receive(timeout, time.monotonic() - started)
        if "error" in header:
            raise WorkerError(header["error"])
        return answer

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
            write(process.stdin, header, arrays)
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

    def _watch_idleness(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        if self._idle is not None:
            self._rest = threading.Timer(self._idle, self._end_if_idle, (self._asked,))
            self._rest.daemon = True  # or a server that ends would wait for it
            self._rest.start()

    def _end_if_idle(self, asked: int) -> None:
        """End the process, unless a question came in between."""
        with self._lock:
            if asked == self._asked:
                self._kill()

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
                answers.put(read(stream))
        except (OSError, EOFError, ValueError):
            answers.put(None)


def write(stream: IO[bytes], header: dict, arrays: Arrays) -> None:
    """Send one message. Raises OSError or EOFError where nobody reads it."""
    described = {name: [array.dtype.str, array.shape] for name, array in arrays.items()}
    head = json.dumps({**header, "arrays": described}).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    try:
        stream.write(struct.pack(">II", len(head), len(body)) + head + body)
        stream.flush()
    except ValueError as error:  # a closed stream
        raise EOFError from error


def read(stream: IO[bytes]) -> tuple[dict, Arrays]:
    """The next message. Raises EOFError at the end, ValueError for what is none."""
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
