"""The part of the page Compare that holds many runs side by side: how each learned, where it ended, and which of them is better."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, address_bar, cache, wording
from dashboard.components import charts
from dashboard.figures import comparison as figures
from dashboard.figures import curves
from dashboard.sections import (
    choices,
    comparison_table,
    import_runs,
    manage_runs,
    run_curves,
    run_lists,
    runs_table,
    why_not,
)
from training import annotations
from training.analysis.comparison import evaluated, most_tested, pareto_front
from training.annotations import Annotation
from training.metrics import METRICS

Entries = dict[str, tuple[str, ...]]
AXES = (
    "error",
    "parameters",
    "seconds",
    "kilobytes",
    "milliseconds",
    "last_epoch",
)  # to choose from, beside the metrics
PARALLEL = ("error", "parameters", "seconds", "last_epoch")  # of the lines across all columns, beside the metrics
TWO, ALL = "Two columns", "All columns"
OWN, MOST = 5, 8  # runs ticked at first: of the visitor's own, and of any
LOG = ("parameters", "seconds", "kilobytes", "milliseconds")


def show(table: pd.DataFrame, row: DeltaGenerator) -> None:
    """The curves of the chosen runs, the verdicts, the spread of repeats, and what a lower error costs.

    table: a row per run; row: where the controls go.
    """
    entries = cache.entries(table)
    address_bar.rename_value(address.CURVE)
    answer, place, live = st.container(), st.container(), run_curves.live()
    with row:
        chosen = _choose(entries, table, place, live)
        curve = st.segmented_control(
            "Curve", list(curves.CURVES), default="Test error", required=True, key=address.CURVE, bind="query-params"
        )
        options = run_curves.options()
        _add_sweeps(table)
        import_runs.in_popover()
        manage_runs.in_popover(chosen)
    if chosen:
        verdicts = cache.compared(chosen)
        with answer:
            comparison_table.summary(verdicts, chosen, table)
    lines = run_curves.lines(chosen, table)
    run_curves.show(chosen, table, curve, options, live)
    if not chosen:
        st.info("Tick a run above to see its learning curve.")
        return
    run_curves.describe(chosen, curve)
    colours = {name: line.colour for name, line in lines.items()}
    comparison_table.table(verdicts, chosen, table)
    _spread(chosen, table, colours)
    if len(tested := evaluated(verdicts)) > 1:
        _columns_compared(tested, colours)


def _choose(entries: Entries, table: pd.DataFrame, place: DeltaGenerator, live: bool) -> Entries:
    """The entries to compare."""
    beside = annotations.load()
    default = _first(entries, table, beside)
    # after a run was renamed or deleted here, the address names it until the control below is drawn
    if address.TABLE_DONE not in st.session_state:
        choices.tell_unknown(address.RUNS, entries, why_not.anywhere)
    runs_table.take_new()
    listed = run_lists.without_repeats(list(entries), address.RUNS, keep=default)
    listed = runs_table.without_hidden(listed, beside, [*default, *st.session_state.get(address.RUNS, default)])
    # what the address holds is chosen in the table
    with st.container(key=f"bound-{address.RUNS}"):
        names = st.multiselect("Runs", listed, default=default, key=address.RUNS, bind="query-params")
    with place:
        runs_table.follow(table, live)
        _narrow(listed, entries, table, beside, names)
    return {name: entries[name] for name in names}


def _first(entries: Entries, table: pd.DataFrame, beside: Mapping[str, Annotation]) -> list[str]:
    """Those ticked at first: the newest of the visitor's own where there are several, else its one and those of several epochs;
    without folds, seeds, sweeps and hidden ones."""
    own = runs_table.without_hidden([run for run in cache.own_runs() if run in entries], beside)
    if len(own) > 1:
        return own[:OWN]
    trained = (table["epochs"] > 1) & (table["fold"] == 0) & (table["group"] == "")
    trained &= ~table["run"].isin(cache.repeats())
    several = table.loc[trained if trained.any() else table["epochs"] > 0, "run"]
    return runs_table.without_hidden(list(dict.fromkeys([*own, *several])), beside)[:MOST]


def _narrow(
    listed: list[str], entries: Entries, table: pd.DataFrame, beside: Mapping[str, Annotation], ticked: list[str]
) -> None:
    """The table of runs below a filter of its rows and a button that unticks all."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        typed = st.text_input(
            "Filter",
            key=address.FILTER,
            bind="query-params",
            placeholder="Filter by name, tag, note or dataset",
            label_visibility="collapsed",
            width=300,
            help="Runs that hold every word typed here; those ticked stay.",
        )
        st.button(
            "Untick all", key="untick", icon=":material/remove_done:", on_click=_show, args=([],), disabled=not ticked
        )
        names = runs_table.matching(listed, entries, table, beside, typed, ticked)
        st.caption(
            f"{len(names)} of {len(listed)} runs" if len(names) < len(listed) else f"{len(names)} runs", width="content"
        )
    runs_table.show(names, entries, table, beside, ticked)


def _add_sweeps(table: pd.DataFrame) -> None:
    """Folds and seeds, and a button for each sweep on the shelf: all of its runs at once."""
    sweeps = table.loc[table["group"] != "", "group"].unique()
    if not len(sweeps):
        run_lists.offer_repeats(table["run"])
        return
    with st.popover("More runs", help="A sweep trains one recipe many times, with other settings each time"):
        run_lists.toggle()
        for sweep in sweeps:
            members = list(table.loc[table["group"] == sweep, "run"])
            st.button(f"{sweep}: all {len(members)} runs", key=f"sweep {sweep}", on_click=_show, args=(members,))


def _show(names: list[str]) -> None:
    st.session_state[address.RUNS] = names


def _spread(chosen: Entries, table: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """A box for each repeated recipe."""
    errors = table.set_index("run")["error"]
    repeated = {name: [errors[run] for run in members] for name, members in chosen.items() if len(members) > 1}
    repeated = {name: rates for name, rates in repeated.items() if not np.isnan(rates).any()}
    if not repeated:
        return
    draw = partial(figures.boxes, repeated, colours)
    charts.chart(draw, "boxes", "Test error of each repeat", (cache.shelf_key(), *repeated))
    means = (
        f"{name}: {wording.percent(np.mean(rates))} ± {wording.percent(np.std(rates, ddof=1))}"
        for name, rates in repeated.items()
    )
    st.markdown(
        "; ".join(means) + ".",
        help="Mean ± standard deviation of the test error over the repeats. A dot is a repeat; the box holds the middle half of "
        "them, and the line in it is the median.",
    )


def _columns_compared(verdicts: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """Any two columns against each other, or all of them at once."""
    same = verdicts["test_digits"] == most_tested(verdicts)  # an error counts only beside others on the same digits
    left_out, verdicts = list(verdicts.loc[~same, "run"]), verdicts[same]
    axes = {name: axis for name, axis in _axes().items() if verdicts[name].notna().sum() > 1}
    if len(axes) < 2:
        return
    key = cache.shelf_key(), *verdicts["run"], str(verdicts["milliseconds"].tolist())
    st.header("What does a lower error cost?")
    if left_out:
        st.caption(f"On {verdicts['dataset'].iloc[0]} only; tested on other digits: {wording.some(left_out)}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = st.segmented_control(
            "Show", [TWO, ALL], default=TWO, required=True, key=address.COLUMNS_SHOWN, bind="query-params"
        )
        if shown == TWO:
            titles = {name: axis.title for name, axis in axes.items()}
            pick = {"options": list(titles), "format_func": titles.get, "width": 240, "bind": "query-params"}
            x = st.selectbox("x axis", index=min(1, len(axes) - 1), key=address.X_AXIS, **pick)
            y = st.selectbox("y axis", key=address.Y_AXIS, **pick)
    if shown == TWO:
        front = pareto_front(verdicts, {column: axes[column].lower_is_better for column in (x, y)})
        draw = partial(figures.scatter, verdicts, front, x, y, axes, colours)
        charts.chart(draw, "scatter", f"{titles[y]} against {titles[x]}", (*key, x, y))
    else:
        _parallel(verdicts, axes, key)


def _parallel(verdicts: pd.DataFrame, axes: Mapping[str, figures.Axis], key: tuple[str, ...]) -> None:
    """All columns at once, a line for each run."""
    columns = [name for name in dict.fromkeys((*PARALLEL, *METRICS)) if name in axes]
    draw = partial(figures.parallel, verdicts, columns, axes)
    charts.chart(draw, "parallel", "All columns of the chosen runs", (*key, *columns))
    missing = list(verdicts.loc[verdicts[columns].isna().any(axis=1), "run"])
    without = f" Not drawn, because a number is missing: {wording.some(missing)}." if missing else ""
    st.caption(f"Each run is a line, bluer with fewer errors. Drag along an axis to filter the lines.{without}")


def _axes() -> dict[str, figures.Axis]:
    """The columns that can be compared."""
    axes = {}
    for name in dict.fromkeys((*AXES, *METRICS)):
        heading, form, _ = comparison_table.columns()[name]
        lower = name not in METRICS or METRICS[name].lower_is_better
        axes[name] = figures.Axis(heading, name in LOG, form == comparison_table.PERCENT, lower)
    return axes
