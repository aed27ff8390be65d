"""How long a stroke's answer takes while another visitor asks slow questions, under three ways to arrange the processes.

python -m tests.benchmarks.slow_questions [--seconds 15]

"one process": all questions in one queue. "one, strokes first": one process, in which a stroke passes the slow questions
that wait, and these are cut into slices. "two processes": what models.worker does. Times swing with the machine: compare
the ratios to an undisturbed stroke of the same run of this script.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import psutil

from models import DEFAULT_RUN
from models.explanations import EXPLANATIONS
from models.preprocessing import from_strokes
from models.process import Process
from models.worker import Worker
from training import runs

SEVEN = from_strokes([[[0, 0], [10, 0], [3, 16]]])[None]
BETWEEN = 0.2  # seconds between two strokes
SLICE = 50  # pictures
DRAWINGS = 1000
HEAVIEST = "cnn-6layer"


class StrokesFirst:
    """Stands in for both processes: one process, whose slow questions let every waiting stroke pass."""

    def __init__(self, process: Process):
        self.process, self.strokes = process, 0
        self.free = threading.Condition()
        self.busy = False

    def ask(self, question: dict, arrays: dict, timeout: float) -> dict:
        """As Process.ask."""
        stroke = question["call"] == "read"
        with self.free:
            self.strokes += stroke
            self.free.wait_for(lambda: not self.busy and (stroke or not self.strokes))
            self.strokes -= stroke
            self.busy = True
        try:
            return self.process.ask(question, arrays, timeout)
        finally:
            with self.free:
                self.busy = False
                self.free.notify_all()

    def __getattr__(self, name):
        return getattr(self.process, name)


def one_process() -> Worker:
    """Every question waits for all that were asked before."""
    worker = Worker()
    worker._slow = worker._quick
    return worker


def strokes_first() -> Worker:
    """One process, the strokes first."""
    worker = Worker()
    worker._slow = worker._quick = StrokesFirst(worker._quick)
    return worker


DESIGNS = {"one process": one_process, "one, strokes first": strokes_first, "two processes": Worker}


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=15, help="how long each question is repeated")
    seconds = parser.parse_args().seconds
    records = runs.list_runs()[0]
    able = [r.run_id for r in records if r.tested == "mnist" and {"model.keras", "model.npz"} & set(r.files)]
    for name, design in DESIGNS.items():
        worker = design()
        alone = strokes(worker, lambda: time.sleep(BETWEEN), seconds)
        tell(name, "nothing else", alone, alone)
        sliced = name == "one, strokes first"
        for asked, question in questions(worker, able, sliced).items():
            tell(name, asked, strokes(worker, question, 0 if "first" in asked else seconds), alone)
        print(f"{name}: {memory():.0f} MB of memory")
        worker.stop()


def questions(worker: Worker, able: list[str], sliced: bool) -> dict[str, Callable[[], object]]:
    """What another visitor asks, by name. sliced: no more than SLICE pictures at once."""
    drawings = np.repeat(SEVEN, DRAWINGS, axis=0)

    def all_models() -> None:
        for run in able:
            worker.predict(run, SEVEN)

    def looked() -> None:
        if not sliced:
            worker.explain(HEAVIEST, SEVEN, "occlusion")
            return
        EXPLANATIONS["occlusion"](lambda images: np.concatenate(list(parts(HEAVIEST, images))), SEVEN[0], 7)

    def my_drawings() -> None:
        for run in able:
            list(parts(run, drawings)) if sliced else worker.predict(run, drawings)

    def parts(run: str, images: np.ndarray) -> Iterator[np.ndarray]:
        for start in range(0, len(images), SLICE):
            yield worker.predict(run, images[start : start + SLICE]).probabilities

    return {
        "all models, the first time": all_models,
        "all models": all_models,
        "where it looked": looked,
        "my drawings": my_drawings,
    }


def strokes(worker: Worker, question: Callable[[], object], seconds: float) -> tuple[list[float], float]:
    """Seconds of each stroke's answer while another thread asks `question` at least once and for so long, and the seconds
    that it took in the median."""
    worker.read(DEFAULT_RUN, SEVEN)
    begun, answered, asked = time.perf_counter(), [], []
    end = begun + seconds

    def ask() -> None:
        while not asked or time.perf_counter() < end:
            started = time.perf_counter()
            question()
            asked.append(time.perf_counter() - started)

    other = threading.Thread(target=ask)
    other.start()
    while other.is_alive():
        time.sleep(BETWEEN)
        started = time.perf_counter()
        worker.read(DEFAULT_RUN, SEVEN)
        answered.append(time.perf_counter() - started)
    return answered, float(np.median(asked))


def tell(design: str, asked: str, found: tuple[list[float], float], alone: tuple[list[float], float]) -> None:
    """One line: a stroke's p50 and p95 in ms, their ratio to an undisturbed one's, and what the question took."""
    here, before = np.percentile(found[0], [50, 95]), np.percentile(alone[0], [50, 95])
    print(
        f"{design:18} {asked:26} p50 {1000 * here[0]:7.1f} ms ({here[0] / before[0]:6.1f} x), p95 {1000 * here[1]:7.1f} ms "
        f"({here[1] / before[1]:6.1f} x), {len(found[0])} strokes, the question {found[1]:.2f} s",
        flush=True,
    )


def memory() -> float:
    """MB that the processes of this script's worker hold."""
    return sum(child.memory_info().rss for child in psutil.Process().children()) / 1e6


if __name__ == "__main__":
    main()
