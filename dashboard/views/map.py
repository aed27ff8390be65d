"""A map of a dataset: every digit a point, alike ones close together, and what is circled on it."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.components import reading, scatter
from dashboard.components.gallery import gallery
from dashboard.sections import choices, digit_details, opened_digit, opening, run_lists
from dashboard.sections.map_colours import COLOURINGS, NEEDS
from models import DEFAULT_RUN
from training.analysis import projections
from training.datasets.dataset import Dataset
from training.runs import RunError

PCA = "pca"
PAGE = 200  # circled digits on a page
PAIRS = 4  # confusions that are named


def main() -> None:
    opening.page("Map", "Which digits are similar? Each point is a digit: point at it, zoom in, or circle some.")
    notice = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dataset = choices.choose_dataset(_remove_digit, notice)
        maps = projections.made(dataset)
        of = st.segmented_control(
            "Similar by",
            [*maps, PCA],
            default=(maps or [PCA])[0],
            required=True,
            key=address.MAP,
            bind="query-params",
            format_func=_named,
            on_change=_remove_circle,
        )
        projection = _projection(dataset, of)
        runs = cache.tested_on(dataset)
        lacking = {"run": not runs, "outlier score": not projection.distances.size}
        ways = [name for name in COLOURINGS if not lacking.get(NEEDS[name])]
        address_bar.rename_value(address.COLOUR)
        by = st.selectbox("Coloured by", ways, key=address.COLOUR, bind="query-params", width=180)
        run_id = None
        if NEEDS[by] == "run":
            listed = run_lists.without_repeats(runs, address.RUN)
            run_id = choices.choose_run(listed, DEFAULT_RUN)
            run_lists.offer_repeats(runs)
    if not maps:
        st.caption(
            f"`python -m training map {dataset.name}` lays similar digits close together; it takes a few minutes."
        )
    _browse(dataset, projection, of, by, run_id)


def _projection(dataset: Dataset, of: str) -> projections.Map:
    """The chosen map, or the one that can always be had."""
    if of != PCA:
        try:
            return cache.map_of(dataset, of)
        except (projections.MapError, OSError) as error:
            st.warning(wording.plain(error), icon=":material/error:")
    return cache.pca(dataset)


def _named(of: str) -> str:
    return {projections.PIXELS: "pixels", PCA: "PCA"}.get(of, of)


def _remove_digit() -> None:
    st.query_params.pop(address.DIGIT, None)
    _remove_circle()


def _remove_circle() -> None:
    for name in (address.CIRCLE, address.DRAWN):
        st.query_params.pop(name, None)


@st.fragment(key=address.BROWSE)
def _browse(dataset: Dataset, projection: projections.Map, of: str, by: str, run_id: str | None) -> None:
    """The map on the left, and below it the circled digits; on the right the digit that is open and what is circled."""
    predictions = _predictions(dataset, run_id)
    opened = address_bar.digit_in_address(dataset)
    with st.container(key="browse"):
        left, right = st.columns([5, 3], gap="large")
    with left:
        colouring = COLOURINGS[by](
            dataset, predictions, projection.outlier_scores if projection.distances.size else None
        )
        circled = st.query_params.get(address.CIRCLE, "")
        shown = circled if len(scatter.corners(circled)) else ""
        places = cache.class_places(dataset, projection)
        done = scatter.scatter(projection.positions, colouring, dataset.sha256[:12], of, shown, opened, places)
        scatter.pictures(dataset.images, dataset.sha256[:12], lambda number: _description(dataset, number))
    if done["opened"] is not None and done["opened"] != opened:
        _open(int(done["opened"]))
    if done["circled"] is not None and done["circled"] != circled:
        _circle(done["circled"])
    corners = scatter.corners(circled)
    chosen = np.flatnonzero(projections.inside(projection.positions, corners))
    with opened_digit.place(right, opened is not None):
        _open_digit(dataset, opened, chosen, predictions, run_id)
    with right:
        wrong = _circled(dataset, chosen, predictions, run_id)
        if not len(chosen):
            st.caption(
                "No digit is in that circle." if len(corners) else "Circle some digits, and they are counted here."
            )
    if len(chosen):
        with left:
            _digits(dataset, chosen[np.argsort(~wrong, kind="stable")], predictions, opened)


def _predictions(dataset: Dataset, run_id: str | None) -> np.ndarray | None:
    if run_id is None:
        return None
    try:
        return cache.out_of_fold(dataset, run_id)
    except RunError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return np.full((len(dataset.labels), len(dataset.class_names)), np.nan, np.float32)


def _description(dataset: Dataset, number: int) -> str:
    return f"Number {number:,}: a {dataset.class_names[dataset.labels[number]]}, {dataset.split[number]}"


def _open(number: int) -> None:
    st.query_params[address.DIGIT] = str(number)
    st.rerun(scope="fragment")


def _circle(corners: str) -> None:
    if len(scatter.corners(corners)):
        # an open digit would push what is circled out of sight
        for name in (address.DRAWN, address.DIGIT):
            st.query_params.pop(name, None)
        st.query_params[address.CIRCLE] = corners
    else:
        _remove_circle()
    st.session_state[address.CIRCLE_PAGE] = 1
    st.rerun(scope="fragment")


def _open_digit(
    dataset: Dataset, number: int | None, circled: np.ndarray, predictions: np.ndarray | None, run_id: str | None
) -> None:
    """The open digit, with what a run predicts for it where it was not trained on it. circled: numbers of digits."""
    if number is None:
        opened_digit.nothing("Click a point to open its digit.")
        return
    asked = predictions is not None and not np.isnan(predictions[number, 0])
    digit_details.show(dataset, number, circled, {run_id: predictions[number]} if asked else {})
    if predictions is not None and not asked:
        st.caption(f"`{run_id}` was trained on it, so it has no prediction.")


def _circled(dataset: Dataset, chosen: np.ndarray, predictions: np.ndarray | None, run_id: str | None) -> np.ndarray:
    """The labels of the circled digits, and which of them a run misclassifies. Gives which those are, (chosen,) bool."""
    if not len(chosen):
        return np.zeros(0, bool)
    counts = np.bincount(dataset.labels[chosen], minlength=len(dataset.class_names))
    yours = " Your drawing belongs in the middle of the circle." if address.DRAWN in st.query_params else ""
    st.markdown(f"**{len(chosen):,} digits** are circled: their labels.{yours}")
    st.html(reading.bars(counts / len(chosen), dataset.class_names))
    wrong = np.zeros(len(chosen), bool)
    if predictions is not None:
        asked = ~np.isnan(predictions[chosen, 0])
        read = predictions[chosen].argmax(axis=1)
        wrong = asked & (read != dataset.labels[chosen])
        st.markdown(_confused(dataset, chosen[wrong], read[wrong], int(asked.sum()), run_id))
    return wrong


def _confused(dataset: Dataset, wrong: np.ndarray, read: np.ndarray, asked: int, run_id: str | None) -> str:
    """A sentence on what a run misclassifies. wrong: numbers of digits; read: the classes that it predicts for them."""
    if not asked:
        return f"`{run_id}` was trained on all of them, so it has no predictions."
    if not len(wrong):
        return f"`{run_id}` classifies all {asked:,} that it was not trained on correctly."
    pairs, counts = np.unique(np.stack([dataset.labels[wrong], read]), axis=1, return_counts=True)
    named = [
        f"{dataset.class_names[pairs[0, n]]} → {dataset.class_names[pairs[1, n]]}: {counts[n]}"
        for n in np.argsort(-counts, kind="stable")[:PAIRS]
    ]
    return f"`{run_id}` misclassifies {len(wrong):,} of the {asked:,} that it was not trained on; {', '.join(named)}."


@st.fragment
def _digits(dataset: Dataset, chosen: np.ndarray, predictions: np.ndarray | None, opened: int | None) -> None:
    """Pages of the circled digits; a click opens one."""
    st.header("Circled")
    page = st.pagination(-(-len(chosen) // PAGE), key=address.CIRCLE_PAGE)
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    hover = [_description(dataset, number) for number in shown]
    place = np.flatnonzero(shown == opened)
    chosen_place = int(place[0]) if len(place) else None

    def act(clicked: int) -> None:
        opened_digit.show(int(shown[clicked]))

    gallery(dataset.images[shown], hover, "circled", chosen=chosen_place, size=44, on_click=act)
    table = {"number": chosen, "label": dataset.labels[chosen], "split": dataset.split[chosen]}
    if predictions is not None:
        asked = ~np.isnan(predictions[chosen, 0])
        table["predicted"] = np.where(asked, predictions[chosen].argmax(axis=1), -1)
    csv = pd.DataFrame(table).to_csv(index=False)
    st.download_button("Download numbers", csv, "circled.csv", "text/csv", icon=":material/download:")


main()
