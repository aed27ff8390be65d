"""The table of runs that Compare starts with: those ticked are compared; stars, tags and notes are written in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.sections import run_curves
from training import annotations, background
from training.analysis import run_settings
from training.annotations import NOTHING, Annotation

BEAT = 4.0  # seconds between two looks for what is new
HEIGHT = 250  # pixels: six rows and the head
SHOWN, STARRED, TAGS, NOTE, RUN = "shown", "starred", "tags", "note", "run"
EDITED = (STARRED, TAGS, NOTE)  # columns that are kept beside the runs
SETTING = "setting "  # before the name of a setting: a column of those that differ
TOLD_ANYWAY = ("epochs", "optimizer")  # settings that have a column of their own, of the same name


def rows(
    names: Sequence[str],
    entries: Mapping[str, Sequence[str]],
    table: pd.DataFrame,
    beside: Mapping[str, Annotation],
    ticked: Sequence[str],
) -> pd.DataFrame:
    """A row per entry: those ticked, then the starred, then the others, the newest first among each; with a column for each
    setting in which any of them differ.

    names: of the entries in the list; entries: the runs of each; table: a row per run; beside: what was written beside each.
    """
    by_run = {row["run"]: row for row in table.to_dict("records")}
    members = [[by_run[run] for run in entries[name]] for name in names]
    frame = pd.DataFrame([_row(name, own, beside.get(name, NOTHING)) for name, own in zip(names, members, strict=True)])
    frame.insert(0, SHOWN, frame[RUN].isin(list(ticked)))
    shared = [run_settings.shared(own) for own in members]
    for name in run_settings.differing(shared, TOLD_ANYWAY):
        frame[SETTING + name] = _values([one["settings"].get(name) for one in shared])
    return frame.sort_values([SHOWN, STARRED, "finished"], ascending=False, kind="stable", ignore_index=True)


def _values(values: Sequence[Any]) -> list[Any]:
    """A setting of each run as a column holds it: numbers where all are, else texts; nothing where a run does not have it."""
    present = [value for value in values if value is not None]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in present):
        return [np.nan if value is None else float(value) for value in values]
    return [None if value is None else wording.setting(value) for value in values]


def order(frame: pd.DataFrame, entries: Mapping[str, Sequence[str]], table: pd.DataFrame) -> list[str]:
    """The columns of the table from left to right: the settings in which the ticked runs differ, or where fewer than two are
    ticked all that are listed, stand beside the error, the most telling first and no more than MOST.

    frame: as `rows` gives it; entries: the runs of each; table: a row per run.
    """
    own = [name for name in frame if name.startswith(SETTING)]
    ticked = list(frame.loc[frame[SHOWN].astype(bool), RUN])
    if len(ticked) > 1:
        columns = (table[name] for name in (RUN, "origin", "settings"))
        by_run = {run: {"origin": origin, "settings": settings} for run, origin, settings in zip(*columns, strict=True)}
        shared = [run_settings.shared([by_run[run] for run in entries[name]]) for name in ticked]
        own = [SETTING + name for name in run_settings.differing(shared, TOLD_ANYWAY) if SETTING + name in own]
    fixed = [name for name in frame if not name.startswith(SETTING)]
    place = fixed.index("error") + 1
    return [*fixed[:place], *own[: run_settings.MOST], *fixed[place:]]


def _row(name: str, members: Sequence[Mapping[str, Any]], beside: Annotation) -> dict[str, Any]:
    errors = [row["error"] for row in members if row["error"] == row["error"]]
    newest = max(members, key=lambda row: row["created"])
    return {
        STARRED: beside.starred,
        RUN: name,
        "error": 100 * float(np.mean(errors)) if errors else np.nan,
        TAGS: list(_tags(beside, members)),
        NOTE: beside.note,
        "dataset": newest["dataset"] if errors else "not tested",
        "epochs": newest["last_epoch"],
        "parameters": newest["parameters"],
        "seconds": newest["seconds"],
        "optimizer": newest["optimizer"],
        "finished": newest["created"],
    }


def _tags(beside: Annotation, members: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """The tags of an entry, whose runs these are."""
    return annotations.tags(beside, (tag for row in members for tag in row.get("tags", ())))


def applied(frame: pd.DataFrame, edits: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """The table with what was changed in it. edits: by row, values by column, as Streamlit's editor tells them."""
    changed = frame.copy()
    for place, values in edits.items():
        for column, value in values.items():
            if 0 <= int(place) < len(changed) and column in (SHOWN, *EDITED):
                changed.at[int(place), column] = value
    return changed


def matching(
    names: Sequence[str],
    entries: Mapping[str, Sequence[str]],
    table: pd.DataFrame,
    beside: Mapping[str, Annotation],
    typed: str,
    ticked: Sequence[str],
) -> list[str]:
    """The entries that hold every typed word in their name, tags, note or dataset; those ticked in any case, or they would no
    longer be. typed: words, in any case of letters; the other arguments: see `rows`."""
    words = typed.casefold().split()
    if not words:
        return list(names)
    by_run = {row[RUN]: row for row in table.to_dict("records")}

    def text(name: str) -> str:
        members, annotation = [by_run[run] for run in entries[name]], beside.get(name, NOTHING)
        datasets = (row["dataset"] for row in members)
        return " ".join([name, *_tags(annotation, members), annotation.note, *datasets]).casefold()

    return [name for name in names if name in ticked or all(word in text(name) for word in words)]


def show(
    names: Sequence[str],
    entries: Mapping[str, Sequence[str]],
    table: pd.DataFrame,
    beside: Mapping[str, Annotation],
    ticked: Sequence[str],
) -> None:
    """The table, in which a tick chooses a run; its changes are taken over before the page is made anew. Arguments: see `rows`."""
    if said := st.session_state.pop(address.TABLE_MESSAGE, None):
        st.error(wording.plain(said), icon=":material/error:")
    if not names:
        st.caption("No run holds these words.")
        return
    version = st.session_state.get(address.TABLE_VERSION, 0)
    kept = st.session_state.get(address.TABLE)
    if kept is None or set(kept[RUN]) != set(names) or _ticks(kept, version) != set(ticked):
        version += 1  # chosen elsewhere, or other runs: the table begins anew
        kept = rows(names, entries, table, beside, ticked)
        st.session_state.update({address.TABLE: kept, address.TABLE_VERSION: version})
    st.data_editor(
        kept,
        key=address.table_key(version),
        height=min(HEIGHT, 35 * (len(kept) + 1) + 3),
        hide_index=True,
        disabled=[name for name in kept if name not in (SHOWN, *EDITED)],
        # the data stay as they were: of other data the table would begin anew, and a search in it too
        column_order=order(applied(kept, _edits(version)), entries, table),
        column_config=_columns(kept, beside) | _settings(kept),
        on_change=_take,
        args=(version,),
        placeholder="",
        alt="All runs",
    )


def follow(table: pd.DataFrame, drawn: bool) -> None:
    """Lines on what happens while the page is open: runs that appeared, and trainings that go on.

    table: a row per run; drawn: whether the page draws the curves of trainings that go on.
    """
    st.fragment(_follow, run_every=BEAT)(frozenset(table[RUN]), drawn)


def _follow(known: frozenset[str], drawn: bool) -> None:
    new = [run for run in cache.run_table()[0][RUN] if run not in known]
    if not drawn and not new and run_curves.live():
        st.rerun(scope="app")  # one began since the page was made: from now on it is drawn
    going = [one for one in background.trainings() if one.live]
    if not new and not going:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if new:
            what = f"1 new run: {wording.plain(new[0])}" if len(new) == 1 else f"{len(new)} new runs"
            if st.button(what, icon=":material/fiber_new:", key="new runs"):
                st.session_state[address.NEW_RUNS] = new
                st.rerun(scope="app")
        for training in going[:2]:
            st.page_link(
                "views/train.py",
                label=f"{wording.plain(training.run_id)}: {wording.progress(training)}",
                icon=":material/model_training:",
                query_params={address.TRAINING: training.name},
            )


def take_new() -> None:
    """Before the control of runs: choose in it those that the visitor asked to see."""
    new = st.session_state.pop(address.NEW_RUNS, [])
    if new:
        st.session_state[address.RUNS] = [*dict.fromkeys([*st.session_state.get(address.RUNS, []), *new])]


def _columns(frame: pd.DataFrame, beside: Mapping[str, Annotation]) -> dict:
    """Settings of the columns."""
    config = st.column_config
    typed = {tag for one in beside.values() for tag in one.tags or ()}
    tags = sorted(typed.union(*frame[TAGS]))
    return {
        SHOWN: config.CheckboxColumn("", width=40, pinned=True, help="Compared below"),
        STARRED: config.CheckboxColumn("★", width=56, pinned=True, help="Starred runs stand on top"),
        RUN: config.TextColumn("run", width=210, pinned=True),
        "error": config.NumberColumn("test error", format="%.2f %%"),
        TAGS: config.MultiselectColumn("tags", options=tags, accept_new_options=True, width=140),
        NOTE: config.TextColumn("note", width=180, max_chars=annotations.LONGEST_NOTE),
        "dataset": config.TextColumn("tested on"),
        "epochs": config.NumberColumn("epochs", format="%.0f"),
        "parameters": config.NumberColumn("parameters", format="localized"),
        "seconds": config.NumberColumn("training (s)", format="%.0f"),
        "optimizer": config.TextColumn("optimizer"),
        "finished": config.DatetimeColumn("finished", format="distance"),
    }


def _settings(frame: pd.DataFrame) -> dict:
    """Settings of the columns of settings."""
    config = st.column_config
    names = {name: wording.field(name.removeprefix(SETTING)) for name in frame if name.startswith(SETTING)}
    return {
        # as it is: a learning rate may be 0.00003
        name: config.NumberColumn(said, format="plain") if frame[name].dtype.kind == "f" else config.TextColumn(said)
        for name, said in names.items()
    }


def _edits(version: int) -> Mapping[int, Mapping[str, Any]]:
    return st.session_state.get(address.table_key(version), {}).get("edited_rows", {})


def _ticks(kept: pd.DataFrame, version: int) -> set[str]:
    """The runs that are ticked in the table as it stands."""
    changed = applied(kept, _edits(version))
    return set(changed.loc[changed[SHOWN].astype(bool), RUN])


def _take(version: int) -> None:
    """Take over what was changed in the table: which runs are compared, and what stands beside them."""
    kept = st.session_state[address.TABLE]
    changed = applied(kept, _edits(version))
    ticked = set(changed.loc[changed[SHOWN].astype(bool), RUN])
    chosen = [name for name in st.session_state.get(address.RUNS, []) if name in ticked]
    st.session_state[address.RUNS] = [*chosen, *(name for name in changed[RUN] if name in ticked - set(chosen))]
    beside = annotations.load()
    changes = {}
    for row, shown in zip(changed.to_dict("records"), kept[TAGS], strict=True):
        wanted = {STARRED: bool(row[STARRED]), TAGS: list(row[TAGS] or ()), NOTE: row[NOTE] or ""}
        now = beside.get(row[RUN], NOTHING)
        # what nobody has changed yet is what the run was recorded with, as the table shows it
        present = {STARRED: now.starred, TAGS: list(shown if now.tags is None else now.tags), NOTE: now.note}
        if changed_fields := {name: value for name, value in wanted.items() if value != present[name]}:
            changes[row[RUN]] = changed_fields
    keep(changes)


def without_hidden(names: Sequence[str], beside: Mapping[str, Annotation], chosen: Sequence[str] = ()) -> list[str]:
    """The names without those that were hidden, unless they are chosen. beside: what was written beside each."""
    return [name for name in names if name in chosen or not beside.get(name, NOTHING).hidden]


def keep(changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write beside runs; what cannot be kept is said above the table."""
    try:
        if changes:
            annotations.change(changes)
    except (OSError, ValueError) as error:
        st.session_state[address.TABLE_MESSAGE] = f"That could not be kept: {error}"
