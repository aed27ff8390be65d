"""The part of the page Compare that holds two runs against each other: the digits that only one classifies correctly."""

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, address_bar, cache, wording
from dashboard.address_bar import cell_in_address
from dashboard.components.confusion_matrix import difference_matrix, offer
from dashboard.components.gallery import gallery
from dashboard.sections import comparison_report, digit_details, opened_digit, opening, run_lists, two_runs
from dashboard.sections.tested_digits import explain_missing, first_number, tested_on
from training import runs
from training.analysis.comparison import evaluated
from training.analysis.difference import Difference
from training.datasets.dataset import Dataset

Pair = tuple[runs.Predictions, runs.Predictions]
PAGE = 48  # digits of one page of a gallery
CELLS = (
    "Each cell is the count of run A minus that of run B. A row is a label, a column a prediction. On the diagonal, where "
    "predictions are correct, more is better; elsewhere, more is worse. Few digits are coloured nearly as strongly as many "
    "(logarithmic)."
)

INTERVAL = (
    "95 % confidence interval of a difference on the same digits (Tango's score interval): of 100 such intervals, about 95 contain "
    "the difference on all digits of this kind."
)


def show(table: pd.DataFrame, row: DeltaGenerator) -> None:
    """Two runs, their matrices against each other and the digits that only one classifies correctly.

    table: a row per run; row: where the controls go.
    """
    table = evaluated(table)
    if table.empty:
        st.info("No run here has a test error. Train one: `python -m training run cnn-medium`.")
        return
    with row:
        first, second, replaced = two_runs.choose(table)
        run_lists.offer_repeats(table["run"])
    if second is None:
        st.info(f"No other run was tested on the digits of {first}. Train one: `python -m training run cnn-medium`.")
        return
    if replaced:
        st.warning(replaced, icon=":material/link_off:")
    record, a, b = runs.load_record(first), cache.predictions(first), cache.predictions(second)
    names = tuple(record.dataset["class_names"])
    differing = cache.difference(first, second, len(names))
    verdict = f"**{wording.difference(differing, first, second)}**"
    counts = (
        f"{wording.rate_difference(differing)} Of {len(a.labels):,} test digits, both classify {differing.both_correct:,} "
        f"correctly, only A {len(differing.only_first):,}, only B {len(differing.only_second):,}, neither "
        f"{len(differing.neither):,}."
    )
    st.markdown(verdict, help=_method(differing))
    st.markdown(counts, help=INTERVAL)
    comparison_report.keep_pair((verdict, counts), (first, second), (a, b), differing, names)
    _matrix_and_digits(record, (first, second), (a, b), differing, names)


def _method(differing: Difference) -> str:
    """What the p-value means."""
    discordant = len(differing.only_first) + len(differing.only_second)
    if not discordant:
        return "No digit is classified correctly by only one of the two runs."
    share = "less than one" if differing.p_value < 0.01 else f"{100 * differing.p_value:.0f}"
    return (
        f"Exact McNemar test: only the {discordant:,} digits that exactly one run classifies correctly count. If both were equally "
        f"good, chance alone would split them at least this unevenly in {share} of 100 such comparisons. "
        "It is of these two runs alone; the table of all runs corrects its p-values for their number (Holm)."
    )


@st.fragment(key=address.BROWSE)
@opening.bears_changes
def _matrix_and_digits(
    record: runs.Record,
    pair: tuple[str, str],
    predictions: Pair,
    differing: Difference,
    names: tuple[str, ...],
) -> None:
    """The matrix of A minus B on the left, beside it the digits that only one of them classifies correctly, of the clicked cell or
    all, and on the right the open one."""
    cell, dataset = cell_in_address(len(names)), tested_on(record)
    left, middle, right = opened_digit.columns([4, 3, 4], address.DIGIT in st.query_params)
    with left:
        st.markdown("**Confusion matrix of A minus that of B**", help=CELLS)
        difference_matrix(
            differing.matrix,
            names,
            cell,
            f"difference {pair}",
            lambda clicked: _open_cell(clicked, differing, predictions, dataset),
        )
        st.caption("Blue: more by A; orange: more by B. Click a cell to see its digits.")
        offer(differing.matrix, names, f"{pair[0]}-minus-{pair[1]}")
    with middle:
        _cell_title(cell, names)
        explain_missing(dataset)
        shown = [
            _only(letter, run, only, predictions, names, dataset)
            for letter, run, only in zip("ab", pair, _differing(differing, predictions, cell), strict=False)
        ]
        if cell:
            shown.append(_neither(_of_cell(differing.neither, predictions, cell), predictions, names, dataset))
    if not isinstance(dataset, str):
        with right:
            _open_digit(dataset, pair, predictions, first_number(dataset) + np.concatenate(shown))


def _cell_title(cell: tuple[int, int] | None, names: tuple[str, ...]) -> None:
    """Which cell is open, with a button that closes it."""
    if cell:
        st.markdown(f"**Label {names[cell[0]]}, predicted as {names[cell[1]]} by one of the two**")
        pages = address.PAGE_A, address.PAGE_B
        st.button("All", icon=":material/close:", on_click=address_bar.close_cell, args=pages)


def _open_cell(cell: tuple[int, int], differing: Difference, predictions: Pair, dataset: Dataset | str) -> None:
    """Open a clicked cell, and its first digit."""
    digits = np.concatenate(_differing(differing, predictions, cell))
    opened = None if isinstance(dataset, str) or not len(digits) else int(first_number(dataset) + digits[0])
    address_bar.open_cell(cell, opened, address.PAGE_A, address.PAGE_B)


def _differing(differing: Difference, predictions: Pair, cell: tuple[int, int] | None) -> list[np.ndarray]:
    """The test digits of a cell, or all, that only A, only B and neither classifies correctly."""
    parts = differing.only_first, differing.only_second, differing.neither
    return [_of_cell(numbers, predictions, cell) for numbers in parts]


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
) -> np.ndarray:
    """A gallery of the test digits that only this run classifies correctly; gives those of its page."""
    rival = "BA"["ab".index(letter)]
    below = f"; below, label → prediction of {rival}:" if len(numbers) else "."
    st.markdown(f"Only **{letter.upper()}**, {run}, classifies {len(numbers):,} correctly{below}")
    if isinstance(dataset, str) or not len(numbers):
        return numbers
    above, pages = st.container(), -(-len(numbers) // PAGE)
    page = (
        st.pagination(
            pages, key={"a": address.PAGE_A, "b": address.PAGE_B}[letter], bind="query-params", max_visible_pages=5
        )
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
    return shown


def _neither(
    numbers: np.ndarray,
    predictions: Pair,
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> np.ndarray:
    """A gallery of test digits that both misclassify, but differently, if there are any; gives them."""
    if not len(numbers):
        return numbers
    st.markdown(f"Both misclassify {len(numbers):,}, but differently; below, label → predictions of A and B:")
    if isinstance(dataset, str):
        return numbers
    first, second = predictions
    labels, a, b = (np.array(names)[v[numbers]] for v in (first.labels, first.classes, second.classes))
    hover = [
        f"Number {first_number(dataset) + number:,}: label {label}, predicted as {by_a} by A and {by_b} by B"
        for number, label, by_a, by_b in zip(numbers, labels, a, b, strict=True)
    ]
    captions = [f"{label} → {by_a}, {by_b}" for label, by_a, by_b in zip(labels, a, b, strict=True)]
    _gallery(dataset, numbers, hover, captions, "neither")
    return numbers


def _gallery(dataset: Dataset, shown: np.ndarray, hover: list[str], captions: list[str], key: str) -> None:
    """These test digits; a click names one in the address."""
    first, selected = first_number(dataset), address_bar.digit_in_address(dataset)
    place = next((place for place, number in enumerate(shown) if first + number == selected), None)
    gallery(
        dataset.images[first + shown],
        hover,
        key,
        captions,
        place,
        52,
        lambda clicked: opened_digit.open_digit(int(first + shown[clicked])),
    )


def _open_digit(dataset: Dataset, pair: tuple[str, str], predictions: Pair, shown: np.ndarray) -> None:
    """The digit that the address names, or the first of those shown, with the predictions of both runs. shown: numbers."""
    number, first = address_bar.digit_in_address(dataset), first_number(dataset)
    if number is None or not first <= number < first + len(predictions[0].labels):
        if not len(shown):
            opened_digit.nothing("No digit of this cell differs.")
            return
        number = int(shown[0])
    rows = (prediction.probabilities[number - first] for prediction in predictions)
    digit_details.show(dataset, number, shown, dict(zip(pair, rows, strict=True)))
