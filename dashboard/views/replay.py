"""A run played again, epoch by epoch: how its mistakes went away, and what it learned last, forgot, or never learned."""

import time
from functools import partial

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.address import cell_in_address, close_cell, open_cell
from dashboard.components import charts
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.figures import agreement as figures
from dashboard.sections import choices, opening
from dashboard.sections.tested_digits import show, show_cell, tell_missing, tested_on
from models import DEFAULT_RUN
from training import runs
from training.analysis import forgetting
from training.datasets.dataset import Dataset

BEAT = 0.9  # seconds an epoch stays while it plays


def main() -> None:
    table = opening.page_of_runs(
        "Replay",
        "How did a run's mistakes go away, epoch by epoch?",
        "The epochs of your runs would be played here.",
    )
    if table is None:
        return
    run_id = choices.choose_run(list(table["run"]), DEFAULT_RUN, on_change=_stop)
    record, found = runs.load_record(run_id), cache.predictions(run_id)
    names, dataset = tuple(record.dataset["class_names"]), tested_on(record)
    tell_missing(dataset)
    every = BEAT if st.session_state.get(address.PLAYING) else None
    errors = cache.class_errors(run_id, len(names))
    st.fragment(_epoch, run_every=every)(run_id, found, errors, names, dataset)
    if len(found.epoch_classes) > 1:
        _remembered(found, cache.forgetting(run_id), names, dataset)


def _stop() -> None:
    st.session_state[address.PLAYING] = False


def _play(last: int) -> None:
    st.session_state[address.PLAYING] = not st.session_state.get(address.PLAYING)
    st.session_state[address.BEAT] = time.monotonic()
    if st.session_state[address.PLAYING] and st.session_state.get(address.EPOCH, 1) >= last:
        st.session_state[address.EPOCH] = 1


@opening.bears_changes
def _epoch(
    run_id: str, found: runs.Predictions, errors: np.ndarray, names: tuple[str, ...], dataset: Dataset | str
) -> None:
    """One epoch: a slider to it, the matrix after it, the digits of a clicked cell or those that it changed, and the errors."""
    last = len(found.epoch_classes)
    epoch = _chosen(last)
    read = found.epoch_classes[epoch - 1]
    wrong = int((read != found.labels).sum())
    kept = (
        ""
        if epoch < last
        else " These are the digits that the last epoch left; the run's answers may be of its best one."
    )
    st.markdown(
        f"After epoch {epoch} of {last}, **{wrong:,}** of {len(read):,} test digits are misread: "
        f"{wording.percent(wrong / len(read))}." + (kept if (read != found.classes).any() else "")
    )
    left, right = st.columns([5, 6], gap="large")
    with left:
        matrix, cell = cache.matrix(run_id, len(names), epoch), cell_in_address(len(names))
        clicked = confusion_matrix(matrix, matrix, names, cell, f"replay {run_id}")
        open_cell(clicked, cell)
        st.caption(
            "A row is a label, a column what it was read as; few digits are coloured nearly as strongly as many (logarithmic). "
            "Click a cell to see its digits."
        )
    with right:
        if cell:
            st.button("All that changed", icon=":material/close:", on_click=close_cell)
            show_cell(dataset, found.labels, read, cell, names, "after this epoch")
        elif epoch > 1:
            _changed(run_id, found, epoch, names, dataset)
        elif last > 1:
            st.caption("From the second epoch on, the digits that an epoch changed are here.")
    if last > 1:
        draw = partial(figures.class_errors, errors, names, epoch)
        charts.chart(draw, "class errors", "Error of each class by epoch", (cache.run_key(run_id), epoch))


def _changed(run_id: str, found: runs.Predictions, epoch: int, names: tuple[str, ...], dataset: Dataset | str) -> None:
    """The digits that an epoch, the second or a later one, made right and wrong."""
    before, read = found.epoch_classes[epoch - 2 : epoch]
    better, worse = forgetting.changed(found.labels, found.epoch_classes, epoch)
    for numbers, text, key in ((better, "became right", "better"), (worse, "became wrong", "worse")):
        digits = "digit" if len(numbers) == 1 else "digits"
        below = ", read before → after" if len(numbers) else ""
        show(
            dataset,
            numbers,
            f"**{len(numbers):,}** {digits} {text} in epoch {epoch}{below}.",
            f"{key} {run_id}",
            lambda n: (
                f"labelled {names[found.labels[n]]}, read as {names[before[n]]} before and {names[read[n]]} after"
            ),
            lambda n: f"{names[before[n]]} → {names[read[n]]}",
        )


def _chosen(last: int) -> int:
    """The epoch on the slider, which moves by itself while it plays."""
    if last == 1:
        st.caption("This run was trained for one epoch, so there is nothing to play.")
        return 1
    _from_address(last)
    if st.session_state.get(address.PLAYING) and time.monotonic() - st.session_state[address.BEAT] >= BEAT * 0.8:
        st.session_state[address.EPOCH] = min(last, st.session_state[address.EPOCH] + 1)
        st.session_state[address.BEAT] = time.monotonic()
        if st.session_state[address.EPOCH] == last:
            st.session_state[address.PLAYING] = False
            st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        playing = st.session_state.get(address.PLAYING)
        icon = ":material/pause:" if playing else ":material/play_arrow:"
        if st.button("Stop" if playing else "Play", key="play", icon=icon, on_click=_play, args=(last,)):
            st.rerun(scope="app")
        epoch = st.slider("Epoch", 1, last, key=address.EPOCH, width=480)
    st.session_state[address.NAMED_EPOCH] = st.query_params[address.EPOCH] = str(epoch)
    return epoch


def _from_address(last: int) -> None:
    """Take the epoch that the address names, where somebody else than this page wrote it there; else keep it within the run.

    A slider bound to the address by Streamlit would go back to what stands there whenever the program moves it.
    """
    named = st.query_params.get(address.EPOCH, "")
    if named.isdecimal() and len(named) < 6 and named != st.session_state.get(address.NAMED_EPOCH):
        st.session_state[address.EPOCH] = int(named)
    st.session_state[address.EPOCH] = max(1, min(last, st.session_state.get(address.EPOCH, last)))


def _remembered(
    found: runs.Predictions, kept: forgetting.Forgetting, names: tuple[str, ...], dataset: Dataset | str
) -> None:
    """What was learned last, forgotten most often, and never learned."""
    st.subheader("What was hard to learn?")
    last = np.argsort(-kept.learned, kind="stable")
    late = last[kept.learned[last] > 1]
    forgotten = np.argsort(-kept.forgotten, kind="stable")
    forgotten = forgotten[kept.forgotten[forgotten] > 0]
    never = np.flatnonzero(kept.never)
    final = found.epoch_classes[-1]

    def labelled(number: int) -> str:
        return f"labelled {names[found.labels[number]]}, read as {names[final[number]]} in the end"

    of = len(found.labels)
    parts = (
        (
            never,
            f"**{len(never):,}** of {of:,} digits were **never** read rightly"
            + (", label → read in the end." if len(never) else "."),
            lambda n: f"{names[found.labels[n]]} → {names[final[n]]}",
        ),
        (
            late,
            f"**{len(late):,}** were learned late, read rightly to the end from the epoch below on, the **last learned** first.",
            lambda n: f"epoch {kept.learned[n]}",
        ),
        (
            forgotten,
            f"**{len(forgotten):,}** were **forgotten**: right after one epoch, wrong after the next. The most often first.",
            lambda n: f"{kept.forgotten[n]} times",
        ),
    )
    for key, (numbers, title, caption) in zip(("never", "late", "forgotten"), parts, strict=True):
        show(dataset, numbers, title, f"{key} digits", labelled, caption)


main()
