"""Runs side by side: how each learned, where it ended, and which of them is better."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import comparison as figures
from dashboard.figures import curves, layout
from dashboard.sections import choices, comparison_table, opening
from training.analysis import learning_curves
from training.analysis.comparison import most_tested
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
TOGETHER = ("error", "parameters", "seconds", "last_epoch")  # of the lines across all columns, beside the metrics
TWO, ALL = "Two columns", "All columns"
LOG = ("parameters", "seconds", "kilobytes", "milliseconds")
TOLD = 6  # entries up to which the course of each training is told in words


def main() -> None:
    table = opening.page_of_runs(
        "Compare",
        "A run is one training of a recipe. How did each learn, and is one better than another?",
        "The learning curves of your runs would be here.",
    )
    if table is None:
        return
    every = cache.entries(table)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = _choose(every, table)
        curve = st.segmented_control(
            "Curve", list(curves.CURVES), default="Test error", required=True, key=address.CURVE, bind="query-params"
        )
        options = _options()
        _add_many(table)
    if not chosen:
        st.info("Choose a run above, and its learning curve is here.")
        return
    colours = theme.run_colours(dict(zip(table["run"], table["recipe"], strict=True)))
    colours |= {name: colours[members[0]] for name, members in every.items()}
    of = (cache.shelf_key(), *chosen)
    draw = partial(_curves, chosen, colours, curve, options)
    charts.chart(draw, "curves", f"{curve} of the chosen runs by epoch", (*of, curve, repr(options)))
    _courses(chosen)
    _legend(chosen, curve, options["smoothing"] > 0)
    found = cache.compared(chosen)
    comparison_table.table(found, chosen, table)
    _spread(chosen, table, colours)
    if len(found) > 1:
        _against(found, colours)


def _curves(chosen: Entries, colours: Mapping[str, str], curve: str, options: dict) -> go.Figure:
    histories = {name: [cache.history(run) for run in members] for name, members in chosen.items()}
    return curves.learning_curves(histories, colours, curve, **options)


def _choose(every: Entries, table: pd.DataFrame) -> Entries:
    """The entries to compare: at first the runs of several epochs, without folds and sweeps."""
    learned = (table["epochs"] > 1) & (table["fold"] == 0) & (table["group"] == "")
    first = list(table.loc[learned if learned.any() else table["epochs"] > 0, "run"])[:8]
    choices.tell_unknown("runs", every)
    names = st.multiselect("Runs", list(every), default=first, key=address.RUNS, bind="query-params", width=440)
    return {name: every[name] for name in names}


def _options() -> dict:
    """How the curves are drawn."""
    with st.popover("Curves"):
        return {
            "log": st.toggle("Log scale", key=address.LOG, bind="query-params"),
            "seconds": st.toggle("By seconds instead of epochs", key=address.SECONDS, bind="query-params"),
            "single": st.toggle("Each repeat by itself, too", key=address.SINGLE, bind="query-params"),
            "smoothing": st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key=address.SMOOTHING, bind="query-params"),
        }


def _add_many(table: pd.DataFrame) -> None:
    """A button for each sweep on the shelf: all of its runs at once."""
    sweeps = table.loc[table["group"] != "", "group"].unique()
    if not len(sweeps):
        return
    with st.popover("Sweeps", help="A sweep trains one recipe many times, with something changed each time"):
        for sweep in sweeps:
            members = list(table.loc[table["group"] == sweep, "run"])
            st.button(f"{sweep}: all {len(members)} runs", key=f"sweep {sweep}", on_click=_show, args=(members,))


def _show(names: list[str]) -> None:
    st.session_state[address.RUNS] = names


def _courses(chosen: Entries) -> None:
    """Who learned by heart, in words."""
    found = {name: cache.course(members[0]) for name, members in chosen.items() if len(members) == 1}
    single = {name: course for name, course in found.items() if course is not None}
    if len(single) <= TOLD:
        st.markdown("\n".join(f"- **{name}**: {course.in_words()}" for name, course in single.items()))
        return
    turned = [name for name, course in single.items() if course.rise >= learning_curves.TELLING]
    by_name = f" ({_some(turned)})" if turned else ""
    st.markdown(
        f"Of {len(single):,} runs, {len(turned) or 'none'} learned by heart{by_name}, that is, the watched loss rose by "
        f"{100 * learning_curves.TELLING:.0f} % or more after its lowest. Choose {TOLD} or fewer, and each is told."
    )


def _legend(chosen: Entries, curve: str, smoothed: bool) -> None:
    """What the lines and marks of the chart are."""
    told = [
        "A star marks the epoch of the lowest watched loss."
        if len(chosen) <= layout.FEW
        else f"More than {layout.FEW} lines: point at one, and it says which run it is.",
        "Loss, in nats, says how surprised a run is by the right answers, 0 for not at all; watched means on digits that it "
        "does not learn from.",
    ]
    if any(len(members) > 1 for members in chosen.values()):
        told.append("Shaded: how far repeats usually lie from their mean (one standard deviation).")
    if smoothed:
        told.append("Smoothed: each value is averaged with those before it, so the lines lag behind.")
    if curve != "Test error":
        told.append(
            "Dotted: on the digits it trains on, averaged over the epoch, while dropout switches parts of the network off. "
            "Solid: on the digits it watched after the epoch; for recipes taken from a source those are the test digits, and "
            "nothing was chosen by them."
        )
    st.caption(" ".join(told))


def _some(names: list[str]) -> str:
    """A few of these names, and how many more there are."""
    return ", ".join(names[:TOLD]) + (f" and {len(names) - TOLD:,} more" if len(names) > TOLD else "")


def _spread(chosen: Entries, table: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """A box for each repeated recipe."""
    errors = table.set_index("run")["error"]
    repeated = {name: [errors[run] for run in members] for name, members in chosen.items() if len(members) > 1}
    if not repeated:
        return
    draw = partial(figures.boxes, repeated, colours)
    charts.chart(draw, "boxes", "Test error of each repeat", (cache.shelf_key(), *repeated))
    said = (
        f"{name}: {wording.percent(np.mean(rates))} on average, ± {wording.percent(np.std(rates, ddof=1))} from repeat to repeat"
        for name, rates in repeated.items()
    )
    st.markdown("; ".join(said) + ".")
    st.caption("A dot is a repeat. The box holds the middle half of them, the line in it the middle one.")


def _against(found: pd.DataFrame, colours: Mapping[str, str]) -> None:
    """Any two columns against each other, and all of them at once."""
    same = found["test_digits"] == most_tested(found)  # an error counts only beside others on the same digits
    left_out, found = list(found.loc[~same, "run"]), found[same]
    axes = {name: axis for name, axis in _axes().items() if found[name].notna().sum() > 1}
    if len(axes) < 2:
        return
    of = cache.shelf_key(), *found["run"], str(found["milliseconds"].tolist())
    st.subheader("What does a lower error cost?")
    if left_out:
        st.caption(f"On {found['dataset'].iloc[0]} alone; tested on other digits: {_some(left_out)}.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = st.segmented_control(
            "Show", [TWO, ALL], default=TWO, required=True, key=address.COLUMNS_SHOWN, bind="query-params"
        )
        if shown == TWO:
            titles = {name: axis.title for name, axis in axes.items()}
            pick = {"options": list(titles), "format_func": titles.get, "width": 240, "bind": "query-params"}
            x = st.selectbox("Across", index=min(1, len(axes) - 1), key=address.ACROSS, **pick)
            y = st.selectbox("Up", key=address.UP, **pick)
    if shown == TWO:
        draw = partial(figures.scatter, found, x, y, axes, colours)
        charts.chart(draw, "scatter", f"{titles[y]} against {titles[x]}", (*of, x, y))
        return
    columns = [name for name in dict.fromkeys((*TOGETHER, *METRICS)) if name in axes]
    draw = partial(figures.parallel, found, columns, axes)
    charts.chart(draw, "parallel", "All columns of the chosen runs", (*of, *columns))
    missing = list(found.loc[found[columns].isna().any(axis=1), "run"])
    without = f" Without a line, for they lack one of these numbers: {_some(missing)}." if missing else ""
    st.caption(
        "Each run is a line. Drag along an axis to keep the lines that pass there; blue lines make fewer errors."
        + without
    )


def _axes() -> dict[str, figures.Axis]:
    """What can be laid against each other."""
    axes = {}
    for name in dict.fromkeys((*AXES, *METRICS)):
        heading, form, _ = comparison_table.columns()[name]
        lower = name not in METRICS or METRICS[name].lower_is_better
        axes[name] = figures.Axis(heading, name in LOG, form == comparison_table.PERCENT, lower)
    return axes


main()
