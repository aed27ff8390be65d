"""What a run loses while a map is switched off: on the shown digit, on many test digits, and without each map of the layer."""

import time

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts, reading
from dashboard.components.inside import Shown
from dashboard.figures import ablation as figures
from dashboard.sections import tested_digits
from dashboard.sections.open_map import OpenMap
from models.worker import WorkerError
from training.analysis import ablation
from training.analysis.ablation import Harm
from training.analysis.changes import evenly
from training.datasets.dataset import Dataset

DIGITS = 1_000  # asked about
PAUSE = 0.4  # seconds that a question may take: between two a click is heard
MOST = 256  # maps in one question
HELP = (
    "What leaves the layer for it, behind normalisation and activation, is set to zero everywhere, and the layers behind compute "
    "with that. Nothing is trained anew (ablation)."
)


def show(part: OpenMap, shown: Shown) -> None:
    """The digit and the error without the open map; and a button that measures the layer, with a bar and a way to stop."""
    digit, error = st.columns([2, 3], gap="large")
    try:
        with digit:
            _digit(part, shown)
        with error:
            _error(part)
    except WorkerError as failed:
        _measure(None)
        st.warning(wording.plain(failed), icon=":material/error:")


def _error(part: OpenMap) -> None:
    """The error with the map and without, on digits that the run was tested on."""
    dataset = tested_digits.tested_on(part.record)
    if isinstance(dataset, str):
        st.caption(wording.plain(f"The error without it cannot be measured here. {dataset}"))
        return
    numbers = evenly(DIGITS, dataset.where("test", None))
    known = cache.harms(part.record.run_id, part.step)
    # it keeps its place on the page, where what follows would move else
    place = st.empty()
    if part.unit not in known:
        with place, st.spinner(f"Asking {part.record.run_id}", show_time=False):
            _ask(part, dataset, numbers, [part.unit])
    st.markdown(said(part, known[part.unit], dataset.class_names))
    _layer(part, dataset, numbers, known)


def said(part: OpenMap, harm: Harm, names: tuple[str, ...]) -> str:
    """The error without the open map in a sentence."""
    without, before = (wording.percent(count / harm.digits, 1) for count in (harm.errors, harm.before))
    whole = f"as with it, {without}" if harm.errors == harm.before else f"**{without}** instead of {before}"
    text = f"Without {part.noun} {part.unit + 1} of layer {part.layer}: {whole} of {harm.digits:,} test digits misclassified"
    text += "" if harm.errors == harm.before else f", {wording.paired_test(harm.p)}"
    return f"{text}.{_most(harm, names)}"


def _most(harm: Harm, names: tuple[str, ...]) -> str:
    """The most frequent new error, where there is one."""
    if not harm.new:
        return ""
    label, prediction = (wording.plain(names[place]) for place in (harm.label, harm.prediction))
    if harm.new == 1:
        return f" A new error: {label} predicted as {prediction}."
    return f" Most new errors: {label} predicted as {prediction} ({harm.new} digits)."


def _digit(part: OpenMap, shown: Shown) -> None:
    """What the run makes of the shown digit with the map and without."""
    found = cache.ablated(part.record.run_id, part.step, part.unit, shown.picture)
    names = part.record.dataset["class_names"]
    rows = (found.whole[0], found.without[0, 0])
    captions = ("This digit, with it", "Without it")
    pieces = [reading.captioned(reading.bars(row, names), caption) for row, caption in zip(rows, captions, strict=True)]
    reading.row(pieces, "1rem 2rem", "calc(50% - 1rem)")


def _ask(part: OpenMap, dataset: Dataset, numbers: np.ndarray, units: list[int]) -> None:
    """Have the run classify the digits without each of these maps, and keep what it loses."""
    found = cache.worker().ablation(part.record.run_id, part.step, units, dataset.images[numbers])
    known, labels = cache.harms(part.record.run_id, part.step), dataset.labels[numbers]
    for unit, row in zip(units, found.without, strict=True):
        known[unit] = ablation.harm(labels, found.whole, row)


def _layer(part: OpenMap, dataset: Dataset, numbers: np.ndarray, known: dict[int, Harm]) -> None:
    this = f"{cache.run_key(part.record.run_id)} {part.step}"
    waiting = [unit for unit in range(part.units) if unit not in known]
    button = st.empty()
    if waiting and st.session_state.get(address.MEASURING) == this:
        button.button("Stop", icon=":material/stop:", on_click=_measure, args=(None,))
        _ask_all(part, dataset, numbers, waiting)
        button.empty()
    elif waiting:
        button.button(
            f"Measure without each {part.noun} of layer {part.layer}",
            icon=":material/play_arrow:",
            on_click=_measure,
            args=(this,),
        )
    if len(known) > 1:
        _chart(part, known, dataset.class_names)


def _measure(this: str | None) -> None:
    st.session_state[address.MEASURING] = this


def _ask_all(part: OpenMap, dataset: Dataset, numbers: np.ndarray, waiting: list[int]) -> None:
    """So many maps in a question as take no longer than PAUSE. A click interrupts it where the bar moves."""
    bar, count = st.progress(0.0), 1
    while waiting:
        units, waiting = waiting[:count], waiting[count:]
        done = 1 - (len(units) + len(waiting)) / part.units
        bar.progress(done, f"Layer {part.layer} without {part.noun} {units[0] + 1}")
        began = time.monotonic()
        _ask(part, dataset, numbers, units)
        quick = time.monotonic() - began < PAUSE
        count = min(2 * count, MOST) if quick else max(1, count // 2)
    bar.empty()
    _measure(None)


def _chart(part: OpenMap, known: dict[int, Harm], names: tuple[str, ...]) -> None:
    units = sorted(known)
    harms = [known[unit] for unit in units]
    errors = np.array([harm.errors / harm.digits for harm in harms])
    hover = [
        f"Without {part.noun} {unit + 1}: {wording.percent(error, 1)}.{_most(harm, names)}"
        for unit, error, harm in zip(units, errors, harms, strict=True)
    ]
    whole = harms[0].before / harms[0].digits
    st.markdown(
        f"**Error without each {part.noun} of layer {part.layer}**, the highest first. Blue is the open one, the line is with all."
    )
    figure = figures.without_each(
        errors, [str(unit + 1) for unit in units], hover, whole, units.index(part.unit), part.noun
    )
    charts.chart(figure, "ablation", f"Error without each {part.noun} of layer {part.layer}")
