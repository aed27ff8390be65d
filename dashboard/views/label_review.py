"""Label review: the digits whose labels are most likely wrong, one at a time, and the visitor's verdict on each."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.components import reading, tables
from dashboard.sections import choices, digit_details, opened_digit, opening, run_lists
from dashboard.sections.drawn_digit import article
from training.analysis import projections
from training.analysis.label_errors import REFERENCE_RUN, LabelErrors, own_mistakes
from training.datasets.dataset import Dataset
from training.runs import RunError

PAGE, ROW = 9, 3  # digits on a page, and in a row of it
LISTED = 600  # digits of the list
FAR = 3  # times as many mistakes as doubted labels: too many for a list without a caution
UNREADABLE = "unreadable"


def main() -> None:
    table = opening.page("Label review", "Which labels are wrong, and which digits can nobody read?")
    notice = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dataset = choices.choose_dataset(_first_page, notice, set(table.get("dataset", ())))
        runs = cache.tested_on(dataset)
        if not runs:
            st.info("This page needs a run tested on these digits. `python -m training run` trains one.")
            return
        listed = run_lists.without_repeats(runs, address.RUN)
        run_id = choices.choose_run(listed, REFERENCE_RUN, "Reference run", _first_page)
        run_lists.offer_repeats(runs)
    try:
        errors = cache.label_errors(dataset, run_id)
    except RunError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    _summary(dataset, errors, run_id)
    _caution(dataset, errors, run_id, runs)
    _review(dataset, errors, runs)


def _first_page() -> None:
    st.session_state[address.CASE] = 1


def _summary(dataset: Dataset, errors: LabelErrors, run_id: str) -> None:
    """How many labels are called wrong, and behind a help mark by what method."""
    predicted = len(errors.order)
    who = f"`{run_id}`" if predicted < len(dataset.labels) else f"`{run_id}` and its cross-validation folds"
    method = f"{who} predicted {predicted:,} digits that they did not learn from. "
    method += "Confident learning (Northcutt and others, 2021) calls a label wrong where another class is at least as probable as "
    method += "the label is on average for the digits that bear it. "
    if not np.isnan(errors.same_label_share).all():
        method += f"The order also counts how many of the {projections.NEIGHBOURS} digits nearest in pixels have the same label."
    st.markdown(
        f"**{errors.flagged.sum():,}** of {predicted:,} labels are probably wrong. Most doubtful first.",
        help=method,
    )


def _caution(dataset: Dataset, errors: LabelErrors, run_id: str, runs: list[str]) -> None:
    """Where the reference run misclassifies far more digits than it calls labels wrong: how many of these are its own mistakes."""
    called = errors.flagged[dataset.split == "test"]
    rates = cache.run_table()[0].set_index("run")["error"]  # known without reading what every run answered
    rate = rates.get(run_id, 0.0)
    if not called.any() or rate < FAR * called.mean():
        return
    text = f"{wording.plain(run_id)} misclassifies {wording.percent(rate)} of the test digits itself."
    best = rates.reindex(runs).idxmin()
    if rates[best] == rate:
        st.caption("Some of these may be the run's mistakes.", help=text)
    elif (own := own_mistakes(called, cache.wrong(best))) > called.sum() / 2:
        more = f"{text} {wording.plain(best)}, with the fewest errors, classifies those {own:,} as they are labelled."
        st.caption(f"{own:,} of {called.sum():,} test digits are rather the run's mistakes.", help=more)


@st.fragment(key=address.BROWSE)
@opening.bears_changes
def _review(dataset: Dataset, errors: LabelErrors, runs: list[str]) -> None:
    """A page of digits, the most doubtful first, each with a verdict to be given, and beside them the open one."""
    others, right = opened_digit.columns([7, 4], address.DIGIT in st.query_params)
    listed = errors.order[:LISTED]
    with others:
        page = st.pagination(-(-len(listed) // PAGE), key=address.CASE, bind="query-params")
        shown = listed[(page - 1) * PAGE : page * PAGE]
        for start in range(0, len(shown), ROW):
            columns = st.columns(ROW, gap="medium")
            for column, number in zip(columns, shown[start : start + ROW], strict=False):
                with column:
                    _digit(dataset, errors, int(number))
        _verdicts(dataset, errors)
        _weights(dataset, errors, runs)
    with right:
        opened = address_bar.digit_in_address(dataset)
        digit_details.show(dataset, int(shown[0]) if opened is None else opened, shown)


def _digit(dataset: Dataset, errors: LabelErrors, number: int) -> None:
    """One digit: its picture, its label and the likelier class, and the verdict."""
    label, other = (dataset.class_names[n] for n in (dataset.labels[number], errors.alternative[number]))
    details = f"{wording.percent(float(errors.label_probability[number]), 1)} probable as {article(label)} {label}. "
    if not np.isnan(errors.same_label_share[number]):
        near = round(projections.NEIGHBOURS * errors.same_label_share[number])
        details += (
            f"{near} of the {projections.NEIGHBOURS} nearest digits {'has' if near == 1 else 'have'} the same label. "
        )
    details += "Called wrong." if errors.flagged[number] else "Doubtful, but not called wrong."
    st.html(reading.picture(dataset.images[number], 132, ""))
    st.markdown(f"Label **{label}**, rather **{other}**" + ("" if errors.flagged[number] else "?"), help=details)
    st.button(
        f"{number:,} {dataset.split[number]}",
        type="tertiary",
        help="Open this digit",
        on_click=opened_digit.open_digit,
        args=(number,),
        key=f"open {number}",
    )
    verdict = st.session_state.setdefault(address.VERDICTS, {}).get((dataset.sha256, number))
    st.pills(
        "Your verdict",
        [label, other, UNREADABLE],
        default=verdict if verdict in (label, other, UNREADABLE) else None,
        key=address.verdict_key(dataset.sha256, number),
        label_visibility="collapsed",
        on_change=_keep,
        args=(dataset.sha256, number),
    )


def _keep(sha256: str, number: int) -> None:
    """Keep the verdict, or take it back."""
    verdict = st.session_state[address.verdict_key(sha256, number)]
    verdicts = st.session_state[address.VERDICTS]
    if verdict is None:
        verdicts.pop((sha256, number), None)
    else:
        verdicts[sha256, number] = verdict


def _verdicts(dataset: Dataset, errors: LabelErrors) -> None:
    """How many verdicts were given, and a file of them."""
    every = st.session_state.get(address.VERDICTS, {})
    by_number = {n: verdict for (sha256, n), verdict in every.items() if sha256 == dataset.sha256}
    if not by_number:
        st.caption("Your verdicts are kept until you close or reload the page.")
        return
    labels = [dataset.class_names[dataset.labels[n]] for n in by_number]
    agreed = sum(verdict == label for verdict, label in zip(by_number.values(), labels, strict=True))
    unreadable = sum(verdict == UNREADABLE for verdict in by_number.values())
    changed = len(by_number) - agreed - unreadable
    verdicts = "verdict" if len(by_number) == 1 else "verdicts"
    st.markdown(
        f"Your {len(by_number)} {verdicts}: {agreed} as labelled, {changed} otherwise, {unreadable} unreadable."
    )
    table = {
        "number": list(by_number),
        "label": labels,
        "against": [dataset.class_names[errors.alternative[n]] for n in by_number],
        "verdict": list(by_number.values()),
    }
    csv = pd.DataFrame(table).to_csv(index=False)
    st.download_button("Download verdicts", csv, "verdicts.csv", "text/csv", icon=":material/download:")


def _weights(dataset: Dataset, errors: LabelErrors, runs: list[str]) -> None:
    """The test error of every run, with all test digits and without those whose label is called wrong."""
    called = errors.flagged[dataset.split == "test"]
    st.header("How much do wrong labels change the errors?")
    if not called.any():
        st.markdown("No label of a test digit is called wrong, so no error changes.")
        return
    rows = []
    for run_id in runs:
        wrong = cache.wrong(run_id)
        rows.append(
            (run_id, int(wrong.sum()), 100 * wrong.mean(), int(wrong[~called].sum()), 100 * wrong[~called].mean())
        )
    names = ("run", "errors", "error", "errors without", "error without")
    table = pd.DataFrame(rows, columns=names).sort_values("error", ignore_index=True)
    st.markdown(f"Without the {called.sum()} test digits whose label is called wrong:")
    described = {
        "run": ("run", None),
        "errors": ("errors", None),
        "error": ("test error", "%.2f %%"),
        "errors without": ("errors without them", None),
        "error without": ("test error without them", "%.2f %%"),
    }
    st.dataframe(table, hide_index=True, column_config=tables.columns(described), key="with and without")


main()
