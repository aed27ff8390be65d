"""How far a digit can be turned, moved, blurred or covered before runs predict another class."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import changes as figures
from dashboard.sections import changed_errors, explanation, run_lists
from models import DEFAULT_RUN, caption, committees
from models.classifiers import PROBABILITIES
from models.worker import WorkerError
from training import runs
from training.analysis.changes import CHANGES, held
from training.datasets.dataset import Dataset

WIDTH = 720  # pixels of the chart at most
MAX_BESIDE = 3  # runs beside those that the page is about


def of(dataset: Dataset, number: int, among: Sequence[str] = ()) -> None:
    """A digit of a dataset, changed, and the error on many. among: the runs that the page is about."""
    able = explanation.able_to_classify(dataset)
    if not able:
        st.caption("No run has a saved model for such pictures. Train one with `python -m training run`.")
        return
    about = [run_id for run_id in among if run_id in able]
    name, asked = _choose(able, about)
    lines = _lines(asked)
    label = int(dataset.labels[number])
    _one(dataset.images[number], dataset.class_names, name, asked, lines, label)
    changed_errors.show(dataset, name, asked, lines)


def show(digit: np.ndarray, class_names: Sequence[str], able: Sequence[str], about: Sequence[str]) -> None:
    """A digit (height, width) uint8 without a label, changed; about: the runs that are asked in any case, of which the first says
    what class it is."""
    name, asked = _choose(able, about)
    _one(digit, class_names, name, asked, _lines(asked), None)


def _choose(able: Sequence[str], about: Sequence[str]) -> tuple[str, list[str]]:
    """Controls for the change and for the runs. Gives the change's name and the runs."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            "Change", list(CHANGES), key=address.CHANGE, bind="query-params", format_func=wording.field, width=180
        )
        others = [run_id for run_id in run_lists.without_repeats(able, address.BESIDE_CHANGED) if run_id not in about]
        kept = st.session_state.get(address.BESIDE_CHANGED)
        if kept is not None and not set(kept) <= set(others):
            st.session_state[address.BESIDE_CHANGED] = [run_id for run_id in kept if run_id in others]
        beside = st.multiselect(
            "Beside it" if about else "Runs",
            others,
            default=_default(others, about) if kept is None else None,
            max_selections=MAX_BESIDE,
            key=address.BESIDE_CHANGED,
            bind="query-params",
            width=320,
        )
    return name, [*about, *beside]


def _default(others: Sequence[str], about: Sequence[str]) -> list[str]:
    """The default run where the page is about none, and for contrast the run of another architecture with the largest error."""
    first = list(about[:1]) or [DEFAULT_RUN if DEFAULT_RUN in others else others[0]]
    table = cache.run_table()[0]
    rivals = table[table["run"].isin(set(others) - set(first)) & (table["scores"] == PROBABILITIES)]
    ordered = rivals.sort_values("error", ascending=False)["run"]
    another = [run_id for run_id in ordered if _architecture(run_id) != _architecture(first[0])]
    return [*(first if not about else []), *another[:1]]


def _architecture(run_id: str) -> str:
    return runs.load_record(committees.members(run_id)[0]).network.get("architecture", "")


def _lines(asked: Sequence[str]) -> dict[str, theme.Line]:
    table = cache.run_table()[0]
    recipes = dict(zip(table["run"], table["recipe"], strict=True))
    return theme.run_lines({run_id: recipes.get(run_id, table["recipe"][0]) for run_id in asked}, list(table["recipe"]))


def _one(
    digit: np.ndarray,
    class_names: Sequence[str],
    name: str,
    asked: Sequence[str],
    lines: dict[str, theme.Line],
    label: int | None,
) -> None:
    """One digit: a curve per run and, in a sentence, how far each holds. label: its class; what the first run predicts if None."""
    change = CHANGES[name]
    strengths = change.strengths(digit.shape)
    middle = int(np.abs(strengths).argmin())
    rows = {}
    for run_id in asked:
        try:
            with st.spinner(f"Asking {run_id}", show_time=False):
                rows[run_id] = cache.under_change(run_id, name, digit)
        except (WorkerError, ValueError) as error:
            st.caption(wording.plain(f"{run_id}: {error}"))
    if not rows:
        return
    if label is None:
        label = int(next(iter(rows.values()))[middle].argmax())
    st.markdown(
        "\n".join(
            f"- {wording.plain(run_id)} {_said(strengths, row.argmax(axis=1) == label, class_names[label], change.unit)}"
            for run_id, row in rows.items()
        ),
        help=f"{caption(change.vary)} Each line is the probability of the class {wording.plain(class_names[label])}.",
    )
    pictures = np.stack([change(digit[None], strength)[0] for strength in strengths])
    shares = {run_id: row[:, label] for run_id, row in rows.items()}
    figure = figures.confidence(strengths, pictures, shares, lines, change.unit)
    with st.container(width=WIDTH):
        charts.chart(figure, "changes", f"Probability of the class {class_names[label]} while the digit is changed")


def _said(strengths: np.ndarray, correct: np.ndarray, class_name: str, unit: str) -> str:
    """How far a run's prediction holds, as the rest of a sentence."""
    class_name = wording.plain(class_name)
    span = held(strengths, correct)
    if span is None:
        return f"does not predict {class_name} even unchanged."
    if correct.all():
        return f"predicts {class_name} throughout."
    low, high = (wording.number(end) for end in span)
    ends = f"up to {high}" if strengths[0] == 0 else f"from {low} to {high}"
    return f"predicts {class_name} {ends} {unit}."
