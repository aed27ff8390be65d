"""What is known of trainings before they begin."""

import streamlit as st

from dashboard.cache.datasets import dataset
from dashboard.cache.keys import by_shelf
from training import runs
from training.analysis import duration as analysis
from training.datasets import kept, registry
from training.held_out import how_many
from training.recipe import Recipe

QUICK = ("mnist", "digits")  # datasets that are read to count their digits


@by_shelf(st.cache_data, max_entries=200)
def duration(recipe: str, digits: int) -> analysis.Duration | None:
    """As duration.estimate, of a recipe as JSON, by the runs on the shelf."""
    return analysis.estimate(Recipe.model_validate_json(recipe), digits, runs.list_runs()[0])


def trained_digits(recipe: Recipe) -> int | str | None:
    """How many digits a recipe trains on in an epoch; None where only loading them would tell, a sentence where there are none."""
    if recipe.dataset in QUICK or recipe.dataset.startswith(f"{kept.PREFIX}:"):
        loaded = dataset(recipe.dataset)
        return loaded if isinstance(loaded, str) else how_many(recipe, int((loaded.split == "train").sum()))
    count = _digits_of(recipe.dataset)
    return None if count is None else how_many(recipe, count)


@by_shelf(st.cache_data, max_entries=200)
def _digits_of(name: str) -> int | None:
    """By a run on it."""
    full = {"generated": registry.GENERATED}.get(name, name)
    return analysis.digits_of(full, runs.list_runs()[0])
