"""What each stroke of a drawing did: the drawing without it, and what a model predicts then."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard import cache, wording
from dashboard.components import reading
from models.preprocessing.erased import PARTS, erased
from models.worker import WorkerError

HELP = (
    "What remains is prepared anew, as if it had been drawn so: scaled and centred. So it may look larger than before."
)


def show(
    run_id: str, strokes: Sequence[np.ndarray], prepare: Callable[[list[np.ndarray]], np.ndarray], names: Sequence[str]
) -> None:
    """A picture for each stroke that is left out. strokes: (points, 2) each; prepare: from strokes to the digit (height, width)."""
    remains = erased(strokes)
    if not remains:
        st.caption("Draw a line first.")
        return
    pictures = np.stack([prepare(list(strokes)), *(prepare(left) for left in remains)])
    try:
        with st.spinner(f"Asking {run_id}", show_time=False):
            rows = cache.worker().read(run_id, pictures).probabilities
    except WorkerError as error:
        st.info(wording.plain(error), icon=":material/lightbulb:")
        return
    label = int(rows[0].argmax())
    shares, part = rows[:, label], "stroke" if len(strokes) > 1 else f"part of {PARTS}"
    worst = 1 + int(shares[1:].argmin())
    st.markdown(_said(part, worst, rows, label, names), help=HELP)
    captions = [
        f"Without {part if len(strokes) > 1 else 'part'} {place}: {names[int(row.argmax())]}, {wording.percent(row.max(), 0)}"
        for place, row in enumerate(rows[1:], 1)
    ]
    shown = [reading.picture(pictures[0], 112, f"All of it: {names[label]}, {wording.percent(shares[0], 0)}")]
    shown += [reading.picture(picture, 112, text) for picture, text in zip(pictures[1:], captions, strict=True)]
    reading.row(shown, "1rem", "112px")


def _said(part: str, worst: int, rows: np.ndarray, label: int, names: Sequence[str]) -> str:
    """Which stroke counts most, in a sentence. worst: its number from 1; rows: (strokes + 1, classes), the first without a gap."""
    before, after, name = rows[0, label], rows[worst, label], wording.plain(names[label])
    if before - after < 0.005:
        return f"No {part.partition(' ')[0]} alone matters: without any of them, {name} stays as probable as before."
    instead = int(rows[worst].argmax())
    then = f" and {wording.plain(names[instead])} is predicted" if instead != label else ""
    which = f"{part} {worst}" if part == "stroke" else f"part {worst} of {PARTS}"
    return (
        f"**Without {which}**, the probability of {name} falls from {wording.percent(before, 1)} to "
        f"{wording.percent(after, 1)}{then}: more than without any other."
    )
