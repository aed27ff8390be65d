"""The error of runs on many test digits that are all changed, measured when a visitor asks for it."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import changes as figures
from models.worker import WorkerError
from training.analysis import significance
from training.analysis.changes import CHANGES, evenly
from training.datasets.dataset import Dataset

DIGITS = 1_000  # asked about
PART = 250  # of them at once: between two parts a click is heard


@st.fragment
def show(dataset: Dataset, name: str, asked: Sequence[str], lines: dict[str, theme.Line]) -> None:
    """A button that measures, with a bar and a way to stop; and the errors, as far as they were measured."""
    numbers = evenly(DIGITS, dataset.where("test", None) if "test" in dataset.split else np.arange(len(dataset.labels)))
    strengths = CHANGES[name].strengths(dataset.input_shape)
    known = cache.changed_errors()
    waiting = [(run, at) for run in asked for at in strengths if _key(dataset, run, name, at) not in known]
    this = f"{cache.dataset_key(dataset)} {name} {asked}"
    button = st.empty()
    if waiting and st.session_state.get(address.MEASURING) == this:
        button.button("Stop", icon=":material/stop:", on_click=_measure, args=(None,))
        _ask(dataset, numbers, name, waiting, len(asked) * len(strengths))
        button.empty()
    elif waiting:
        button.button(
            f"Measure on {len(numbers):,} test digits",
            icon=":material/play_arrow:",
            on_click=_measure,
            args=(this,),
            help="The error of each run on test digits that are all changed so, evenly spread over the test set",
        )
    _figure(dataset, numbers, name, asked, strengths, lines)


def _measure(this: str | None) -> None:
    st.session_state[address.MEASURING] = this


def _key(dataset: Dataset, run_id: str, name: str, strength: float) -> tuple[str, str, str, float]:
    return cache.answers_key((run_id,)), cache.dataset_key(dataset), name, round(float(strength), 6)


def _ask(dataset: Dataset, numbers: np.ndarray, name: str, waiting: list[tuple[str, float]], whole: int) -> None:
    """Have every run that is waited for classify the digits at each strength. A click interrupts it where the bar moves."""
    bar, change, failed = st.progress(0.0), CHANGES[name], set()
    for place, (run_id, strength) in enumerate(waiting):
        if run_id in failed:
            continue
        wrong = 0
        try:
            for start in range(0, len(numbers), PART):
                done = (whole - len(waiting) + place + start / len(numbers)) / whole
                bar.progress(done, f"{run_id} at {wording.number(strength)} {change.unit}")
                part = numbers[start : start + PART]
                found = cache.worker().predict(run_id, change(dataset.images[part], strength))
                wrong += int((found.probabilities.argmax(axis=1) != dataset.labels[part]).sum())
            cache.changed_errors()[_key(dataset, run_id, name, strength)] = wrong
        except WorkerError as error:
            st.caption(wording.plain(f"{run_id}: {error}"))
            failed.add(run_id)
    bar.empty()
    _measure(None)


def _figure(
    dataset: Dataset,
    numbers: np.ndarray,
    name: str,
    asked: Sequence[str],
    strengths: np.ndarray,
    lines: dict[str, theme.Line],
) -> None:
    known, change = cache.changed_errors(), CHANGES[name]
    rows = {
        run: np.array([known.get(_key(dataset, run, name, at), np.nan) for at in strengths]) / len(numbers)
        for run in asked
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
    one = dataset.images[numbers[0]]
    pictures = np.stack([change(one[None], strength)[0] for strength in strengths])
    figure = figures.errors(strengths, pictures, rows, lines, change.unit)
    charts.chart(figure, "changed errors", "Error by the strength of the change")
