"""A canvas, what a model predicts for the drawing, and why."""

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit_drawable_canvas import st_canvas

from dashboard import address, cache, visitor_files, wording
from dashboard.components import canvas, live
from dashboard.images import data_url
from dashboard.sections import choices, drawn_digit, ensemble, explanation, my_drawings, opening, uploads
from models import DEFAULT_RUN
from models.browser_network import BrowserNetwork
from models.calls import Reading
from models.classifiers import PROBABILITIES
from models.preprocessing.strokes import NoDigitError, Steps, prepare
from models.worker import WorkerError
from training.datasets.drawings import MAX_DRAWINGS

SIDE = 336  # pixels of the canvas, twelve for each of a digit's 28: it fits a telephone
PEN, PENS = 20, range(8, 37)  # pixels: its width unless another is chosen, and those to choose from
READING = 440  # pixels of the reading beside it: both fit a window of 1024
PARTS = ("canvas", "others")  # of the page, each drawn anew by itself
SEEN = "What the model sees"
CLOSER = ("Steps", "All models", "Most similar", "Explanation")


def main() -> None:
    table = opening.page_of_runs(
        "Draw",
        "Draw a digit with the mouse or a finger. It is classified while you draw.",
        "A network would read your drawing here.",
    )
    if table is None:
        return
    able = list(table.loc[table["loads"] & (table["dataset"] == "mnist"), "run"])
    if not able:
        st.info("A network would read your drawing here. Train one with `python -m training run cnn-medium`.")
        return
    shown = table.set_index("run").loc[able]
    scores = shown["scores"]
    about = zip(shown["about"], shown["error"], strict=True)
    said = [f"{text} Test error on MNIST: {wording.percent(error)}." for text, error in about]
    together = ensemble.usable(shown)
    readers = pd.concat([scores, together["scores"]])
    _canvas(readers, scores, dict(zip(able, said, strict=True)) | dict(together["about"]))
    _others(readers)


@st.fragment(key=address.CANVAS)
def _canvas(scores: pd.Series, alone: pd.Series, captions: dict[str, str]) -> None:
    """The canvas with its buttons, and beside it, or below on a narrow screen, what is read.

    scores, captions: by run that loads and by ensemble; alone: the scores without those of ensembles.
    """
    state = _state()
    if state["last"] and address.canvas_key(state["version"]) not in st.session_state:
        _keep_drawing()  # another page was open meanwhile
    if state["broken"]:
        st.warning(state["broken"], icon=":material/link_off:")
    key = address.canvas_key(state["version"])
    state["last"] = st.session_state[key]["drawing"]["raw"] if key in st.session_state else state["start"]
    strokes = canvas.canvas_strokes(state["last"])
    stages = _stages(strokes)
    run_id = choices.chosen_run(list(scores.index), DEFAULT_RUN)
    # asked before anything is shown, for a browser that draws takes the processor
    bar = st.empty()  # also where none is shown, or the canvas would move and lose the drawing
    found = _ask(run_id, stages, bar) if stages else None
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=SIDE + 22, key="pad"):  # theme.py cuts off the canvas's own toolbar
            canvas.ghost(gone=bool(strokes or _below()))
            st_canvas(  # fixed colours: another background would wipe the drawing
                stroke_width=_pen(),
                stroke_color="#ffffff",
                background_color="#000000",
                width=SIDE,
                height=SIDE,
                background_image=_below(),
                initial_drawing=state["start"],
                key=key,
            )
            _buttons((state["last"] or {}).get("objects", []), strokes)
            if _below():
                st.caption(
                    f"Below is the digit {wording.plain(st.query_params[address.OVER])}. The model does not see it."
                )
                st.button("Take it away", on_click=_take_away)
        with st.container(width=READING):
            if isinstance(found, str):
                st.warning(f"{found} Draw on, or choose another run.", icon=":material/error:")
            else:
                answer = found and drawn_digit.answer(found, _digit(stages), scores[run_id])
                network = _in_browser(run_id, alone) if drawn_digit.chosen_steps() == Steps() else None
                live.live(state["version"], strokes, answer, network, drawn_digit.NAMES, SEEN)
            choices.choose_run(list(scores.index), DEFAULT_RUN, "Model", lambda: st.rerun(list(PARTS)))
            st.caption(captions[run_id])
    _look_closer(run_id, alone, stages, strokes)
    if not cache.worker().quick_ready():
        _await_worker()


@st.fragment(run_every=1.0)
def _await_worker() -> None:
    """Draw the page anew as soon as the models' process is there, for then the browser can be given a network."""
    if cache.worker().quick_ready():
        st.rerun()


def _state() -> dict:
    """Of the canvas: its version, as it is given a drawing only when it is new; what it began with; what it held last; and
    a sentence where the address held no drawing that can be read."""
    if address.CANVAS not in st.session_state:
        start, broken = _linked()
        st.session_state[address.CANVAS] = {"version": 0, "start": start, "last": None, "broken": broken}
    return st.session_state[address.CANVAS]


def _stages(strokes: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The pictures of each step of preparation, the digit last; none where nothing is drawn."""
    try:
        return prepare(strokes, SIDE, _pen(), drawn_digit.chosen_steps())
    except NoDigitError:
        return {}


def _digit(stages: dict[str, np.ndarray]) -> np.ndarray:
    return list(stages.values())[-1]


def _ask(run_id: str, stages: dict[str, np.ndarray], bar: DeltaGenerator) -> Reading | str:
    """What the worker reads in the digit, or the sentence that says why it cannot."""
    try:
        ensemble.load(run_id, _digit(stages), bar)
        return cache.worker().read(run_id, _digit(stages)[None])
    except WorkerError as error:
        return str(error)


def _in_browser(run_id: str, alone: pd.Series) -> BrowserNetwork | None:
    """The run for the browser to compute, where it can; not before the models' process is there, or the page would wait for it."""
    able = run_id in alone.index and alone[run_id] == PROBABILITIES and cache.worker().quick_ready()
    return cache.browser_network(run_id) if able else None


def _pen() -> int:
    """Its width in pixels: as chosen, or as the address says before the slider is there."""
    named = st.query_params.get(address.PEN, "")
    return st.session_state.get(address.PEN, int(named) if named in map(str, PENS) else PEN)


def _below() -> str | None:
    """The picture of the digit that the address wants below the canvas, faint, or nothing; no model sees it."""
    name, _, number = st.query_params.get(address.OVER, "").rpartition(":")
    found = visitor_files.dataset(name) if name else ""
    if isinstance(found, str) or not (number.isdecimal() and len(number) < 9 and int(number) < len(found.labels)):
        return None
    faint = Image.fromarray((found.images[int(number)] * 0.4).astype(np.uint8))
    return data_url(np.asarray(faint.resize((SIDE, SIDE), Image.Resampling.NEAREST)))


def _linked() -> tuple[dict | None, str | None]:
    """The drawing in the page's address, as the canvas begins with it; or what is wrong with it."""
    text = st.query_params.get(address.DRAWING)
    try:
        return (canvas.as_objects(canvas.from_text(text), _pen()) if text else None), None
    except ValueError as error:
        return None, str(error)


def _buttons(objects: list[dict], strokes: list[np.ndarray]) -> None:
    fewer = {"objects": objects[:-1]} if len(objects) > 1 else None
    with st.container(horizontal=True, gap="xsmall"):
        st.button("Undo", icon=":material/undo:", disabled=not objects, on_click=_redraw, args=(fewer,))
        st.button("Clear", icon=":material/delete:", disabled=not objects, on_click=_redraw, args=(None,))
        with st.popover("Pen"):
            st.slider(
                "Width in pixels", PENS[0], PENS[-1], PEN, key=address.PEN, bind="query-params", on_change=_take_pen
            )
            st.caption("For your hand only: a model sees every drawing with the same thin pen.")
        with st.popover("Link", disabled=not strokes):
            st.caption("This link opens your drawing with the same model.")
            st.code(_address(strokes), language=None, wrap_lines=True)


def _address(strokes: list[np.ndarray]) -> str:
    """The page's address with the drawing, the run and the pen in it."""
    kept = "".join(f"&{name}={st.query_params[name]}" for name in ("run", "pen") if name in st.query_params)
    return f"{(st.context.url or '').partition('?')[0]}?drawing={canvas.to_text(strokes)}{kept}"


def _keep_drawing() -> None:
    """A fresh canvas with the last drawing on it: one that is given another pen in a hurry would lose it."""
    state = st.session_state[address.CANVAS]
    state.update(version=state["version"] + 1, start=state["last"])


def _take_pen() -> None:
    """The drawing is drawn with the pen that was chosen now."""
    state = st.session_state[address.CANVAS]
    state["last"] = canvas.with_pen(state["last"], _pen())
    _keep_drawing()


def _take_away() -> None:
    """No digit below the canvas."""
    del st.query_params[address.OVER]
    _keep_drawing()


def _redraw(start: dict | None) -> None:
    """A fresh canvas with `start` on it: the component only takes a drawing when it is new."""
    state = st.session_state[address.CANVAS]
    state.update(version=state["version"] + 1, start=start, last=start, broken=None)
    st.query_params.pop(address.DRAWING, None)  # or a reload would bring back what was cleared


@st.fragment
def _look_closer(run_id: str, scores: pd.Series, stages: dict[str, np.ndarray], strokes: list[np.ndarray]) -> None:
    """What it was, and one closer look at a time. Its controls stay while nothing is drawn: to make them takes longer."""
    version = _state()["version"]
    st.pills(  # theme.py makes ten fit a telephone
        "Correct? Say what it was, and it is kept below",
        drawn_digit.NAMES,
        key=address.label_key(version),
        disabled=not stages,
        on_change=_keep,
        args=(stages, strokes),
    )
    address.rename_value(address.LOOK)
    look = st.segmented_control(
        "Look closer", CLOSER, default=CLOSER[0], required=True, key=address.LOOK, bind="query-params"
    )
    if look == "Steps":
        drawn_digit.steps(stages, lambda: st.rerun("canvas"))
    elif not stages:
        st.caption("Draw a digit first.")
    elif look == "All models":
        drawn_digit.models(_digit(stages), scores, run_id)
    elif look == "Most similar":
        drawn_digit.neighbours(run_id, _digit(stages), _read_by_canvas if DEFAULT_RUN in scores.index else None)
    else:
        explanation.show(run_id, _digit(stages), drawn_digit.NAMES)


def _read_by_canvas() -> None:
    """Another run reads. The whole page runs, as only then its address follows."""
    st.session_state[address.RUN] = DEFAULT_RUN
    st.rerun()


def _keep(stages: dict[str, np.ndarray], strokes: list[np.ndarray]) -> None:
    """Keep the drawing as what its maker says it was, and clear the canvas."""
    said = st.session_state[address.label_key(_state()["version"])]
    if not my_drawings.keep(int(said), _digit(stages), strokes):
        full = f"Not kept: there is room for {MAX_DRAWINGS:,} drawings. Download them, then delete some."
        st.toast(full, icon=":material/error:")
        return
    st.toast(f"Kept as {drawn_digit.article(said)} {said}, under My drawings.", icon=":material/bookmark_added:")
    _redraw(None)
    st.rerun(list(PARTS))


@st.fragment(key="others")
def _others(scores: pd.Series) -> None:
    """Drawings that were kept, and pictures from elsewhere."""
    my_drawings.main(scores)
    uploads.main(st.session_state[address.RUN], scores[st.session_state[address.RUN]])


main()
