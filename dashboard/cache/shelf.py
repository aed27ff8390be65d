"""The table of all runs on the shelf, and what follows from it."""

import json

import pandas as pd
import streamlit as st

from dashboard.cache.keys import by_run, by_shelf
from dashboard.cache.runs import wrong
from models import committees
from training import metrics, runs
from training.analysis import comparison
from training.datasets.dataset import Dataset

# whose rows are kept: with fewer than there are on the shelf, each would be read again whenever a run comes
MAX_RUNS = 10_000


@by_shelf(st.cache_resource, show_spinner="Reading the runs", max_entries=4)
def run_table() -> tuple[pd.DataFrame, list[runs.Damaged]]:
    """A row per whole run with its metrics, oldest first, those of sweeps at the end; and the damaged runs. Rates are 0 to 1.
    One object for all who ask: not to be changed."""
    return comparison.run_table(_row)


@by_run(st.cache_resource, max_entries=MAX_RUNS)
def _row(run_id: str) -> dict:
    """A run's row of that table, not to be changed. Its answers are not kept for that alone: those of all runs are tens of
    megabytes."""
    return comparison.run_row(runs.load_record(run_id), runs.load_predictions(run_id), runs.load_history(run_id))


def read_runs() -> None:
    """Keep the row of each run before anybody asks for the table, which shows that it is read and needs a page for that."""
    comparison.run_table(_row)


def entries(table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """What can be compared, by name; see comparison.entries. table: the one that the page shows, for the shelf may change."""
    return _entries(" ".join([*table["run"], *map(str, table["repeats"])]), table)


@st.cache_resource(show_spinner=False, max_entries=4)
def _entries(key: str, _table: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    return comparison.entries(_table)


def compared(chosen: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    """The verdicts on these entries; see comparison.compare. Raises runs.RunError."""
    return _compared(json.dumps(chosen))


@by_shelf(st.cache_data, max_entries=64)
def _compared(chosen: str) -> pd.DataFrame:
    entries_, (table, _) = json.loads(chosen), run_table()
    members = {run for repeats in entries_.values() for run in repeats}
    if gone := sorted(members - set(table["run"])) if len(table) else sorted(members):
        raise runs.RunError(f"The run '{gone[0]}' is gone.")
    return comparison.compare(table, entries_, {run: wrong(run) for run in members})


@by_shelf(st.cache_resource, show_spinner=False, max_entries=MAX_RUNS)
def class_names(run_id: str) -> tuple[str, ...]:
    """The classes of a run, or of an ensemble's members; none where it is gone or damaged."""
    try:
        return tuple(runs.load_record(committees.members(run_id)[0]).dataset["class_names"])
    except (runs.RunError, ValueError):
        return ()


@by_shelf(st.cache_resource)
def held_out_groups() -> dict[str, list[list[str]]]:
    """By test digits, the runs that held out the same training digits; see comparison.held_out_groups."""
    return comparison.held_out_groups(run_table()[0])


@by_run(st.cache_resource, max_entries=MAX_RUNS)
def held_out_error(run_id: str) -> float:
    """The error of a run on its held-out digits, 0 to 1. Raises runs.RunError."""
    found = runs.load_predictions(run_id)  # of all runs once, and not kept
    return metrics.error(found.held_out_labels, found.held_out_probabilities)


@by_shelf(st.cache_resource)
def repeats() -> set[str]:
    """The runs that repeat another: folds and seeds. Not to be changed."""
    table = run_table()[0]
    return comparison.repeats(table) if len(table) else set()


@by_shelf(st.cache_resource)
def newest() -> str | None:
    """The newest run of a user's own; see comparison.newest."""
    table = run_table()[0]
    return comparison.newest(table) if len(table) else None


@by_shelf(st.cache_resource)
def own_runs() -> list[str]:
    """The runs of a user's own, the newest first; see comparison.own_runs. Not to be changed."""
    table = run_table()[0]
    return comparison.own_runs(table) if len(table) else []


@by_shelf(st.cache_resource)
def rival(first: str) -> str | None:
    """The run to compare that one with; see comparison.rival. Raises runs.RunError."""
    return comparison.rival(run_table()[0], first, wrong)


def tested_on(found: Dataset) -> list[str]:
    """The runs that were tested on the test digits of that dataset, those of sweeps and folds aside."""
    return _tested_on(*runs.digits_of(found))


@by_shelf(st.cache_resource, max_entries=64)
def _tested_on(*test_digits: str) -> list[str]:
    return comparison.tested_on(run_table()[0], test_digits)


def may_answer(found: Dataset, number: int) -> list[str]:
    """The runs that may not have learned from a digit of that dataset; see comparison.in_folds."""
    return _may_answer(*runs.digits_of(found)) if found.split[number] == "train" else tested_on(found)


@by_shelf(st.cache_resource, max_entries=64)
def _may_answer(*test_digits: str) -> list[str]:
    return comparison.in_folds(run_table()[0], test_digits)
