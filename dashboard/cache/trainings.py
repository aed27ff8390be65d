"""What is known of trainings before they begin."""

import streamlit as st

from dashboard.cache.keys import by_shelf
from training import runs
from training.analysis.duration import Duration, estimate
from training.recipe import Recipe


@by_shelf(st.cache_data, max_entries=200)
def duration(recipe: str, digits: int) -> Duration | None:
    """As duration.estimate, of a recipe as JSON, by the runs on the shelf."""
    return estimate(Recipe.model_validate_json(recipe), digits, runs.list_runs()[0])
