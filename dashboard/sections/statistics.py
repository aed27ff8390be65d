"""The part of the page Explore that shows what the digits have in common, and whether its test part is like its training part."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import address, cache, dataset_wording
from dashboard.components import charts, tables
from dashboard.components.gallery import gallery
from dashboard.figures import digits as figures
from training.analysis.dataset_statistics import VISIBLE, Drift
from training.analysis.shapes import MEASURES
from training.datasets.dataset import Dataset

SHAPE_COLUMNS = {  # of the table of shapes -> heading, format, meaning
    "measure": ("measure", None),
    "unit": ("unit", None),
    "train": ("mean, training part", "%.2f"),
    "test": ("mean, test part", "%.2f"),
    "distance": ("distance", "%.1f %%", "largest distance between the cumulative distributions"),
    "difference": ("difference", None),
}


def show(dataset: Dataset, split: str | None, class_name: str | None) -> None:
    """The pixels of the chosen digits, how frequent each class is, and the shapes in both parts."""
    label = None if class_name is None else dataset.class_names.index(class_name)
    _pixels(dataset, split, label)
    _balance(dataset)
    _shapes(dataset, label)


def _pixels(dataset: Dataset, split: str | None, label: int | None) -> None:
    """Mean, deviation and grey levels of the chosen digits, and those closest to their mean and farthest from it."""
    singular = "digit" if label is None else dataset.class_names[label]
    pixels, closest, farthest = cache.statistics(dataset, split, label)
    if not len(closest):
        st.info("There are no such digits. Choose another class or split.")
        return
    left, middle, right = st.columns(3, gap="large")
    of = cache.dataset_key(dataset), split, label
    with left:
        draw = partial(figures.pixels, pixels.mean, f"The mean {singular}", digits=1)
        charts.chart(draw, "mean", "Mean of each pixel", of)
    with middle:
        highest = max(float(pixels.deviation.max()), 1.0)
        draw = partial(figures.pixels, pixels.deviation, f"Where the {singular}s differ", highest, 1)
        charts.chart(draw, "deviation", "Standard deviation of each pixel", of)
    with right:
        charts.chart(partial(figures.grey_levels, pixels.levels), "levels", "Share of pixels by grey level", of)
    st.markdown(dataset_wording.pixels(pixels))
    left, right = st.columns(2, gap="large")
    for column, title, chosen in ((left, "Closest to the mean", closest), (right, "Farthest from it", farthest)):
        with column:
            st.caption(title)
            hover = [f"Number {n:,}: a {dataset.class_names[dataset.labels[n]]}, {dataset.split[n]}" for n in chosen]
            clicked = gallery(dataset.images[chosen], hover, title, size=54)
            if clicked is not None:
                st.session_state[address.OPENED] = int(chosen[clicked])
                st.rerun()


def _balance(dataset: Dataset) -> None:
    """How frequent each class is."""
    balance = cache.balance(dataset)
    shares = {split: count / max(1, count.sum()) for split, count in balance.counts.items()}
    draw = partial(figures.class_shares, shares, dataset.class_names, balance.counts)
    charts.chart(draw, "shares", "Share of each class by split", (cache.dataset_key(dataset),))
    st.markdown(dataset_wording.balance(balance, dataset.class_names))


def _shapes(dataset: Dataset, label: int | None) -> None:
    """How each measure of shape is distributed in the two parts: a table, and a chart for each."""
    st.header(
        "Shape",
        help="The parts are compared by the two-sample Kolmogorov-Smirnov test. The distance is the largest between the cumulative "
        f"distributions; from {VISIBLE:.0%} on, a significant difference is called visible.",
    )
    drifts = {name: cache.drift(dataset, name, label) for name in MEASURES}
    drifts = {name: drift for name, drift in drifts.items() if drift is not None}
    if not drifts:
        st.info("One of the parts has no such digit, so there is nothing to compare.")
        return
    rows = [_shape_row(name, drift) for name, drift in drifts.items()]
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=tables.columns(SHAPE_COLUMNS), key="shapes")
    of = "" if label is None else f" of the {dataset.class_names[label]}s"
    columns: list = []
    for name, drift in drifts.items():
        columns = columns or list(st.columns(2, gap="large"))
        with columns.pop(0):
            draw = partial(figures.distribution, drift.histogram, f"{name.capitalize()}{of}", MEASURES[name].unit)
            charts.chart(draw, f"shape {name}", f"Distribution of the {name}", (cache.dataset_key(dataset), label))


def _shape_row(name: str, drift: Drift) -> dict:
    means = {"train": drift.train, "test": drift.test}
    return (
        {"measure": name, "unit": MEASURES[name].unit}
        | means
        | {
            "distance": 100 * drift.distance,
            "difference": dataset_wording.drift(drift),
        }
    )
