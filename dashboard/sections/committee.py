"""Committees on the pages: choosing their members by held-out digits, saving them, and who of them can read a drawing."""

import time
from collections import defaultdict

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from models import committees
from models.classifiers import PROBABILITIES
from models.worker import WorkerError
from training import runs
from training.analysis import agreement

PATIENCE = 0.2  # seconds without a bar


def controls(able: list[str], table: pd.DataFrame) -> None:
    """Buttons that choose a committee's members, save it, and list those saved. able: the chosen runs that give
    probabilities; table: all runs."""
    candidates = _candidates(able, table)
    saved = committees.listed()
    with st.container(horizontal=True):
        if len(candidates) > 1:
            st.button(
                "Choose by held-out digits",
                key="choose",
                icon=":material/how_to_vote:",
                on_click=_choose,
                args=(candidates,),
                help=f"Of the {len(candidates)} runs that held out the same digits: begins with the best on those, and adds "
                "whoever helps the most, until nobody helps. The test digits are not looked at.",
            )
        if len(able) > 1:
            with st.popover("Save this committee", icon=":material/save:"):
                _save(able, table)
        if saved:
            with st.popover("Saved committees", icon=":material/groups:"):
                _list(saved)


def _candidates(able: list[str], table: pd.DataFrame) -> list[str]:
    """The runs that held out the same digits: as one of the chosen did, or else the most that did the same."""
    if not able:
        return []
    digits = table.loc[table["run"] == able[0], "test_digits"].iloc[0]
    alike = defaultdict(list)
    for run in table.loc[(table["test_digits"] == digits) & (table["scores"] == PROBABILITIES), "run"]:
        try:
            held = cache.predictions(run).held_out_index
        except runs.RunError:  # deleted or damaged since the table was made
            continue
        if held is not None:
            alike[held.tobytes()].append(run)
    groups = sorted(alike.values(), key=len, reverse=True)
    return next((group for group in groups if set(group) & set(able)), groups[0] if groups else [])


def _choose(candidates: list[str]) -> None:
    try:
        found = {run: cache.predictions(run) for run in candidates}
    except runs.RunError as error:
        st.session_state[address.COMMITTEE_TOLD] = wording.plain(error)
        return
    labels = next(iter(found.values())).held_out_labels
    rows = {run: answer.held_out_probabilities.astype(np.float32) for run, answer in found.items()}
    st.session_state[address.TOGETHER] = agreement.choose(labels, rows, committees.MOST)


def _save(able: list[str], table: pd.DataFrame) -> None:
    """A name, and a button that puts the committee on the shelf."""
    loads = dict(zip(table["run"], table["loads"], strict=True))
    if without := [run for run in able if not loads.get(run)]:
        kept = "keeps" if len(without) == 1 else "keep"
        st.caption(f"{', '.join(without)} {kept} no model that could read a drawing. Take away what cannot, then save.")
        return
    with st.form("committee", border=False):
        st.text_input("Name", key=address.COMMITTEE_NAME, placeholder="best-three", max_chars=60)
        st.form_submit_button("Save", key="save committee", on_click=_put, args=(able,))
    if told := st.session_state.pop(address.COMMITTEE_TOLD, None):
        st.warning(told)


def _put(able: list[str]) -> None:
    name = st.session_state[address.COMMITTEE_NAME].strip()
    try:
        committees.save(name, able)
    except ValueError as error:
        st.session_state[address.COMMITTEE_TOLD] = wording.plain(error)
        return
    st.toast(f"Saved. On the page Draw, {name} reads with {len(able)} voices.", icon=":material/check:")


def _list(saved: dict[str, tuple[str, ...] | str]) -> None:
    """Each committee: its members, and what can be done with it."""
    for name, members in saved.items():
        whole = not isinstance(members, str)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{name}**")
            if whole:
                st.button("Show", key=f"show {name}", on_click=_show, args=(members,))
                st.page_link(
                    "views/draw.py", label="Draw for it", icon=":material/draw:", query_params={address.RUN: name}
                )
            st.button("Remove", key=f"remove {name}", on_click=_remove, args=(name,))
        st.caption(", ".join(members) if whole else members)


def _show(members: tuple[str, ...]) -> None:
    st.session_state[address.TOGETHER] = list(members)


def _remove(name: str) -> None:
    try:
        committees.remove(name)
    except ValueError as error:
        st.toast(wording.plain(error), icon=":material/error:")


def reading(able: pd.DataFrame) -> pd.DataFrame:
    """The saved committees whose members can all read a drawing, by name: what their rows are, and what is said of them.

    able: by run, of those that load and were tested on the same digits, at least the column scores.
    """
    rows = {}
    for name, members in committees.listed().items():
        whole = not isinstance(members, str) and set(members) <= set(able.index)
        if not whole or (able.loc[list(members), "scores"] != PROBABILITIES).any():
            continue
        try:
            error = cache.committee(members).error
        except runs.RunError:  # deleted or damaged since the table was made
            continue
        said = (
            f"The mean of {', '.join(members)}. Together they misread {wording.percent(error)} of MNIST's test digits."
        )
        rows[name] = {"scores": PROBABILITIES, "said": said}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["scores", "said"])


def load(name: str, digit: np.ndarray, place: DeltaGenerator) -> None:
    """Have a committee's members loaded, the first time that it reads in this session, with a bar in an empty place.

    digit: (28, 28) uint8. Raises WorkerError.
    """
    if name in st.session_state.setdefault(address.COMMITTEES_LOADED, set()):
        return
    try:
        members = committees.members(name)
    except ValueError as error:
        raise WorkerError(str(error)) from error
    started = time.monotonic()
    for number, member in enumerate(members):
        if time.monotonic() > started + PATIENCE:
            place.progress(number / len(members), f"Loading {member}")
        cache.worker().read(member, digit[None])
    place.empty()
    st.session_state[address.COMMITTEES_LOADED].add(name)
