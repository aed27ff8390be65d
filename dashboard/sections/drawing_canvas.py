"""The canvas on the page Draw: what is drawn on it, its pen, its buttons, and the link that opens a drawing again."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image
from streamlit_drawable_canvas import st_canvas

from dashboard import address, visitor_files, wording
from dashboard.components import canvas
from dashboard.images import data_url

SIDE = 336  # pixels of the canvas, twelve for each of a digit's 28: it fits a telephone
PEN, PENS = 20, range(8, 37)  # pixels: its width unless another is chosen, and those to choose from


def strokes() -> list[np.ndarray]:
    """What is drawn on the canvas, (points, 2) each in its pixels; to be called before `show`."""
    kept = _state()
    if kept["last"] and address.canvas_key(kept["version"]) not in st.session_state:
        _keep_drawing()  # another page was open meanwhile
    if kept["broken"]:
        st.warning(kept["broken"], icon=":material/link_off:")
    key = address.canvas_key(kept["version"])
    kept["last"] = st.session_state[key]["drawing"]["raw"] if key in st.session_state else kept["start"]
    return canvas.canvas_strokes(kept["last"])


def version() -> int:
    """Of the canvas: another one after each clearing."""
    return _state()["version"]


def show(drawn: list[np.ndarray]) -> None:
    """The canvas with its buttons. drawn: the strokes on it."""
    kept, below = _state(), _below()
    canvas.ghost(gone=bool(drawn or below))
    st_canvas(  # fixed colours: another background would wipe the drawing
        stroke_width=pen(),
        stroke_color="#ffffff",
        background_color="#000000",
        width=SIDE,
        height=SIDE,
        background_image=below,
        initial_drawing=kept["start"],
        key=address.canvas_key(kept["version"]),
    )
    _buttons((kept["last"] or {}).get("objects", []), drawn)
    if below:
        st.caption(f"Below is the digit {wording.plain(st.query_params[address.OVER])}. The model does not see it.")
        st.button("Take it away", on_click=_take_away)


def redraw(start: dict | None) -> None:
    """A fresh canvas with `start` on it: the component only takes a drawing when it is new."""
    kept = _state()
    kept.update(version=kept["version"] + 1, start=start, last=start, broken=None)
    st.query_params.pop(address.DRAWING, None)  # or a reload would bring back what was cleared


def put(strokes: Sequence[np.ndarray]) -> None:
    """A fresh canvas with these strokes on it, (points, 2) each in its pixels."""
    redraw(canvas.as_objects(list(strokes), pen()))


def pen() -> int:
    """Its width in pixels: as chosen, or as the address says before the slider is there."""
    named = st.query_params.get(address.PEN, "")
    return st.session_state.get(address.PEN, int(named) if named in map(str, PENS) else PEN)


def _state() -> dict:
    """Of the canvas: its version, as it is given a drawing only when it is new; what it began with; what it held last; and
    a sentence where the address held no drawing that can be read."""
    if address.CANVAS not in st.session_state:
        start, broken = _linked()
        st.session_state[address.CANVAS] = {"version": 0, "start": start, "last": None, "broken": broken}
    return st.session_state[address.CANVAS]


def _below() -> str | None:
    """The picture of the digit that the address wants below the canvas, faint, or nothing; no model sees it."""
    name, _, number = st.query_params.get(address.OVER, "").rpartition(":")
    dataset = visitor_files.dataset(name) if name else ""
    if isinstance(dataset, str) or not (number.isdecimal() and len(number) < 9 and int(number) < len(dataset.labels)):
        return None
    faint = Image.fromarray((dataset.images[int(number)] * 0.4).astype(np.uint8))
    return data_url(np.asarray(faint.resize((SIDE, SIDE), Image.Resampling.NEAREST)))


def _linked() -> tuple[dict | None, str | None]:
    """The drawing in the page's address, as the canvas begins with it; or what is wrong with it."""
    text = st.query_params.get(address.DRAWING)
    try:
        return (canvas.as_objects(canvas.from_text(text), pen()) if text else None), None
    except ValueError as error:
        return None, str(error)


def _buttons(objects: list[dict], drawn: list[np.ndarray]) -> None:
    fewer = {"objects": objects[:-1]} if len(objects) > 1 else None
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Undo", icon=":material/undo:", disabled=not objects, on_click=redraw, args=(fewer,))
        st.button("Clear", icon=":material/delete:", disabled=not objects, on_click=redraw, args=(None,))
        with st.popover("Pen"):
            st.slider(
                "Width in pixels", PENS[0], PENS[-1], PEN, key=address.PEN, bind="query-params", on_change=_take_pen
            )
            st.caption("For your hand only: a model sees every drawing with the same thin pen.")
        with st.popover("Link", disabled=not drawn):
            st.caption("This link opens your drawing with the same model.")
            st.code(_address(drawn), language=None, wrap_lines=True)


def _address(drawn: list[np.ndarray]) -> str:
    """The page's address with the drawing in it, the run and the pen, and what is open of a network."""
    names = (address.RUN, address.PEN, address.LAYER, address.UNIT)
    kept = "".join(f"&{name}={st.query_params[name]}" for name in names if name in st.query_params)
    return f"{(st.context.url or '').partition('?')[0]}?drawing={canvas.to_text(drawn)}{kept}"


def _keep_drawing() -> None:
    """A fresh canvas with the last drawing on it: one that is given another pen in a hurry would lose it."""
    state = st.session_state[address.CANVAS]
    state.update(version=state["version"] + 1, start=state["last"])


def _take_pen() -> None:
    """The drawing is drawn with the pen that was chosen now."""
    state = st.session_state[address.CANVAS]
    state["last"] = canvas.with_pen(state["last"], pen())
    _keep_drawing()


def _take_away() -> None:
    """No digit below the canvas."""
    del st.query_params[address.OVER]
    _keep_drawing()
