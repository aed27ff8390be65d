"""Runs side by side: how each learned, and where it ended."""

import pandas as pd
import streamlit as st

from dashboard import cache, theme, widgets
from dashboard.figures import curves
from training import runs

COLUMNS = {  # of the run table -> heading, format
    "run": ("run", None),
    "error": ("test error", "%.2f %%"),
    "low": ("95 % from", "%.2f %%"),
    "high": ("to", "%.2f %%"),
    "cross_entropy": ("loss (nats)", "%.4f"),
    "parameters": ("parameters", "localized"),
    "epochs": ("epochs", "%d"),
    "batch": ("batch", "%d"),
    "optimizer": ("optimizer", None),
    "seconds": ("training (s)", "%.0f"),
    "watched": ("watched on", None),
}


def main() -> None:
    st.title("Compare")
    st.markdown("How did each run learn, and is one better than another?")
    table, damaged = cache.run_table()
    widgets.tell_damaged(damaged)
    if table.empty:
        st.info("The learning curves of your runs would be here. Train one with `python -m training run cnn-medium`.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        everyone = list(table["run"])
        chosen = st.multiselect(
            "Runs",
            everyone,
            default=list(table.loc[_first_shown(table), "run"])[:8],
            key="runs",
            bind="query-params",
            width=560,
        )
        curve = st.segmented_control(
            "Curve", list(curves.CURVES), default="Test error", required=True, key="curve", bind="query-params"
        )
        log = st.toggle("Log scale", key="log", bind="query-params")
    if not chosen:
        st.info("Choose a run above, and its learning curve is here.")
        return
    _curves(chosen, theme.run_colours(dict(zip(everyone, table["recipe"], strict=True))), curve, log)
    _table(table[table["run"].isin(chosen)])


def _first_shown(table: pd.DataFrame) -> pd.Series:
    """Which runs are shown before anybody has chosen: those that learned over several epochs, without folds and sweeps."""
    learned = (table["epochs"] > 1) & (table["fold"] == 0) & (table["group"] == "")
    return learned if learned.any() else table["epochs"] > 0


def _curves(chosen: list[str], colours: dict[str, str], curve: str, log: bool) -> None:
    histories = {}
    for run in chosen:
        try:
            histories[run] = cache.history(run)
        except runs.RunError as error:  # deleted or damaged since the table was made
            st.warning(str(error))
    widgets.chart(
        curves.learning_curves(histories, colours, curve, log), "curves", f"{curve} of the chosen runs by epoch"
    )
    if curve != "Test error":
        st.caption(
            "Dotted: on the digits it trained on, with dropout at work, averaged over the epoch. Solid: on the digits it "
            "watched after the epoch; for recipes taken from a source those are the test digits, and nothing was chosen "
            "by them."
        )


def _table(table: pd.DataFrame) -> None:
    shown = table.sort_values("error")[list(COLUMNS)]
    for rate in ("error", "low", "high"):
        shown[rate] = 100 * shown[rate]
    st.dataframe(shown, hide_index=True, column_config=widgets.columns(COLUMNS), key="table")
    st.caption("Two runs whose intervals overlap may well be equally good: the test digits are a sample.")


main()
