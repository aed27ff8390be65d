"""What studies found and what the course texts claim."""

import streamlit as st

from dashboard.cache.keys import by_shelf
from training import runs
from training.studies import conclusions
from training.studies import findings as analysis
from training.studies.sources import SOURCES, Measured, Source, measure

READING = "Reading the runs"


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=4)
def sources() -> list[tuple[Source, Measured | None]]:
    """The systems of the sources, each with what its runs reached."""
    records = runs.list_runs()[0]
    return [(source, measure(source, records)) for source in SOURCES]


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=8)
def findings(study: str) -> analysis.Findings | None:
    """What the runs of a study found, or None where there are none."""
    return analysis.find(study)


@by_shelf(st.cache_resource, show_spinner=READING, max_entries=8)
def conclusion(study: str) -> list[conclusions.Part]:
    """What a study comes to, in numbers; empty if it has no runs."""
    found = findings(study)
    return conclusions.conclude(found) if found else []
