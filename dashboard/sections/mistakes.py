"""The part of the page Evaluate that shows what a run misclassifies: its confusion matrix, every mistake, each class."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from dashboard.address import cell_in_address, close_cell, open_cell
from dashboard.components import reading, tables
from dashboard.components.confusion_matrix import confusion_matrix, offer
from dashboard.components.gallery import gallery
from dashboard.sections import explanation, opening
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
    address.rename_value(address.CELLS)
    with row:
        view = st.segmented_control(
            "Cells", list(CELLS), default="counts", required=True, key=address.CELLS, bind="query-params"
        )
        with st.popover("Colours"):
            mistakes = st.toggle("Mistakes only", key=address.MISTAKES_ALONE, bind="query-params")
            linear = st.toggle("Linear instead of logarithmic", key=address.LINEAR, bind="query-params")
    record, predictions = runs.load_record(run_id), cache.predictions(run_id)
    wrong, digits = int(predictions.wrong.sum()), len(predictions.labels)
    st.markdown(
        f"**{wrong:,}** of {digits:,} test digits are misclassified: {wording.error_rate(wrong, digits)}.",
        help=wording.INTERVAL,
    )
    names = tuple(record.dataset["class_names"])
    _matrix_and_mistakes(record, predictions, names, view, mistakes, linear)
    _classes(run_id, names)


@st.fragment
@opening.bears_changes
def _matrix_and_mistakes(
    record: runs.Record, predictions: runs.Predictions, names: tuple[str, ...], view: str, mistakes: bool, linear: bool
) -> None:
    """The matrix on the left, the digits of the clicked cell, or all mistakes, on the right."""
    matrix = cache.matrix(record.run_id, len(names))
    left, right = st.columns([5, 6], gap="large")
    cell = cell_in_address(len(names))
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
        clicked = confusion_matrix(matrix, shown, names, cell, f"matrix {record.run_id}", not linear)
        open_cell(clicked, cell, address.MISTAKES)
        _confused(matrix, names)
        offer(matrix, names, f"{record.run_id}-matrix")
    with right:
        _digits_of(record, predictions, names, cell)


def _digits_of(
    record: runs.Record, predictions: runs.Predictions, names: tuple[str, ...], cell: tuple[int, int] | None
) -> None:
    """A gallery of the cell's digits, or of all mistakes, the most confident first."""
    if cell:
        chosen = np.flatnonzero((predictions.labels == cell[0]) & (predictions.classes == cell[1]))
        digits = "digit" if len(chosen) == 1 else "digits"
        title = f"{len(chosen):,} {digits} labelled {names[cell[0]]} and predicted as {names[cell[1]]}"
    else:
        chosen = np.flatnonzero(predictions.wrong)
        title = f"All {len(chosen):,} mistakes"
    chosen = chosen[np.argsort(-predictions.confidence[chosen], kind="stable")]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"**{title}**"
            + (", the most confident first" if len(chosen) > 1 else "")
            + ("" if cell else "; label → prediction")
        )
        if cell:
            st.button("All mistakes", icon=":material/close:", on_click=close_cell, args=(address.MISTAKES,))
    if not len(chosen):
        st.caption("No digit with this label is predicted so.")
        return
    above, pages = st.container(), -(-len(chosen) // PAGE)
    page = st.pagination(pages, key=address.MISTAKES, bind="query-params") if pages > 1 else 1
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    dataset = tested_on(record)
    with above:
        if isinstance(dataset, str):
            st.caption(f"The pictures of these digits cannot be shown. {dataset} Until then, their numbers:")
            _without_pictures(predictions, names, shown)
        else:
            _pictures(dataset, record, predictions, names, shown)


def _without_pictures(predictions: runs.Predictions, names: tuple[str, ...], shown: np.ndarray) -> None:
    columns = {
        "test digit": shown,
        "label": [names[label] for label in predictions.labels[shown]],
        "prediction": [names[label] for label in predictions.classes[shown]],
        "confidence": predictions.confidence[shown],
    }
    st.dataframe(columns, hide_index=True, height=360)


def _pictures(
    dataset: Dataset, record: runs.Record, predictions: runs.Predictions, names: tuple[str, ...], shown: np.ndarray
) -> None:
    """The open digit with the run's prediction, and the gallery. shown: numbers of test digits."""
    first = first_number(dataset)
    named = address.digit_in_address(dataset)
    selected = named - first if named is not None and named - first in shown else int(shown[0])
    labels, predicted = (
        [names[label] for label in values[shown]] for values in (predictions.labels, predictions.classes)
    )
    hover = [
        f"Number {first + number:,}: label {label}, predicted as {prediction} "
        f"with {reading.confidence_text(predictions.confidence[number], record.scores, len(names))}"
        for number, label, prediction in zip(shown, labels, predicted, strict=True)
    ]
    captions = [f"{label} → {prediction}" for label, prediction in zip(labels, predicted, strict=True)]
    place = int(np.flatnonzero(shown == selected)[0])
    images = dataset.images[first + shown]
    reading.reading(
        images[place],
        predictions.probabilities[selected].astype(float),
        names,
        f"Labelled {names[predictions.labels[selected]]}",
        scores=record.scores,
    )
    _why(record, images[place], names)
    st.page_link(
        "views/explore.py",
        label=f"Number {first + selected:,} on the page Explore",
        icon=":material/grid_view:",
        query_params={address.DIGIT: str(first + selected)} | address.in_address(dataset.name),
    )
    clicked = gallery(images, hover, f"gallery {record.run_id}", captions, place, size=60)
    if clicked is not None and clicked != place:
        st.query_params[address.DIGIT] = str(first + shown[clicked])
        st.rerun(scope="fragment")


def _why(record: runs.Record, image: np.ndarray, names: tuple[str, ...]) -> None:
    """Which pixels of the open digit mattered; on demand, since it takes a moment."""
    able = explanation.keeps_model(record)
    missing = None if able else "Only the predictions of this run were saved, not its model"
    if st.toggle("Explain", key=address.WHY, bind="query-params", disabled=not able, help=missing) and able:
        explanation.show(record.run_id, image, names)


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
