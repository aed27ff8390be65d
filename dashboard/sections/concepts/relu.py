"""The questions on the activation function of a convolution: which suits best, and what it does to a feature map."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import address, cache, images, wording
from dashboard.components import charts
from dashboard.figures import concepts as figures
from dashboard.sections.concepts import CONVOLUTION, Link, concept, handles
from training.concepts import depth
from training.concepts.filters import convolve, scaled

SHOWN = 200  # digits


@concept(
    group=CONVOLUTION,
    name="ReLU",
    question="Which activation function suits a CNN, and why?",
    text=(
        "Mostly **ReLU**: what is below 0 becomes 0, the rest stays. Without such a bend, layers on layers would be no more than "
        "one. Older networks used **sigmoid** or **tanh**, which flatten out at both ends. There their slope is nearly 0, at "
        "most ¼ for sigmoid, and the gradient is multiplied by it at every layer: after ten layers almost nothing reaches the "
        "first ones, so they do not learn. ReLU's slope is 1 wherever it is on."
    ),
    formula=r"\operatorname{ReLU}(z) = \max(0, z) \qquad \sigma(z) = \frac{1}{1 + e^{-z}}, \quad \sigma'(z) \le \tfrac{1}{4}",
    source="Nair and Hinton, Rectified linear units, 2010; Glorot, Bordes and Bengio, Deep sparse rectifier networks, 2011.",
    words="activation sigmoid tanh rectifier vanishing gradient nonlinear slope",
    links=(
        Link("results", "How deep a perceptron can be", {address.TOPIC: address.STUDIES, address.STUDY: "mlp-study"}),
    ),
)
def relu() -> None:
    """The gradient that reaches each layer."""
    with handles.row():
        layers = handles.slider("Hidden layers", 2, 12, 8, address.DEPTH)
    x, labels = (part[:SHOWN] for part in cache.small_digits("train"))
    sizes = {name: depth.gradients(x, labels, layers, name) for name in depth.ACTIVATIONS}
    lines = {name: (np.arange(1, layers + 1), size / size[-1]) for name, size in sizes.items()}
    draw = partial(
        figures.lines,
        lines,
        "How much of the gradient reaches each layer?",
        "layer (the loss is behind the last)",
        "share of the last layer's gradient",
        type="log",
        exponentformat="power",
    )
    charts.chart(draw, "gradients", "The gradient at each layer, by activation", (layers,))
    shares = {name: one[1][0] for name, one in lines.items()}
    parts = float(f"{1 / shares['sigmoid']:.2g}")
    st.markdown(
        f"The first layer gets {wording.percent(shares['ReLU'], 0)} of the last one's gradient with ReLU, and with sigmoid "
        f"**one part in {parts:,.0f}**.",
        help=f"Mean size of the gradient by the sums of a layer, of {SHOWN} real digits in an untrained network of {depth.UNITS} "
        "units a layer, begun as is usual for each activation.",
    )


@concept(
    group=CONVOLUTION,
    name="ReLU on a map",
    question="What happens to a feature map in its activation function?",
    text=(
        "A filter's sums are positive where the picture looks like the filter and negative where it looks like its opposite. ReLU "
        "sets all negative ones to 0: what stays says *here it is*, and how clearly. Each filter also has a learned **bias**, "
        "which is added first and so moves the threshold: with a negative bias only clear finds remain. The map keeps its size; "
        "it only becomes darker."
    ),
    formula=r"y_{r,c} = \max(0,\; \text{map}_{r,c} + b)",
    source="Jarrett, Kavukcuoglu, Ranzato and LeCun, What is the best multi-stage architecture for object recognition?, 2009.",
    words="negative zero threshold bias sparse activation",
    links=(handles.inside("cnn-large"),),
)
def relu_on_a_map() -> None:
    """A map before and behind ReLU, with a bias."""
    with handles.row():
        digit = handles.digit()
        bias = handles.slider("Bias", -3.0, 3.0, 0.0, address.BIAS, 0.1)
    kernel = handles.chosen_filter()
    sums = convolve(scaled(digit), kernel, bias)
    kept, width = depth.relu(sums), sums.shape[1] * handles.scale(digit.shape)
    handles.show(
        handles.picture(images.signed(sums), "sums with the bias", width),
        handles.picture(images.grey(kept), "behind ReLU", width),
        between="→",
    )
    negative = int((sums < 0).sum())
    st.markdown(
        f"**{negative}** of {sums.size} values are below 0 and become 0, {wording.percent(negative / sums.size, 0)}; the highest, "
        f"{kept.max():.2f}, stays."
    )
