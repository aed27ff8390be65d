"""The trainings that were started: one of them live, with its curves and its confusion matrix, and a list of all."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.components.confusion_matrix import confusion_matrix
from dashboard.figures import curves
from dashboard.sections import run_lists
from training import background
from training.analysis import confusion, learning_curves, under_way
from training.background import Training

BEAT = 1.0  # seconds between two looks at the files
MAX_GHOSTS = 4  # past runs beside a training
LISTED = 12  # trainings in the list before more are asked for
ICONS = {
    background.STARTING: ":material/hourglass_empty:",
    background.WAITING: ":material/hourglass_empty:",
    background.PREPARING: ":material/hourglass_top:",
    background.TRAINING: ":material/play_arrow:",
    background.FINISHED: ":material/check_circle:",
    background.PAUSED: ":material/pause_circle:",
    background.FAILED: ":material/error:",
    background.LOST: ":material/power_off:",
}


def open_one(name: str) -> None:
    """Show a training; for the callback of a control."""
    st.query_params[address.TRAINING] = name


def show(table: pd.DataFrame) -> None:
    """What was started, followed by its files while any of it goes on. table: of all runs."""
    started = background.trainings()
    if not started:
        st.info(
            "Press Start: its curves and its confusion matrix will grow here while it learns.",
            icon=":material/play_arrow:",
        )
        return
    live = any(training.live for training in started)
    st.fragment(_followed, run_every=BEAT if live else None)(table, live)


def _followed(table: pd.DataFrame, live: bool) -> None:
    started = background.trainings()
    if live != any(training.live for training in started):  # then it is to be followed from now on, or no longer
        cache.look_again()
        st.rerun(scope="app")
    chosen = _opened(started)
    if chosen:
        _panel(chosen, started, table)
    else:
        st.caption("The training that the address names is no longer in the list.")
    _list(started, least=2 if chosen else 1)


def _opened(started: list[Training]) -> Training | None:
    """The one that the address names, and no other in its place; without a name the one that trains, else the newest."""
    if named := st.query_params.get(address.TRAINING):
        return next((training for training in started if training.name == named), None)
    working = [training for training in started if training.status.state in (background.PREPARING, background.TRAINING)]
    return next(iter([*working, *started]), None)


def _panel(training: Training, started: list[Training], table: pd.DataFrame) -> None:
    """One training: where it stands, what can be done with it, its curves and its matrix. started: all trainings."""
    status = training.status
    st.header(wording.plain(training.run_id), anchor=False)
    group = [one for one in started if one.group == training.group]
    if len(group) > 1:
        done = sum(one.status.state == background.FINISHED for one in group)
        st.progress(
            sum(one.share for one in group) / len(group),
            f"{done} of {len(group)} trainings of this group are finished.",
        )
    st.progress(training.share, wording.progress(training))
    _actions(training)
    if status.message:
        st.error(wording.plain(status.message), icon=":material/error:")
    if not status.history:
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _curves(training, table)
    with right:
        _matrix(training)


def _actions(training: Training) -> None:
    """Buttons for what can be done with a training as it stands."""
    with st.container(horizontal=True, gap="small"):
        if training.status.state == background.FINISHED:
            _after(training)
            return
        if training.live:
            _ask("Pause", ":material/pause:", training, background.PAUSE)
        else:
            resume = {"on_click": background.resume, "args": (training.name,)}
            st.button("Resume", icon=":material/play_arrow:", type="primary", **resume)
        # from the beginning, for what comes later would close the popover beside it
        whole = bool(training.status.history)
        _ask("Stop and keep", ":material/save:", training, background.SAVE, "Its finished epochs become a run", whole)
        with st.popover("Discard", icon=":material/delete:", key=f"discard {training.name}"):
            st.caption("Nothing of it is kept.")
            _ask("Discard", ":material/delete:", training, background.DISCARD)


def _ask(label: str, icon: str, training: Training, what: str, help: str | None = None, able: bool = True) -> None:
    """A button that asks a training to end; what: as background.stop takes it; able: whether it can be pressed yet."""
    st.button(label, icon=icon, on_click=background.stop, args=(training.name, what), help=help, disabled=not able)


def _after(training: Training) -> None:
    """What can be done once it is a run."""
    st.button("Train it with another seed", icon=":material/replay:", on_click=_again, args=(training,))
    there = bool(cache.class_names(training.run_id))  # which every run on the shelf has
    if there:
        for page, label, icon in (
            ("views/evaluate.py", "Evaluate", ":material/fact_check:"),
            ("views/draw.py", "Draw", ":material/draw:"),
        ):
            st.page_link(page, label=label, icon=icon, query_params={address.RUN: training.run_id})
    else:
        st.caption("Its run was deleted or renamed.")
    remove = {"on_click": background.discard, "args": (training.name,)}
    st.button("Remove from the list", type="tertiary", help="The run stays." if there else None, **remove)


def _again(training: Training) -> None:
    """Train a recipe once more, from other random numbers."""
    seed = training.recipe.seed + 1
    open_one(background.start([training.recipe.model_copy(update={"seed": seed})])[0])


def _curves(training: Training, table: pd.DataFrame) -> None:
    """Its learning curves, and those of past runs faintly beside them."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        curve = st.segmented_control(
            "Curve", list(curves.CURVES), default="Training and validation error", required=True, key=address.CURVE
        )
        with st.popover("Compare with"):
            past = [] if table.empty else run_lists.ordered(table)
            ghosts = st.multiselect("Runs", past, key=address.GHOSTS, max_selections=MAX_GHOSTS, bind="query-params")
    name, (_, _, column, other) = training.run_id, curves.CURVES[curve]
    ghosts = [run for run in ghosts if run != name]
    histories = {name: under_way.history(training.status.history)} | {run: cache.history(run) for run in ghosts}
    thick, thin = (
        {run: learning_curves.line([history], one, "epoch") for run, history in histories.items() if one}
        for one in (column, other)
    )
    recipes = [training.recipe.name, *ghosts]
    lines = theme.run_lines(dict(zip(histories, recipes, strict=True)), recipes)
    draw = partial(curves.learning_curves, thick, thin, lines, curve)
    shown = (training.name, curve, *ghosts, len(training.status.history))
    charts.chart(draw, "training", f"{curve} of the training by epoch", shown)
    if other:
        st.caption("Thin: training; thick: validation.")


def _matrix(training: Training) -> None:
    """What it predicts after its last epoch."""
    predicted, names = background.predicted(training.name), training.status.class_names
    if predicted is None:
        return
    labels, classes = predicted
    wrong = int((classes[-1] != labels).sum())
    st.markdown(
        f"After epoch {len(classes)}, **{wrong:,}** of {len(labels):,} test digits are misclassified: "
        f"{wording.percent(wrong / len(labels))}.",
        help="Nothing is chosen by the test digits. A row is a label, a column a prediction.",
    )
    matrix = confusion.confusion(labels, classes[-1], len(names))
    confusion_matrix(matrix, matrix, names, None, "training matrix")


def _list(started: list[Training], least: int) -> None:
    """All that were started, where there are at least so many; a click opens one."""
    if len(started) < least:
        return
    st.header("Trainings", anchor=False)
    more = len(started) > LISTED and st.toggle(f"Show all {len(started):,}", key="all trainings")
    for training in started if more else started[:LISTED]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                wording.plain(training.run_id),
                icon=ICONS[training.status.state],
                key=f"open {training.name}",
                type="tertiary",
                on_click=open_one,
                args=(training.name,),
            )
            st.caption(f"{training.began}. {wording.progress(training)}")
