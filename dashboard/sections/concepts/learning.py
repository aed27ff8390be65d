"""The questions on training: epochs and batches, the learning rate, batch normalisation, Adam."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.figures import concepts as figures
from dashboard.sections.concepts import TRAINING, Link, concept, handles
from training.concepts import depth, optimisers
from training.concepts.perceptron import Settings

ON = "A real perceptron with 15 hidden units, trained while you wait on 1,000 digits of 8 x 8 pixels."
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BESIDE = (0.001, 0.01, 0.1, 3.0)  # rates whose curves stand behind the chosen one
SHOWN = 200  # digits that the untrained networks read


@concept(
    group=TRAINING,
    name="Epochs and batches",
    question="What are epochs, iterations and the batch size?",
    text=(
        "The training digits are dealt into **batches**. After each batch the weights change a little: one **iteration**. Once "
        "all digits were seen, one **epoch** is over, and they are shuffled for the next. A small batch means many updates, each "
        "from few digits and so noisy; a large one means few but steady updates. With one batch of all digits an epoch is a "
        "single step."
    ),
    formula=r"\text{iterations} = \text{epochs} \cdot \Big\lceil \frac{\text{digits}}{\text{batch size}} \Big\rceil",
    letters="⌈ ⌉: rounded up to a whole number.",
    source="Robbins and Monro, A stochastic approximation method, 1951; Masters and Luschi, Revisiting small batch training, 2018.",
    words="minibatch stochastic gradient descent noise update step shuffle",
    links=(
        Link(
            "compare",
            "Batches of 32 and of 512",
            {address.RUNS: [f"mlp-study-batch-{size}-lr-0.001" for size in (32, 512)], address.CURVE: "Loss"},
            "mlp-study-batch-32-lr-0.001",
        ),
        Link(
            "evaluate",
            "A run epoch by epoch",
            {address.PART_OF_EVALUATE: address.EPOCH_BY_EPOCH, address.RUN: "cnn-large"},
            "cnn-large",
        ),
    ),
)
def epochs_and_batches() -> None:
    """A training with batches of another size."""
    with handles.row():
        batch = handles.steps("Batch size", (4, 8, 16, 32, 64, 128, 250, 500, 1000), 16, address.BATCH)
        epochs = handles.slider("Epochs", 1, 10, 4, address.EPOCHS)
    done = cache.small_training(Settings(batch=batch, epochs=epochs))
    updates = -(-1000 // batch)
    draw = partial(figures.batch_losses, done.batch_losses, done.train_losses, updates)
    charts.chart(draw, "batch losses", "Loss of each batch", (batch, epochs))
    iterations = "iteration" if updates == 1 else "iterations"
    st.markdown(
        f"1,000 digits in batches of {batch:,}: **{updates:,}** {iterations} an epoch, {updates * epochs:,} in all. "
        f"{_error(done.probabilities)}",
        help=ON,
    )


@concept(
    group=TRAINING,
    name="Learning rate",
    question="What does a learning rate do that is too low, or too high?",
    text=(
        "The **loss** says how wrong the network is; its **gradient** says how much it rises as each weight grows. Each "
        "update takes the weights a step downhill, and the **learning rate** is how long that step is. **Too low**, and the loss "
        "falls so slowly that little is learned. **Too high**, and the steps leap over the valley: the loss "
        "jumps, or never falls. Good rates lie between, and have to be tried, threefold or tenfold."
    ),
    formula=r"w \leftarrow w - \eta \, \frac{\partial L}{\partial w} \qquad \eta:\ \text{learning rate}",
    source="Robbins and Monro, A stochastic approximation method, 1951; Bengio, Practical recommendations, 2012.",
    words="step size diverge eta gradient descent too small too large hyperparameter",
    links=(
        Link(
            "compare",
            "Three rates of the same network",
            {
                address.RUNS: ["mlp-study-128-lr-0.0003", "mlp-study-128-lr-0.001", "mlp-study-128-lr-0.003"],
                address.CURVE: "Loss",
            },
            "mlp-study-128-lr-0.003",
        ),
        Link("results", "The studies on rates", {address.TOPIC: address.STUDIES, address.STUDY: "optimizer-study"}),
    ),
)
def learning_rate() -> None:
    """A training at another learning rate."""
    with handles.row():
        rate = handles.steps("Learning rate", RATES, 0.1, address.RATE)
    done = {one: cache.small_training(Settings(rate=one)) for one in {*BESIDE, rate}}
    others = {f"{one:g}": done[one].train_losses for one in BESIDE if one != rate}
    draw = partial(figures.rates, (f"{rate:g}", done[rate].train_losses), others)
    charts.chart(draw, "rates", "The loss at this learning rate", (rate,))
    first, last = done[rate].train_losses[[0, -1]]
    st.markdown(
        f"In ten epochs the loss goes from {first:.2f} to **{last:.2f}**. {_error(done[rate].probabilities)}", help=ON
    )


def _error(probabilities: np.ndarray) -> str:
    labels = cache.small_digits("test")[1]
    wrong = int((probabilities.argmax(axis=1) != labels).sum())
    return f"Of {len(labels)} test digits {wrong} are misclassified, {wording.percent(wrong / len(labels), 1)}."


@concept(
    group=TRAINING,
    name="Batch normalisation",
    question="What is batch normalisation, and why is it used?",
    text=(
        "From layer to layer the sums that the units make grow or shrink, and every update shifts them again, so that "
        "later layers chase a moving target. **Batch normalisation** subtracts from each unit's sums their mean over the "
        "batch and divides by their standard deviation; then a learned scale γ and shift β let the layer choose what it "
        "needs. Signals keep their size at any depth, higher learning rates work, and the first weights matter less."
    ),
    formula=r"\hat{z} = \frac{z - \mu_B}{\sqrt{\sigma^2_B + \varepsilon}} \qquad y = \gamma \hat{z} + \beta",
    letters="z: the sums of a unit over the batch B; μ and σ²: their mean and variance; ε: a tiny number against a division by 0; "
    "γ and β: learned.",
    source="Ioffe and Szegedy, Batch normalization, 2015 (arXiv:1502.03167).",
    words="normalization mean variance deviation gamma beta vanish explode initial weights",
    links=(
        Link(
            "compare",
            "A perceptron with and without it",
            {address.RUNS: ["mlp-study", "mlp-study-dropout-0.0-bn-true"], address.CURVE: "Loss"},
            "mlp-study-dropout-0.0-bn-true",
        ),
        Link("results", "What it did in our studies", {address.TOPIC: address.STUDIES, address.STUDY: "mlp-study"}),
    ),
)
def batch_normalisation() -> None:
    """The sums of a layer, with and without it."""
    with handles.row():
        layer = handles.slider("Layer", 1, 10, 5, address.LAYER)
        factor = handles.slider("First weights, times", 0.4, 2.0, 0.6, address.FACTOR, 0.1)
    x = cache.small_digits("train")[0][:SHOWN]
    plain, normalised = (depth.sums(x, layer, factor, how)[-1] for how in (False, True))
    draw = partial(figures.spreads, plain, normalised)
    charts.chart(draw, "spreads", "Sums with and without batch normalisation", (layer, factor))
    beyond = [name for name, sums in (("without it", plain), ("with it", normalised)) if sums.std() > figures.WIDEST]
    st.markdown(
        f"The sums of layer {layer} have a standard deviation of **{plain.std():.3g}** without it and "
        f"**{normalised.std():.2f}** with it." + (f" Those {beyond[0]} are too wide for this axis." if beyond else ""),
        help=f"{SHOWN} real digits in an untrained network of {depth.UNITS} units a layer, whose first weights are those of He et "
        "al. (2015) times the factor above.",
    )


@concept(
    group=TRAINING,
    name="Adam",
    question="What does the optimiser Adam do?",
    text=(
        "Gradient descent takes the same rate for all weights: where the loss is steep across and flat along, it zigzags or "
        "creeps. **Adam** keeps a running mean of each weight's gradient, which smooths the way like **momentum**, and a running "
        "mean of its square. It divides one by the root of the other, so that each weight moves by about the learning rate, "
        "however steep its direction. At a steepness of 100 only Adam arrives; turn it down."
    ),
    formula=(
        r"m \leftarrow \beta_1 m + (1-\beta_1)\, g \qquad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2 "
        r"\qquad w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \varepsilon}"
    ),
    letters="g: the gradient of the weight w; m and v: running means of g and of its square; β₁ and β₂: how much they keep, "
    "0.9 and 0.999; the hats: corrected for their start at 0; η: the learning rate; ε: a tiny number.",
    source="Kingma and Ba, Adam, 2015 (arXiv:1412.6980); Polyak, Some methods of speeding up the convergence, 1964.",
    words="optimizer momentum sgd adaptive moment loss surface valley",
    links=(
        Link(
            "compare",
            "Adam and SGD on the same network",
            {address.RUNS: ["optimizer-study-adam-lr-0.001", "optimizer-study-sgd-lr-0.1"]},
            "optimizer-study-adam-lr-0.001",
        ),
        Link("results", "14 optimisers compared", {address.TOPIC: address.STUDIES, address.STUDY: "optimizer-study"}),
    ),
)
def adam() -> None:
    """Three paths down a valley."""
    with handles.row():
        steepness = handles.steps("Steepness across", (1, 4, 10, 25, 50, 100), 100, address.STEEPNESS)
        rate = handles.steps("Learning rate", (0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.5), 0.07, address.STEP)
        steps = handles.slider("Steps", 1, 100, 80, address.STEPS_TAKEN)
    paths = {name: optimisers.path(name, rate, steps, steepness) for name in optimisers.OPTIMISERS}
    charts.chart(
        partial(figures.paths, paths, steepness), "paths", "Paths of three optimisers", (steepness, rate, steps)
    )
    ends = {name: optimisers.valley(*places[-1], steepness) for name, places in paths.items()}
    left = [name for name, places in paths.items() if np.abs(places[-1]).max() > optimisers.FAR]
    said = wording.listed(f"{_loss(loss)} for {name}" for name, loss in ends.items() if name not in left)
    whose = "its" if len(left) == 1 else "their"
    gone = f" {wording.listed(left).capitalize()} left the valley: {whose} steps grow." if left else ""
    start = _loss(optimisers.valley(*optimisers.START, steepness))
    taken = "1 step" if steps == 1 else f"{steps} steps"
    st.markdown(f"The loss after {taken} is {said}; it began at {start}.{gone}")


def _loss(value: float) -> str:
    return "below 0.01" if value < 0.01 else f"{value:.2g}" if value < 10 else f"{value:,.0f}"
