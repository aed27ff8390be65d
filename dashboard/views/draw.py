"""A canvas, what a model reads on it, and why."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from dashboard import cache, closer, collection, drawing, uploads, widgets
from models import DEFAULT_RUN, preprocessing
from models.worker import WorkerError

SIDE = 336  # pixels of the canvas, twelve for each of a digit's 28: it fits a telephone
PEN = 20  # pixels: its width, unless another is chosen
READING = 720  # pixels of the reading beside it
CLOSER = ("Steps", "All models", "Most alike", "Where it looked")


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
    state = st.session_state.setdefault("canvas", {"version": 0, "start": _linked(), "last": None})
    if state["last"] and f"canvas {state['version']}" not in st.session_state:
        _keep_drawing()  # another page was open meanwhile
    with st.container(horizontal=True, gap="large"):
        with st.container(width=SIDE + 22):
            found = st_canvas(  # fixed colours: another background would wipe the drawing
                stroke_width=_pen(),
                stroke_color="#ffffff",
                background_color="#000000",
                width=SIDE,
                height=SIDE,
                initial_drawing=state["start"],
                key=f"canvas {state['version']}",
            ).json_data
            state["last"] = found
            strokes = preprocessing.canvas_strokes(found)
            _buttons((found or {}).get("objects", []), strokes)
        with st.container(width=READING):
            run_id = widgets.choose_run(list(scores.index), DEFAULT_RUN, "Read by")
            try:
                stages = preprocessing.prepare(strokes, SIDE, _pen(), closer.chosen_steps())
            except preprocessing.NoDigitError:
                stages = {}
                st.caption("The reading appears here as soon as you lift the pen.")
            else:
                _reading(run_id, scores[run_id], list(stages.values())[-1], len(strokes))
    if stages:
        _look_closer(run_id, scores, stages, strokes)
    collection.main(scores)
    uploads.main(run_id, scores[run_id])


def _pen() -> int:
    return st.session_state.get("pen", PEN)


def _linked() -> dict | None:
    """The drawing in the page's address, as the canvas begins with it."""
    text = st.query_params.get("drawing")
    if not text:
        return None
    try:
        return drawing.as_objects(drawing.from_text(text), _pen())
    except ValueError as error:
        st.warning(str(error), icon=":material/link_off:")
        return None


def _buttons(objects: list[dict], strokes: list[np.ndarray]) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        if st.button("Undo", icon=":material/undo:", disabled=not objects):
            _redraw({"objects": objects[:-1]} if len(objects) > 1 else None)
        if st.button("Clear", icon=":material/delete:", disabled=not objects):
            _redraw(None)
        with st.popover("Pen", icon=":material/line_weight:"):
            st.slider("Width in pixels", 8, 36, PEN, key="pen", bind="query-params", on_change=_keep_drawing)
            st.caption("For your hand only: a model sees every drawing with the same thin pen.")
        if strokes:
            with st.popover("Link", icon=":material/link:"):
                st.caption("This address brings back your drawing and the model that reads it.")
                st.code(_address(strokes), language=None, wrap_lines=True)


def _address(strokes: list[np.ndarray]) -> str:
    """The page's address with the drawing, the run and the pen in it."""
    kept = "".join(f"&{name}={st.query_params[name]}" for name in ("run", "pen") if name in st.query_params)
    return f"{(st.context.url or '').partition('?')[0]}?drawing={drawing.to_text(strokes)}{kept}"


def _keep_drawing() -> None:
    """A fresh canvas with the last drawing on it: one that is given another pen in a hurry would lose it."""
    state = st.session_state["canvas"]
    state.update(version=state["version"] + 1, start=state["last"])


def _redraw(start: dict | None) -> None:
    """A fresh canvas with `start` on it: the component only takes a drawing when it is new."""
    state = st.session_state["canvas"]
    state.update(version=state["version"] + 1, start=start, last=start)
    st.rerun(scope="fragment")


def _reading(run_id: str, scores: str, digit: np.ndarray, strokes: int) -> None:
    """The digit that was read, the probabilities, and the picture that the network was given."""
    try:
        probabilities = cache.worker().ask("predict", run_id, images=digit[None])["probabilities"][0]
    except WorkerError as error:
        st.warning(f"{error} Draw on, or choose another run.", icon=":material/error:")
        return
    doubt = closer.doubt(run_id, digit)
    widgets.reading(digit, probabilities, closer.NAMES, "What the network sees", strokes, scores, doubt)


def _look_closer(run_id: str, scores: pd.Series, stages: dict[str, np.ndarray], strokes: list[np.ndarray]) -> None:
    """What it was, and one closer look at a time, so that a stroke waits for no other."""
    digit = list(stages.values())[-1]
    said = st.pills("It was a …", closer.NAMES, key=f"was {st.session_state['canvas']['version']} {len(strokes)}")
    if said is not None:
        collection.keep(int(said), digit, strokes)
        _redraw(None)
    look = st.segmented_control(
        "Look closer", CLOSER, default=CLOSER[0], required=True, key="look", bind="query-params"
    )
    if look == "Steps":
        closer.steps(stages)
    elif look == "All models":
        closer.models(digit, scores, run_id)
    elif look == "Most alike":
        closer.neighbours(run_id, digit)
    else:
        closer.looked(run_id, digit)


main()
