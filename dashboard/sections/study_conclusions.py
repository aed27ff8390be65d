"""The conclusion of a study in words: for each of its parts a title, a sentence, and the numbers behind the sentence."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from dashboard import wording
from dashboard.wording import listed, percent
from training.studies import conclusions
from training.studies.conclusions import Part


@dataclass(frozen=True)
class Section:
    """A part of a conclusion as the page shows it. sentence and details are Markdown; figure: its name in sections/studies.py."""

    title: str
    sentence: str
    details: str
    figure: str


def best(part: conclusions.Best) -> tuple[str, str]:
    """What a study found, in a few sentences, and how that was found out."""
    row, many = part.best, "1 training" if part.trainings == 1 else f"{part.trainings} trainings"
    sentence = (
        f"Of {many}, **{row['label']}** makes the fewest errors on the held-out digits. On the test set it misclassifies "
        f"**{percent(row['test_error'])}** (95 % interval {percent(row['low'])} to {percent(row['high'])})."
    )
    details = (
        f"Chosen on the {part.held_out:,} digits held out of the training set alone: it misclassifies "
        f"{percent(row['val_error'])} of them. Nothing was chosen on the test set."
    )
    if part.tied:
        sentence += f" {part.tied} {'other is' if part.tied == 1 else 'others are'} not significantly different."
        details += (
            f" To be the best of so many is partly luck, so each of the others was compared with it on the held-out digits "
            f"(exact McNemar test, Holm's correction for {part.trainings - 1} comparisons)."
        )
    if part.smallest is not None:
        sentence += (
            f" The smallest of them is {part.smallest['label']}: {part.smallest['parameters']:,} parameters instead of "
            f"{row['parameters']:,}."
        )
    if missing := part.planned - part.trainings:
        verb = "has" if missing == 1 else "have"
        sentence += f" {missing} of the {part.planned} planned trainings {verb} no run: diverged or not started yet."
    return sentence, details


def shapes(part: conclusions.Shapes) -> tuple[str, str]:
    """Whether width or depth was worth more."""
    layers, units = ("convolutions", "maps") if part.convolutional else ("hidden layers", "units")
    widths = listed(f"{percent(error)} with {width} {units}" for width, error in part.by_width.items())
    depths = listed(f"{percent(error)} with {depth}" for depth, error in part.by_depth.items())
    first, second = ("Width", "depth") if part.from_width > part.from_depth else ("Depth", "width")
    return (
        f"{first} was worth more than {second}. From the narrowest layer to the widest, the error changes by "
        f"{_points(part.from_width)}; from one layer to the best depth, by {_points(part.from_depth)}.",
        f"Each shape is shown at its best learning rate. One layer misclassifies {widths} of the held-out digits. With "
        f"{max(part.by_width)} {units} in the first layer, the number of {layers} gives {depths}.",
    )


def _points(fallen: float) -> str:
    """By how much an error rate has fallen, as a change."""
    return f"{-100 * fallen:+.2f} percentage points".replace("-", "−")


def steps(part: conclusions.Steps) -> tuple[str, str]:
    """Which learning rate and batch size were best."""

    def setting(row: pd.Series) -> str:
        return f"the learning rate {row['learning_rate']:g} with batches of {row['batch_size']}"

    sentence = (
        f"The fewest errors come from {setting(part.best)}, {percent(part.best['val_error'])} of the held-out digits."
    )
    details = f"The most errors come from {setting(part.worst)}: {percent(part.worst['val_error'])}."
    if part.batches:
        small, large = part.batches
        details += (
            f" Small batches make more steps and take longer: at the rate {small['learning_rate']:g}, batches of "
            f"{small['batch_size']} took {small['seconds']:.0f} s and misclassified {percent(small['val_error'])}, batches of "
            f"{large['batch_size']} took {large['seconds']:.0f} s and misclassified {percent(large['val_error'])}."
        )
    return sentence, details


def regularisation(part: conclusions.Regularisation) -> tuple[str, str]:
    """What dropout, batch normalisation and early stopping do to the losses and to the error."""
    plain, loss, gap, error = part.plain, part.lowest_loss, part.smallest_gap, part.lowest_error
    sentence = (
        f"Without regularisation the network overfits: its loss is {plain['train_loss']:.4f} nats on training digits and "
        f"{plain['val_loss']:.4f} on held-out digits. The lowest validation loss, {loss['val_loss']:.4f}, comes with {way(loss)}."
    )
    details = (
        f"The gap between both losses is {plain['gap']:.4f} nats after {plain['epochs']} epochs without regularisation, and "
        f"smallest with {way(gap)}: {gap['gap']:.4f}."
    )
    if part.error_fell:
        details += (
            f" The error on the held-out digits fell most with {way(error)}, from {percent(plain['val_error'])} to "
            f"{percent(error['val_error'])}: {wording.paired_test(part.probability)}."
        )
    else:
        details += f" No regularisation lowered the error on the held-out digits, {percent(plain['val_error'])}."
    if part.mainly_loss_fell:
        details += (
            " A loss punishes a confident mistake more than a hesitant one. Regularisation makes a network less confident, so "
            "the loss falls at once and the error only a little."
        )
    return sentence, f"{details} Both losses are measured after the epoch and without dropout, so they can be compared."


def way(row: pd.Series) -> str:
    """How a run was regularised, from its row of Findings.table."""
    ways = [f"dropout {row['dropout']:g}"] if row["dropout"] else []
    ways += ["batch normalization"] if row["batch_normalization"] else []
    ways += ["early stopping"] if row["patience"] else []
    return listed(ways) or "no regularisation"


def stopping(part: conclusions.Stopping) -> tuple[str, str]:
    """When the validation loss was lowest, and what early stopping made of that."""
    sentence = (
        f"The {part.trainings} trainings without early stopping had their lowest validation loss in epoch {part.best_epoch:.0f} of "
        f"{part.epochs} (median)."
    )
    details = [
        f"The weights of that epoch misclassify {percent(part.best_error)} of the held-out digits on average, those of the last "
        f"epoch {percent(part.last_error)}."
    ]
    for stopped, like in part.pairs:
        dropout = f"dropout {stopped['dropout']:g}" if stopped["dropout"] else "no dropout"
        details.append(
            f"With {dropout}, early stopping ended after {stopped['epochs']} epochs: validation loss {stopped['val_loss']:.4f} "
            f"instead of {like['val_loss']:.4f}, error {percent(stopped['val_error'])} instead of {percent(like['val_error'])}, "
            f"{stopped['seconds']:.0f} s instead of {like['seconds']:.0f} s."
        )
    return sentence, " ".join(details)


def kinds(part: conclusions.Kinds) -> tuple[str, str]:
    """The best perceptron against the best convolutional network."""
    dense, convolutional, smallest = part.perceptron, part.convolutional, part.smallest
    return (
        f"The best perceptron misclassifies {part.errors[0]} of {part.digits:,} test digits, the best convolutional network "
        f"{part.errors[1]}: {wording.paired_test(part.probability)}. A convolution looks for the same stroke everywhere in the "
        "picture, so it need not learn it again for each place.",
        f"The perceptron ({dense['label']}) has {dense['parameters']:,} parameters and took {dense['seconds']:.0f} s to train; the "
        f"convolutional network ({convolutional['label']}) has {convolutional['parameters']:,} and took "
        f"{convolutional['seconds']:.0f} s. The smallest convolutional network ({smallest['label']}, {smallest['parameters']:,} "
        f"parameters) misclassifies {percent(smallest['test_error'])}.",
    )


def optimizers(part: conclusions.Optimizers) -> tuple[str, str]:
    """Which optimizer, and at which learning rate."""
    best, first, last = part.best, part.best.iloc[0], part.best.iloc[-1]
    tied = list(best.loc[best["tied"], "optimizer"])
    by_rate = listed(
        f"{rate:g} for {listed(best.loc[best['learning_rate'] == rate, 'optimizer'])}"
        for rate in sorted(best["learning_rate"].unique())
    )
    sentence = (
        f"The learning rate counts as much as the optimizer: {part.failed} of {part.trainings} trainings learned next to nothing. "
        f"At its best rate, each of {len(best)} optimizers learns: from {percent(first['val_error'])} errors on held-out digits "
        f"({first['label']}) to {percent(last['val_error'])} ({last['label']})."
    )
    details = (
        f"Not significantly different from the best: {listed(tied)}. Of the rates tried, the best is {by_rate}. The rate matters "
        f"least to {part.robust}, with errors from {percent(part.robust_errors[0])} to {percent(part.robust_errors[1])}."
    )
    if part.idle:
        details += f" {listed(part.idle)} learned next to nothing at any rate."
    if part.at_limit:
        details += (
            f" For {listed(part.at_limit)} the best rate is the largest tried, so a larger one may be better still"
        )
        details += " (Adadelta's paper, Zeiler 2012, uses 1)." if "adadelta" in part.at_limit else "."
    return sentence, details


def start(part: conclusions.Start) -> tuple[str, str]:
    """What the study's best has gained over its base."""
    base, row = part.base, part.best
    return (
        f"The study starts from {base['label']}, which misclassifies {percent(base['test_error'])} of the test digits; "
        f"{row['label']} misclassifies {percent(row['test_error'])}: {wording.paired_test(part.probability)}.",
        f"Both trained for {base['epochs']} epochs. With more epochs, an optimizer that is slow at first may still reach the same "
        "error.",
    )


def ingredients(part: conclusions.Ingredients) -> tuple[str, str]:
    """Which change of the base makes more or fewer errors, and which cannot be told from chance."""
    base, significant = part.base, part.significant
    sentence = (
        f"Each training changes one thing about the base recipe, which misclassifies {percent(base['val_error'])} of the held-out "
        "digits. "
    )
    if len(significant):
        differing = listed(f"{row['label']} ({percent(row['val_error'])})" for _, row in significant.iterrows())
        more = significant["val_error"].min() > base["val_error"]
        sentence += f"{'Significantly more errors' if more else 'Significantly different'}: **{differing}**."
    else:
        sentence += "None of the changes makes a significant difference."
    if base["seeds"] > 1:
        sentence += (
            f" {base['seeds']} seeds of the base recipe misclassify {percent(base['mean_error'])} of the test digits on average "
            f"(standard deviation {percent(base['deviation'])})."
        )
    return sentence, _ingredients_table(part)


def _ingredients_table(part: conclusions.Ingredients) -> str:
    """A line of Markdown for every change, and how it was compared."""
    lines = ["| change | held-out, % (difference) | p | test, % |", "| --- " * 4 + "|"]
    for _, row in pd.concat([part.base.to_frame().T, part.changes]).iterrows():
        difference, p = "", ""
        if row["run"] != part.base["run"]:
            difference = f" ({100 * (row['val_error'] - part.base['val_error']):+.2f})".replace("-", "−")
            p = f"{row['p_value']:.2g}" if row["p_value"] >= 0.001 else "< 0.001"
        held_out, test = (f"{100 * row[error]:.2f}" for error in ("val_error", "test_error"))
        lines.append(f"| {row['label']} | {held_out}{difference} | {p} | {test} |")
    table = "\n".join(lines)
    return (
        f"The base recipe: {part.setting}. Each change is compared with it on {part.held_out:,} held-out digits (exact McNemar "
        f"test, Holm's correction for {part.comparisons} comparisons).\n\n{table}"
    )


SECTIONS: dict[type[Part], tuple[str, str, Callable]] = {  # by part: title, name of the figure, what it says
    conclusions.Best: ("The best training", "", best),
    conclusions.Shapes: ("Width and depth", "shapes", shapes),
    conclusions.Steps: ("Learning rate and batch size", "steps", steps),
    conclusions.Regularisation: ("What reduces overfitting", "gaps", regularisation),
    conclusions.Stopping: ("Early stopping", "stopping", stopping),
    conclusions.Kinds: ("Perceptrons and convolutions", "kinds", kinds),
    conclusions.Optimizers: ("Optimizer and learning rate", "optimizers", optimizers),
    conclusions.Start: ("Epoch by epoch", "start", start),
    conclusions.Ingredients: ("One change at a time", "ingredients", ingredients),
}


def section(part: Part) -> Section:
    """A part of a conclusion in words."""
    title, figure, words = SECTIONS[type(part)]
    return Section(title, *words(part), figure)
