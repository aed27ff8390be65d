"""The part of the page Compare that holds many runs side by side: how each learned, where it ended, and which of them is better."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import comparison as figures
from dashboard.figures import curves, layout
from dashboard.sections import choices, comparison_table, import_runs, manage_runs, run_lists, runs_table, why_not
from training import annotations
from training.analysis import learning_curves
from training.analysis.comparison import evaluated, most_tested, pareto_front
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
LOG = ("parameters", "seconds", "kilobytes", "milliseconds")
DESCRIBED = 3  # entries up to which the training of each is described in a sentence
NAMED = 6  # names that a sentence lists
LOSS = (
    "The loss is the cross-entropy in nats: 0 if a run gives every label the probability 1. The validation loss is the loss on "
    "digits that the run is not trained on."
)
THIN = (
    "Training error and loss are averaged over the epoch, while dropout switches parts of the network off. Validation digits are "
    "held out of the training set; for recipes taken from a source they are the test digits (“test loss, watched”), and nothing "
    "was chosen by them."
)


def show(table: pd.DataFrame, row: DeltaGenerator) -> None:
    """The curves of the chosen runs, the verdicts, the spread of repeats, and what a lower error costs.

    table: a row per run; row: where the controls go.
    """
    entries = cache.entries(table)
    address.rename_value(address.CURVE)
    place = st.container()
    with row:
        chosen = _choose(entries, table, place)
        curve = st.segmented_control(
            "Curve", list(curves.CURVES), default="Test error", required=True, key=address.CURVE, bind="query-params"
        )
        options = _options()
        _add_sweeps(table)
        with st.popover("Import", icon=":material/upload:"):
            import_runs.show()
        with st.popover("Manage", icon=":material/folder_managed:"):
            manage_runs.show(chosen)
    if not chosen:
        st.info("Tick a run above to see its learning curve.")
        return
    recipes = dict(zip(table["run"], table["recipe"], strict=True))
    lines = theme.run_lines({name: recipes[members[0]] for name, members in chosen.items()}, list(recipes.values()))
    colours = {name: line.colour for name, line in lines.items()}
    key = (cache.shelf_key(), *chosen)
    draw = partial(_curves, chosen, lines, curve, options)
    charts.chart(draw, "curves", f"{curve} of the chosen runs by epoch", (*key, curve, repr(options)))
    if curve == "Test error":
        _without_curve(chosen)
    _courses(chosen)
    _legend(chosen, curve, options["smoothing"] > 0)
    verdicts = cache.compared(chosen)
    comparison_table.table(verdicts, chosen, table)
    _spread(chosen, table, colours)
    if len(tested := evaluated(verdicts)) > 1:
        _columns_compared(tested, colours)


def _curves(chosen: Entries, lines: Mapping[str, theme.Line], curve: str, options: dict) -> go.Figure:
    """The figure of the learning curves, with one column as thick lines and perhaps another as thin ones."""
    _, _, *columns = curves.CURVES[curve]
    by = "elapsed" if options["seconds"] else "epoch"
    histories = {name: [cache.history(run) for run in members] for name, members in chosen.items()}
    thick, thin = (
        {name: learning_curves.line(own, column, by, options["smoothing"]) for name, own in histories.items() if column}
        for column in columns
    )
    drawn = {name: value for name, value in options.items() if name != "smoothing"}
    return curves.learning_curves(thick, thin, lines, curve, **drawn)


def _choose(entries: Entries, table: pd.DataFrame, place: DeltaGenerator) -> Entries:
    """The entries to compare: at first the newest run and those of several epochs, without folds, seeds and sweeps."""
    trained = (table["epochs"] > 1) & (table["fold"] == 0) & (table["group"] == "")
    trained &= ~table["run"].isin(cache.repeats())
    newest = [run for run in [cache.newest()] if run in entries]
    several = table.loc[trained if trained.any() else table["epochs"] > 0, "run"]
    beside = annotations.load()
    default = runs_table.without_hidden(list(dict.fromkeys([*newest, *several])), beside)[:8]
    choices.tell_unknown("runs", entries, why_not.anywhere)
    runs_table.take_new()
    listed = run_lists.without_repeats(list(entries), address.RUNS, keep=default)
    listed = runs_table.without_hidden(listed, beside, [*default, *st.session_state.get(address.RUNS, default)])
    # what the address holds is chosen in the table
    with st.container(key=f"bound-{address.RUNS}"):
        names = st.multiselect("Runs", listed, default=default, key=address.RUNS, bind="query-params")
    with place:
        runs_table.follow(table)
        runs_table.show(listed, entries, table, beside, names)
    return {name: entries[name] for name in names}


def _options() -> dict:
    """How the curves are drawn."""
    with st.popover("Curves"):
        return {
            "log": st.toggle("Log scale", key=address.LOG, bind="query-params"),
            "seconds": st.toggle("By seconds instead of epochs", key=address.SECONDS, bind="query-params"),
            "single": st.toggle("Show every repeat, too", key=address.SINGLE, bind="query-params"),
            "smoothing": st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key=address.SMOOTHING, bind="query-params"),
        }


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


def _courses(chosen: Entries) -> None:
    """Which runs overfit."""
    courses = {name: cache.course(members[0]) for name, members in chosen.items() if len(members) == 1}
    known = {name: course for name, course in courses.items() if course is not None}
    meaning = (
        f"A run overfits if its validation loss ends {learning_curves.OVERFITTING:.0%} or more above its lowest: it fits the "
        "digits it is trained on ever better, but other digits worse. The table's column “gap” is the distance between the "
        "training loss and the validation loss at the end."
    )
    if len(known) <= DESCRIBED:
        sentences = (f"**{name}**: {wording.course(course)}" for name, course in known.items())
        st.markdown("  \n".join(sentences), help=meaning if known else None)
        return
    overfit = [name for name, course in known.items() if course.overfits]
    listed = f" ({_some(overfit)})" if overfit else ""
    verb = "overfits" if len(overfit) == 1 else "overfit"
    st.markdown(
        f"{len(overfit) or 'None'} of {len(known):,} runs {verb}{listed}.",
        help=f"{meaning} Choose {DESCRIBED} runs or fewer for a sentence on each.",
    )


def _without_curve(chosen: Entries) -> None:
    """Which entries have no test error after each epoch."""
    without = [n for n, runs in chosen.items() if all(cache.history(run)["test_error"].isna().all() for run in runs)]
    if without:
        st.caption(f"Not drawn, because no test error was kept after each epoch: {_some(without)}.")


def _legend(chosen: Entries, curve: str, smoothed: bool) -> None:
    """What the lines and marks of the chart are."""
    few = len(chosen) <= layout.MAX_NAMED_LINES
    sentences = [
        "A star marks the epoch of the lowest validation loss." if few else "Point at a line to see which run it is."
    ]
    details = [LOSS]
    if any(len(members) > 1 for members in chosen.values()):
        sentences.append("The band is one standard deviation between repeats.")
    if smoothed:
        details.append("Smoothing averages each value with those before it, so the lines lag behind.")
    if curve != "Test error":
        sentences.append("Thin: training; thick: validation.")
        details.append(THIN)
    st.caption(" ".join(sentences), help=" ".join(details))


def _some(names: list[str]) -> str:
    """A few of these names, and how many more there are."""
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


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
        st.caption(f"On {verdicts['dataset'].iloc[0]} only; tested on other digits: {_some(left_out)}.")
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
    without = f" Not drawn, because a number is missing: {_some(missing)}." if missing else ""
    st.caption(f"Each run is a line, bluer with fewer errors. Drag along an axis to filter the lines.{without}")


def _axes() -> dict[str, figures.Axis]:
    """The columns that can be compared."""
    axes = {}
    for name in dict.fromkeys((*AXES, *METRICS)):
        heading, form, _ = comparison_table.columns()[name]
        lower = name not in METRICS or METRICS[name].lower_is_better
        axes[name] = figures.Axis(heading, name in LOG, form == comparison_table.PERCENT, lower)
    return axes
