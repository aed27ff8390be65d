"""Lists of runs to choose from: in which order, what stands beside a name, and whether folds and seeds are among them."""

from collections.abc import Collection, Sequence

import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from models import DEFAULT_RUN
from training import annotations

LONGEST = 31  # letters of a name that has its error beside it, in a control 320 pixels wide


def preferred() -> str:
    """The run that pages about one run open with: the newest of the visitor's own, else the one that reads drawings."""
    return cache.newest() or DEFAULT_RUN


def ordered(table: pd.DataFrame) -> list[str]:
    """All runs: the newest of the visitor's own, then by test error, those on the default run's test digits first.

    table: a row per run.
    """
    digits = table.loc[table["run"] == DEFAULT_RUN, "test_digits"]
    keys = table.assign(
        older=table["run"] != cache.newest(), other=~table["test_digits"].isin(digits), digits=table["test_digits"]
    )
    return list(keys.sort_values(["older", "other", "digits", "error"], kind="stable")["run"])


def labels(table: pd.DataFrame) -> dict[str, str]:
    """By run its name, its test error, and whether it is the newest of the visitor's own. table: a row per run."""
    newest, errors = cache.newest(), table["error"]
    shown = [wording.percent(error) if error == error else "no test error" for error in errors]
    short = [f"{run[:15]}…{run[16 - LONGEST :]}" if len(run) > LONGEST else run for run in table["run"]]
    names = short if len(set(short)) == len(short) else table["run"]
    rows = zip(table["run"], names, shown, strict=True)
    return {run: f"{name}, {error}{' (new)' * (run == newest)}" for run, name, error in rows}


def without_repeats(runs: Sequence[str], *keys: str, keep: Collection[str] = ()) -> list[str]:
    """The runs that a list holds: folds and seeds only where the visitor asks for them, hidden runs not at all, unless the control
    of one of these keys or the address names them. keep: those that it holds in any case."""
    asked = st.session_state.get(address.REPEATS, st.query_params.get(address.REPEATS) == "true")
    without = hidden() | (set() if asked else cache.repeats())
    named = set(keep)
    for key in keys:
        value = st.session_state.get(key)
        named |= {*(value if isinstance(value, list) else [value]), *st.query_params.get_all(key)}
    return [run for run in runs if run not in without or run in named] or list(runs)


def hidden() -> set[str]:
    """The runs that the visitor hid."""
    return {name for name, beside in annotations.load().items() if beside.hidden}


def offer_repeats(runs: Collection[str]) -> None:
    """The choice to have them, once on a page, where any of these runs is one."""
    if has_repeats(runs):
        with st.popover("More runs"):
            toggle()


def has_repeats(runs: Collection[str]) -> bool:
    """Whether any of these runs repeats another."""
    return not cache.repeats().isdisjoint(runs)


def toggle() -> None:
    """That choice itself."""
    st.toggle(
        "Show folds and seeds",
        key=address.REPEATS,
        bind="query-params",
        help="Runs that repeat a recipe, on another fold of the training digits or with another seed",
    )
