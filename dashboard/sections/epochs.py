"""The part of the page Evaluate that shows a run epoch by epoch, and which digits it learned last, forgot or never learned."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.address_bar import cell_in_address, close_cell
from dashboard.components import charts
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.figures import agreement as figures
from dashboard.sections import opened_digit, opening, tested_digits
from dashboard.sections.player import Player
from training import runs
from training.analysis import forgetting
from training.datasets.dataset import Dataset

PLAYER = Player(address.EPOCH, address.PLAYING, address.BEAT, pace=0.9)
HEIGHT = 440  # pixels for the digits of an epoch, of which there are many or few: what stands below keeps its place
MATRIX = "A row is a label, a column a prediction; few digits are coloured nearly as strongly as many (logarithmic)."
RESTORED = "The saved model is of an earlier epoch, its best, so its error may differ."


def show(run_id: str) -> None:
    """One epoch at a time, and what was hard to learn. Raises runs.RunError."""
    record, predictions = runs.load_record(run_id), cache.predictions(run_id)
    if predictions.epoch_classes is None:
        st.info("Its predictions after each epoch were not kept, so there is nothing to play.")
        return
    names, dataset = tuple(record.dataset["class_names"]), tested_digits.tested_on(record)
    tested_digits.explain_missing(dataset)
    errors = cache.class_errors(run_id, len(names))
    st.fragment(_epoch, run_every=PLAYER.interval(), key=address.BROWSE)(run_id, predictions, errors, names, dataset)


@opening.bears_changes
def _epoch(
    run_id: str, predictions: runs.Predictions, errors: np.ndarray, names: tuple[str, ...], dataset: Dataset | str
) -> None:
    """One epoch: a slider to it, the matrix after it, the digits of a clicked cell or those that it changed, and the errors."""
    numbers, cell = predictions.epochs, cell_in_address(len(names))
    last = int(numbers[-1])
    chosen = _chosen(int(numbers[0]), last)
    # where not every epoch was kept, the one before it
    row = max(1, int(np.searchsorted(numbers, chosen, side="right")))
    epoch, predicted = int(numbers[row - 1]), predictions.epoch_classes[row - 1]
    wrong, evaluated = int((predicted != predictions.labels).sum()), runs.load_record(run_id).evaluated
    restored = evaluated and epoch == last and (predicted != predictions.classes).any()
    # all that takes time comes first, so that sentence, pictures and matrix appear together
    changed = _changed(run_id, predictions, row, names, dataset) if row > 1 and not cell else []
    matrix = cache.matrix(run_id, len(names), row)
    share = wording.percent(wrong / len(predicted))
    st.markdown(
        f"After epoch {epoch} of {last}, **{wrong:,}** of {len(predicted):,} test digits are misclassified: {share}.",
        # behind a mark, or the sentence would be longer, and all below it jump, in this epoch alone
        help=RESTORED if restored else None,
    )
    others, right = opened_digit.columns([7, 4], address.DIGIT in st.query_params)
    left, middle = others.columns([4, 3], gap="medium")
    shown = [np.zeros(0, int)]
    with middle, st.container(height=HEIGHT, border=False):
        if cell:
            st.button("All changes", icon=":material/close:", on_click=close_cell)
            shown.append(
                tested_digits.show_cell(dataset, predictions.labels, predicted, cell, names, "after this epoch")
            )
        shown += [tested_digits.show(gallery) for gallery in changed]
        if row == 1 < len(numbers) and not cell:
            st.caption("From the second epoch on, the digits whose prediction changed are shown here.")
    with left:
        act = partial(tested_digits.open_cell, dataset, predictions.labels, predicted)
        confusion_matrix(matrix, matrix, names, cell, f"epochs {run_id}", on_click=act)
        st.caption("Click a cell to see its digits.", help=MATRIX)
    if len(numbers) > 1:
        with others:
            # while it plays no epoch is marked: a chart drawn anew each time would hold up the pictures above it
            mark = None if PLAYER.plays() else epoch
            draw = partial(figures.class_errors, errors, names, mark, numbers)
            charts.chart(draw, "class errors", "Error of each class by epoch", (cache.run_key(run_id), mark))
            shown += _hard_to_learn(predictions, cache.forgetting(run_id), names, dataset)
    with right:
        answers = {run_id: predictions.probabilities} if evaluated else {}
        tested_digits.show_opened(dataset, np.concatenate(shown), answers, not PLAYER.plays())


def _changed(
    run_id: str, predictions: runs.Predictions, row: int, names: tuple[str, ...], dataset: Dataset | str
) -> list[tested_digits.Gallery]:
    """The digits that became correct and wrong in an epoch, in the second row of those kept or a later one."""
    before, after = predictions.epoch_classes[row - 2 : row]
    labels, epoch = predictions.labels, predictions.epochs[row - 1]
    better, worse = forgetting.changed(labels, predictions.epoch_classes, row)
    galleries = []
    for numbers, text, key in ((better, "became correct", "better"), (worse, "became wrong", "worse")):
        digits = "digit" if len(numbers) == 1 else "digits"
        below = ", prediction before → after" if len(numbers) else ""
        title = f"**{len(numbers):,}** {digits} {text} in epoch {epoch}{below}."
        ready = tested_digits.prepare(
            dataset,
            numbers,
            title,
            f"{key} {run_id}",
            lambda n: f"label {names[labels[n]]}, predicted as {names[before[n]]} before and {names[after[n]]} after",
            lambda n: f"{names[before[n]]} → {names[after[n]]}",
        )
        galleries.append(ready)
    return galleries


def _chosen(first: int, last: int) -> int:
    """The epoch on the slider, which moves on its own while it plays."""
    if last == 1:
        st.caption("This run was trained for one epoch, so there is nothing to play.")
        return 1
    if first == last:
        st.caption(f"Predictions were kept after epoch {last} alone, so there is nothing to play.")
        return last
    _from_address(first, last)
    PLAYER.advance(last)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        PLAYER.button(first, last, "play")
        epoch = st.slider("Epoch", first, last, key=address.EPOCH, width=480)
    st.session_state[address.NAMED_EPOCH] = st.query_params[address.EPOCH] = str(epoch)
    return epoch


def _from_address(first: int, last: int) -> None:
    """Take the epoch that the address names, unless this page wrote it there; keep it within the run.

    A slider bound to the address by Streamlit would go back to what stands there whenever the program moves it.
    """
    named = st.query_params.get(address.EPOCH, "")
    forgotten = address.EPOCH not in st.session_state  # where another part of the page was open meanwhile
    if named.isdecimal() and len(named) < 6 and (forgotten or named != st.session_state.get(address.NAMED_EPOCH)):
        st.session_state[address.EPOCH] = int(named)
    st.session_state[address.EPOCH] = max(first, min(last, st.session_state.get(address.EPOCH, first)))


def _hard_to_learn(
    predictions: runs.Predictions, history: forgetting.Forgetting, names: tuple[str, ...], dataset: Dataset | str
) -> list[np.ndarray]:
    """The digits that were never learned, learned last and forgotten most often; gives the numbers of those shown."""
    st.header("What was hard to learn?")
    by_epoch = np.argsort(-history.learned, kind="stable")
    late = by_epoch[history.learned[by_epoch] > 1]
    by_count = np.argsort(-history.forgotten, kind="stable")
    forgotten = by_count[history.forgotten[by_count] > 0]
    never = np.flatnonzero(history.never)
    labels, final = predictions.labels, predictions.epoch_classes[-1]

    def describe(number: int) -> str:
        return f"label {names[labels[number]]}, predicted as {names[final[number]]} in the end"

    parts = (
        (
            never,
            f"**{len(never):,}** of {len(labels):,} digits were **never** classified correctly"
            + ("; label → last prediction." if len(never) else "."),
            lambda n: f"{names[labels[n]]} → {names[final[n]]}",
        ),
        (
            late,
            f"**{len(late):,}** were **learned late**: correct only from the epoch below on, the last first.",
            lambda n: f"epoch {predictions.epochs[history.learned[n] - 1]}",
        ),
        (
            forgotten,
            f"**{len(forgotten):,}** were **forgotten**: correct after one epoch, wrong after the next; the most often first.",
            lambda n: f"{history.forgotten[n]} times",
        ),
    )
    return [
        tested_digits.show(tested_digits.prepare(dataset, numbers, title, f"{key} digits", describe, caption))
        for key, (numbers, title, caption) in zip(("never", "late", "forgotten"), parts, strict=True)
    ]
