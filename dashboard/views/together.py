"""Which digits are hard for all runs, which runs read alike, and what a committee of them reads."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.address import cell_in_address, open_cell
from dashboard.components import charts, tables
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.figures import agreement as figures
from dashboard.sections import choices, committee, opening
from dashboard.sections.tested_digits import show, show_cell, tell_missing, tested_on
from models import DEFAULT_RUN
from models.classifiers import PROBABILITIES
from training import runs
from training.analysis import agreement, confusion, significance
from training.analysis.difference import probability
from training.datasets.dataset import Dataset
from training.runs import Predictions

FIRST = 12  # runs that are asked before anybody has chosen


def main() -> None:
    table = opening.page_of_runs(
        "Together",
        "Which digits are hard for every run, which runs read alike, and do several read better than one?",
        "Your runs would be asked together here.",
    )
    if table is None:
        return
    options, first = _options(table)
    choices.tell_unknown("together", options)
    chosen = st.multiselect("Runs", options, default=first, key=address.TOGETHER, bind="query-params")
    if not chosen:
        st.info("Choose runs above, and what they read together is here.")
        return
    record = runs.load_record(chosen[0])
    answers = {run: cache.predictions(run) for run in chosen if runs.same_digits(runs.load_record(run), record)}
    labels = answers[chosen[0]].labels
    if len(answers) < len(chosen):
        others = ", ".join(run for run in chosen if run not in answers)
        st.caption(f"Left out, for they were tested on other digits than {chosen[0]}: {others}.")
    names, dataset = tuple(record.dataset["class_names"]), tested_on(record)
    _committee(answers, labels, names, table, dataset)
    _hard(answers, labels, names, dataset)
    _alike(answers)


def _options(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """All runs, and those first asked: the best on the default run's digits, without folds and sweeps."""
    own = table[(table["fold"] == 0) & (table["group"] == "")]
    own = own if len(own) else table
    known = own.loc[own["run"] == DEFAULT_RUN, "test_digits"]
    digits = known.iloc[0] if len(known) else own["test_digits"].iloc[0]
    ranked = own[own["test_digits"] == digits].sort_values("error")
    return list(table["run"]), list(ranked["run"])[:FIRST]


def _committee(
    answers: dict[str, Predictions],
    labels: np.ndarray,
    names: tuple[str, ...],
    table: pd.DataFrame,
    dataset: Dataset | str,
) -> None:
    """What the chosen runs read together, and who adds something. table: all runs."""
    st.subheader("As a committee")
    able = {run: found for run, found in answers.items() if cache.scores(run) == PROBABILITIES}
    if len(able) < 2:
        st.caption("A committee averages probabilities: choose two runs or more that give some.")
        committee.controls(list(able), table)
        return
    found = cache.committee(tuple(able))
    wrong = int((found.classes != labels).sum())
    alone = {run: int(answer.wrong.sum()) for run, answer in able.items()}
    best = min(alone, key=alone.get)
    st.markdown(
        f"Averaged, their probabilities misread **{wrong:,}** of {len(labels):,} test digits: "
        f"{wording.likely(wrong, len(labels))}. The best alone, {best}, misreads {alone[best]:,}."
        + _chance(found.classes != labels, able[best].wrong)
    )
    if left_out := [run for run in answers if run not in able]:
        st.caption(f"Without {', '.join(left_out)}: they give votes, no probabilities that could be averaged.")
    committee.controls(list(able), table)
    left, right = st.columns([6, 5], gap="large")
    with left:
        _members(able, alone, found, labels)
    with right:
        _matrix(found.classes, labels, names, dataset)


@st.fragment
def _matrix(read: np.ndarray, labels: np.ndarray, names: tuple[str, ...], dataset: Dataset | str) -> None:
    """What the committee reads as what, and the digits of a clicked cell."""
    st.markdown("**What do they read as what, together?** Click a cell to see its digits.")
    matrix, cell = confusion.confusion(labels, read, len(names)), cell_in_address(len(names))
    clicked = confusion_matrix(matrix, matrix, names, cell, "committee")
    open_cell(clicked, cell)
    if cell:
        show_cell(dataset, labels, read, cell, names, "by the committee")


def _chance(together: np.ndarray, alone: np.ndarray) -> str:
    chance = significance.mcnemar(together, alone)
    judged = "could be chance" if chance >= significance.SIGNIFICANCE_LEVEL else "is more than chance"
    return (
        f" That difference {judged} (exact McNemar test, {probability(chance)})."
        if together.sum() != alone.sum()
        else ""
    )


def _members(
    able: dict[str, Predictions], alone: dict[str, int], found: agreement.Committee, labels: np.ndarray
) -> None:
    """Each member alone, and the committee without it, on the test digits and, where all held out the same, on those."""
    together = round(found.error * len(labels))
    without = np.array([error * len(labels) for error in found.without])
    rows = pd.DataFrame({"run": able, "alone": alone, "without": without.round() - together}, index=list(able))
    rows["run"] = list(able)
    columns = {"run": ("run", None), "alone": ("errors alone", "%d"), "without": ("without it", "%+d")}
    held = list(able.values())
    same = held[0].held_out_index is not None and all(
        answer.held_out_index is not None and np.array_equal(answer.held_out_index, held[0].held_out_index)
        for answer in held
    )
    if same:
        own = held[0].held_out_labels
        out = agreement.committee(own, [answer.held_out_probabilities.astype(np.float32) for answer in held])
        rows["held_out"] = [(error - out.error) * len(own) for error in out.without]
        rows["held_out"] = rows["held_out"].round()
        columns["held_out"] = ("without it, held-out digits", "%+d")
    st.dataframe(rows, hide_index=True, column_config=tables.columns(columns), key="members")
    text = (
        f"On the {len(held[0].held_out_labels):,} digits that all of them held out, the committee misreads "
        f"{wording.percent(out.error)}; choose its members by the last column, which looks at no test digit."
        if same
        else "They held out no common digits; members chosen by the test errors above make the committee look better than it is."
    )
    st.caption(f"Without it: how many more errors the others make together; 0 or less, and it adds nothing. {text}")


def _hard(answers: dict[str, Predictions], labels: np.ndarray, names: tuple[str, ...], dataset: Dataset | str) -> None:
    st.subheader("Hard digits")
    missed = agreement.misses([found.wrong for found in answers.values()])
    order = np.argsort(-missed, kind="stable")
    order = order[missed[order] > 0]
    nobody = int((missed == len(answers)).sum())
    one = int((missed == 1).sum())
    draw = partial(figures.misses, missed, len(answers))
    charts.chart(draw, "misses", "Digits by how many runs misread them", (cache.answers_key(tuple(answers)),))
    tell_missing(dataset)

    def read(number: int) -> str:
        said = ", ".join(f"{run} {names[found.classes[number]]}" for run, found in list(answers.items())[:FIRST])
        return f"labelled {names[labels[number]]}. {said}"

    alone = f"**{nobody:,}** of {len(labels):,} digits it misreads."
    many = (
        f"**{nobody:,}** of {len(labels):,} digits nobody reads; {one:,} are misread by one run alone. The hardest first; below "
        f"each its label, and how many of the {len(answers)} misread it."
    )
    title = many if len(answers) > 1 else alone
    show(dataset, order, title, "hard", read, lambda n: f"{names[labels[n]]} · {missed[n]}/{len(answers)}")


def _alike(answers: dict[str, Predictions]) -> None:
    if len(answers) < 2:
        return
    st.subheader("Who reads alike")
    names = list(answers)
    shares, order = cache.agreed(tuple(names))
    draw = partial(figures.alike, shares[np.ix_(order, order)], [names[n] for n in order])
    charts.chart(draw, "alike", "Agreement of the runs", (cache.answers_key(tuple(names)),))
    apart = np.where(np.eye(len(names), dtype=bool), np.nan, shares)
    most = np.unravel_index(np.nanargmax(apart), apart.shape)
    least = np.unravel_index(np.nanargmin(apart), apart.shape)
    if len(names) == 2:
        st.markdown(f"{names[0]} and {names[1]} read {wording.percent(shares[0, 1])} of the digits alike.")
        return
    st.markdown(
        f"{names[most[0]]} and {names[most[1]]} read the most alike, {wording.percent(apart[most])} of the digits; "
        f"{names[least[0]]} and {names[least[1]]} the least, {wording.percent(apart[least])}. "
        "A committee gains from members who read well and differ."
    )


main()
