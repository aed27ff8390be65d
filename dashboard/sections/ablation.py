"""What a run loses while a map is switched off: on the shown digit, on many test digits, and without each map of the layer."""

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts, reading
from dashboard.components.inside import Shown
from dashboard.figures import ablation as figures
from dashboard.sections import beats, tested_digits
from dashboard.sections.open_map import OpenMap
from models.worker import WorkerError
from training.analysis import ablation
from training.analysis.ablation import Harm
from training.analysis.changes import evenly
from training.datasets.dataset import Dataset

DIGITS = 1_000  # asked about
MOST = 256  # maps in one question
CHART = "ablation"  # its key
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
        st.warning(wording.plain(failed), icon=":material/error:")


def _error(part: OpenMap) -> None:
    """The error with the map and without, on digits that the run was tested on."""
    dataset = tested_digits.tested_on(part.record)
    if isinstance(dataset, str):
        st.caption(wording.plain(f"The error without it cannot be measured here. {dataset}"))
        return
    numbers = evenly(DIGITS, dataset.where("test", None))
    by_unit = cache.harms(part.record.run_id, part.step)
    if part.unit not in by_unit:
        with st.spinner(f"Asking {part.record.run_id}", show_time=False):
            _ask(part, dataset, numbers, [part.unit])
    st.markdown(said(part, by_unit[part.unit], dataset.class_names))
    measuring = len(by_unit) < part.units and st.session_state.get(address.MEASURING) == _measurement(part)
    beats.fragment(_layer, measuring)(part, dataset, numbers)


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
    answer = cache.ablated(part.record.run_id, part.step, part.unit, shown.picture)
    names = part.record.dataset["class_names"]
    rows = (answer.whole[0], answer.without[0, 0])
    captions = ("This digit, with it", "Without it")
    pieces = [reading.captioned(reading.bars(row, names), caption) for row, caption in zip(rows, captions, strict=True)]
    reading.row(pieces, "1rem 2rem", "calc(50% - 1rem)")


def _ask(part: OpenMap, dataset: Dataset, numbers: np.ndarray, units: list[int]) -> None:
    """Have the run classify the digits without each of these maps, and keep what it loses."""
    answer = cache.worker().ablation(part.record.run_id, part.step, units, dataset.images[numbers])
    by_unit, labels = cache.harms(part.record.run_id, part.step), dataset.labels[numbers]
    for unit, row in zip(units, answer.without, strict=True):
        by_unit[unit] = ablation.harm(labels, answer.whole, row)


def _measurement(part: OpenMap) -> str:
    return f"{cache.run_key(part.record.run_id)} {part.step}"


def _layer(part: OpenMap, dataset: Dataset, numbers: np.ndarray) -> None:
    """The next maps, a bar and a way to stop while the layer is measured; else what was measured, and a way to begin."""
    by_unit = cache.harms(part.record.run_id, part.step)
    waiting = [unit for unit in range(part.units) if unit not in by_unit]
    if waiting and st.session_state.get(address.MEASURING) == _measurement(part):
        st.button("Stop", icon=":material/stop:", key="stop ablation", on_click=_measure, args=(None,))
        st.progress(len(by_unit) / part.units, f"Layer {part.layer} without {part.noun} {waiting[0] + 1}")
        try:
            _ask_next(part, dataset, numbers, waiting)
        except WorkerError as error:
            st.warning(wording.plain(error), icon=":material/error:")
            st.session_state[address.MEASURING] = None
        return
    if waiting:
        label = f"Measure without each {part.noun} of layer {part.layer}"
        st.button(label, icon=":material/play_arrow:", on_click=_measure, args=(_measurement(part),))
    if len(by_unit) > 1:
        _chart(part, by_unit, dataset.class_names)


def _measure(this: str | None) -> None:
    st.session_state[address.MEASURING] = this
    # the fragment around the layer's, which then goes on by itself, or no more
    st.rerun(address.OPEN_MAP)


def _ask_next(part: OpenMap, dataset: Dataset, numbers: np.ndarray, waiting: list[int]) -> None:
    """More and more maps in a question, until a pause is due."""
    more, count = beats.until_pause(), 1
    while waiting and more():
        units, waiting = waiting[:count], waiting[count:]
        _ask(part, dataset, numbers, units)
        count = min(2 * count, MOST)
    if not waiting:
        st.session_state[address.MEASURING] = None
        beats.end()


def _chart(part: OpenMap, by_unit: dict[int, Harm], names: tuple[str, ...]) -> None:
    units = sorted(by_unit)
    harms = [by_unit[unit] for unit in units]
    errors = np.array([harm.errors / harm.digits for harm in harms])
    hover = [
        f"Without {part.noun} {unit + 1}: {wording.percent(error, 1)}.{_most(harm, names)}"
        for unit, error, harm in zip(units, errors, harms, strict=True)
    ]
    whole = harms[0].before / harms[0].digits
    st.markdown(
        f"**Error without each {part.noun} of layer {part.layer}**, the highest first. Blue is the open one, the line is with all. "
        f"Click a bar to open its {part.noun}."
    )
    figure = figures.without_each(
        errors, [str(unit + 1) for unit in units], hover, whole, units.index(part.unit), part.noun
    )
    charts.chart(
        figure,
        CHART,
        f"Error without each {part.noun} of layer {part.layer}",
        on_select=_open_clicked,
        selection_mode="points",
    )


def _open_clicked() -> None:
    """Open the map whose bar was clicked, on the whole page."""
    if points := st.session_state[CHART]["selection"]["points"]:
        st.query_params[address.UNIT] = points[0]["customdata"][1]
        st.rerun()
