"""The part of the page Explore that shows digits: a gallery to sort and filter, and one digit pixel by pixel."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, address_bar, cache
from dashboard.components import reading
from dashboard.components.gallery import gallery
from dashboard.sections import digit_details, filters, opened_digit
from training.analysis.shapes import MEASURES
from training.datasets.dataset import Dataset
from training.datasets.styles import STYLES

PAGE = 200  # digits of one page of the gallery
OWN_STYLES = 12  # of a visitor, that are shown


def show(dataset: Dataset, split: str | None, class_name: str | None, row: DeltaGenerator) -> None:
    """The gallery and the open digit. row: where the controls that sort and filter go."""
    with row, st.popover("Sort and filter", icon=":material/filter_list:"):
        above = st.container(horizontal=True, vertical_alignment="bottom")
        passes, asked, answers = filters.choose(dataset, first_page)
    ways = ["number", *MEASURES, *(["confidence"] if answers is not None else [])]
    by = above.selectbox("Sort by", ways, key=address.SORT, bind="query-params", on_change=first_page, width=160)
    falling = above.toggle("Highest first", key=address.FALLING, bind="query-params", on_change=first_page)
    label = None if class_name is None else dataset.class_names.index(class_name)
    index = dataset.where(split, label)
    index = index[passes[index]]
    order = [f"Sorted by {by}, the {'highest' if falling else 'lowest'} first."] if by != "number" or falling else []
    only = [f"Only digits {'; '.join(asked)}."] if asked else []
    if order or only:
        st.caption(" ".join(only + order))
    _browse(dataset, _sorted(dataset, index, by, falling, answers), answers, label)


def _sorted(dataset: Dataset, index: np.ndarray, by: str, falling: bool, answers: np.ndarray | None) -> np.ndarray:
    """The digits in the order of a measure or of a run's confidence; those of which it says nothing come last."""
    if by == "number":
        return index[::-1] if falling else index
    values = answers[index].max(axis=1) if by == "confidence" else cache.measured(dataset, by)[index]
    return index[np.argsort(-values if falling else values, kind="stable")]


@st.fragment(key=address.BROWSE)
def _browse(dataset: Dataset, index: np.ndarray, answers: np.ndarray | None, label: int | None) -> None:
    """Pages of digits on the left, and below them the generator's styles; the digit that is open on the right."""
    if not len(index):
        st.info("No digit matches. Remove a choice above.", icon=":material/filter_list_off:")
        return
    named = address_bar.digit_in_address(dataset)
    left, right = opened_digit.columns([5, 3], named is not None)
    with left:
        above, pages = st.container(), -(-len(index) // PAGE)
        place = np.flatnonzero(index == named)  # none where the open digit is not among those chosen
        home = 1 + int(place[0]) // PAGE if len(place) else 1
        page = st.pagination(pages, default=home, key=address.PAGE, bind="query-params")
        shown = index[(page - 1) * PAGE : page * PAGE]
        opened = int(shown[0]) if named is None else named
        st.caption(f"{len(index):,} digits, {len(shown)} of them here.")
        with above:
            _gallery(dataset, shown, opened, answers)
        if dataset.name.startswith("generated:"):
            _styles(label)
    with right:
        digit_details.show(dataset, opened, shown)


def _gallery(dataset: Dataset, shown: np.ndarray, opened: int, answers: np.ndarray | None) -> None:
    """The digits of one page; a click puts the digit into the URL."""
    place = np.flatnonzero(shown == opened)
    hover = [f"Number {n:,}: a {dataset.class_names[dataset.labels[n]]}, {dataset.split[n]}" for n in shown]
    if answers is not None:
        reads = [int(row.argmax()) for row in np.nan_to_num(answers[shown])]
        hover = [
            said if np.isnan(answers[n, 0]) else f"{said}, predicted {dataset.class_names[read]}"
            for n, read, said in zip(shown, reads, hover, strict=True)
        ]
    chosen = int(place[0]) if len(place) else None

    def act(place: int) -> None:
        opened_digit.open_digit(int(shown[place]))

    gallery(dataset.images[shown], hover, "gallery", chosen=chosen, size=50, on_click=act)


def first_page() -> None:
    """What a new choice above the gallery does."""
    st.session_state[address.PAGE] = 1
    st.query_params.pop(address.DIGIT, None)


@st.fragment
def _styles(label: int | None) -> None:
    """Every style in which the generator writes the chosen class, or all: as it stands in the table, and varied."""
    st.header("Styles")
    st.markdown(
        "The generator writes each digit as people do in different countries. Drawings that you keep on the page Draw come first. "
        "The first digit of a row has no variation."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variation = st.slider("Variation", 0.0, 2.0, 1.0, 0.1, key="variation", width=260)
        if st.button("Write them again", icon=":material/refresh:"):
            st.session_state[address.WRITING] = st.session_state.get(address.WRITING, 0) + 1
    drawn = [one for one in st.session_state.get(address.MINE, []) if label in (None, one.label)]
    seed = st.session_state.get(address.WRITING, 0)
    strips = [
        reading.picture(np.hstack(cache.rewritten(one.strokes, variation, seed)), 336, f"{one.label}, as you drew it")
        for one in drawn[-OWN_STYLES:]
    ]
    for digit in STYLES:
        if label in (None, digit):
            rows = cache.written(digit, variation, seed)
            strips += [reading.picture(np.hstack(images), 336, f"{digit}, {name}") for name, images in rows.items()]
    reading.row(strips, "1rem 2rem")
