"""The questions on pooling and on the end of the network, and why all this is better for pictures than a dense network."""

from functools import partial

import streamlit as st

from dashboard import address, cache, images, wording
from dashboard.components import charts
from dashboard.figures import concepts as figures
from dashboard.sections.concepts import POOLING, Link, concept, handles
from training.concepts import counting, features, pooling
from training.concepts.depth import relu
from training.concepts.filters import convolve, scaled, shifted
from training.concepts.perceptron import softmax

FORGIVEN = (
    (1, "maximum", "no pooling"),
    (2, "maximum", "maximum of 2 × 2"),
    (2, "average", "average of 2 × 2"),
    (4, "maximum", "maximum of 4 × 4"),
)
SIDES = (8, 16, 28, 32, 48, 64, 96, 128, 224)  # of pictures


@concept(
    group=POOLING,
    name="Pooling",
    question="What is pooling, and which kinds are there?",
    text=(
        "Pooling lays windows side by side on a feature map and keeps one number of each. **Maximum pooling** keeps the largest: "
        "was the pattern found anywhere in here? **Average pooling** keeps the mean: how much of it is here? The maximum keeps "
        "thin strokes sharp, the average makes them pale. Neither has anything to learn. Windows of 2 × 2 halve both sides, so "
        "three quarters of the numbers go."
    ),
    formula=r"\text{maximum: } \max_{i,j} x_{i,j} \qquad \text{average: } \frac{1}{s^2} \sum_{i,j} x_{i,j}",
    source="LeCun et al., 1998 (average); Scherer, Müller and Behnke, Evaluation of pooling operations, 2010.",
    words="max average mean window downsample subsample smaller",
    links=(handles.inside("cnn-large"),),
)
def pooling_kinds() -> None:
    """One map, pooled both ways."""
    with handles.row():
        digit = handles.digit()
        window = handles.slider("Window", 2, 6 if digit.shape[0] > 12 else 3, 2, address.WINDOW)
    kernel = handles.chosen_filter()
    feature_map = relu(convolve(scaled(digit), kernel))
    width, highest = feature_map.shape[1] * handles.scale(digit.shape), float(feature_map.max()) or 1.0
    pooled = {kind: pooling.pool(feature_map, window, kind) for kind in pooling.POOLINGS}
    handles.show(
        handles.picture(
            images.grey(feature_map, highest), f"{feature_map.shape[0]} × {feature_map.shape[1]}, behind ReLU", width
        ),
        *(
            handles.picture(
                images.grey(pooled_map, highest), f"{kind}: {pooled_map.shape[0]} × {pooled_map.shape[1]}", width
            )
            for kind, pooled_map in pooled.items()
        ),
    )
    pooled_map = pooled["maximum"]
    st.markdown(
        f"**{feature_map.size}** numbers become **{pooled_map.size}**. The brightest is "
        f"{feature_map.max():.2f}; the maximum keeps {pooled_map.max():.2f}, "
        f"the average {pooled['average'].max():.2f}."
    )


@concept(
    group=POOLING,
    name="Why pooling",
    question="What is pooling good for?",
    text=(
        "People write the same digit a little to the left or right. Its feature map then shifts along, and layers behind would "
        "have to learn every place anew. After pooling a shift matters less, the less the larger the window: its maximum stays "
        "while the stroke stays in it. Fewer numbers are left, so what follows is faster, has fewer weights and overfits "
        "less. The price: the exact place is lost."
    ),
    source="Boureau, Ponce and LeCun, A theoretical analysis of feature pooling, 2010.",
    words="shift invariance translation robust small fewer numbers tolerate forgive",
    links=(
        Link(
            "compare",
            "A CNN without pooling and one with it",
            {address.PART_OF_COMPARE: address.A_AGAINST_B, address.RUN: "cnn-small", address.AGAINST: "cnn-large"},
            "cnn-small",
        ),
    ),
)
def why_pooling() -> None:
    """How much of a map outlasts a shift."""
    with handles.row():
        digit = handles.digit()
        shift = handles.slider("Shift the digit", 0, 6, 1, address.POOLED_SHIFT)
    image, kernel, shifts = scaled(digit), handles.weights(), range(7)
    lines = {
        name: (list(shifts), pooling.outlasting(image, kernel, shifts, size, kind))
        for size, kind, name in FORGIVEN
        if image.shape[0] >= 6 + size
    }
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.html(handles.picture(shifted(digit, 0, shift), f"{shift} to the right", 168), width="content")
        draw = partial(
            figures.lines,
            lines,
            "How much of the map stays the same?",
            "pixels to the right",
            "similarity",
            shift,
            range=[0, 1.05],
        )
        with st.container(width=600):
            charts.chart(
                draw, "outlasting", "Similarity of maps after a shift", (image.tobytes(), kernel.tobytes(), shift)
            )
    said = wording.listed(f"{one[1][shift]:.2f} with {name}" for name, one in lines.items())
    st.markdown(
        f"Similarity to the map before the shift: {said}.",
        help="The cosine of the angle between both maps: 1 is the same pattern, 0 nothing in common.",
    )


@concept(
    group=POOLING,
    name="Dense end",
    question="How does the fully connected end work, and what does it receive?",
    text=(
        "It receives the pooled maps, **flattened** into one row of numbers: how clearly each pattern was found, and roughly "
        "where. Each class has a weight for every one of them, for or against. All products are added up, with a bias, to the "
        "class's score; softmax makes probabilities. In the table each row is a map, and says what it adds to each class: "
        "together they outvote each other until one class leads."
    ),
    formula=r"z_k = \sum_{\text{maps}} \sum_{\text{places}} w_{k}\, x + b_k",
    source="LeCun et al., Gradient-based learning applied to document recognition, 1998.",
    words="flatten dense layer fully connected logits score contribution vote classifier",
    links=(
        Link("map", "Where the last layer puts all digits", {address.MAP: "canvas"}, "canvas"),
        handles.inside("cnn-large"),
    ),
)
def dense_end() -> None:
    """What each map adds to each class, in a network with four given filters."""
    with handles.row():
        digit = handles.digit()
    end, names = cache.dense_end(handles.dataset()), handles.dataset().class_names
    parts = features.contributions(digit, end)
    shares = softmax(parts.sum(axis=0))
    maps = features.maps(digit[None], end.window)[0]
    width = 100
    handles.show(
        handles.picture(digit, "the digit", width),
        *(handles.picture(images.grey(one), name, width) for name, one in zip(features.MAPS, maps, strict=True)),
    )
    draw = partial(
        figures.contributions, parts, [*(name.replace(" ", "<br>") for name in features.MAPS), "bias"], names
    )
    charts.chart(draw, "contributions", "What each map adds to each class", (parts.tobytes(),))
    best = int(shares.argmax())
    st.markdown(
        f"**{names[best]}** leads with {wording.percent(shares[best], 1)}.",
        help=f"A network of {len(features.MAPS)} given filters, ReLU, pooling and one dense layer, trained while you waited on "
        f"{features.EXAMPLES:,} digits; it misclassifies {wording.percent(end.error, 1)} of {cache.TESTED:,} test digits.",
    )


@concept(
    group=POOLING,
    name="CNN or perceptron",
    question="Why is a CNN preferred to a dense network for pictures?",
    text=(
        "A dense unit has its own weight for every pixel. It does not know which pixels are neighbours, must learn a stroke anew "
        "at every place, and the weights grow with the picture. A filter looks at a few neighbours and is used everywhere: few "
        "weights, shared by all places, and a pattern learned once is found anywhere. So a CNN usually needs fewer parameters "
        "for the same picture, and makes fewer errors."
    ),
    source="LeCun et al., Gradient-based learning applied to document recognition, 1998.",
    words="MLP dense parameters shared weights neighbours size convolutional better than perceptron",
    links=(
        Link(
            "compare",
            "A CNN with half its parameters",
            {address.PART_OF_COMPARE: address.A_AGAINST_B, address.RUN: "mlp-128x2", address.AGAINST: "cnn-large"},
            "mlp-128x2",
        ),
    ),
)
def cnn_or_perceptron() -> None:
    """Parameters as the picture grows."""
    with handles.row():
        side = handles.steps("Side of the picture, in pixels", SIDES, 28, address.SIDE)
        units = handles.steps("Units of the perceptron", (16, 32, 64, 128, 256, 512, 800), 128, address.LAYERS_UNITS)
    dense = [counting.total(counting.perceptron(one, (units,))) for one in SIDES]
    filters = [counting.total(counting.convolutional(one, (16, 32), 3)[:4]) for one in SIDES]
    whole = [counting.total(counting.convolutional(one, (16, 32), 3)) for one in SIDES]
    lines = {"perceptron": (SIDES, dense), "CNN, all of it": (SIDES, whole), "CNN, its filters": (SIDES, filters)}
    draw = partial(
        figures.lines,
        lines,
        "How many parameters?",
        "side of the picture (pixels)",
        "trainable parameters",
        side,
        type="log",
        tickformat="~s",
    )
    charts.chart(draw, "parameters", "Parameters by the size of the picture", (side, units))
    place = SIDES.index(side)
    st.markdown(
        f"For {side} × {side} pixels the perceptron has **{dense[place]:,}** parameters, the CNN **{whole[place]:,}**, "
        f"of which its filters are {filters[place]:,} at any size.",
        help=f"One hidden layer of {units} units; 16 and 32 filters of 3 x 3, each with pooling, and a dense layer.",
    )
