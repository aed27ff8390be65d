"""The supervised processes that hold the loaded models, so that Keras never enters the process that serves pages.

`Worker` is the side that asks; the other is `python -m models.worker`, which ends when its input closes.
"""

import contextlib
import os
import sys
from typing import Any, BinaryIO

import numpy as np

from models import DEFAULT_RUN, import_keras, process
from models.ablation import Ablation
from models.adversarial import Film
from models.calls import CALLS, Explanation, Inside, Kernel, Neighbours, Packed, Prediction, Reading, read
from models.class_pictures import ClassPicture, MapPicture
from models.process import Arrays, Process, WorkerError

__all__ = ["Worker", "WorkerError", "serve"]

SLOW = "--slow"  # the flag of the process for slow questions
NICENESS = 5  # that process leaves the processor to whatever else wants it
IDLE_SECONDS = 600.0  # after which it gives its memory back, nearly 1 GB


class Worker:
    """Asks the models; safe to share between threads.

    What a visitor waits for after each stroke is asked of one process. Questions that may take seconds, and those for which
    many models are loaded, are asked of another, so that they hold up no stroke: it starts with the first of them and ends
    when there were none for a while. Each process answers one question after the other.
    """

    def __init__(self, command: tuple[str, ...] = (sys.executable, "-m", "models.worker")):
        self._quick, self._slow = Process(command), Process((*command, SLOW), IDLE_SECONDS)

    def start(self) -> None:
        """Start the process for quick questions in the background; returns at once."""
        self._quick.start()

    def quick_ready(self) -> bool:
        """Whether the process for quick questions runs; until then a question waits seconds for its start."""
        return self._quick.ready()

    def slow_ready(self) -> bool:
        """Whether the process for slow questions runs; where it does not, the next one waits seconds for its start."""
        return self._slow.ready()

    def stop(self) -> None:
        """End both processes."""
        self._quick.stop()
        self._slow.stop()

    def pack(self, run: str, timeout: float = 30.0) -> Packed:
        """As calls.pack, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Packed(**_ask(self._quick, "pack", {"run": run}, {}, timeout))

    def pack_steps(self, run: str, kernels: bool = True, timeout: float = 30.0) -> Packed:
        """As calls.pack_steps, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Packed(**_ask(self._quick, "pack_steps", {"run": run, "kernels": kernels}, {}, timeout))

    def inside(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Inside:
        """As calls.inside, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Inside(**_ask(self._quick, "inside", {"run": run}, {"images": images}, timeout))

    def kernel(self, run: str, step: int, unit: int, timeout: float = 30.0) -> Kernel:
        """As calls.kernel, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Kernel(**_ask(self._quick, "kernel", {"run": run, "step": step, "unit": unit}, {}, timeout))

    def predict(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Prediction:
        """As calls.predict, by the process for slow questions.

        Args:
            timeout: seconds after which the process is ended and WorkerError raised; starting up does not count.

        Raises:
            WorkerError: the question was refused, took too long, or crashed the process twice.
        """
        return Prediction(**_ask(self._slow, "predict", {"run": run}, {"images": images}, timeout))

    def read(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Reading:
        """As calls.read, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Reading(**_ask(self._quick, "read", {"run": run}, {"images": images}, timeout))

    def explain(
        self, run: str, images: np.ndarray, explanation: str, randomized: bool = False, timeout: float = 30.0
    ) -> Explanation:
        """As calls.explain, by the process for slow questions. Arguments and errors are those of `predict`."""
        options = {"run": run, "explanation": explanation, "randomized": randomized}
        return Explanation(**_ask(self._slow, "explain", options, {"images": images}, timeout))

    def adversarial(self, run: str, images: np.ndarray, label: int, timeout: float = 60.0) -> Film:
        """As calls.adversarial, by the process for slow questions. Arguments and errors are those of `predict`."""
        return Film(**_ask(self._slow, "adversarial", {"run": run, "label": label}, {"images": images}, timeout))

    def class_picture(self, run: str, label: int, height: int, width: int, timeout: float = 60.0) -> ClassPicture:
        """As calls.class_picture, by the process for slow questions. Arguments and errors are those of `predict`."""
        options = {"run": run, "label": label, "height": height, "width": width}
        return ClassPicture(**_ask(self._slow, "class_picture", options, {}, timeout))

    def ablation(self, run: str, step: int, units: list[int], images: np.ndarray, timeout: float = 60.0) -> Ablation:
        """As calls.ablation, by the process for slow questions. Arguments and errors are those of `predict`."""
        options = {"run": run, "step": step, "units": units}
        return Ablation(**_ask(self._slow, "ablation", options, {"images": images}, timeout))

    def map_picture(self, run: str, step: int, unit: int, height: int, width: int, timeout: float = 60.0) -> MapPicture:
        """As calls.map_picture, by the process for slow questions. Arguments and errors are those of `predict`."""
        options = {"run": run, "step": step, "unit": unit, "height": height, "width": width}
        return MapPicture(**_ask(self._slow, "map_picture", options, {}, timeout))

    def neighbours(self, run: str, images: np.ndarray, timeout: float = 30.0) -> Neighbours:
        """As calls.neighbours, by the process for quick questions. Arguments and errors are those of `predict`."""
        return Neighbours(**_ask(self._quick, "neighbours", {"run": run}, {"images": images}, timeout))


def _ask(asked: Process, name: str, options: dict[str, Any], arrays: Arrays, timeout: float) -> dict[str, Any]:
    """The fields of what the function `name` of CALLS answers."""
    return asked.ask({"call": name, "options": options}, arrays, timeout)


def serve() -> None:
    """Answer what comes in on standard input until it closes."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # so that a library that prints cannot disturb the answers
    import_keras()
    process.write(answers, {"ready": os.getpid()}, {})
    try:
        if SLOW in sys.argv:
            _give_way()
        else:
            _warm_up()
        while True:
            header, arrays = process.read(sys.stdin.buffer)
            _answer(answers, header, arrays)
    except (EOFError, BrokenPipeError, KeyboardInterrupt):
        pass  # the side that asks is gone


def _answer(answers: BinaryIO, header: dict, arrays: Arrays) -> None:
    try:
        answer, refusal = CALLS[header["call"]](**header["options"], **arrays), {}
        results = {name: np.asarray(value) for name, value in vars(answer).items() if value is not None}
    except Exception as error:  # whatever goes wrong in a model is told to the asker, and the process lives on
        results, refusal = {}, {"error": str(error) or type(error).__name__}
    process.write(answers, refusal, results)


def _give_way() -> None:
    """Compute only with what others leave of the processor, now that this process has started."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _warm_up() -> None:
    """Load and call the default model, so that the first stroke does not wait for it."""
    with contextlib.suppress(Exception):  # it may be absent or damaged; whoever asks for it will be told
        read(DEFAULT_RUN, np.zeros((1, 28, 28), np.uint8))


if __name__ == "__main__":
    serve()
