"""The questions on convolution: the typical network, what a filter is, how it is applied."""

import numpy as np
import streamlit as st

from dashboard import address, images, wording
from dashboard.components.filter_editor import filter_editor
from dashboard.sections.concepts import CONVOLUTION, Link, concept, handles
from training.concepts import counting
from training.concepts.filters import SIZE, convolve, products, scaled, shifted


@concept(
    group=CONVOLUTION,
    name="Typical CNN",
    question="What does a typical convolutional network look like?",
    text=(
        "It has two parts. The first looks for patterns: **convolution**, **ReLU** and **pooling**, once or several times. The "
        "maps become smaller from block to block, and there are more of them: early filters find edges, later ones combine them "
        "into loops and corners. Then the maps are flattened, and the second part, **dense** layers with softmax at the end, "
        "decides for a class."
    ),
    source="LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998.",
    words="architecture LeNet convolutional blocks depth width shapes CNN",
    links=(
        Link("evaluate", "A CNN of this kind and its mistakes", {address.RUN: "cnn-large"}, "cnn-large"),
        handles.inside("cnn-large"),
        Link(
            "results", "29 CNNs of many widths and depths", {address.TOPIC: address.STUDIES, address.STUDY: "cnn-study"}
        ),
    ),
)
def typical_cnn() -> None:
    """A network to put together, with its shapes and parameters."""
    with handles.row():
        blocks = handles.slider("Blocks", 1, 3, 2, address.BLOCKS)
        first = handles.steps("Filters of the first", (4, 8, 16, 32, 64), 16, address.FILTERS)
        pooled = st.toggle("Pooling", True, key=address.POOLED, bind="query-params")
    handles.layers(counting.convolutional(28, [first * 2**block for block in range(blocks)], 3, pooled))


@concept(
    group=CONVOLUTION,
    name="Filter",
    question="How does a convolution layer work, and what is a filter?",
    text=(
        "A **filter** is a small square of weights, here nine. The layer lays it on every place of the picture, multiplies each "
        "weight by the pixel below it, and adds up. The sums form a new picture, the **feature map**: bright where the picture "
        "looks like the filter. One filter finds upright edges, another blurs. Nobody writes them down: a network *learns* its "
        "filters, many per layer. Tap a weight and move it."
    ),
    formula=r"\text{map}_{r,c} = \sum_{i=0}^{2} \sum_{j=0}^{2} w_{i,j}\; x_{r+i,\,c+j} + b",
    source="LeCun et al., Backpropagation applied to handwritten zip code recognition, 1989.",
    words="kernel weights edge detection blur sharpen outline trained feature map convolutional",
    links=(
        handles.inside(handles.TRAINED),
        Link(
            "evaluate",
            "What a network with such filters misclassifies",
            {address.RUN: handles.TRAINED},
            handles.TRAINED,
        ),
    ),
)
def filter() -> None:
    """A filter to edit, on any digit."""
    with handles.row():
        digit = handles.digit()
    kernel = handles.chosen_filter()
    scale, feature_map = handles.scale(digit.shape), convolve(scaled(digit), kernel)
    with st.container(horizontal=True, gap="medium", key="convolving"):
        st.html(handles.picture(digit, "the digit", digit.shape[1] * scale), width="content")
        filter_editor(np.ravel(kernel).tolist(), address.FILTER_EDITOR, handles.take_weights)
        st.html(
            handles.picture(images.signed(feature_map), "its feature map", feature_map.shape[1] * scale),
            width="content",
        )
    st.markdown(
        f"Blue: like the filter; amber: its opposite. The map reaches from {wording.number(feature_map.min())} to "
        f"{wording.number(feature_map.max())}. "
        f"{digit.shape[0]} rows become {feature_map.shape[0]}, for the filter must fit in."
    )


@concept(
    group=CONVOLUTION,
    name="Applying a filter",
    question="How is a filter applied, what results, and why does that help to detect objects?",
    text=(
        "Below, the filter lies on the framed patch: nine products, one sum, one pixel of the map. Then it moves on by one pixel, "
        "until the map is full. The *same* nine weights serve everywhere, so a stroke is found wherever it lies: shift the digit, "
        "and its map shifts along, unchanged. Nothing has to be learned again for each place. That is what makes filters good at "
        "detecting things in pictures."
    ),
    source="Fukushima, Neocognitron, 1980; LeCun et al., 1989.",
    words="slide stride patch products sum shared weights translation shift position equivariance detection",
    links=(
        Link(
            "compare",
            "What shared filters gain",
            {address.PART_OF_COMPARE: address.A_AGAINST_B, address.RUN: "mlp-128x2", address.AGAINST: "cnn-kfold"},
            "mlp-128x2",
        ),
        handles.inside("cnn-large"),
    ),
)
def applying_a_filter() -> None:
    """One sum worked out, at a place to choose."""
    with handles.row():
        digit = handles.digit()
    kernel = handles.chosen_filter()
    last = digit.shape[0] - SIZE
    with handles.row():
        row = handles.slider("Row", 0, last, last // 2, address.ROW)
        column = handles.slider("Column", 0, last, last // 4, address.COLUMN)
        shift = handles.slider("Shift the digit", -last // 4, last // 4, 0, address.SHIFT)
    digit = shifted(digit, 0, shift)
    image, scale = scaled(digit), handles.scale(digit.shape)
    feature_map, terms = convolve(image, kernel), products(image, kernel, row, column)
    handles.show(
        handles.picture(images.framed(digit, row, column, SIZE, scale), "the digit, and the patch", handles.EDGE),
        handles.picture(
            images.framed(images.signed(feature_map), row, column, 1, scale),
            "the map, and the sum",
            feature_map.shape[1] * scale,
        ),
    )
    patch = image[row : row + SIZE, column : column + SIZE]
    handles.show(
        handles.numbers(patch, "pixels of the patch"),
        handles.numbers(kernel, "× weights"),
        handles.numbers(terms, "= products"),
    )
    shown = [term for term in terms.ravel() if abs(term) > 0.004]
    added = " + ".join(wording.number(term) if term >= 0 else f"({wording.number(term)})" for term in shown) or "0"
    st.markdown(f"{added} = **{wording.number(terms.sum())}**, the pixel in row {row}, column {column} of the map.")
