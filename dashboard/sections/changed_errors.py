"""The error of runs on many test digits that are all changed, measured when a visitor asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import changes as figures
from dashboard.sections import beats
from models.worker import WorkerError
from training.analysis import significance
from training.analysis.changes import CHANGES, evenly
from training.datasets.dataset import Dataset

DIGITS = 1_000  # asked about
PART = 250  # of them in one question


@st.fragment(key=address.CHANGED_ERRORS)
def show(dataset: Dataset, name: str, asked: Sequence[str], lines: dict[str, theme.Line]) -> None:
    """A button that measures, with a bar and a way to stop; and the errors, as far as they were measured."""
    numbers = evenly(DIGITS, dataset.where("test", None) if "test" in dataset.split else np.arange(len(dataset.labels)))
    wanted = Wanted(dataset, numbers, name, asked, CHANGES[name].strengths(dataset.input_shape))
    measuring = bool(wanted.waiting()) and st.session_state.get(address.MEASURING) == wanted.this()
    beats.fragment(_measured, measuring)(wanted, lines)


@dataclass(frozen=True)
class Wanted:
    """What is measured: asked: the runs; strengths: of the change with that name, made to the digits with these numbers."""

    dataset: Dataset
    numbers: np.ndarray
    name: str
    asked: Sequence[str]
    strengths: np.ndarray

    def this(self) -> str:
        """By which it is told from other measurements."""
        return f"{cache.dataset_key(self.dataset)} {self.name} {self.asked}"

    def key(self, run_id: str, strength: float) -> tuple[str, str, str, float]:
        """Of the error of a run at a strength."""
        return cache.answers_key((run_id,)), cache.dataset_key(self.dataset), self.name, round(float(strength), 6)

    def waiting(self) -> list[tuple[str, float]]:
        """The runs and strengths that are not measured yet, without runs that gave no answer."""
        measured, failed = cache.changed_errors(), st.session_state.get(address.FAILED, {})
        runs = [run for run in self.asked if run not in failed]
        return [(run, at) for run in runs for at in self.strengths if self.key(run, at) not in measured]


def _measured(wanted: Wanted, lines: dict[str, theme.Line]) -> None:
    """The next errors, a bar and a way to stop while they are measured, else a way to begin; and those that are known."""
    waiting = wanted.waiting()
    if waiting and st.session_state.get(address.MEASURING) == wanted.this():
        st.button("Stop", icon=":material/stop:", on_click=_measure, args=(None,))
        _ask_next(wanted, waiting)
    elif waiting:
        st.button(
            f"Measure on {len(wanted.numbers):,} test digits",
            icon=":material/play_arrow:",
            on_click=_measure,
            args=(wanted.this(),),
            help="The error of each run on test digits that are all changed so, evenly spread over the test set",
        )
    for run_id, sentence in st.session_state.get(address.FAILED, {}).items():
        if run_id in wanted.asked:
            st.caption(wording.plain(f"{run_id}: {sentence}"))
    _figure(wanted, lines)


def _measure(this: str | None) -> None:
    st.session_state[address.MEASURING] = this
    if this:
        st.session_state[address.FAILED] = {}
    # the fragment around that of the errors, which then goes on by itself, or no more
    st.rerun(address.CHANGED_ERRORS)


def _ask_next(wanted: Wanted, waiting: list[tuple[str, float]]) -> None:
    """Error after error, until a pause is due."""
    more, whole, change = beats.until_pause(), len(wanted.asked) * len(wanted.strengths), CHANGES[wanted.name]
    bar = st.empty()
    while waiting and more():
        run_id, strength = waiting[0]
        bar.progress(1 - len(waiting) / whole, f"{run_id} at {wording.number(strength)} {change.unit}")
        try:
            cache.changed_errors()[wanted.key(run_id, strength)] = _count(wanted, run_id, strength)
        except WorkerError as error:
            st.session_state.setdefault(address.FAILED, {})[run_id] = str(error)
        waiting = wanted.waiting()
    if not waiting:
        st.session_state[address.MEASURING] = None
        beats.end()


def _count(wanted: Wanted, run_id: str, strength: float) -> int:
    """How many of the digits the run misclassifies once they are changed. Raises WorkerError."""
    wrong = 0
    for start in range(0, len(wanted.numbers), PART):
        part = wanted.numbers[start : start + PART]
        answer = cache.worker().predict(run_id, CHANGES[wanted.name](wanted.dataset.images[part], strength))
        wrong += int((answer.probabilities.argmax(axis=1) != wanted.dataset.labels[part]).sum())
    return wrong


def _figure(wanted: Wanted, lines: dict[str, theme.Line]) -> None:
    """The errors that are known, by the strength of the change."""
    dataset, numbers, strengths = wanted.dataset, wanted.numbers, wanted.strengths
    measured, change = cache.changed_errors(), CHANGES[wanted.name]
    rows = {
        run: np.array([measured.get(wanted.key(run, at), np.nan) for at in strengths]) / len(numbers)
        for run in wanted.asked
    }
    rows = {run: row for run, row in rows.items() if not np.isnan(row).all()}
    if not rows:
        return
    worst = max(float(np.nanmax(row)) for row in rows.values())
    low, high = significance.interval(round(worst * len(numbers)), len(numbers))
    st.markdown(
        f"**Error on {len(numbers):,} test digits** that are all changed so",
        help=f"{wording.INTERVAL} Here an error of {wording.percent(worst, 1)} has the interval {wording.percent(low, 1)} to "
        f"{wording.percent(high, 1)}.",
    )
    example = dataset.images[numbers[0]]
    pictures = np.stack([change(example[None], strength)[0] for strength in strengths])
    figure = figures.errors(strengths, pictures, rows, lines, change.unit)
    charts.chart(figure, "changed errors", "Error by the strength of the change")
