"""The questions on the perceptron: its layers, and how its scores become probabilities and a loss."""

import numpy as np
import streamlit as st

from dashboard import address, wording
from dashboard.components import reading
from dashboard.sections.concepts import PERCEPTRON, Link, concept, handles
from training.concepts import counting
from training.concepts.perceptron import softmax

CANDIDATES = {"4": address.LOGIT_4, "7": address.LOGIT_7, "9": address.LOGIT_9}
LOGITS = (1.0, 0.5, 3.0)


@concept(
    group=PERCEPTRON,
    name="Layers",
    question="Which layers can a perceptron consist of?",
    text=(
        "A perceptron has **dense** layers only. First the picture is **flattened**: its rows become one long row. Every unit of a "
        "layer takes a weighted sum of all its inputs; an **activation** such as ReLU, which turns all below 0 into 0, bends "
        "that sum, for sums of sums are again only sums. **Batch normalisation** and **dropout** may stand "
        "between them and help training. The last dense layer has one unit per class, and **softmax** turns its sums into "
        "probabilities."
    ),
    formula=r"\text{unit}_j = \operatorname{ReLU}\Big(\sum_i w_{ij}\, x_i + b_j\Big)",
    letters="x: the inputs; w: a weight for each; b: the bias.",
    source="Rosenblatt, The perceptron, 1958; Rumelhart, Hinton and Williams, Learning representations, 1986.",
    words="flatten dense hidden unit neuron activation dropout parameters weights MLP",
    links=(
        Link("compare", "Wide and narrow perceptrons compared", {address.RUNS: ["mlp-800", "mlp-128x2"]}, "mlp-800"),
        Link(
            "results",
            "40 perceptrons of many widths and depths",
            {address.TOPIC: address.STUDIES, address.STUDY: "mlp-study"},
        ),
    ),
)
def layers() -> None:
    """A perceptron to put together, and its parameters."""
    with handles.row():
        hidden = handles.slider("Hidden layers", 0, 4, 2, address.LAYERS_HIDDEN)
        units = handles.steps("Units of each", (16, 32, 64, 128, 256, 512, 800), 128, address.LAYERS_UNITS)
        normalised = st.toggle("Batch normalisation", key=address.LAYERS_NORMALISED, bind="query-params")
        dropout = st.toggle("Dropout", key=address.LAYERS_DROPOUT, bind="query-params")
    handles.layers(counting.perceptron(28, (units,) * hidden, normalised, 0.5 if dropout else 0.0))


@concept(
    group=PERCEPTRON,
    name="Softmax and loss",
    question="How do scores become probabilities, and what does a mistake cost?",
    text=(
        "The last layer gives each class a score, its **logit**. **Softmax** raises e to the power of each and divides by the sum, "
        "so that all are positive and add up to 1; only the differences between scores count. The loss, **cross-entropy**, is the "
        "negative logarithm of the *true* class's probability: 0 where that is 1, and without limit as it nears 0. "
        "Training makes it small."
    ),
    formula=(
        r"p_k = \frac{e^{z_k}}{\sum_j e^{z_j}} \qquad L = -\ln p_{\text{true}} \qquad "
        r"\frac{\partial L}{\partial z_k} = p_k - y_k"
    ),
    letters="z: the logits; p: the probabilities; y: 1 for the true class, 0 for the others; e: 2.718…; ln: the logarithm to that "
    "base, whose unit is the nat.",
    source="Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990.",
    words="logit probability categorical cross entropy temperature nats negative log likelihood gradient",
    links=(
        Link(
            "evaluate",
            "How far a run's confidence can be trusted",
            {address.PART_OF_EVALUATE: "Confidence", address.RUN: "mlp-study"},
            "mlp-study",
        ),
        handles.inside("canvas"),
    ),
)
def softmax_and_loss() -> None:
    """Three scores to move, with the formula filled in."""
    with handles.row():
        logits = [
            handles.slider(f"Score of {name}", -5.0, 5.0, usual, key, 0.1)
            for (name, key), usual in zip(CANDIDATES.items(), LOGITS, strict=True)
        ]
    with handles.row():
        temperature = handles.slider(
            "Temperature",
            0.2,
            5.0,
            1.0,
            address.TEMPERATURE,
            0.1,
            "The scores are divided by it: a high one makes the probabilities more equal, a low one more decided.",
        )
        true = handles.choice("True class", list(CANDIDATES), "4", address.TRUE_CLASS)
    names, scaled = list(CANDIDATES), np.array(logits) / temperature
    shares, place = softmax(scaled), names.index(true)
    with st.container(width=560):
        st.html(reading.bars(shares, names))
    st.latex(_worked_out(scaled, place), width="content")
    loss = (
        np.logaddexp.reduce(scaled) - scaled[place]
    )  # not by way of the probability, which may be below any that is kept
    changes = np.eye(3)[place] - shares
    moved = wording.listed(f"{change:+.2f} for {name}" for name, change in zip(names, changes, strict=True))
    st.markdown(
        f"The true {true} gets {wording.percent(shares[place], 1)}: a loss of **{loss:.2f}** nats.",
        help=f"The next update pushes the scores by {moved}, times the learning rate.".replace("-", "−"),
    )


def _worked_out(scaled: np.ndarray, place: int) -> str:
    """The formula of softmax with these scores, over the temperature, in LaTeX."""
    grown, powers = np.exp(scaled), [f"e^{{{score:.2f}}}" for score in scaled]
    share = grown[place] / grown.sum()
    return (
        rf"p = \frac{{{powers[place]}}}{{{' + '.join(powers)}}} = "
        rf"\frac{{{_number(grown[place])}}}{{{_number(grown.sum())}}} = {_number(share, 3)}"
    )


def _number(value: float, digits: int = 2) -> str:
    """A positive number in LaTeX; a very small or large one by its power of ten."""
    if 0.5 * 10**-digits <= value < 1e6:
        return f"{value:,.{digits}f}".replace(",", r"{,}")
    mantissa, power = f"{value:.2e}".split("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}"
