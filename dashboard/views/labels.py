"""The labels that are most doubtful, as a court: each digit with what speaks against its label, and the visitor's verdict."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import reading, tables
from dashboard.sections import choices, opening
from dashboard.sections.drawn_digit import article
from training.analysis import projections
from training.analysis.label_errors import LabelErrors
from training.datasets.dataset import Dataset
from training.runs import RunError

FOLDED = "cnn-kfold"  # its folds answer every digit of MNIST
PAGE, ROW = 12, 4  # digits on a page, and in a row of it
LISTED = 600  # digits of the list
NEITHER = "unreadable"


def main() -> None:
    opening.page("Labels", "Which labels are wrong, and which digits can nobody read? You are the judge.")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dataset = choices.choose_dataset(_first_page)
        runs = cache.tested_on(dataset)
        if not runs:
            st.info("Runs that were tested on these digits would testify here: `python -m training run` makes one.")
            return
        run_id = choices.choose_run(runs, FOLDED, "Witness", _first_page)
    try:
        found = cache.label_errors(dataset, run_id)
    except RunError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    _case(dataset, found, run_id)
    _court(dataset, found)
    _runs(dataset, found, runs)


def _first_page() -> None:
    st.session_state[address.CASE] = 1


def _case(dataset: Dataset, found: LabelErrors, run_id: str) -> None:
    """What is asked of whom, in a sentence or two."""
    asked = len(found.order)
    who = f"`{run_id}`" if asked < len(dataset.labels) else f"`{run_id}` and its folds, each of which held a part out,"
    beside = "" if np.isnan(found.alike).all() else f" The {projections.KEPT} digits nearest in pixels testify too."
    st.markdown(
        f"{who} read {asked:,} digits not learned from.{beside} Confident learning calls **{found.called.sum():,} labels** "
        "wrong; the most doubtful come first, called wrong or not."
    )


@st.fragment
def _court(dataset: Dataset, found: LabelErrors) -> None:
    """A page of digits, the most doubtful first, each with a verdict to be given."""
    listed = found.order[:LISTED]
    page = st.pagination(-(-len(listed) // PAGE), key=address.CASE, bind="query-params")
    shown = listed[(page - 1) * PAGE : page * PAGE]
    for start in range(0, len(shown), ROW):
        columns = st.columns(ROW, gap="large")
        for place, number in enumerate(shown[start : start + ROW], start):
            with columns[place - start]:
                _digit(dataset, found, int(number), (page - 1) * PAGE + place + 1)
    _verdicts(dataset, found)


def _digit(dataset: Dataset, found: LabelErrors, number: int, rank: int) -> None:
    """One digit: its picture, the label, what speaks against it, and the verdict."""
    label, other = (dataset.class_names[n] for n in (dataset.labels[number], found.other[number]))
    lines = [f"{rank}. Labelled **{label}**: {wording.percent(float(found.own[number]), 1)} probable"]
    if not np.isnan(found.alike[number]):
        near = round(projections.KEPT * found.alike[number])
        lines.append(f"{near or 'None'} of the {projections.KEPT} nearest {'is' if near == 1 else 'are'} labelled so")
    lines.append(f"Rather {article(other)} **{other}**" + (", so called wrong" if found.called[number] else "?"))
    st.html(reading.picture(dataset.images[number], 132, ""))
    st.markdown("  \n".join(lines))
    query = {**address.in_address(dataset.name), address.DIGIT: str(number)}
    st.page_link("views/explore.py", label=f"Number {number:,}, {dataset.split[number]}", query_params=query)
    given = st.session_state.setdefault(address.VERDICTS, {}).get((dataset.sha256, number))
    st.pills(
        "Your verdict",
        [label, other, NEITHER],
        default=given if given in (label, other, NEITHER) else None,
        key=address.verdict_key(dataset.sha256, number),
        label_visibility="collapsed",
        on_change=_judge,
        args=(dataset.sha256, number),
    )


def _judge(sha256: str, number: int) -> None:
    """Keep the verdict, or take it back."""
    said = st.session_state[address.verdict_key(sha256, number)]
    verdicts = st.session_state[address.VERDICTS]
    if said is None:
        verdicts.pop((sha256, number), None)
    else:
        verdicts[sha256, number] = said


def _verdicts(dataset: Dataset, found: LabelErrors) -> None:
    """How many were given, and a file of them."""
    given = {
        n: said for (sha256, n), said in st.session_state.get(address.VERDICTS, {}).items() if sha256 == dataset.sha256
    }
    if not given:
        st.caption("Your verdicts are kept until you close the page, and can be taken home as a table.")
        return
    kept = sum(said == dataset.class_names[dataset.labels[n]] for n, said in given.items())
    lost = sum(said == NEITHER for said in given.values())
    st.markdown(
        f"You judged {len(given)}: {kept} as labelled, {len(given) - kept - lost} otherwise, {lost} unreadable."
    )
    numbers = list(given)
    table = {
        "number": numbers,
        "label": [dataset.class_names[dataset.labels[n]] for n in numbers],
        "against": [dataset.class_names[found.other[n]] for n in numbers],
        "verdict": list(given.values()),
    }
    csv = pd.DataFrame(table).to_csv(index=False)
    st.download_button("Take the verdicts", csv, "verdicts.csv", "text/csv", icon=":material/download:")


def _runs(dataset: Dataset, found: LabelErrors, runs: list[str]) -> None:
    """The test error of every run, with all test digits and without those whose label is called wrong."""
    called = found.called[dataset.split == "test"]
    st.subheader("How much do they weigh?")
    if not called.any():
        st.markdown("No test digit's label is called wrong, so no run's error changes.")
        return
    rows = []
    for run_id in runs:
        answers = cache.predictions(run_id)
        wrong = answers.classes != answers.labels
        rows.append(
            (run_id, int(wrong.sum()), 100 * wrong.mean(), int(wrong[~called].sum()), 100 * wrong[~called].mean())
        )
    names = ("run", "errors", "error", "errors without", "error without")
    table = pd.DataFrame(rows, columns=names).sort_values("error", ignore_index=True)
    st.markdown(f"{called.sum()} of the {len(called):,} test digits are called wrong. Without them:")
    described = {
        "run": ("run", None),
        "errors": ("errors", None),
        "error": ("test error", "%.2f %%"),
        "errors without": ("errors without them", None),
        "error without": ("test error without them", "%.2f %%"),
    }
    st.dataframe(table, hide_index=True, column_config=tables.columns(described), key="with and without")


main()
