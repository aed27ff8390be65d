"""Which two runs A against B holds against each other: those that are ticked, and why another cannot be one of them."""

import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.sections import choices, run_lists


def choose(table: pd.DataFrame) -> tuple[str, str | None, str]:
    """Two controls; gives run A, run B, None where no other run was tested on the digits of A, and a sentence where the address or
    the visitor chose another B that cannot be compared. table: of runs with an error."""
    labels, ticked = run_lists.labels(table), _ticked(table)
    listed = run_lists.without_repeats(run_lists.ordered(table), address.RUN, keep=ticked[:2])
    preferred = ticked[0] if ticked else run_lists.preferred()
    first = choices.choose_run(listed, preferred, "Run A", labels=labels)
    others = run_lists.without_repeats(_others(table, first), address.AGAINST, keep=ticked)
    if not others:
        return first, None, ""
    replaced = _replaced(table, first, others)
    rival = next((run for run in ticked if run in others), None) or cache.rival(first)
    control = {"key": address.AGAINST, "labels": labels, "told": bool(replaced)}
    return first, choices.choose_run(others, rival, "Run B", **control), replaced


def follow_ticks() -> None:
    """Where other runs were ticked since this part was open, it opens with them; for the callback of the control of parts."""
    ticked = _named()
    opened = st.session_state.get(address.PART_OF_COMPARE) == address.A_AGAINST_B
    if not opened or not ticked or ticked == st.session_state.get(address.TICKS_TAKEN):
        return
    st.session_state[address.TICKS_TAKEN] = ticked
    for key in (address.RUN, address.AGAINST):
        st.session_state.pop(key, None)
        st.query_params.pop(key, None)


def _named() -> list[str]:
    """The entries that the visitor or the address ticked, none where only those of the beginning are."""
    named = st.query_params.get_all(address.RUNS)
    return list(st.session_state.get(address.RUNS, named)) if named else []


def _ticked(table: pd.DataFrame) -> list[str]:
    """The ticked runs that can be compared, in their order: those tested on the digits of the first that has a rival among them.

    A repeated recipe is represented by the repeat of middle error.
    """
    errors, entries = table.set_index("run")["error"], cache.entries(cache.run_table()[0])
    runs = []
    for name in _named():
        repeats = sorted((run for run in entries.get(name, ()) if run in errors), key=errors.get)
        runs += repeats[(len(repeats) - 1) // 2 :][:1]
    digits = table.set_index("run")["test_digits"]
    groups = [[other for other in runs if digits[other] == digits[run]] for run in runs]
    return next((group for group in groups if len(group) > 1), runs[:1])


def _others(table: pd.DataFrame, first: str) -> list[str]:
    """The runs that were tested on the same digits, the one with the fewest errors first."""
    same = table["test_digits"] == table.loc[table["run"] == first, "test_digits"].iloc[0]
    return list(table[same & (table["run"] != first)].sort_values("error")["run"])


def _replaced(table: pd.DataFrame, first: str, others: list[str]) -> str:
    """Why the run B that the address or the visitor chose is not held against A, before another takes its place; nothing where it
    is, or where no run of that name has an error."""
    named = st.query_params.get(address.AGAINST) or st.session_state.get(address.AGAINST)
    if named in others or named not in set(table["run"]):
        return ""
    st.session_state.pop(address.AGAINST, None)
    reason = "is run A already" if named == first else f"was tested on other digits than {wording.plain(first)}"
    return f"{wording.plain(named)} {reason}: another run stands beside it."
