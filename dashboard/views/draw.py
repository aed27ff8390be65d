"""A canvas, what a model predicts for the drawing, and why."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, address_bar, cache, wording
from dashboard.components import live
from dashboard.sections import (
    changes,
    choices,
    drawing_canvas,
    drawn_digit,
    ensemble,
    erased_strokes,
    explanation,
    my_drawings,
    next_steps,
    opening,
    other_class,
    path,
    run_lists,
    small_map,
    uploads,
    why_not,
)
from models import DEFAULT_RUN
from models.browser_network import BrowserNetwork
from models.calls import Reading
from models.classifiers import PROBABILITIES
from models.preprocessing.strokes import SIDE, NoDigitError, Steps, prepare
from models.worker import WorkerError
from training.datasets.drawings import MAX_DRAWINGS, Drawing

INPUT = f"{SIDE} x {SIDE}"  # what a run takes that can classify a drawing
PARTS = ("canvas", "others")  # of the page, each drawn anew by itself
SEEN = "What the model sees"
ALL_MODELS, EXPLANATION = "All models", "Explanation"
CLOSER = ("Steps", ALL_MODELS, "Most similar", EXPLANATION, "Changes", "Other class", "Strokes")


def main() -> None:
    table = opening.page_of_runs(
        "Draw",
        "Draw a digit with the mouse or a finger. It is classified while you draw.",
        "A network would read your drawing here.",
    )
    if table is None:
        return
    path.begin()
    reads = table["loads"] & (table["input"] == INPUT)
    able = list(table[reads].sort_values("dataset", key=lambda names: names != "mnist", kind="stable")["run"])
    if not able:
        st.info("A network would read your drawing here. Train one with `python -m training run cnn-medium`.")
        return
    shown = table.set_index("run").loc[able]
    scores = shown["scores"]
    said = [_about(row) for row in shown.to_dict("records")]
    together = ensemble.usable(shown[shown["dataset"] == "mnist"])
    readers = pd.concat([scores, together["scores"]])
    of_digits = shown["class_names"] == drawn_digit.NAMES
    # whose answers can be held against those of the run that reads first, and explained
    others = list(shown[of_digits & (scores == PROBABILITIES)].sort_values("error", ascending=False).index)
    _canvas(readers, scores, dict(zip(able, said, strict=True)) | dict(together["about"]), others)
    _others(readers, [*shown.index[of_digits], *together.index])
    next_steps.cards()


def _about(row: dict) -> str:
    """A run in a sentence, and its test error. row: of the table of runs."""
    if row["error"] != row["error"]:
        return row["about"]
    tested = "MNIST's" if row["dataset"] == "mnist" else f"{wording.plain(row['dataset'])}'s"
    return f"Misclassifies {wording.percent(row['error'])} of {tested} test digits. {row['about']}"


@st.fragment(key=address.CANVAS)
def _canvas(scores: pd.Series, alone: pd.Series, captions: dict[str, str], others: list[str]) -> None:
    """The canvas with its buttons, and beside it, or below on a narrow screen, what is read.

    scores, captions: by run that loads and by ensemble; alone: the scores without those of ensembles; others: see next_steps.line.
    """
    strokes = drawing_canvas.strokes()
    stages = _stages(strokes)
    listed = run_lists.without_repeats(list(scores.index), address.RUN, keep=[DEFAULT_RUN])
    run_id = choices.chosen_run(listed, DEFAULT_RUN)
    # asked before anything is shown, for a browser that draws takes the processor
    bar = st.empty()  # also where none is shown, or the canvas would move and lose the drawing
    prediction = _ask(run_id, stages, bar) if stages else None
    with st.container(horizontal=True, gap="medium"):
        # theme.py cuts off the canvas's own toolbar
        with st.container(width=drawing_canvas.SIDE + 22, key="pad"):
            drawing_canvas.show(strokes)
        with st.container(key="answer"):
            _answer(run_id, prediction, stages, strokes, scores, alone)
            with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
                choices.choose_run(listed, DEFAULT_RUN, "Model", lambda: st.rerun(list(PARTS)), why=why_not.drawn)
                with st.container(key="about", width="stretch"):
                    st.caption(captions[run_id])
            next_steps.line(run_id, prediction, others)
    doubt = drawn_digit.has_to_choose(prediction, run_id) if isinstance(prediction, Reading) else None
    _look_closer(run_id, alone, stages, strokes, doubt)
    if not cache.worker().quick_ready():
        opening.await_models()


def _answer(
    run_id: str,
    prediction: Reading | str | None,
    stages: dict[str, np.ndarray],
    strokes: list[np.ndarray],
    scores: pd.Series,
    alone: pd.Series,
) -> None:
    """What is read while the pen moves and what the worker says, with the small map, which leads to the large one."""
    if isinstance(prediction, str):
        st.warning(f"{prediction} Draw on, or choose another run.", icon=":material/error:")
        return
    answer = prediction and drawn_digit.answer(prediction, _digit(stages), scores[run_id], drawn_digit.names(run_id))
    network = _in_browser(run_id, alone) if drawn_digit.chosen_steps() == Steps() else None
    placed = small_map.of(prediction) if drawn_digit.of_digits(run_id) else None
    if live.live(drawing_canvas.version(), strokes, answer, network, drawn_digit.names(run_id), SEEN, placed):
        st.switch_page("views/map.py", query_params=small_map.link(prediction))


def _stages(strokes: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The pictures of each step of preparation, the digit last; none where nothing is drawn."""
    try:
        return prepare(strokes, drawing_canvas.SIDE, drawing_canvas.pen(), drawn_digit.chosen_steps())
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


@st.fragment
def _look_closer(
    run_id: str, scores: pd.Series, stages: dict[str, np.ndarray], strokes: list[np.ndarray], doubt: str | None
) -> None:
    """What it was, and one closer look at a time. Its controls stay while nothing is drawn: to make them takes longer.

    doubt: the sentence that says so where it looks like no digit.
    """
    address_bar.rename_value(address.LOOK)
    with st.container(horizontal=True, gap="medium"):
        if drawn_digit.of_digits(run_id):
            st.pills(  # theme.py makes ten fit a telephone
                "Correct? Say what it was, and it is kept below",
                drawn_digit.NAMES,
                key=address.label_key(drawing_canvas.version()),
                disabled=not stages,
                on_change=_keep,
                args=(stages, strokes),
                width="content",
            )
        look = st.segmented_control(
            "Look closer", CLOSER, default=CLOSER[0], required=True, key=address.LOOK, bind="query-params", wrap=True
        )
    if look == "Steps":
        drawn_digit.steps(stages, lambda: st.rerun("canvas"))
    elif not stages:
        st.caption("Draw a digit first.")
    else:
        if doubt and look in (ALL_MODELS, EXPLANATION):
            st.markdown(doubt)
        _look(look, run_id, scores, _digit(stages), strokes)


def _look(look: str, run_id: str, scores: pd.Series, digit: np.ndarray, strokes: list[np.ndarray]) -> None:
    """A closer look at the drawing, by its name."""
    if look == ALL_MODELS:
        run_lists.offer_repeats(scores.index)
        alike = [run for run in scores.index if drawn_digit.names(run) == drawn_digit.names(run_id)]
        asked = run_lists.without_repeats(alike, address.RUN)
        drawn_digit.models(digit, scores[asked], run_id)
    elif look == "Most similar":
        drawn_digit.neighbours(run_id, digit, _read_by_canvas if DEFAULT_RUN in scores.index else None)
    elif look == "Changes":
        changes.show(digit, drawn_digit.NAMES, list(scores.index), [run_id])
    elif look == "Other class":
        other_class.show(run_id, digit, drawn_digit.NAMES)
    elif look == "Strokes":
        erased_strokes.show(run_id, strokes, lambda left: _digit(_stages(left)), drawn_digit.NAMES)
    else:
        explanation.show(run_id, digit, drawn_digit.names(run_id))


def _read_by_canvas() -> None:
    """Another run reads. The whole page runs, as only then its address follows."""
    st.session_state[address.RUN] = DEFAULT_RUN
    st.rerun()


def _keep(stages: dict[str, np.ndarray], strokes: list[np.ndarray]) -> None:
    """Keep the drawing as what its maker says it was, and clear the canvas."""
    said = st.session_state[address.label_key(drawing_canvas.version())]
    if not my_drawings.keep(int(said), _digit(stages), strokes):
        full = f"Not kept: there is room for {MAX_DRAWINGS:,} drawings. Download them, then delete some."
        st.toast(full, icon=":material/error:")
        return
    st.toast(f"Kept as {drawn_digit.article(said)} {said}, under My drawings.", icon=":material/bookmark_added:")
    drawing_canvas.redraw(None)
    st.rerun(list(PARTS))


def _put_back(drawing: Drawing) -> None:
    """Lay a kept drawing on the canvas again; it stays among those that were kept."""
    drawing_canvas.put([np.array(stroke) for stroke in drawing.strokes])
    st.rerun(list(PARTS))


@st.fragment(key="others")
def _others(scores: pd.Series, of_digits: list[str]) -> None:
    """Drawings that were kept, and pictures from elsewhere. of_digits: the runs whose classes are the ten digits."""
    if of_digits:
        my_drawings.main(scores[run_lists.without_repeats(of_digits, address.RUN)], _put_back)
    run_id = st.session_state[address.RUN]
    uploads.main(run_id, scores[run_id], drawn_digit.names(run_id))


main()
