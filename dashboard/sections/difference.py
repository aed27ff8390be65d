"""The part of the page Compare that holds two runs against each other: the digits that only one classifies correctly."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from dashboard.address import cell_in_address, close_cell, open_cell
from dashboard.components import reading
from dashboard.components.confusion_matrix import difference_matrix, offer
from dashboard.components.gallery import gallery
from dashboard.sections import choices, opening, run_lists
from dashboard.sections.tested_digits import explain_missing, first_number, tested_on
from training import runs
from training.analysis.difference import Difference
from training.datasets.dataset import Dataset

Pair = tuple[runs.Predictions, runs.Predictions]
PAGE = 48  # digits of one page of a gallery
CELLS = (
    "Each cell is the count of run A minus that of run B. A row is a label, a column a prediction. On the diagonal, where "
    "predictions are correct, more is better; elsewhere, more is worse. Few digits are coloured nearly as strongly as many "
    "(logarithmic)."
)


def show(table: pd.DataFrame, row: DeltaGenerator) -> None:
    """Two runs, their matrices against each other and the digits that only one classifies correctly.

    table: a row per run; row: where the controls go.
    """
    with row:
        labels = run_lists.labels(table)
        listed = run_lists.without_repeats(run_lists.ordered(table), address.RUN)
        first = choices.choose_run(listed, run_lists.preferred(), "Run A", labels=labels)
        others = run_lists.without_repeats(_others(table, first), address.AGAINST)
        second = None
        if others:
            second = choices.choose_run(others, cache.rival(first), "Run B", key=address.AGAINST, labels=labels)
        run_lists.offer_repeats(table["run"])
    if second is None:
        st.info(f"No other run was tested on the digits of {first}. Train one: `python -m training run cnn-medium`.")
        return
    record, a, b = runs.load_record(first), cache.predictions(first), cache.predictions(second)
    names = tuple(record.dataset["class_names"])
    differing = cache.difference(first, second, len(names))
    st.markdown(f"**{wording.difference(differing, first, second)}**", help=_method(differing))
    st.markdown(
        f"Of {len(a.labels):,} test digits, both classify {differing.both_correct:,} correctly, only A "
        f"{len(differing.only_first):,}, only B {len(differing.only_second):,}, neither {len(differing.neither):,}."
    )
    _matrix_and_digits(record, (first, second), (a, b), differing, names)


def _others(table: pd.DataFrame, first: str) -> list[str]:
    """The runs that were tested on the same digits, the one with the fewest errors first."""
    same = table["test_digits"] == table.loc[table["run"] == first, "test_digits"].iloc[0]
    return list(table[same & (table["run"] != first)].sort_values("error")["run"])


def _method(differing: Difference) -> str:
    """What the p-value means."""
    discordant = len(differing.only_first) + len(differing.only_second)
    if not discordant:
        return "No digit is classified correctly by only one of the two runs."
    share = "less than one" if differing.p_value < 0.01 else f"{100 * differing.p_value:.0f}"
    return (
        f"Exact McNemar test: only the {discordant:,} digits that exactly one run classifies correctly count. If both were equally "
        f"good, chance alone would split them at least this unevenly in {share} of 100 such comparisons."
    )


@st.fragment
@opening.bears_changes
def _matrix_and_digits(
    record: runs.Record,
    pair: tuple[str, str],
    predictions: Pair,
    differing: Difference,
    names: tuple[str, ...],
) -> None:
    """The matrix of A minus B on the left; on the right the digits that only one of them gets right, of the clicked cell or all."""
    left, right = st.columns([5, 6], gap="large")
    cell = cell_in_address(len(names))
    with left:
        st.markdown("**Confusion matrix of A minus that of B**", help=CELLS)
        clicked = difference_matrix(differing.matrix, names, cell, f"difference {pair}")
        open_cell(clicked, cell, address.PAGE_A, address.PAGE_B)
        st.caption("Blue: more by A; orange: more by B. Click a cell to see its digits.")
        offer(differing.matrix, names, f"{pair[0]}-minus-{pair[1]}")
    with right:
        if cell:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**Label {names[cell[0]]}, predicted as {names[cell[1]]} by one of the two**")
                st.button("All", icon=":material/close:", on_click=close_cell, args=(address.PAGE_A, address.PAGE_B))
        dataset = tested_on(record)
        explain_missing(dataset)
        for letter, run, only in zip("ab", pair, (differing.only_first, differing.only_second), strict=True):
            _only(letter, run, _of_cell(only, predictions, cell), predictions, names, dataset)
        if cell:
            _neither(_of_cell(differing.neither, predictions, cell), predictions, names, dataset)
        if not isinstance(dataset, str):
            _open_digit(dataset, record, pair, predictions, names)


def _of_cell(numbers: np.ndarray, predictions: Pair, cell: tuple[int, int] | None) -> np.ndarray:
    """Of these test digits, those with the cell's label and, by exactly one of A and B, its prediction."""
    if cell is None:
        return numbers
    a, b = (run.classes[numbers] == cell[1] for run in predictions)
    return numbers[(predictions[0].labels[numbers] == cell[0]) & (a != b)]


def _only(
    letter: str,
    run: str,
    numbers: np.ndarray,
    predictions: Pair,
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> None:
    """A gallery of the test digits that only this run classifies correctly."""
    rival = "BA"["ab".index(letter)]
    below = f"; below, label → prediction of {rival}:" if len(numbers) else "."
    st.markdown(f"Only **{letter.upper()}**, {run}, classifies {len(numbers):,} correctly{below}")
    if isinstance(dataset, str) or not len(numbers):
        return
    above, pages = st.container(), -(-len(numbers) // PAGE)
    page = (
        st.pagination(pages, key={"a": address.PAGE_A, "b": address.PAGE_B}[letter], bind="query-params")
        if pages > 1
        else 1
    )
    shown = numbers[(page - 1) * PAGE : page * PAGE]
    first, other = first_number(dataset), predictions["ba".index(letter)]
    labels, predicted = (np.array(names)[values[shown]] for values in (other.labels, other.classes))
    hover = [
        f"Number {first + number:,}: label {label}, predicted as {wrong} by {rival}"
        for number, label, wrong in zip(shown, labels, predicted, strict=True)
    ]
    captions = [f"{label} → {wrong}" for label, wrong in zip(labels, predicted, strict=True)]
    with above:
        _gallery(dataset, shown, hover, captions, f"only {letter} {run}")


def _neither(
    numbers: np.ndarray,
    predictions: Pair,
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> None:
    """A gallery of test digits that both misclassify, but differently, if there are any."""
    if not len(numbers):
        return
    st.markdown(f"Both misclassify {len(numbers):,}, but differently; below, label → predictions of A and B:")
    if isinstance(dataset, str):
        return
    first, second = predictions
    labels, a, b = (np.array(names)[v[numbers]] for v in (first.labels, first.classes, second.classes))
    hover = [
        f"Number {first_number(dataset) + number:,}: label {label}, predicted as {by_a} by A and {by_b} by B"
        for number, label, by_a, by_b in zip(numbers, labels, a, b, strict=True)
    ]
    captions = [f"{label} → {by_a}, {by_b}" for label, by_a, by_b in zip(labels, a, b, strict=True)]
    _gallery(dataset, numbers, hover, captions, "neither")


def _gallery(dataset: Dataset, shown: np.ndarray, hover: list[str], captions: list[str], key: str) -> None:
    """These test digits; a click names one in the address."""
    first, selected = first_number(dataset), address.digit_in_address(dataset)
    place = next((place for place, number in enumerate(shown) if first + number == selected), None)
    clicked = gallery(dataset.images[first + shown], hover, key, captions, place, size=52)
    if clicked is not None and clicked != place:
        st.query_params[address.DIGIT] = str(first + shown[clicked])
        st.rerun(scope="fragment")


def _open_digit(
    dataset: Dataset,
    record: runs.Record,
    pair: tuple[str, str],
    predictions: Pair,
    names: tuple[str, ...],
) -> None:
    """The predictions of both runs for the digit that the address names."""
    number = address.digit_in_address(dataset)
    first = first_number(dataset)
    if number is None or not first <= number < first + len(predictions[0].labels):
        st.caption("Click a digit to see both predictions.")
        return
    for run, prediction in zip(pair, predictions, strict=True):
        st.markdown(f"**{run}**")
        reading.reading(
            dataset.images[number],
            prediction.probabilities[number - first].astype(float),
            names,
            f"Labelled {names[dataset.labels[number]]}",
            scores=cache.scores(run),
        )
    st.page_link(
        "views/explore.py",
        label=f"Number {number:,} on the page Explore",
        icon=":material/grid_view:",
        query_params={address.DIGIT: str(number)} | address.in_address(dataset.name),
    )
