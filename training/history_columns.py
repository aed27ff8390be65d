"""What libraries and people call the columns of a history, told as ours: train/loss, Val Acc (%), eval_loss and their like."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from training.history import ALIASES, HISTORY

TRAINING = ("train", "training", "trn", "tr")
VALIDATION = ("val", "valid", "validation", "dev", "eval", "evaluation")
TEST = ("test", "testing")
# words that say nothing of what is measured
FILLERS = frozenset(["epoch", "mean", "avg", "average", "running", "per", "end", "metrics", "metric"])
PERCENT = ("%", "percent", "percentage", "pct", "perc")
CALLED = {  # what is measured, by its words without those above; an error is 1 - accuracy
    "loss": "loss, cost, cross entropy, crossentropy, cross entropy loss, ce loss, nll, nll loss",
    "accuracy": "acc, accuracy, sparse categorical accuracy, categorical accuracy, binary accuracy, multiclass accuracy, "
    "multiclassaccuracy, top1, top1 acc, top1 accuracy, top 1, top 1 acc, top 1 accuracy, acc1, acc 1, accuracy 1, prec1, prec 1",
    "error": "error, err, error rate, err rate",
    "learning_rate": "lr, learning rate, learningrate, lr adam, lr adamw, lr sgd, lr rmsprop",
}
MEASURES = {words: measure for measure, called in CALLED.items() for words in called.split(", ")}
COUNTERS = ("epoch", "epochs", "epoch number", "epoch num", "epoch idx", "epoch index", "current epoch")
FASTAI = {"train_loss", "valid_loss", "time"}  # beside which its metrics are those of the validation digits
WORDS = re.compile(r"%|[^\W_]+")
MAX_LISTED = 6  # columns in a sentence
MAX_NAME = 80  # letters of a column, and of what it was read as
ABOVE_ONE = 0.01  # by which an accuracy may miss 1 by rounding, and is not yet in per cent
RATES = ("accuracy", "error")
OURS = {*HISTORY, "test_error"}  # of which other pages know what they are
DRAWN = OURS - {"epoch", "seconds"}


@dataclass(frozen=True)
class Meaning:
    """What a column is: the part of the digits ("train", "val", "test" or ""), what is measured, and whether in per cent."""

    part: str
    measure: str
    percent: bool = False


def meaning(name: str) -> Meaning | None:
    """What a column is by its name; None where that says nothing known."""
    words = [word.lower() for word in WORDS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))]
    if " ".join(words) in COUNTERS:
        return Meaning("", "epoch")
    sides = {"train": TRAINING, "val": VALIDATION, "test": TEST}
    parts = {part for part, called in sides.items() if set(words) & set(called)}
    skipped = {*FILLERS, *PERCENT, *TRAINING, *VALIDATION, *TEST}
    measure = MEASURES.get(" ".join(word for word in words if word not in skipped))
    if measure is None or len(parts) > 1:
        return None
    return Meaning(next(iter(parts), ""), measure, bool(set(words) & set(PERCENT)))


def understand(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """A history with our names and shares from 0 to 1, and sentences on what was read as what.

    frame: columns of numbers. Of several columns that mean the same one is ours, that which is called so before others. What is
    measured on test digits stands for the validation where there is none, and is the test_error, too.
    """
    frame = frame.rename(columns=str)
    if frame.columns.duplicated().any():
        return frame, ()
    meanings = {name: told for name in frame.columns if (told := meaning(name)) and _is_so(frame[name], told)}
    if {name.lower() for name in frame.columns} >= FASTAI:
        meanings = {name: _of_validation(told) for name, told in meanings.items()}
    sources = _sources(frame, meanings)
    percent = _in_percent(frame, meanings)
    columns = {ours: _value(frame[name], meanings[name], ours, name in percent) for ours, name in sources.items()}
    understood = frame.drop(columns=list({*sources.values()} - {*columns})).assign(**columns)
    return understood, _remarks(sources, percent)


def is_drawn(frame: pd.DataFrame) -> bool:
    """Whether a history that was understood has a column of which a curve is drawn."""
    return bool(DRAWN & {*frame.columns})


def not_drawn(frame: pd.DataFrame) -> tuple[str, ...]:
    """A sentence on the columns of a history that were not understood, if there are any."""
    unknown = [name for name in frame.columns if name not in OURS]
    if unknown and not is_drawn(frame):
        return (
            f"None of its columns is known as a loss, an accuracy or a learning rate, so no curve is drawn: {_some(unknown)}.",
        )
    return (f"Not understood, so kept but not drawn: {_some(unknown)}.",) if unknown else ()


def from_one(frame: pd.DataFrame) -> pd.DataFrame:
    """A history whose epochs count from 1 where they counted from 0."""
    if "epoch" not in frame or not len(frame) or frame["epoch"].min() != 0:
        return frame
    return frame.assign(epoch=frame["epoch"] + 1)


def _is_so(column: pd.Series, told: Meaning) -> bool:
    """Whether the numbers of a column can be what its name says: an error that is no share is another kind of error."""
    finite = column[np.isfinite(column)]
    return told.measure != "error" or bool(finite.between(0, 100).all())


def _of_validation(told: Meaning) -> Meaning:
    return replace(told, part="val") if not told.part and told.measure in RATES else told


def _sources(frame: pd.DataFrame, meanings: Mapping[str, Meaning]) -> dict[str, str]:
    """From which column of the frame each of ours is made."""
    sources: dict[str, str] = {}
    for ours, part, measure in _wishes(frame, meanings):
        names = [name for name, told in meanings.items() if (told.part, told.measure) == (part, measure)]
        free = [name for name in names if name not in sources.values() and frame[name].notna().any()]
        if free and ours not in sources:
            sources[ours] = ours if ours in free else free[0]
    tests = [name for name, told in meanings.items() if told.part == "test" and told.measure in RATES]
    return sources | ({"test_error": "test_error" if "test_error" in tests else tests[0]} if tests else {})


def _wishes(frame: pd.DataFrame, meanings: Mapping[str, Meaning]) -> Iterator[tuple[str, str, str]]:
    """Our columns, with the part and the measure that each may be made of, the best first."""
    yield "epoch", "", "epoch"
    for part in ("", "train"):
        yield "learning_rate", part, "learning_rate"
    # beside a loss over the epoch a train_loss is that after it, which is a column of its own
    if "train_loss" in frame and Meaning("", "loss") in meanings.values():
        yield "train_loss", "train", "loss"
    for prefix, parts in (("", ("", "train")), ("val_", ("val", "test"))):
        for part in parts:
            yield f"{prefix}loss", part, "loss"
            for measure in RATES:
                yield f"{prefix}accuracy", part, measure


def _in_percent(frame: pd.DataFrame, meanings: Mapping[str, Meaning]) -> set[str]:
    """The accuracies and errors that are in per cent: called so, or above 1; errors also where others beside them are."""
    highest = {name: _highest(frame[name]) for name, told in meanings.items() if told.measure in RATES}
    percent = {name for name, high in highest.items() if meanings[name].percent or 1 + ABOVE_ONE < high <= 100}
    return percent | {
        name for name in highest if percent and meanings[name].measure == "error" and highest[name] <= 100
    }


def _highest(column: pd.Series) -> float:
    numbers = column.to_numpy(float)
    numbers = numbers[np.isfinite(numbers)]
    return float(numbers.max()) if len(numbers) and numbers.min() >= 0 else 0.0


def _value(column: pd.Series, told: Meaning, ours: str, percent: bool) -> pd.Series:
    """The numbers of a column as ours have them: shares from 0 to 1, and accuracies of errors or errors of accuracies."""
    share = column / 100 if percent else column
    return 1 - share if told.measure in RATES and (told.measure == "error") != ours.endswith("error") else share


def _remarks(sources: Mapping[str, str], percent: Collection[str]) -> tuple[str, ...]:
    """Which columns were read as which."""
    read = [f"{name} as {ours}" for ours, name in sources.items() if not _obvious(name, ours)]
    shares = [name for name in dict.fromkeys(sources.values()) if name in percent]
    sentences = [f"Its columns are read so: {_some(read)}."] if read else []
    return (*sentences, f"In per cent, so divided by 100: {_some(shares)}.") if shares else tuple(sentences)


def _obvious(name: str, ours: str) -> bool:
    """Whether a name is ours but for capital letters and an alias that everybody knows."""
    prefix = "val_" if name.lower().startswith("val_") else ""
    bare = name.lower().removeprefix(prefix)
    return ours == "epoch" or prefix + ALIASES.get(bare, bare) == ours


def _some(names: Sequence[str]) -> str:
    """Names in a sentence, the first few."""
    shown = ", ".join(" ".join(name.split())[:MAX_NAME] for name in names[:MAX_LISTED])
    return shown if len(names) <= MAX_LISTED else f"{shown} and {len(names) - MAX_LISTED} more"
