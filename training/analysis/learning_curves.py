"""How trainings went, from their histories: averaged over repeats, smoothed, and whether they learned by heart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.early_stopping import best_epoch
from training.runs import Predictions

TELLING = 0.1  # a watched loss that rose by this share of its lowest is called a loss regained


def mean_history(histories: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and standard deviation of every column over repeats, by epoch; of an epoch that one repeat alone reached, NaN."""
    if len(histories) == 1:  # a hundred times as fast
        return histories[0], pd.DataFrame(np.nan, histories[0].index, histories[0].columns)
    grouped = pd.concat(histories).groupby("epoch", as_index=False)
    return grouped.mean(), grouped.std(ddof=1)


def with_errors(history: pd.DataFrame, found: Predictions) -> pd.DataFrame:
    """A history with further columns: test_error, from the answers after each epoch, error and val_error, all 0 to 1, and
    elapsed, the seconds since the training began."""
    return history.assign(
        test_error=(found.epoch_classes != found.labels).mean(axis=1),
        error=1 - history["accuracy"],
        val_error=1 - history["val_accuracy"],
        elapsed=history["seconds"].cumsum(),
    )


def smooth(values: Sequence[float], smoothing: float) -> np.ndarray:
    """An exponential moving average (n,), each value weighing `smoothing` times the next, 0 for none to below 1.

    Corrected for its start, as Adam corrects its moments (Kingma and Ba, 2015), so that it begins at the first value.
    """
    if not 0 <= smoothing < 1:
        raise ValueError("Smoothing lies from 0 to below 1.")
    if smoothing == 0:
        return np.asarray(values, float)
    return pd.Series(values, dtype=float).ewm(alpha=1 - smoothing, adjust=True).mean().to_numpy()


@dataclass(frozen=True)
class Course:
    """Of a training: its epochs; best, that of the lowest watched loss; rise, the share by which that loss was higher at
    the end; gap, the watched loss at the end minus that on training digits, in nats, NaN where
    that is not known."""

    epochs: int
    best: int
    rise: float
    gap: float

    def in_words(self) -> str:
        """Whether it learned by heart, in a sentence."""
        side = "above" if self.gap >= 0 else "below"
        gap = (
            ""
            if np.isnan(self.gap)
            else f"; at the end it lies {abs(self.gap):.3f} nats {side} the loss on training digits"
        )
        if self.epochs == 1:
            return f"one epoch, too few to see it turn{gap}."
        if self.best == self.epochs:
            return f"the watched loss still fell in the last epoch, {self.epochs}: more epochs may help{gap}."
        manner = "it learns by heart" if self.rise >= TELLING else "hardly worse since"
        lowest = f"the watched loss was lowest after epoch {self.best} of {self.epochs}"
        return f"{lowest}, {100 * self.rise:.0f} % higher at the end ({manner}){gap}."


def course(history: pd.DataFrame) -> Course | None:
    """How a training went, or None where it watched nothing. history: the columns of runs.HISTORY."""
    watched = history["val_loss"].to_numpy(float)
    if len(watched) == 0 or np.isnan(watched).all():
        return None
    best = best_epoch(history[["epoch", "val_loss"]].to_dict("records"))
    learned = history["train_loss"].fillna(history["loss"]).iloc[-1]
    lowest = watched[best - 1]
    return Course(len(watched), best, float(watched[-1] / lowest - 1) if lowest else 0.0, float(watched[-1] - learned))
