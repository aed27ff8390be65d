"""What the digits of a dataset have in common, and whether its test part is like its training part."""

from functools import partial

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.components.gallery import gallery
from dashboard.figures import digits as figures
from dashboard.figures.digits import distribution
from dashboard.sections import choices
from training.analysis.shapes import MEASURES
from training.datasets.dataset import Dataset


def main() -> None:
    st.title("Statistics")
    st.markdown("What do the digits have in common, and is the test part like the training part?")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        dataset = choices.choose_dataset(lambda: None)
        split = st.segmented_control(
            "Split", ["all", "train", "test"], default="all", required=True, key=address.SPLIT, bind="query-params"
        )
        class_name = st.pills("Class", dataset.class_names, key=address.CLASS, bind="query-params", wrap=True)
    label = None if class_name is None else dataset.class_names.index(class_name)
    _pixels(dataset, None if split == "all" else split, label)
    _balance(dataset)
    _shapes(dataset, label)


def _pixels(dataset: Dataset, split: str | None, label: int | None) -> None:
    """Mean, deviation and grey levels of the chosen digits, and those most and least like their mean."""
    one, many = ("digit", "digits") if label is None else (dataset.class_names[label], f"{dataset.class_names[label]}s")
    found, typical, odd = cache.statistics(dataset, split, label)
    if not len(typical):
        st.info("There are no such digits. Choose another class or split.")
        return
    left, middle, right = st.columns(3, gap="large")
    of = cache.dataset_key(dataset), split, label
    with left:
        draw = partial(figures.pixels, found.mean, f"The mean {one}", digits=1)
        charts.chart(draw, "mean", "Mean of each pixel", of)
    with middle:
        highest = max(float(found.deviation.max()), 1.0)
        draw = partial(figures.pixels, found.deviation, f"Where the {many} differ", highest, 1)
        charts.chart(draw, "deviation", "Standard deviation of each pixel", of)
    with right:
        charts.chart(partial(figures.grey_levels, found.levels), "levels", "Share of pixels by grey level", of)
    st.markdown(wording.pixels(found))
    left, right = st.columns(2, gap="large")
    for column, title, chosen in ((left, "Closest to the mean", typical), (right, "Farthest from it", odd)):
        with column:
            st.caption(title)
            hover = [f"Number {n:,}: a {dataset.class_names[dataset.labels[n]]}, {dataset.split[n]}" for n in chosen]
            clicked = gallery(dataset.images[chosen], hover, title, size=54)
            if clicked is not None:
                query = address.in_address(dataset.name) | {address.DIGIT: str(chosen[clicked])}
                st.switch_page("views/explore.py", query_params=query)


def _balance(dataset: Dataset) -> None:
    """How frequent each class is."""
    found = cache.balance(dataset)
    shares = {split: count / max(1, count.sum()) for split, count in found.counts.items()}
    draw = partial(figures.class_shares, shares, dataset.class_names, found.counts)
    charts.chart(draw, "shares", "Share of each class by split", (cache.dataset_key(dataset),))
    st.markdown(wording.balance(found, dataset.class_names))


def _shapes(dataset: Dataset, label: int | None) -> None:
    """How each measure of shape is distributed in the two parts."""
    st.subheader("Shape")
    of = "" if label is None else f" of the {dataset.class_names[label]}s"
    columns: list = []
    for name, measure in MEASURES.items():
        columns = columns or list(st.columns(2, gap="large"))
        with columns.pop(0):
            drift = cache.drift(dataset, name, label)
            if drift is None:
                st.caption(f"{name.capitalize()}: one of the parts has no such digit.")
                continue
            draw = partial(distribution, drift.histogram, f"{name.capitalize()}{of}", measure.unit)
            key = cache.dataset_key(dataset), label
            charts.chart(draw, f"shape {name}", f"Distribution of the {name}", key)
            st.markdown(wording.drift(drift, name, measure.unit))


main()
