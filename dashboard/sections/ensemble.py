"""Ensembles on the pages: selecting members, saving, deleting, and which of them can classify a drawing."""

import time

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from models import committees
from models.classifiers import PROBABILITIES
from models.worker import WorkerError
from training import runs

PATIENCE = 0.2  # seconds before a progress bar is shown


def controls(able: list[str], table: pd.DataFrame) -> None:
    """Buttons that select an ensemble's members, save it, and list those saved. able: the chosen runs that give
    probabilities; table: all runs."""
    candidates = _candidates(able, table)
    saved = committees.listed()
    with st.container(horizontal=True):
        if len(candidates) > 1:
            st.button(
                "Select by held-out digits",
                key="select members",
                icon=":material/how_to_vote:",
                on_click=_select,
                args=(candidates,),
                help=f"From the {len(candidates)} runs with the same held-out digits: starts with the best on those and adds "
                "the one that helps the most, until none helps (greedy forward selection). The test digits are not used.",
            )
        if len(able) > 1:
            with st.popover("Save this ensemble", icon=":material/save:"):
                _save(able, table)
        if saved:
            with st.popover("Saved ensembles", icon=":material/groups:"):
                _list(saved)


def _candidates(able: list[str], table: pd.DataFrame) -> list[str]:
    """The runs with the same held-out digits as one of the chosen, or else the largest group with the same ones."""
    if not able:
        return []
    digits = table.loc[table["run"] == able[0], "test_digits"].iloc[0]
    ranked = cache.held_out_groups().get(digits, [])
    return next((group for group in ranked if set(group) & set(able)), ranked[0] if ranked else [])


def _select(candidates: list[str]) -> None:
    try:
        st.session_state[address.MEMBERS] = cache.selected_members(tuple(candidates))
    except runs.RunError as error:
        st.session_state[address.ENSEMBLE_MESSAGE] = wording.plain(error)


def _save(able: list[str], table: pd.DataFrame) -> None:
    """A name, and a button that saves the ensemble."""
    loads = dict(zip(table["run"], table["loads"], strict=True))
    if without := [run for run in able if not loads.get(run)]:
        have = "has" if len(without) == 1 else "have"
        st.caption(
            f"{', '.join(without)} {have} no saved model to classify a drawing with. Remove them above, then save."
        )
        return
    with st.form("ensemble", border=False):
        st.text_input("Name", key=address.ENSEMBLE_NAME, placeholder="best-three", max_chars=60)
        st.form_submit_button("Save", key="save ensemble", on_click=_store, args=(able,))
    if message := st.session_state.pop(address.ENSEMBLE_MESSAGE, None):
        st.warning(message)


def _store(able: list[str]) -> None:
    name = st.session_state[address.ENSEMBLE_NAME].strip()
    try:
        committees.save(name, able)
    except ValueError as error:
        st.session_state[address.ENSEMBLE_MESSAGE] = wording.plain(error)
        return
    st.toast(f"Saved. The page Draw now offers {name}, an ensemble of {len(able)} members.", icon=":material/check:")


def _list(saved: dict[str, tuple[str, ...] | str]) -> None:
    """Each ensemble: its members, and what can be done with it."""
    for name, members in saved.items():
        whole = not isinstance(members, str)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{name}**")
            if whole:
                st.button("Show", key=f"show {name}", on_click=_show, args=(members,))
                st.page_link(
                    "views/draw.py",
                    label="Draw a digit for it",
                    icon=":material/draw:",
                    query_params={address.RUN: name},
                )
            st.button("Delete", key=f"delete {name}", on_click=_delete, args=(name,))
        st.caption(", ".join(members) if whole else members, help=_protocol(name))


def _protocol(name: str) -> str | None:
    """The rules by which a saved ensemble was made, as a list; None for one that a visitor has put together."""
    return "\n".join(f"{number}. {rule}" for number, rule in enumerate(committees.protocol(name), start=1)) or None


def _show(members: tuple[str, ...]) -> None:
    st.session_state[address.MEMBERS] = list(members)


def _delete(name: str) -> None:
    try:
        committees.delete(name)
    except ValueError as error:
        st.toast(wording.plain(error), icon=":material/error:")


def usable(able: pd.DataFrame) -> pd.DataFrame:
    """The saved ensembles whose members can all classify a drawing, by name: what their scores are, and a sentence on each.

    able: by run, of those that load and were tested on the same digits, at least the column scores.
    """
    rows = {}
    for name, members in committees.listed().items():
        whole = not isinstance(members, str) and set(members) <= set(able.index)
        if not whole or (able.loc[list(members), "scores"] != PROBABILITIES).any():
            continue
        try:
            error = cache.ensemble(members).error
        except runs.RunError:  # deleted or damaged since the table was made
            continue
        about = f"The ensemble of {', '.join(members)}. Test error on MNIST: {wording.percent(error)}."
        rows[name] = {"scores": PROBABILITIES, "about": about}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["scores", "about"])


def load(name: str, digit: np.ndarray, place: DeltaGenerator) -> None:
    """Load an ensemble's members, the first time that it is used in this session, with a bar in an empty place.

    digit: (28, 28) uint8. Raises WorkerError.
    """
    if name in st.session_state.setdefault(address.ENSEMBLES_LOADED, set()):
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
    st.session_state[address.ENSEMBLES_LOADED].add(name)
