"""How a page begins: its title, its question, and what is wrong on the shelf."""

import functools
from collections.abc import Callable, Collection

import pandas as pd
import streamlit as st

from dashboard import cache, wording
from training.runs import Damaged, RunError


def page(title: str, question: str, help: str | None = None) -> pd.DataFrame:
    """Show the title and the question that the page answers, with a help mark if there is more to say, and a line on damaged
    runs; gives the table of all runs."""
    st.title(title, anchor=False)
    st.markdown(question, help=help)
    table, damaged = cache.run_table()
    _damaged(damaged)
    return table


def page_of_runs(title: str, question: str, empty: str, help: str | None = None) -> pd.DataFrame | None:
    """As `page`, for a page that needs a run: if there is none, it says what would be here and gives None."""
    table = page(title, question, help)
    if table.empty:
        st.info(f"{empty} Train one on the page Train, or with `python -m training run cnn-medium`.")
        return None
    return table


def _damaged(damaged: Collection[Damaged]) -> None:
    """One line for the runs on the shelf that cannot be read, if there are any."""
    if damaged:
        listed = wording.plain("; ".join(f"{run.run_id}: {run.reason}" for run in damaged))
        st.warning(f"Left out because they are damaged: {listed}.", icon=":material/broken_image:")


@st.fragment(run_every=1.0)
def await_models() -> None:
    """Draw the page anew as soon as the models' process is there, for then the browser can be given a network."""
    if cache.worker().quick_ready():
        st.rerun()


def bears_changes(part: Callable[..., None]) -> Callable[..., None]:
    """A fragment that says so where a run has gone since the page listed it: Streamlit lets no error of a fragment out."""

    @functools.wraps(part)
    def drawn(*arguments) -> None:
        try:
            part(*arguments)
        except RunError as error:
            changed(error)

    return drawn


def changed(error: RunError) -> None:
    """A run that a page listed is gone or damaged by now: says so, with a button that lists those there are."""
    st.warning(f"{wording.plain(error)} The shelf changed while this page was made.", icon=":material/sync_problem:")
    st.button("Reload", icon=":material/refresh:")
