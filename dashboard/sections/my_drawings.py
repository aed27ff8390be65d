"""The visitor's own labelled drawings, kept in the browser's session: how well each model classifies them, and their file."""

import io
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from dashboard import address, cache
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.components.gallery import gallery
from dashboard.sections.drawn_digit import NAMES, titled
from models.worker import WorkerError
from training.analysis import confusion, significance
from training.datasets.drawings import MAX_DRAWINGS, Drawing, from_bytes, to_bytes
from training.datasets.registry import MIN_DRAWINGS

MATRIX = 10  # drawings from which on a confusion matrix says something


def mine() -> list[Drawing]:
    """The drawings of this session."""
    return st.session_state.setdefault(address.MINE, [])


def keep(label: int, digit: np.ndarray, strokes: list[np.ndarray]) -> bool:
    """Add a drawing; gives whether there was room for it."""
    if len(mine()) >= MAX_DRAWINGS:
        return False
    mine().append(Drawing(label, [np.round(stroke, 1).tolist() for stroke in strokes], digit))
    return True


def main(scores: pd.Series, put_back: Callable[[Drawing], None]) -> None:
    """What was kept, how the models classify it, download and upload. scores: by run that loads; put_back: lays a drawing on the
    canvas, where all that is known of a digit opens."""
    own = mine()
    # one label whatever the count, for another would close it
    with st.expander(
        "My drawings", icon=":material/collections_bookmark:", key="mine open", on_change="rerun"
    ) as shown:
        if not own:
            st.caption(
                "Say under the canvas what your drawing was, and it is kept here until you close or reload the page."
            )
        elif shown.open:  # or every stroke would wait for every model
            _report(own, scores, put_back)
        _upload()


def _report(own: list[Drawing], scores: pd.Series, put_back: Callable[[Drawing], None]) -> None:
    images, labels = np.stack([one.digit for one in own]), np.array([one.label for one in own], np.uint8)
    answers = {}
    with st.spinner("The models read your drawings", show_time=False):
        for run_id in scores.index:
            try:
                answers[run_id] = cache.worker().predict(run_id, images).probabilities.argmax(axis=1)
            except WorkerError as error:
                st.warning(f"{run_id}: {error}", icon=":material/error:")
    if not answers:
        return
    rows = []
    for run_id, read in answers.items():
        low, high = significance.interval(int((read == labels).sum()), len(labels))
        rows.append(
            {"run": run_id, "right": int((read == labels).sum()), "share": 100 * (read == labels).mean()}
            | {"low": 100 * low, "high": 100 * high}
        )
    table = pd.DataFrame(rows).sort_values(["right", "run"], ascending=[False, True])
    read = answers[next(iter(table["run"]))]
    if len(own) >= MATRIX:
        read = answers[st.selectbox("Confusion matrix of", list(table["run"]), key="mine run")]
        _matrix(own, read, put_back)
    else:
        _gallery(own, read, range(len(own)), put_back)
    percent = {
        name: st.column_config.NumberColumn(text, format="%.1f %%")
        for name, text in (("share", "accuracy"), ("low", "at least (95 %)"), ("high", "at most (95 %)"))
    }
    st.dataframe(
        table,
        hide_index=True,
        column_config=percent | {"right": st.column_config.NumberColumn(f"right, of {len(own)}")},
        key="mine table",
    )
    with st.container(horizontal=True):
        st.download_button("Download as npz", to_bytes(own), "drawings.npz", icon=":material/download:")
        st.download_button(
            "Download as a picture", _sheet(images), "drawings.png", "image/png", icon=":material/image:"
        )
        if st.button("Delete the last one", icon=":material/undo:"):
            own.pop()
            st.rerun(scope="fragment")
    if len(own) < MIN_DRAWINGS:
        return
    st.caption(
        "These make a dataset: the generator varies each. Train a model on your handwriting: "
        "`python -m training run canvas --name mine --dataset mnist+generated:120000+drawn:drawings.npz:20000`."
    )


def _matrix(own: list[Drawing], read: np.ndarray, put_back: Callable[[Drawing], None]) -> None:
    """The confusion matrix of one model, and the drawings of the cell that was clicked, or all. read: (n,) what it predicts."""
    labels = np.array([one.label for one in own], np.uint8)
    counts, cell = confusion.confusion(labels, read, 10), st.session_state.get(address.MINE_CELL)
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Rows: your labels. Columns: predictions.")
        clicked = confusion_matrix(counts, counts, NAMES, cell, "mine matrix")
    if clicked and clicked != cell:
        st.session_state[address.MINE_CELL] = clicked
        st.rerun(scope="fragment")
    inside = np.flatnonzero((labels == cell[0]) & (read == cell[1])) if cell else np.arange(len(labels))
    with right:
        if len(inside):
            _gallery(own, read, inside.tolist(), put_back)
        if cell and st.button("All drawings"):
            st.session_state[address.MINE_CELL] = None
            st.rerun(scope="fragment")


def _gallery(own: list[Drawing], read: np.ndarray, places: Sequence[int], put_back: Callable[[Drawing], None]) -> None:
    """The drawings at these places; a click lays one on the canvas again."""
    st.caption("Click a drawing to put it back on the canvas.")
    gallery(
        np.stack([own[n].digit for n in places]),
        [f"{titled(own[n].label)}, predicted {read[n]}" for n in places],
        "mine gallery",
        [f"{own[n].label} → {read[n]}" for n in places],
        size=60,
        on_click=lambda place: put_back(own[places[place]]),
    )


def _upload() -> None:
    file = st.file_uploader("Upload drawings", type=["npz"], max_upload_size=5, key="bring back")
    if file is None or st.session_state.get(address.BROUGHT) == file.file_id:
        return
    try:
        drawings = from_bytes(file.getvalue())
    except ValueError as error:
        st.warning(f"{file.name}: {error}", icon=":material/broken_image:")
        return
    st.session_state[address.BROUGHT] = file.file_id
    mine().extend(drawings[: MAX_DRAWINGS - len(mine())])
    st.rerun(scope="fragment")


def _sheet(images: np.ndarray) -> bytes:
    """All digits as one PNG, ten in a row."""
    rows = -(-len(images) // 10)
    sheet = np.zeros((rows * 10, 28, 28), np.uint8)
    sheet[: len(images)] = images
    picture = sheet.reshape(rows, 10, 28, 28).transpose(0, 2, 1, 3).reshape(rows * 28, 280)
    stream = io.BytesIO()
    Image.fromarray(picture).resize((1120, rows * 112), Image.Resampling.NEAREST).save(stream, "PNG")
    return stream.getvalue()
