"""Where to go from the first page: one line after the first drawing, and cards with live pictures."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard import address, address_bar, cache
from dashboard.components import thumbnails
from dashboard.sections import drawn_digit, small_map
from models import DEFAULT_RUN
from models.calls import Reading

MAX_LINES = 10  # as many as there are colours


def line(run_id: str, prediction: Reading | str | None, others: Sequence[str]) -> None:
    """What to try with a drawing; its place is kept while nothing is drawn.

    prediction: what the worker read; others: runs that load, the one with most errors first.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="next"):
        if not isinstance(prediction, Reading):
            st.caption("What to try next stands here once you have drawn.", width="content")
            return
        read = drawn_digit.names(run_id)[int(prediction.probabilities[0].argmax())]
        other = next((name for name in others if name != run_id), None) if run_id == DEFAULT_RUN else DEFAULT_RUN
        st.markdown("Try next:", width="content")
        if other:
            _button(f"Ask {other}", ":material/swap_horiz:", _ask_another, other)
        doubtful = prediction.doubtful is not None and bool(prediction.doubtful[0])
        why = "Why?" if doubtful else f"Why {drawn_digit.with_article(read)}?"
        _button(why, ":material/lightbulb:", _explain)
        mapped = drawn_digit.of_digits(run_id) and cache.landmarks(DEFAULT_RUN)
        if mapped and st.button("On the map", icon=":material/scatter_plot:", type="tertiary"):
            st.switch_page("views/map.py", query_params=small_map.link(prediction))
        if st.button("Open inside", icon=":material/layers:", type="tertiary"):
            st.switch_page("views/inside.py", query_params=address_bar.to_inside(run_id))


def _button(label: str, icon: str, act: Callable, *arguments) -> None:
    st.button(label, icon=icon, type="tertiary", on_click=act, args=arguments)


def _ask_another(run_id: str) -> None:
    """The whole page runs, as only then its address follows."""
    st.session_state[address.RUN] = run_id
    st.rerun()


def _explain() -> None:
    st.session_state[address.LOOK] = "Explanation"


def cards() -> None:
    """A picture, a sentence and a link for each of some pages."""
    map_and_curves, others = _cards()[:2], _cards()[2:]
    with st.container(horizontal=True, gap="medium", key="cards"):
        for page, label, sentence, picture in (*map_and_curves, *_inside(), *others):
            with st.container(border=True, key=f"card {page}", width="stretch", height="stretch"):
                st.html(picture)
                st.page_link(f"views/{page}.py", label=f"**{label}**")
                st.caption(sentence)


@cache.by_shelf(st.cache_data, show_spinner=False)
def _cards() -> list[tuple[str, str, str, str]]:
    """Page, label, sentence and picture of each card that this shelf has something for."""
    offered, marks = [], cache.landmarks(DEFAULT_RUN)
    if marks:
        picture = thumbnails.points(marks.positions, marks.labels)
        offered.append(("map", "Which digits are alike?", "Every digit a point, similar ones close together.", picture))
    if lines := _learning_curves():
        sentence = "The curves of all runs, and which differ by more than chance."
        offered.append(("compare", "Which model learns best?", sentence, thumbnails.curves(lines)))
    if claims := [(source.claim, done.mean) for source, done in cache.sources() if done and source.claim]:
        picture = thumbnails.pairs(claims)
        offered.append(
            ("results", "Do published results hold?", "What each source claims, and what was measured.", picture)
        )
    return [(page, label, sentence, str(picture)) for page, label, sentence, picture in offered]


def _inside() -> list[tuple[str, str, str, str]]:
    """The card of the page Inside, as soon as the models' process is there to be asked."""
    maps = cache.maps(DEFAULT_RUN) if cache.worker().quick_ready() else []
    picture = str(thumbnails.layers(maps)) if maps else ""
    return [("inside", "What does each layer see?", "A network opened on a digit, layer by layer.", picture)][
        : len(maps)
    ]


def _learning_curves() -> list[np.ndarray]:
    """The test error after each epoch, (epochs,), of the runs that belong to no study and have several epochs."""
    table = cache.run_table()[0]
    named = table.loc[(table["group"] == "") & (table["dataset"] == "mnist"), "run"] if len(table) else []
    # one after the other: a shelf may have a thousand
    lines = (cache.predictions(run_id).epoch_errors for run_id in named)
    return list(itertools.islice((line for line in lines if len(line) > 1), MAX_LINES))
