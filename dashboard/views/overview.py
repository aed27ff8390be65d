"""What is here, which run makes the fewest errors, and where the digits come from."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, theme, wording
from dashboard.components import charts
from dashboard.components.gallery import gallery
from dashboard.figures import curves
from dashboard.sections import choices, opening

LINKS = {  # by page: icon, title, what it is for
    "explore": (":material/grid_view:", "Explore", "Look at the digits, pixel by pixel."),
    "map": (":material/scatter_plot:", "Map", "See every digit beside those it looks like."),
    "compare": (":material/show_chart:", "Compare", "Find out which run is better."),
    "draw": (":material/draw:", "Draw", "Draw a digit and watch a network classify it."),
    "evaluate": (":material/fact_check:", "Evaluate", "Open every mistake of a run."),
    "ensemble": (":material/groups:", "Ensemble", "Combine several runs, and find digits that are hard for all."),
}
MAX_IN_ROW = 4  # links beside each other


def main() -> None:
    table = opening.page(
        "MNIST Atelier", "Explore handwritten digits, compare networks trained on them, and draw one yourself."
    )
    mnist = cache.dataset("mnist")
    digits = cache.dataset("digits") if isinstance(mnist, str) else mnist
    _strip(digits)
    links = list(LINKS.items())
    for first in range(0, len(links), MAX_IN_ROW):
        row = links[first : first + MAX_IN_ROW]
        for column, (name, (icon, title, sentence)) in zip(st.columns(MAX_IN_ROW), row, strict=False):
            with column:
                st.page_link(f"views/{name}.py", label=f"**{title}**", icon=icon)
                st.caption(sentence)
    _runs(table)
    _data(digits)


def _strip(digits) -> None:
    """Two digits of each class; a click opens one on the page Explore."""
    _, labels = digits.part("test")
    first = np.flatnonzero(digits.split == "test")[0]
    chosen = (
        np.concatenate([np.flatnonzero(labels == digit)[:2] for digit in range(10)]).reshape(10, 2).T.ravel() + first
    )
    hover = [f"A {digits.labels[index]}, number {index:,}: click to open" for index in chosen]
    clicked = gallery(digits.images[chosen], hover, key="strip")
    if clicked is not None:
        parameters = {address.DIGIT: str(chosen[clicked])} | address.in_address(digits.name)
        st.switch_page("views/explore.py", query_params=parameters)


def _runs(table: pd.DataFrame) -> None:
    st.subheader("Runs")
    colours = theme.run_colours(dict(zip(table["run"], table["recipe"], strict=True)) if len(table) else {})
    if table.empty:
        st.info("The runs that you train would be compared here. Train one with `python -m training run cnn-medium`.")
        return
    if (table["dataset"] == "mnist").any():
        table = table[table["dataset"] == "mnist"]  # errors on other digits cannot be compared
    table = table[(table["fold"] == 0) & (table["group"] == "")]  # folds and sweeps are compared among themselves
    best = table.loc[table["error"].idxmin()]
    wrong = cache.wrong(best["run"])
    st.markdown(f"**{best['run']}** makes the fewest errors: {wording.error_rate(int(wrong.sum()), len(wrong))}.")
    draw = partial(curves.errors, table, colours)
    charts.chart(draw, "errors", "Test error of each run with its 95 % interval", (cache.shelf_key(),))


def _data(digits) -> None:
    st.subheader("Digits")
    choices.bring_mnist()
    for refused in digits.refused:
        st.warning(refused, icon=":material/broken_image:")
    counts = " and ".join(
        f"{(digits.split == part).sum():,} {text}"
        for part, text in (("train", "to train on"), ("test", "to test with"))
    )
    height, width = digits.input_shape
    name = "MNIST" if digits.name == "mnist" else "scikit-learn's digits"
    st.markdown(
        f"{name}: {counts}, {height} x {width} pixels each.",
        help=f"Read from `{digits.source}`; its content was checked against the published digits.",
    )


main()
