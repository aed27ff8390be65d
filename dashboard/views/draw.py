"""A canvas, and what a network reads on it."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from dashboard import cache, widgets
from models import DEFAULT_RUN, preprocessing
from models.worker import WorkerError

SIDE = 336  # pixels of the canvas, twelve for each of a digit's 28: it fits a telephone
PEN = 20  # pixels: its width, unless another is chosen
READING = 720  # pixels of the reading beside it
NAMES = tuple(str(digit) for digit in range(10))


def main() -> None:
    st.title("Draw")
    st.markdown("Write a digit with the mouse or a finger. It is read after every stroke.")
    table, damaged = cache.run_table()
    widgets.tell_damaged(damaged)
    able = list(table.loc[table["loads"] & (table["dataset"] == "mnist"), "run"]) if len(table) else []
    if not able:
        st.info("A network would read your drawing here. Train one with `python -m training run cnn-medium`.")
        return
    _canvas(table.set_index("run")["scores"].loc[able])


@st.fragment
def _canvas(scores: pd.Series) -> None:
    """The canvas with its buttons, and beside it, or below on a narrow screen, what is read. scores: by run that loads."""
    state = st.session_state.setdefault("canvas", {"version": 0, "start": None, "last": None})
    if state["last"] and f"canvas {state['version']}" not in st.session_state:
        _keep_drawing()  # another page was open meanwhile
    with st.container(horizontal=True, gap="large"):
        with st.container(width=SIDE):
            drawing = st_canvas(  # fixed colours: another background would wipe the drawing
                stroke_width=st.session_state.get("pen", PEN),
                stroke_color="#ffffff",
                background_color="#000000",
                width=SIDE,
                height=SIDE,
                initial_drawing=state["start"],
                key=f"canvas {state['version']}",
            ).json_data
            state["last"] = drawing
            _buttons((drawing or {}).get("objects", []))
        with st.container(width=READING):
            run_id = widgets.choose_run(list(scores.index), DEFAULT_RUN, "Read by")
            strokes = preprocessing.canvas_strokes(drawing)
            try:
                digit = preprocessing.from_strokes(strokes)
            except preprocessing.NoDigitError:
                st.caption("The reading appears here as soon as you lift the pen.")
            else:
                _reading(run_id, scores[run_id], digit, len(strokes))
    _upload(run_id, scores[run_id])


def _buttons(strokes: list[dict]) -> None:
    with st.container(horizontal=True):
        if st.button("Undo", icon=":material/undo:", disabled=not strokes):
            _redraw({"objects": strokes[:-1]} if len(strokes) > 1 else None)
        if st.button("Clear", icon=":material/delete:", disabled=not strokes):
            _redraw(None)
        with st.popover("Pen", icon=":material/line_weight:"):
            st.slider("Width in pixels", 8, 36, PEN, key="pen", bind="query-params", on_change=_keep_drawing)
            st.caption("For your hand only: a model sees every drawing with the same thin pen.")


def _keep_drawing() -> None:
    """A fresh canvas with the last drawing on it: one that is given another pen in a hurry would lose it."""
    state = st.session_state["canvas"]
    state.update(version=state["version"] + 1, start=state["last"])


def _redraw(start: dict | None) -> None:
    """A fresh canvas with `start` on it: the component only takes a drawing when it is new."""
    state = st.session_state["canvas"]
    state.update(version=state["version"] + 1, start=start, last=start)
    st.rerun(scope="fragment")


def _reading(run_id: str, scores: str, digit: np.ndarray, strokes: int = 0) -> None:
    """The digit that was read, the probabilities, and the picture that the network was given."""
    try:
        probabilities = cache.worker().ask("predict", run_id, images=digit[None])["probabilities"][0]
    except WorkerError as error:
        st.warning(f"{error} Draw on, or choose another run.", icon=":material/error:")
        return
    widgets.reading(
        digit, probabilities, NAMES, "What the network sees: scaled and centred as MNIST's digits were", strokes, scores
    )


def _upload(run_id: str, scores: str) -> None:
    """A picture of one digit, read like a drawing."""
    with st.expander("Read a picture instead", icon=":material/upload:"):
        file = st.file_uploader(
            "A photograph, scan or drawing of one digit",
            type=["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"],
        )
        if file is None:
            return
        try:
            digit = preprocessing.from_picture(preprocessing.open_picture(file))
        except (preprocessing.PictureError, preprocessing.NoDigitError) as error:
            st.warning(f"{file.name}: {error}", icon=":material/broken_image:")
        else:
            _reading(run_id, scores, digit)


main()
