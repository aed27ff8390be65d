"""Numbers and facts in the words that visitors read."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from models.classifiers import DUELS, PROBABILITIES, VOTES
from training import background
from training.analysis import significance
from training.analysis.difference import Difference
from training.analysis.learning_curves import Course
from training.analysis.under_way import UnderWay
from training.background import Training
from training.recipe import A_NAME

MARKDOWN = re.compile(r"([\\`*_\[\]<>$:~|#]|(?<=www)\.)")
CLASSES = "classes"  # what a run from elsewhere gives that came without probabilities
SCORES = {CLASSES: "classes", VOTES: "votes", DUELS: "one-vs-one votes", PROBABILITIES: "probabilities"}
INTERVAL = (
    "95 % confidence interval (Wilson's score interval): of 100 such intervals, about 95 contain the error on all digits of "
    "this kind."
)

EXPLANATIONS = {  # what each of models/explanations.py can say and what it cannot, in a line
    "occlusion": "It shows what happens when a square is covered; two squares that replace each other both look unimportant.",
    "saliency": "It shows what the slightest change would do, not what the digit as a whole is made of, and it is noisy.",
    "integrated_gradients": "Its values add up to the whole evidence; black pixels get none, though they may be why.",
    "grad_cam": "It shows in which region the last maps speak for the class, never which pixel, and nothing against it.",
}
SANITY_CHECK = (
    "An explanation of what a network learned must change when the network forgets it. Here the weights are drawn at random, as "
    "before a training (Adebayo et al. 2018)."
)


def sanity_check(agreement: float) -> str:
    """What the rank correlation of two heatmaps says, of the trained network and of random weights."""
    if agreement > 0.8:
        meaning = "nearly the same picture, so this one shows the digit more than what the network learned"
    elif agreement > 0.5:
        meaning = "partly the same picture: some of it is the digit's shape, some what the network learned"
    else:
        meaning = "another picture, so this one depends on what the network learned"
    return f"Rank correlation with random weights: **{agreement:.2f}**, {meaning}."


def plain(text: object) -> str:
    """Text from elsewhere, such as an address or a file's name, so that Markdown shows it as it is and on one line."""
    return MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))


def percent(rate: float, digits: int = 2) -> str:
    """A rate from 0 to 1 as text."""
    return f"{100 * rate:.{digits}f} %"


def number(value: float, digits: int = 2) -> str:
    """A number with so many decimals at most, a true minus, and none before a nought."""
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text.replace("-", "−")


def listed(words: Iterable[str]) -> str:
    """Words with commas, and "and" before the last."""
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def some(names: Sequence[str], most: int = 6) -> str:
    """A few of these names, and how many more there are."""
    return ", ".join(names[:most]) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def paired_test(probability: float) -> str:
    """What the p-value of a paired test says of two error rates."""
    p = f"p = {probability:.2g}" if probability >= 0.0001 else "p < 0.0001"
    not_ = "" if probability < significance.SIGNIFICANCE_LEVEL else "not "
    return f"{not_}a significant difference ({p}, exact McNemar test)"


def error_rate(errors: int, digits: int) -> str:
    """An error rate with its 95 % interval."""
    low, high = (percent(end) for end in significance.interval(errors, digits))
    return f"{percent(errors / digits)} (95 % interval {low} to {high})"


def p_value(value: float) -> str:
    """A p-value as it stands beside a verdict."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.2g}"


def significant(value: float) -> str:
    """Whether a difference with this p-value is significant, in a sentence."""
    verb = "is" if value < significance.SIGNIFICANCE_LEVEL else "is not"
    return f"The difference {verb} significant ({p_value(value)})."


def against_best(fewer: int, best: str, value: float) -> str:
    """Whether an ensemble is better or worse than its best member, in a sentence. fewer: how many fewer errors it makes, negative
    where it makes more; value: the p-value of the difference."""
    if not fewer:
        return f"The ensemble makes as many errors as {best}."
    if value >= significance.SIGNIFICANCE_LEVEL:
        return f"The difference is not significant ({p_value(value)})."
    return f"The ensemble is significantly **{'better' if fewer > 0 else 'worse'}** ({p_value(value)})."


def not_evaluated(diverged: int | None, epochs: bool) -> str:
    """Why a run has no test error, in a sentence without its subject. diverged: as Record.diverged; epochs: whether what it
    predicted after earlier epochs is known."""
    if diverged is None:
        return "was recorded without test digits, so there are no predictions to look at."
    when = f" in epoch {diverged}" if diverged else ""
    earlier = " What it predicted before stands under “Epoch by epoch”." if epochs else ""
    return (
        f"diverged{when}: from then on its loss or its probabilities are not numbers, so it has no test error.{earlier}"
    )


def difference(found: Difference, first: str, second: str) -> str:
    """Which of two runs, called by these names, makes fewer errors, and whether the difference is significant."""
    fewer = len(found.only_first) - len(found.only_second)
    if not fewer:
        return f"{first} and {second} make equally many errors."
    better, worse = (first, second) if fewer > 0 else (second, first)
    errors = "error" if abs(fewer) == 1 else "errors"
    return f"{better} makes {abs(fewer):,} fewer {errors} than {worse}. {significant(found.p_value)}"


def rate_difference(found: Difference) -> str:
    """The error rate of the first of two runs, A, minus that of the second, with its interval."""
    low, high = (f"{number(100 * end)}" for end in found.interval)
    fewer = len(found.only_first) - len(found.only_second)
    digits = found.both_correct + len(found.only_first) + len(found.only_second) + len(found.neither)
    return f"Error of A minus that of B: {number(-100 * fewer / digits)} percentage points (95 % interval {low} to {high})."


def course(training: Course) -> str:
    """Whether a run overfits, in a sentence without its subject."""
    if training.epochs == 1:
        return "one epoch, too few to see whether it overfits."
    if training.best == training.epochs:
        return f"the validation loss is lowest after the last epoch, {training.epochs}; more epochs may help."
    lowest = f"the validation loss is lowest after epoch {training.best} of {training.epochs}"
    return f"{lowest} and {100 * training.rise:.0f} % higher at the end{'; it overfits' if training.overfits else ''}."


def field(name: str) -> str:
    """A field of Recipe as its control is called, or an explanation as its method is."""
    return {"grad_cam": "Grad-CAM"}.get(name, name.replace("_", " "))


def setting(value: Any) -> str:
    """A value of a field of Recipe."""
    if value is None:
        return "default"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def impossible(error: ValidationError) -> str:
    """Why a recipe is not possible, in a sentence."""
    first = error.errors()[0]
    where = f"{field(str(first['loc'][0]))}: " if first["loc"] else ""
    said = A_NAME if first["type"] == "string_pattern_mismatch" else first["msg"].removeprefix("Value error, ")
    return plain(f"This recipe is not possible: {where}{said}.")


def duration(seconds: float) -> str:
    """A time that is not known exactly."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def progress(training: Training) -> str:
    """Where a training stands."""
    status, epochs = training.status, training.recipe.epochs
    done = len(status.history)
    reached = f"epoch {done} of {epochs}"
    if status.state == background.TRAINING:
        step = f", step {status.step:,} of {status.steps:,}" if status.steps and status.epoch > done else ""
        pace = f", {status.rate:,.0f} pictures a second" if status.rate else ""
        left = "" if status.left is None else f", {duration(status.left)} left"
        return f"Epoch {min(done + 1, epochs)} of {epochs}{step}{pace}{left}"
    said = {
        background.STARTING: "Starting",
        background.WAITING: "Waiting for the trainings before it",
        background.PREPARING: "Loading the digits and Keras",
        background.PAUSED: f"Paused after {reached}",
        background.FAILED: f"Failed after {reached}",
        background.LOST: f"Its process ended after {reached}; it can be resumed",
    }
    ended = "Stopped" if done < epochs and not training.recipe.patience else "Finished"
    return said.get(status.state) or f"{ended}{_last_error(training)}"


def so_far(training: UnderWay) -> str:
    """A training that goes on, by its name and the epoch that it is in."""
    of = "" if training.epochs is None else f" of {training.epochs}"
    return f"{training.name} (epoch {training.epoch}{of})"


def _last_error(training: Training) -> str:
    """The test error that a training ended with."""
    rows, epochs = training.status.history, training.recipe.epochs
    if not rows:
        return ""
    of = f" of {epochs}" if len(rows) < epochs else ""
    return f": test error {percent(rows[-1]['test_error'])} after {len(rows)}{of} epoch{'s' if epochs > 1 else ''}"
