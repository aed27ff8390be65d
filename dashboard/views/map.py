"""A map of a dataset: every digit a point, alike ones close together, and what is circled on it."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading, scatter
from dashboard.components.gallery import gallery
from dashboard.sections import choices, opening
from dashboard.sections.map_colours import COLOURINGS, NEEDS
from models import DEFAULT_RUN
from training.analysis import projections
from training.datasets.dataset import Dataset
from training.runs import RunError

PCA = "pca"
PAGE = 200  # circled digits on a page
PAIRS = 4  # confusions that are named


def main() -> None:
    opening.page(
        "Map", "Which digits are alike? Each point is a digit: point at it, come closer, or draw a circle around some."
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dataset = choices.choose_dataset(_forget)
        made = projections.made(dataset)
        of = st.segmented_control(
            "Alike in",
            [*made, PCA],
            default=(made or [PCA])[0],
            required=True,
            key=address.MAP,
            bind="query-params",
            format_func=_named,
            on_change=_forget_circle,
        )
        kept = _kept(dataset, of)
        runs = cache.tested_on(dataset)
        lacking = {"run": not runs, "oddity": not kept.distances.size}
        ways = [name for name in COLOURINGS if not lacking.get(NEEDS[name])]
        by = st.selectbox("Coloured by", ways, key=address.COLOUR, bind="query-params", width=180)
        run_id = choices.choose_run(runs, DEFAULT_RUN, "Run") if NEEDS[by] == "run" else None
    if not made:
        st.caption(
            f"`python -m training map {dataset.name}` lays alike digits close together, and takes a few minutes."
        )
    _browse(dataset, kept, of, by, run_id)


def _kept(dataset: Dataset, of: str) -> projections.Map:
    """The chosen map, or the one that can always be had."""
    if of != PCA:
        try:
            return cache.map_of(dataset, of)
        except (projections.MapError, OSError) as error:
            st.warning(wording.plain(error), icon=":material/error:")
    return cache.pca(dataset)


def _named(of: str) -> str:
    return {projections.PIXELS: "pixels", PCA: "two directions"}.get(of, of)


def _forget() -> None:
    st.query_params.pop(address.DIGIT, None)
    _forget_circle()


def _forget_circle() -> None:
    st.query_params.pop(address.CIRCLE, None)


@st.fragment
def _browse(dataset: Dataset, kept: projections.Map, of: str, by: str, run_id: str | None) -> None:
    """The map on the left; on the right the digit that is open and what is circled, below them the circled digits."""
    answers = _answers(dataset, run_id)
    opened = address.digit_in_address(dataset)
    left, right = st.columns([5, 3], gap="large")
    with left:
        found = COLOURINGS[by](dataset, answers, kept.oddity if kept.distances.size else None)
        circled = st.query_params.get(address.CIRCLE, "")
        shown = circled if len(scatter.corners(circled)) else ""
        done = scatter.scatter(kept.positions, found, dataset.sha256[:12], of, shown, opened)
        scatter.pictures(dataset.images, dataset.sha256[:12], lambda number: _said(dataset, number))
    if done["opened"] is not None and done["opened"] != opened:
        _open(int(done["opened"]))
    if done["circled"] is not None and done["circled"] != circled:
        _circle(done["circled"])
    with right:
        _open_digit(dataset, opened, answers, run_id)
        corners = scatter.corners(circled)
        chosen = np.flatnonzero(projections.inside(kept.positions, corners))
        wrong = _circled(dataset, chosen, answers, run_id)
        if not len(chosen):
            st.caption(
                "There is no digit in that circle."
                if len(corners)
                else "Circle some digits on the map, and they are counted and shown here."
            )
    if len(chosen):
        _digits(dataset, chosen[np.argsort(~wrong, kind="stable")], answers, opened)


def _answers(dataset: Dataset, run_id: str | None) -> np.ndarray | None:
    if run_id is None:
        return None
    try:
        return cache.out_of_fold(dataset, run_id)
    except RunError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return np.full((len(dataset.labels), len(dataset.class_names)), np.nan, np.float32)


def _said(dataset: Dataset, number: int) -> str:
    return f"Number {number:,}: a {dataset.class_names[dataset.labels[number]]}, {dataset.split[number]}"


def _open(number: int) -> None:
    st.query_params[address.DIGIT] = str(number)
    st.rerun(scope="fragment")


def _circle(corners: str) -> None:
    if len(scatter.corners(corners)):
        st.query_params[address.CIRCLE] = corners
    else:
        _forget_circle()
    st.session_state[address.CIRCLE_PAGE] = 1
    st.rerun(scope="fragment")


def _open_digit(dataset: Dataset, number: int | None, answers: np.ndarray | None, run_id: str | None) -> None:
    """A digit in large, what it is, what a run says of it, and the way to its page."""
    if number is None:
        st.caption("Click a point, and its digit opens here.")
        return
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=150):
            st.html(reading.picture(dataset.images[number], 148, _said(dataset, number)))
        with st.container(width=220):
            if answers is not None and not np.isnan(answers[number, 0]):
                read = int(answers[number].argmax())
                right = "rightly" if read == dataset.labels[number] else "wrongly"
                scores = cache.scores(run_id)
                sure = reading.sureness(float(answers[number, read]), scores, len(dataset.class_names))
                st.markdown(f"`{run_id}` reads it {right}, as {dataset.class_names[read]}, with {sure}.")
            elif answers is not None:
                st.markdown(f"`{run_id}` learned from it, or was not asked.")
            query = {**address.in_address(dataset.name), address.DIGIT: str(number)}
            st.page_link("views/explore.py", label="Pixel by pixel", icon=":material/grid_on:", query_params=query)


def _circled(dataset: Dataset, chosen: np.ndarray, answers: np.ndarray | None, run_id: str | None) -> np.ndarray:
    """What the circled digits are, and which of them a run confuses. Gives which it reads wrongly, (chosen,) bool."""
    if not len(chosen):
        return np.zeros(0, bool)
    counts = np.bincount(dataset.labels[chosen], minlength=len(dataset.class_names))
    st.markdown(f"**{len(chosen):,} digits** are circled: their labels")
    st.html(reading.bars(counts / len(chosen), dataset.class_names))
    wrong = np.zeros(len(chosen), bool)
    if answers is not None:
        asked = ~np.isnan(answers[chosen, 0])
        read = answers[chosen].argmax(axis=1)
        wrong = asked & (read != dataset.labels[chosen])
        st.markdown(_confused(dataset, chosen[wrong], read[wrong], int(asked.sum()), run_id))
    return wrong


def _confused(dataset: Dataset, wrong: np.ndarray, read: np.ndarray, asked: int, run_id: str | None) -> str:
    """A sentence on what a run reads wrongly. wrong: numbers of digits; read: their classes as it reads them."""
    if not asked:
        return f"`{run_id}` learned from all of them, or was not asked."
    if not len(wrong):
        return f"`{run_id}` reads all {asked:,} rightly that it did not learn from."
    pairs, counts = np.unique(np.stack([dataset.labels[wrong], read]), axis=1, return_counts=True)
    named = [
        f"{dataset.class_names[pairs[0, n]]} → {dataset.class_names[pairs[1, n]]}: {counts[n]}"
        for n in np.argsort(-counts, kind="stable")[:PAIRS]
    ]
    return f"`{run_id}` misreads {len(wrong):,} of the {asked:,} that it did not learn from; {', '.join(named)}."


@st.fragment
def _digits(dataset: Dataset, chosen: np.ndarray, answers: np.ndarray | None, opened: int | None) -> None:
    """Pages of the circled digits; a click opens one."""
    st.subheader("Circled")
    page = st.pagination(-(-len(chosen) // PAGE), key=address.CIRCLE_PAGE)
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    hover = [_said(dataset, number) for number in shown]
    place = np.flatnonzero(shown == opened)
    clicked = gallery(dataset.images[shown], hover, "circled", chosen=int(place[0]) if len(place) else None, size=44)
    if clicked is not None and shown[clicked] != opened:
        st.query_params[address.DIGIT] = str(shown[clicked])
        st.rerun()
    table = {"number": chosen, "label": dataset.labels[chosen], "split": dataset.split[chosen]}
    if answers is not None:
        asked = ~np.isnan(answers[chosen, 0])
        table["read as"] = np.where(asked, answers[chosen].argmax(axis=1), -1)
    csv = pd.DataFrame(table).to_csv(index=False)
    st.download_button("Take their numbers", csv, "circled.csv", "text/csv", icon=":material/download:")


main()
