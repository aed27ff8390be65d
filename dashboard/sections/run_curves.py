"""The learning curves of the runs that Compare shows, those of trainings that go on beside them, and what these curves say."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.figures import curves, layout
from dashboard.sections import opening
from training import background
from training.analysis import learning_curves, under_way
from training.analysis.under_way import UnderWay

Entries = Mapping[str, Sequence[str]]
BEAT = 2.0  # seconds between two looks at what goes on
DESCRIBED = 3  # entries up to which the training of each is described in a sentence
LOSS = (
    "The loss is the cross-entropy in nats: 0 if a run gives every label the probability 1. The validation loss is the loss on "
    "digits that the run is not trained on."
)
THIN = (
    "Training error and loss are averaged over the epoch, while dropout switches parts of the network off. Validation digits are "
    "held out of the training set; for recipes taken from a source they are the test digits (“test loss, watched”), and nothing "
    "was chosen by them."
)


def options() -> dict[str, Any]:
    """How the curves are drawn."""
    with st.popover("Curves"):
        st.toggle(
            "Show running trainings",
            value=True,
            key=address.LIVE,
            bind="query-params",
            help="Trainings that were started on the page Train or are recorded by a RunRecorder, as far as they are",
        )
        return {
            "log": st.toggle("Log scale", key=address.LOG, bind="query-params"),
            "seconds": st.toggle("By seconds instead of epochs", key=address.SECONDS, bind="query-params"),
            "single": st.toggle("Show every repeat, too", key=address.SINGLE, bind="query-params"),
            "smoothing": st.slider("Smoothing", 0.0, 0.95, 0.0, 0.05, key=address.SMOOTHING, bind="query-params"),
        }


def live() -> bool:
    """Whether a training goes on and the visitor wants to see it; to be asked before the control for that is drawn."""
    wanted = st.session_state.get(address.LIVE, st.query_params.get(address.LIVE) != "false")
    return bool(wanted) and under_way.any_goes_on(background.trainings())


def lines(chosen: Entries, table: pd.DataFrame, going: Sequence[UnderWay] = ()) -> dict[str, theme.Line]:
    """How each entry is drawn, and each training that goes on, by its key. table: a row per run."""
    recipes = dict(zip(table["run"], table["recipe"], strict=True))
    drawn = {name: recipes[members[0]] for name, members in chosen.items()}
    return theme.run_lines(
        drawn | {one.key: one.recipe for one in going}, [*recipes.values(), *(one.recipe for one in going)]
    )


def show(chosen: Entries, table: pd.DataFrame, curve: str, options: Mapping[str, Any], live: bool) -> None:
    """The chart: followed while a training goes on, else drawn once.

    table: a row per run; curve: a key of curves.CURVES; options: as `options` gives them; live: as `live` gives it.
    """
    draw = st.fragment(_chart, run_every=BEAT) if live else _chart
    draw(chosen, table, curve, options, live)


@opening.bears_changes
def _chart(chosen: Entries, table: pd.DataFrame, curve: str, options: Mapping[str, Any], live: bool) -> None:
    going = under_way.under_way() if live else []
    if not _any_line(chosen, going, curve):
        return
    styles = lines(chosen, table, going)
    draw = partial(_figure, chosen, going, styles, curve, options)
    seen = [f"{one.key} {len(one.history)}" for one in going]
    title = f"{curve} of the chosen runs by epoch"
    charts.chart(draw, "curves", title, (cache.shelf_key(), *chosen, *seen, curve, repr(options)))
    _legend(chosen, curve, options["smoothing"] > 0, bool(going))


def _has_line(history: pd.DataFrame, curve: str) -> bool:
    """Whether a run with this history has a line: not every run kept a test error after each epoch, or was validated."""
    return bool(history[[name for name in curves.CURVES[curve][2:] if name]].notna().any(axis=None))


def _any_line(chosen: Entries, going: Sequence[UnderWay], curve: str) -> bool:
    """Whether there is anything to draw."""
    histories = (cache.history(run) for members in chosen.values() for run in members)
    return any(_has_line(history, curve) for history in (*(one.history for one in going), *histories))


def _figure(
    chosen: Entries,
    going: Sequence[UnderWay],
    styles: Mapping[str, theme.Line],
    curve: str,
    options: Mapping[str, Any],
) -> go.Figure:
    """The figure of the learning curves, with one column as thick lines and perhaps another as thin ones."""
    _, _, *columns = curves.CURVES[curve]
    by = "elapsed" if options["seconds"] else "epoch"
    names = {one.key: wording.so_far(one) for one in going}
    histories = {name: [cache.history(run) for run in members] for name, members in chosen.items()}
    histories |= {names[one.key]: [one.history] for one in going}
    thick, thin = (
        {name: learning_curves.line(own, column, by, options["smoothing"]) for name, own in histories.items() if column}
        for column in columns
    )
    drawn = {name: value for name, value in options.items() if name != "smoothing"}
    named = {names.get(key, key): style for key, style in styles.items()}
    return curves.learning_curves(thick, thin, named, curve, growing=set(names.values()), **drawn)


def describe(chosen: Entries, curve: str) -> None:
    """What the curves say: which runs overfit, and which are not drawn."""
    _without_curve(chosen, curve)
    _courses(chosen)


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
    listed = f" ({wording.some(overfit)})" if overfit else ""
    verb = "overfits" if len(overfit) == 1 else "overfit"
    st.markdown(
        f"{len(overfit) or 'None'} of {len(known):,} runs {verb}{listed}.",
        help=f"{meaning} Choose {DESCRIBED} runs or fewer for a sentence on each.",
    )


def _without_curve(chosen: Entries, curve: str) -> None:
    """Which entries have no line."""
    without = [name for name, runs in chosen.items() if not any(_has_line(cache.history(run), curve) for run in runs)]
    if without:
        st.caption(f"Not drawn, because no {curve.lower()} was kept after each epoch: {wording.some(without)}.")


def _legend(chosen: Entries, curve: str, smoothed: bool, growing: bool) -> None:
    """What the lines and marks of the chart are."""
    few = len(chosen) <= layout.MAX_NAMED_LINES
    sentences = [
        "A star marks the epoch of the lowest validation loss." if few else "Point at a line to see which run it is."
    ]
    details = [LOSS]
    if growing:
        sentences.append("Pale, with a ring: still training.")
    if any(len(members) > 1 for members in chosen.values()):
        sentences.append("The band is one standard deviation between repeats.")
    if smoothed:
        details.append("Smoothing averages each value with those before it, so the lines lag behind.")
    if curve != "Test error":
        sentences.append("Thin: training; thick: validation.")
        details.append(THIN)
    st.caption(" ".join(sentences), help=" ".join(details))
