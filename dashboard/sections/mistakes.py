"""The part of the page Evaluate that shows what a run misclassifies: its confusion matrix, every mistake, each class."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, address_bar, cache, wording
from dashboard.address_bar import cell_in_address
from dashboard.components import reading, tables
from dashboard.components.confusion_matrix import confusion_matrix, offer
from dashboard.components.gallery import gallery
from dashboard.sections import digit_details, opened_digit, opening
from dashboard.sections.tested_digits import first_number, tested_on
from training import runs
from training.analysis import confusion
from training.datasets.dataset import Dataset

PAGE = 48  # digits of one page of the gallery
RATE = "%.2f %%"  # how a table writes one
PAIRS, MORE_PAIRS = 3, 8  # most confused pairs, on the page and behind the help mark
CELLS = {  # what a cell may print -> how it is computed from counts, and what it is
    "counts": (lambda matrix: matrix, "Number of digits"),
    "share of label": (confusion.by_row, "Percent of the digits with that label"),
    "share of prediction": (confusion.by_column, "Percent of the digits with that prediction"),
}
CLASSES = (
    "Precision: of the digits predicted as this class, the share that belongs to it. Recall: of the digits of this class, the "
    "share that is predicted as it. F1 is the harmonic mean of both, low if either is. " + wording.INTERVAL
)


def show(run_id: str, row: DeltaGenerator) -> None:
    """The confusion matrix with the digits of a cell or all mistakes, and a table of the classes.

    row: where the controls go. Raises runs.RunError.
    """
    address_bar.rename_value(address.CELLS)
    with row:
        view = st.segmented_control(
            "Cells", list(CELLS), default="counts", required=True, key=address.CELLS, bind="query-params"
        )
        with st.popover("Colours"):
            mistakes = st.toggle("Mistakes only", key=address.MISTAKES_ALONE, bind="query-params")
            linear = st.toggle("Linear instead of logarithmic", key=address.LINEAR, bind="query-params")
    if st.query_params.pop(address.WHY, ""):  # an older address
        st.session_state[address.CLOSER] = digit_details.EXPLANATION
    record, predictions = runs.load_record(run_id), cache.predictions(run_id)
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    st.markdown(
        f"**{wrong:,}** of {digits:,} test digits are misclassified: {wording.error_rate(wrong, digits)}.",
        help=wording.INTERVAL,
    )
    names = tuple(record.dataset["class_names"])
    _matrix_and_mistakes(record, predictions, names, view, mistakes, linear)


@st.fragment(key=address.BROWSE)
@opening.bears_changes
def _matrix_and_mistakes(
    record: runs.Record, predictions: runs.Predictions, names: tuple[str, ...], view: str, mistakes: bool, linear: bool
) -> None:
    """The matrix on the left, beside it the digits of the clicked cell or all mistakes, and on the right the open one."""
    matrix, dataset = cache.matrix(record.run_id, len(names)), tested_on(record)
    cell = cell_in_address(len(names))
    all_others, right = opened_digit.columns([7, 4], address.DIGIT in st.query_params)
    left, middle = all_others.columns([4, 3], gap="medium")
    with left:
        convert, unit = CELLS[view]
        colours = "" if linear else " Few are coloured nearly as strongly as many (logarithmic)."
        st.markdown(
            "**Confusion matrix**: click a cell to see its digits.",
            help=f"A row is a label, a column a prediction. {unit}.{colours}",
        )
        shown = convert(matrix)
        if mistakes:
            shown = np.where(np.eye(len(names), dtype=bool), 0, shown)
        confusion_matrix(
            matrix,
            shown,
            names,
            cell,
            f"matrix {record.run_id}",
            not linear,
            lambda clicked: _open_cell(clicked, predictions, dataset),
        )
        _confused(matrix, names)
        offer(matrix, names, f"{record.run_id}-matrix")
    _digits_of(record, predictions, names, cell, dataset, middle, right)
    with all_others:
        _classes(record.run_id, names)


def _open_cell(cell: tuple[int, int], predictions: runs.Predictions, dataset: Dataset | str) -> None:
    """Open a clicked cell, and its first digit."""
    first = _chosen(predictions, cell)[:1]
    opened = None if isinstance(dataset, str) or not len(first) else int(first_number(dataset) + first[0])
    address_bar.open_cell(cell, opened, address.MISTAKES)


def _chosen(predictions: runs.Predictions, cell: tuple[int, int] | None) -> np.ndarray:
    """The test digits of a cell, or all that are misclassified, the most confident first."""
    if cell:
        chosen = np.flatnonzero((predictions.labels == cell[0]) & (predictions.classes == cell[1]))
    else:
        chosen = np.flatnonzero(predictions.wrong)
    return chosen[np.argsort(-predictions.confidence[chosen], kind="stable")]


def _digits_of(
    record: runs.Record,
    predictions: runs.Predictions,
    names: tuple[str, ...],
    cell: tuple[int, int] | None,
    dataset: Dataset | str,
    middle: DeltaGenerator,
    right: DeltaGenerator,
) -> None:
    """A gallery of the cell's digits, or of all mistakes, and the open one. middle, right: where they go."""
    chosen = _chosen(predictions, cell)
    pages = -(-len(chosen) // PAGE)
    with middle:
        _title(chosen, names, cell)
        above = st.container()
        page = st.pagination(pages, key=address.MISTAKES, bind="query-params", max_visible_pages=5) if pages > 1 else 1
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    if isinstance(dataset, str):
        with above:
            st.caption(f"The pictures of these digits cannot be shown. {dataset} Their numbers:")
            _without_pictures(predictions, names, shown)
    elif len(shown):
        number = _pictures(dataset, record, predictions, names, shown, above)
        with right:
            answers = {record.run_id: predictions.probabilities[number - first_number(dataset)]}
            digit_details.show(dataset, number, first_number(dataset) + shown, answers)
    else:
        with right:
            opened_digit.nothing("No digit with this label is predicted so.")


def _title(chosen: np.ndarray, names: tuple[str, ...], cell: tuple[int, int] | None) -> None:
    """Which digits these are."""
    if cell:
        digits = "digit" if len(chosen) == 1 else "digits"
        title = f"{len(chosen):,} {digits} labelled {names[cell[0]]} and predicted as {names[cell[1]]}"
    else:
        title = f"All {len(chosen):,} mistakes"
    order = ", the most confident first" if len(chosen) > 1 else ""
    st.markdown(f"**{title}**{order}{'' if cell else '; label → prediction'}")
    if cell:
        st.button("All mistakes", icon=":material/close:", on_click=address_bar.close_cell, args=(address.MISTAKES,))


def _without_pictures(predictions: runs.Predictions, names: tuple[str, ...], shown: np.ndarray) -> None:
    columns = {
        "test digit": shown,
        "label": [names[label] for label in predictions.labels[shown]],
        "prediction": [names[label] for label in predictions.classes[shown]],
        "confidence": predictions.confidence[shown],
    }
    st.dataframe(columns, hide_index=True, height=360)


def _pictures(
    dataset: Dataset,
    record: runs.Record,
    predictions: runs.Predictions,
    names: tuple[str, ...],
    shown: np.ndarray,
    place: DeltaGenerator,
) -> int:
    """The gallery. Gives the number of the open digit, or of the first. shown: numbers of test digits."""
    numbers = first_number(dataset) + shown
    named = address_bar.digit_in_address(dataset)
    labels, predicted = (
        [names[label] for label in values[shown]] for values in (predictions.labels, predictions.classes)
    )
    hover = [
        f"Number {number:,}: label {label}, predicted as {prediction} "
        f"with {reading.confidence_text(confidence, cache.scores(record.run_id), len(names))}"
        for number, label, prediction, confidence in zip(
            numbers, labels, predicted, predictions.confidence[shown], strict=True
        )
    ]
    captions = [f"{label} → {prediction}" for label, prediction in zip(labels, predicted, strict=True)]
    tested = named is not None and first_number(dataset) <= named < first_number(dataset) + len(predictions.labels)
    opened = named if tested else int(numbers[0])
    chosen = int(np.flatnonzero(numbers == opened)[0]) if opened in numbers else None
    with place:
        gallery(
            dataset.images[numbers],
            hover,
            f"gallery {record.run_id}",
            captions,
            chosen,
            60,
            lambda clicked: opened_digit.open_digit(int(numbers[clicked])),
        )
    return opened


def _confused(matrix: np.ndarray, names: tuple[str, ...]) -> None:
    """Which classes are confused most often, in a line."""
    pairs = confusion.confused_pairs(matrix)[:MORE_PAIRS]
    texts = [f"{names[first]} and {names[second]} ({count:,})" for first, second, count in pairs]
    if texts:
        more = f"Then {', '.join(texts[PAIRS:])}" if texts[PAIRS:] else None
        st.markdown(f"**Most often confused:** {', '.join(texts[:PAIRS])}", help=more)


def _classes(run_id: str, names: tuple[str, ...]) -> None:
    st.header("Class by class", help=CLASSES)
    report = cache.class_report(run_id, names)
    for name in report.select_dtypes("float"):
        report[name] = 100 * report[name]
    order = [
        "class",
        "precision",
        "precision_low",
        "precision_high",
        "recall",
        "recall_low",
        "recall_high",
        "f1",
        "support",
    ]
    st.dataframe(report[order], hide_index=True, column_config=_report_columns(), key="report")


def _report_columns() -> dict:
    described = {
        "precision": ("precision", RATE, "Of the digits predicted as this class, the share that belongs to it"),
        "recall": ("recall", RATE, "Of the digits of this class, the share that is predicted as it"),
        "f1": ("F1", RATE, "Harmonic mean of precision and recall"),
        "support": ("digits", "localized"),
    }
    for rate in ("precision", "recall"):
        described[f"{rate}_low"] = ("95 % from", RATE, f"Lower end of the 95 % interval of the {rate}")
        described[f"{rate}_high"] = ("95 % to", RATE, f"Upper end of the 95 % interval of the {rate}")
    return tables.columns(described)
