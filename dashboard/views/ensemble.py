"""Several runs as an ensemble: what it predicts, which digits are hard for all runs, and which runs agree."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.address_bar import cell_in_address
from dashboard.components import charts, tables
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.figures import agreement as figures
from dashboard.sections import choices, ensemble, opened_digit, opening, run_lists, tested_digits, why_not
from models import DEFAULT_RUN, committees
from models.classifiers import PROBABILITIES
from training import runs
from training.analysis import agreement, confusion, significance
from training.analysis.comparison import evaluated
from training.datasets.dataset import Dataset
from training.runs import Predictions

DEFAULT = 12  # runs that are members before a visitor has chosen
METHOD = (
    "The ensemble predicts the class with the highest mean probability of its members. The difference from the best member is "
    "judged by the exact McNemar test, which counts only digits that exactly one of the two misclassifies. "
)


def main() -> None:
    table = opening.page_of_runs(
        "Ensemble",
        "Do several runs together make fewer errors than the best of them?",
        "An ensemble of your runs would be here.",
        help="An ensemble averages the probabilities that its members, trained separately, give each class.",
    )
    if table is None:
        return
    table = evaluated(table)
    if table.empty:
        st.info("No run here has a test error. Train one with `python -m training run cnn-medium`.")
        return
    options, default = _options(table)
    options = run_lists.without_repeats(options, address.MEMBERS, keep=default)
    choices.tell_unknown(address.MEMBERS, options, why_not.anywhere)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.multiselect("Runs", options, default=default, key=address.MEMBERS, bind="query-params")
        run_lists.offer_repeats(table["run"])
    if not chosen:
        st.info("Choose runs above to combine them.")
        return
    record = runs.load_record(chosen[0])
    predictions = {run: cache.predictions(run) for run in chosen if runs.same_digits(runs.load_record(run), record)}
    labels = predictions[chosen[0]].labels
    if len(predictions) < len(chosen):
        others = ", ".join(run for run in chosen if run not in predictions)
        st.caption(f"Left out, because they were tested on other digits than {chosen[0]}: {others}.")
    names, dataset = tuple(record.dataset["class_names"]), tested_digits.tested_on(record)
    members = _ensemble(predictions, labels, table)
    _browse(predictions, members, labels, names, dataset)


def _options(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """All runs, and the first members: those of a saved ensemble that was made by a protocol, or else selected by held-out
    digits, or else the best on the default run's digits, without folds and sweeps."""
    for name, members in committees.listed().items():
        if committees.protocol(name) and set(members) <= set(table["run"]):
            return list(table["run"]), list(members)
    single = table[(table["fold"] == 0) & (table["group"] == "")]
    single = single if len(single) else table
    default_digits = single.loc[single["run"] == DEFAULT_RUN, "test_digits"]
    digits = default_digits.iloc[0] if len(default_digits) else single["test_digits"].iloc[0]
    if len(members := _selected(digits)) > 1:
        return list(table["run"]), members
    ranked = single[single["test_digits"] == digits].sort_values("error")
    return list(table["run"]), list(ranked["run"])[:DEFAULT]


def _selected(test_digits: str) -> list[str]:
    """Members selected among the runs that held out the same digits as the one with the fewest errors on them."""
    groups = [group for group in cache.held_out_groups().get(test_digits, []) if len(group) > 1]
    if not groups:
        return []
    best = min(groups, key=lambda group: min(cache.held_out_error(run) for run in group))
    return cache.selected_members(tuple(best))


def _ensemble(predictions: dict[str, Predictions], labels: np.ndarray, table: pd.DataFrame) -> dict[str, Predictions]:
    """The errors of the chosen runs' ensemble. Gives its members, none where the runs make no ensemble. table: all runs."""
    members = {run: prediction for run, prediction in predictions.items() if cache.scores(run) == PROBABILITIES}
    if len(members) < 2:
        st.caption("An ensemble averages probabilities: choose at least two runs that give probabilities.")
        ensemble.controls(list(members), table)
        return {}
    combined = cache.ensemble(tuple(members))
    wrong = combined.classes != labels
    errors = {run: int(member.wrong.sum()) for run, member in members.items()}
    best = min(errors, key=errors.get)
    probability = significance.mcnemar(wrong, members[best].wrong)
    verdict = wording.against_best(errors[best] - int(wrong.sum()), best, probability)
    st.markdown(
        f"The ensemble misclassifies **{wrong.sum():,}** of {len(labels):,} test digits: "
        f"{wording.error_rate(int(wrong.sum()), len(labels))}. The best member, {best}, misclassifies {errors[best]:,}. {verdict}",
        help=METHOD + wording.INTERVAL,
    )
    if left_out := [run for run in predictions if run not in members]:
        st.caption(f"Without {', '.join(left_out)}: classes or votes, not probabilities.")
    ensemble.controls(list(members), table)
    return members


@st.fragment(key=address.BROWSE)
@opening.bears_changes
def _browse(
    predictions: dict[str, Predictions],
    members: dict[str, Predictions],
    labels: np.ndarray,
    names: tuple[str, ...],
    dataset: Dataset | str,
) -> None:
    """The ensemble's confusion matrix, the digits of a cell or else the hardest, the open digit, and what each member adds."""
    others, right = opened_digit.columns([7, 4], address.DIGIT in st.query_params)
    cell = cell_in_address(len(names)) if members else None
    with others:
        left, middle = st.columns([4, 3], gap="medium") if members else (st.container(), st.container())
    if members:
        combined = cache.ensemble(tuple(members))
        with left:
            _matrix(combined.classes, labels, names, cell, dataset)
    with middle:
        if cell:
            st.button("Hard digits", icon=":material/close:", on_click=address_bar.close_cell)
            shown = tested_digits.show_cell(dataset, labels, combined.classes, cell, names, "by the ensemble")
        else:
            shown = _hard(predictions, labels, names, dataset)
    with others:
        if members:
            _members(members, combined, labels)
        _misses(predictions)
        _agreement(predictions)
    with right:
        tested_digits.show_opened(dataset, shown, {})


def _matrix(
    predicted: np.ndarray,
    labels: np.ndarray,
    names: tuple[str, ...],
    cell: tuple[int, int] | None,
    dataset: Dataset | str,
) -> None:
    """The ensemble's confusion matrix."""
    st.markdown(
        "**Confusion matrix**: click a cell to see its digits.", help="A row is a label, a column a prediction."
    )
    matrix = confusion.confusion(labels, predicted, len(names))
    act = partial(tested_digits.open_cell, dataset, labels, predicted)
    confusion_matrix(matrix, matrix, names, cell, "ensemble", on_click=act)


def _members(members: dict[str, Predictions], combined: agreement.Ensemble, labels: np.ndarray) -> None:
    """Each member's errors, and those of the ensemble without it, on the test digits and on common held-out digits."""
    errors = {run: int(member.wrong.sum()) for run, member in members.items()}
    st.header("Members")
    total = round(combined.error * len(labels))
    without = np.array([error * len(labels) for error in combined.without]).round() - total
    rows = pd.DataFrame({"run": list(members), "errors": list(errors.values()), "without": without})
    meaning = "Errors that the ensemble of the others makes beyond those of all; 0 or less: the run adds nothing"
    columns = {"run": ("run", None), "errors": ("errors", "%d"), "without": ("without it", "%+d", meaning)}
    held_out = agreement.held_out(list(members.values()))
    if held_out:
        count, on_held_out = len(held_out[0]), held_out[1]
        rows["held_out"] = [round((error - on_held_out.error) * count) for error in on_held_out.without]
        columns["held_out"] = ("without it, held-out digits", "%+d", meaning)
        text = (
            f"On the {count:,} common held-out digits, the ensemble misclassifies {wording.percent(on_held_out.error)}; select "
            "members by the last column."
        )
    else:
        text = "These runs have no common held-out digits to select members by."
    st.dataframe(rows, hide_index=True, column_config=tables.columns(columns), key="members")
    st.caption(text, help="Selected by their test errors, the members make the ensemble look better than it is.")


def _hard(
    predictions: dict[str, Predictions], labels: np.ndarray, names: tuple[str, ...], dataset: Dataset | str
) -> np.ndarray:
    """The digits that many of the runs misclassify; gives the numbers of those shown."""
    st.header("Hard digits")
    missed_by = agreement.misses([run.wrong for run in predictions.values()])
    order = np.argsort(-missed_by, kind="stable")
    order = order[missed_by[order] > 0]
    tested_digits.explain_missing(dataset)

    def describe(number: int) -> str:
        some = list(predictions.items())[:DEFAULT]
        return f"label {names[labels[number]]}. " + ", ".join(f"{run} {names[p.classes[number]]}" for run, p in some)

    title = "With label and number of runs that misclassify each."
    ready = tested_digits.prepare(
        dataset, order, title, "hard", describe, lambda n: f"{names[labels[n]]} · {missed_by[n]}/{len(predictions)}"
    )
    return tested_digits.show(ready)


def _misses(predictions: dict[str, Predictions]) -> None:
    """How many digits how many of the runs misclassify."""
    missed_by = agreement.misses([run.wrong for run in predictions.values()])
    by_all, by_one = int((missed_by == len(predictions)).sum()), int((missed_by == 1).sum())
    details = f" by every run, {by_one:,} by only one" if len(predictions) > 1 else ""
    st.markdown(f"**{by_all:,}** of {len(missed_by):,} digits are misclassified{details}.")
    draw = partial(figures.misses, missed_by, len(predictions))
    charts.chart(draw, "misses", "Digits by how many runs misclassify them", (cache.answers_key(tuple(predictions)),))


def _agreement(predictions: dict[str, Predictions]) -> None:
    """How often each two runs predict the same class."""
    if len(predictions) < 2:
        return
    st.header("Agreement")
    names = list(predictions)
    shares, order = cache.agreed(tuple(names))
    draw = partial(figures.alike, shares[np.ix_(order, order)], [names[n] for n in order])
    charts.chart(draw, "alike", "Agreement of the runs", (cache.answers_key(tuple(names)),))
    pairs = np.where(np.eye(len(names), dtype=bool), np.nan, shares)
    most = np.unravel_index(np.nanargmax(pairs), pairs.shape)
    least = np.unravel_index(np.nanargmin(pairs), pairs.shape)
    text = f"{names[most[0]]} and {names[most[1]]} agree on {wording.percent(pairs[most])} of the digits"
    if len(names) > 2:
        text += f", {names[least[0]]} and {names[least[1]]} only on {wording.percent(pairs[least])}"
    st.markdown(f"{text}.", help="An ensemble gains from members that are accurate but make different mistakes.")


main()
