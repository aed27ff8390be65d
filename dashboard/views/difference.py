"""Two runs on the same digits: what one reads that the other does not, and whether that could be chance."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache
from dashboard.address import cell_in_address, close_cell, open_cell
from dashboard.components import reading
from dashboard.components.confusion_matrix import difference_matrix, offer
from dashboard.components.gallery import gallery
from dashboard.sections import choices, opening
from dashboard.sections.tested_digits import first_number, tell_missing, tested_on
from models import DEFAULT_RUN
from training import runs
from training.analysis.difference import Difference, difference, verdict
from training.datasets.dataset import Dataset

PAGE = 48  # digits of one page of a gallery


def main() -> None:
    table = opening.page_of_runs(
        "Difference",
        "Which digits does one run read that another does not, and could that be chance?",
        "Two of your runs would be here.",
    )
    if table is None:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = choices.choose_run(list(table["run"]), DEFAULT_RUN, "Run A")
        others = _others(table, first)
        choices.tell_unknown("against", others)
        second = st.selectbox("Run B", others, key=address.AGAINST, bind="query-params", width=320) if others else None
    if second is None:
        st.info(f"No other run was tested on the digits of {first}. Train one: `python -m training run cnn-medium`.")
        return
    record, a, b = runs.load_record(first), cache.predictions(first), cache.predictions(second)
    names = tuple(record.dataset["class_names"])
    found = difference(a.labels, a.classes, b.classes, len(names))
    st.markdown(f"**{verdict(found, first, second)}**")
    st.markdown(_meaning(found, len(a.labels)))
    _matrix_and_digits(record, (first, second), (a, b), found, names)


def _others(table: pd.DataFrame, first: str) -> list[str]:
    """The runs that were tested on the same digits, the one with the fewest errors first."""
    same = table["test_digits"] == table.loc[table["run"] == first, "test_digits"].iloc[0]
    return list(table[same & (table["run"] != first)].sort_values("error")["run"])


def _meaning(found: Difference, digits: int) -> str:
    """What is behind the verdict, for those who know no test by name."""
    only_a, only_b = len(found.only_first), len(found.only_second)
    text = f"Both read {found.both_right:,} of the {digits:,} digits rightly and {found.both_wrong:,} wrongly. "
    if not only_a + only_b:
        return text + "Neither reads one that the other misreads."
    share = "less than one" if found.chance < 0.01 else f"{100 * found.chance:.0f}"
    return (
        f"{text}Only A is right on {only_a:,}, only B on {only_b:,}. Were both equally good, luck alone would split these "
        f"{only_a + only_b:,} digits at least so unevenly in {share} of 100 such comparisons (exact McNemar test)."
    )


@st.fragment
@opening.bears_changes
def _matrix_and_digits(
    record: runs.Record,
    pair: tuple[str, str],
    answers: tuple[runs.Predictions, runs.Predictions],
    found: Difference,
    names: tuple[str, ...],
) -> None:
    """The matrix of A minus B on the left; on the right what only one of them reads, of the clicked cell or of all."""
    left, right = st.columns([5, 6], gap="large")
    cell = cell_in_address(len(names))
    with left:
        st.markdown("**Who reads what more often?** A row is a label, a column what it was read as.")
        clicked = difference_matrix(found.matrix, names, cell, f"difference {pair}")
        open_cell(clicked, cell, address.PAGE_A, address.PAGE_B)
        st.caption(
            "How many more digits A reads so than B; blue: A more, orange: B more. On the diagonal, where they read rightly, "
            "more is better, elsewhere worse. Click a cell to see the digits behind it."
        )
        offer(found.matrix, names, f"{pair[0]}-minus-{pair[1]}")
    with right:
        if cell:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**Labelled {names[cell[0]]}, read as {names[cell[1]]} by one of the two**")
                st.button("All", icon=":material/close:", on_click=close_cell, args=(address.PAGE_A, address.PAGE_B))
        dataset = tested_on(record)
        tell_missing(dataset)
        for letter, run, only in zip("ab", pair, (found.only_first, found.only_second), strict=True):
            _only(letter, run, _of_cell(only, answers, cell), answers, names, dataset)
        if cell:
            _neither(_of_cell(found.neither, answers, cell), answers, names, dataset)
        if not isinstance(dataset, str):
            _opened(dataset, record, pair, answers, names)


def _of_cell(
    numbers: np.ndarray, answers: tuple[runs.Predictions, runs.Predictions], cell: tuple[int, int] | None
) -> np.ndarray:
    """Of these test digits, those with the cell's label that A or B, but not both, reads as the cell says."""
    if cell is None:
        return numbers
    a, b = (answer.classes[numbers] == cell[1] for answer in answers)
    return numbers[(answers[0].labels[numbers] == cell[0]) & (a != b)]


def _only(
    letter: str,
    run: str,
    numbers: np.ndarray,
    answers: tuple[runs.Predictions, runs.Predictions],
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> None:
    """A gallery of the test digits that this run alone reads rightly."""
    told = f"; below each, its label → what {'BA'['ab'.index(letter)]} read:" if len(numbers) else "."
    st.markdown(f"Only **{letter.upper()}**, {run}, reads {len(numbers):,} rightly{told}")
    if isinstance(dataset, str) or not len(numbers):
        return
    above, pages = st.container(), -(-len(numbers) // PAGE)
    page = (
        st.pagination(pages, key={"a": address.PAGE_A, "b": address.PAGE_B}[letter], bind="query-params")
        if pages > 1
        else 1
    )
    shown = numbers[(page - 1) * PAGE : page * PAGE]
    first, other = first_number(dataset), answers["ba".index(letter)]
    labels, read = (np.array(names)[values[shown]] for values in (other.labels, other.classes))
    said = [
        f"Number {first + number:,}: labelled {label}, read as {wrong} by {'BA'['ab'.index(letter)]}"
        for number, label, wrong in zip(shown, labels, read, strict=True)
    ]
    captions = [f"{label} → {wrong}" for label, wrong in zip(labels, read, strict=True)]
    with above:
        _gallery(dataset, shown, said, captions, f"only {letter} {run}")


def _neither(
    numbers: np.ndarray,
    answers: tuple[runs.Predictions, runs.Predictions],
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> None:
    """A gallery of test digits that both misread, each in its own way, where there are any."""
    if not len(numbers):
        return
    st.markdown(f"Both misread {len(numbers):,}, each in its own way; below each, its label → what A and B read:")
    if isinstance(dataset, str):
        return
    labels, a, b = (np.array(names)[v[numbers]] for v in (answers[0].labels, answers[0].classes, answers[1].classes))
    said = [
        f"Number {first_number(dataset) + number:,}: labelled {label}, read as {one} by A and as {other} by B"
        for number, label, one, other in zip(numbers, labels, a, b, strict=True)
    ]
    captions = [f"{label} → {one}, {other}" for label, one, other in zip(labels, a, b, strict=True)]
    _gallery(dataset, numbers, said, captions, "neither")


def _gallery(dataset: Dataset, shown: np.ndarray, said: list[str], captions: list[str], key: str) -> None:
    """These test digits; a click names one in the address."""
    first, opened = first_number(dataset), address.digit_in_address(dataset)
    place = next((place for place, number in enumerate(shown) if first + number == opened), None)
    clicked = gallery(dataset.images[first + shown], said, key, captions, place, size=52)
    if clicked is not None and clicked != place:
        st.query_params[address.DIGIT] = str(first + shown[clicked])
        st.rerun(scope="fragment")


def _opened(
    dataset: Dataset,
    record: runs.Record,
    pair: tuple[str, str],
    answers: tuple[runs.Predictions, runs.Predictions],
    names: tuple[str, ...],
) -> None:
    """What both make of the digit that the address names."""
    number = address.digit_in_address(dataset)
    first = first_number(dataset)
    if number is None or not first <= number < first + len(answers[0].labels):
        st.caption("Click a digit to see what both make of it.")
        return
    for run, answer in zip(pair, answers, strict=True):
        st.markdown(f"**{run}**")
        reading.reading(
            dataset.images[number],
            answer.probabilities[number - first].astype(float),
            names,
            f"Labelled {names[dataset.labels[number]]}",
            scores=cache.scores(run),
        )
    st.page_link(
        "views/explore.py",
        label=f"Number {number:,} on the explore page",
        icon=":material/grid_view:",
        query_params={address.DIGIT: str(number)} | address.in_address(dataset.name),
    )


main()
