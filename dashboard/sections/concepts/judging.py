"""The questions on judging a network: overfitting and early stopping, regularisation, the confusion matrix."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.figures import concepts as figures
from dashboard.sections.concepts import JUDGING, Link, concept, handles
from training.analysis import confusion
from training.concepts.perceptron import Settings
from training.concepts.stopping import replay

OVERFITS = "mlp-study"  # a run that was trained far beyond its lowest validation loss
EPOCHS = 60
WRONG = 0.2  # of the training labels, so that memorising them shows


@concept(
    group=JUDGING,
    name="Early stopping",
    question="How is overfitting seen, and what is early stopping?",
    text=(
        "Two losses are watched: on the **training** digits, and on **validation** digits that the network does not learn from. "
        "At first both fall. Once only the training loss still falls and the other rises, the network memorises its examples: "
        "it **overfits**. **Early stopping** waits for so many epochs without a new lowest validation loss, its **patience**, "
        "then ends the training and takes the best weights back. The test digits must not be used for this."
    ),
    source="Prechelt, Early stopping, but when?, 1998.",
    words="overfit validation loss patience generalise memorise epochs curve",
    links=(
        Link(
            "compare",
            "Beside a run that stopped",
            {address.RUNS: [OVERFITS, "mlp-study-patience-3-dropout-0.0"], address.CURVE: "Loss"},
            OVERFITS,
        ),
        Link(
            "evaluate",
            "This run epoch by epoch",
            {address.PART_OF_EVALUATE: address.EPOCH_BY_EPOCH, address.RUN: OVERFITS},
            OVERFITS,
        ),
    ),
)
def early_stopping() -> None:
    """A run's curves, with where it would have stopped. Raises runs.RunError."""
    table = cache.run_table()[0]
    if not len(table) or OVERFITS not in set(table["run"]):
        st.info(f"The curves of the run {OVERFITS} would be here. `python -m training run {OVERFITS}` trains it.")
        return
    with handles.row():
        patience = handles.slider("Patience, in epochs", 1, 10, 3, address.PATIENCE)
    history = cache.history(OVERFITS)
    validation, training = (history[name].to_numpy(float) for name in ("val_loss", "train_loss"))
    stop = replay(validation.tolist(), patience)
    draw = partial(figures.stopping, training, validation, stop)
    charts.chart(draw, "stopping", "Losses and where training stops", (cache.run_key(OVERFITS), patience))
    kept, lowest = validation[stop.best - 1], validation[stop.lowest - 1]
    where = (
        f"It stops after epoch {stop.epoch}"
        if stop.epoch < len(validation)
        else f"It never stops in these {len(validation)} epochs"
    )
    rest = (
        "the lowest of all"
        if stop.best == stop.lowest
        else f"the lowest of all came in epoch {stop.lowest}: {lowest:.3f}"
    )
    st.markdown(
        f"{where} and keeps epoch **{stop.best}**: validation loss {kept:.3f}, {rest}. Without stopping it ends at "
        f"{validation[-1]:.3f}."
    )


@concept(
    group=JUDGING,
    name="Regularisation",
    question="What else keeps a network from overfitting?",
    text=(
        "More examples help most; digits that are shifted or turned count as new ones (**augmentation**). **Weight decay** adds "
        "the squared weights to the loss, so that no weight grows large without need. **Dropout** leaves out units at random in "
        "each update, so that none relies on another. All hold the training loss back and narrow the gap to unseen digits. Below, "
        "a fifth of the training labels is wrong, so that memorising does harm."
    ),
    formula=r"L_{\text{total}} = L + \lambda \sum w^2 \quad \text{(weight decay)}",
    source="Krogh and Hertz, A simple weight decay can improve generalization, 1992; Srivastava et al., Dropout, 2014.",
    words="dropout weight decay L2 augmentation penalty generalise overfit regularization",
    links=(
        Link(
            "compare",
            "A perceptron with and without dropout",
            {address.RUNS: ["mlp-study", "mlp-study-dropout-0.5-bn-false"], address.CURVE: "Loss"},
            "mlp-study-dropout-0.5-bn-false",
        ),
        Link(
            "results",
            "What kept our networks from overfitting",
            {address.TOPIC: address.STUDIES, address.STUDY: "ingredients"},
        ),
    ),
)
def regularisation() -> None:
    """A perceptron on few digits, with something against overfitting."""
    with handles.row():
        examples = handles.steps("Training digits", (50, 100, 200, 400), 200, address.EXAMPLES)
        decay = handles.steps("Weight decay λ", (0.0, 0.001, 0.003, 0.01, 0.02, 0.05), 0.0, address.DECAY)
        dropout = handles.slider("Dropout", 0.0, 0.8, 0.0, address.DROPOUT, 0.1)
    how = Settings(hidden=(64,), batch=20, epochs=EPOCHS, rate=0.3, decay=decay, dropout=dropout)
    done = cache.small_training(how, examples, WRONG)
    epochs = np.arange(EPOCHS + 1)
    lines = {"loss on unseen digits": (epochs, done.test_losses), "training loss": (epochs, done.train_losses)}
    draw = partial(figures.lines, lines, "How wide is the gap?", "epoch", "cross-entropy (nats)", range=[0, 2.5])
    charts.chart(draw, "regularised", "Loss on training digits and on unseen ones", (examples, decay, dropout))
    wrong = float((done.probabilities.argmax(axis=1) != cache.small_digits("test")[1]).mean())
    st.markdown(
        f"At the end: training loss **{done.train_losses[-1]:.2f}**, on unseen digits **{done.test_losses[-1]:.2f}**, of which "
        f"{wording.percent(wrong, 1)} are misclassified.",
        help="A real perceptron with 64 hidden units, trained while you wait on few digits of 8 x 8 pixels; the labels of the 797 "
        "unseen ones are right.",
    )


@concept(
    group=JUDGING,
    name="Confusion matrix",
    question="What do the confusion matrix and the classification report say?",
    text=(
        "In the **confusion matrix** a row is the true digit, a column the prediction; what lies off the diagonal is wrong. "
        "**Recall** asks along the row: of all sevens, how many were found? **Precision** asks down the column: of all that were "
        "called seven, how many are one? Their harmonic mean is **F1**. The classification report, on the page Evaluate, lists the "
        "three for each class. The error rate alone hides which digits are confused."
    ),
    formula=(
        r"R = \frac{\text{right}}{\text{row}} \qquad P = \frac{\text{right}}{\text{column}} \qquad "
        r"F_1 = \frac{2 P R}{P + R}"
    ),
    source="Kohavi and Provost, Glossary of terms, 1998; van Rijsbergen, Information retrieval, 1979.",
    words="precision recall F1 classification report error rate evaluate metrics support",
    links=(Link("evaluate", "The matrix of a run on MNIST", {address.RUN: "mlp-128x2"}, "mlp-128x2"),),
)
def confusion_matrix() -> None:
    """The matrix of a small perceptron, read for one class."""
    with handles.row():
        names = [str(number) for number in range(10)]
        chosen = names.index(handles.choice("Digit", names, "8", address.REPORTED))
        epochs = handles.slider("Epochs", 1, 10, 6, address.EPOCHS)
    predicted = cache.small_training(Settings(epochs=epochs, rate=0.3)).probabilities.argmax(axis=1)
    labels = cache.small_digits("test")[1]
    counts = confusion.confusion(labels, predicted, 10)
    with st.container(width=620):
        charts.chart(partial(figures.matrix, counts, chosen), "concept matrix", "Confusion matrix", (chosen, epochs))
    right, row, column = int(counts[chosen, chosen]), int(counts[chosen].sum()), int(counts[:, chosen].sum())
    recall, precision = right / row, right / column if column else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    st.markdown(
        f"Of {row} digits {chosen}, {right} are found: recall **{wording.percent(recall, 1)}**. Of {column} predicted as {chosen}, "
        f"{right} are one: precision **{wording.percent(precision, 1)}**. F1 is {wording.percent(f1, 1)}.",
        help="A perceptron with 15 hidden units, trained while you wait, on 797 test digits of 8 x 8 pixels.",
    )
