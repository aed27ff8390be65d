"""How long a run takes to classify a digit, measured on this machine when a visitor asks for it."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import cache
from models.worker import WorkerError
from training import runs

DIGITS = 200  # classified at once


def of(members: Sequence[str]) -> float:
    """Milliseconds per digit, the mean of these runs; NaN if one was not measured."""
    measured = cache.speeds()
    return float(np.mean([measured.get(_key(run), np.nan) for run in members]))


def button(members: Sequence[str], table: pd.DataFrame, on_click: Callable[[], None]) -> None:
    """A button that measures the runs that can be loaded and have not been, with a bar; a click elsewhere stops it."""
    loads = table.set_index("run")["loads"]
    waiting = [run for run in members if loads[run] and _key(run) not in cache.speeds()]
    if not waiting:
        return
    help = "Measure how many milliseconds each run takes per digit; only runs with a saved model"
    if not st.button("Measure speed", icon=":material/timer:", on_click=on_click, help=help):
        return
    bar, failed = st.progress(0.0), False
    for place, run in enumerate(waiting):
        bar.progress(place / len(waiting), f"{run} classifies {DIGITS} digits. A click elsewhere stops it.")
        try:
            cache.speeds()[_key(run)] = _measure(run)
        except (WorkerError, runs.RunError) as error:
            st.caption(f"{run}: {error}")
            failed = True
    bar.empty()
    if not failed:
        st.rerun()  # nothing is left to measure: without the button


def _measure(run: str) -> float:
    height, width, *_ = runs.load_record(run).network["input_shape"]
    images = np.random.default_rng(0).integers(0, 256, (DIGITS, height, width), dtype=np.uint8)
    worker = cache.worker()
    worker.predict(run, images[:1])  # loads it
    return 1000 * worker.predict(run, images).seconds / DIGITS


def _key(run: str) -> tuple[str, str]:
    try:
        return run, runs.load_record(run).answers
    except runs.RunError:  # deleted in the meantime
        return run, ""
