"""How trainings went, from their histories: averaged over repeats, smoothed, and whether they overfit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from training.early_stopping import best_epoch
from training.runs import Predictions

MAX_POINTS = 500  # of a line
OVERFITTING = 0.1  # a run overfits if its validation loss ends this share above its lowest


def mean_history(histories: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean and standard deviation of every column over repeats, by epoch; the deviation is NaN if only one repeat reached it."""
    if len(histories) == 1:  # a hundred times as fast
        return histories[0], pd.DataFrame(np.nan, histories[0].index, histories[0].columns)
    grouped = pd.concat(histories).groupby("epoch", as_index=False)
    return grouped.mean(), grouped.std(ddof=1)


def with_errors(history: pd.DataFrame, predictions: Predictions) -> pd.DataFrame:
    """A history with further columns: test_error, from the predictions after each epoch, error and val_error, all 0 to 1, and
    elapsed, the seconds since the training began. Where these predictions were not kept, a test_error of its own stays."""
    errors = pd.Series(predictions.epoch_errors, predictions.epochs)
    test_error = history["epoch"].map(errors) if len(errors) else history.get("test_error", np.nan)
    return with_rates(history.assign(test_error=test_error))


def with_rates(history: pd.DataFrame) -> pd.DataFrame:
    """A history with error and val_error, 0 to 1, and elapsed, the seconds since the training began."""
    return history.assign(
        error=1 - history["accuracy"], val_error=1 - history["val_accuracy"], elapsed=history["seconds"].cumsum()
    )


@dataclass(frozen=True)
class Line:
    """One column of an entry's histories: x (n,), epochs or seconds; y (n,), the mean of its repeats, smoothed; deviation (n,),
    one standard deviation between repeats, 0 where it is not known, or None without repeats; repeats: x and y of each, where
    there are several; best: the place in x of the lowest validation loss, or None where none was measured; best_epoch: its epoch.
    Of a long training some epochs only, MAX_POINTS at most."""

    x: np.ndarray
    y: np.ndarray
    deviation: np.ndarray | None
    repeats: list[tuple[np.ndarray, np.ndarray]]
    best: int | None
    best_epoch: int | None = None


def line(histories: Sequence[pd.DataFrame], column: str, by: str, smoothing: float = 0.0) -> Line | None:
    """A column by "epoch" or "elapsed" seconds; None where no repeat has it. histories: one per repeat, as with_errors gives
    them."""
    mean, deviation = mean_history(histories)
    if mean[column].isna().all() or mean[by].isna().all():
        return None
    several = len(histories) > 1
    repeats = [_points(one, by, smooth(one[column], smoothing)) for one in histories] if several else []
    best = None if mean["val_loss"].isna().all() else int(mean["val_loss"].argmin())
    kept = thinned(len(mean), best)
    spread = deviation[column].fillna(0).to_numpy()[kept] if several else None
    x, y = mean[by].to_numpy()[kept], smooth(mean[column], smoothing)[kept]
    if best is None:
        return Line(x, y, spread, repeats, None)
    return Line(x, y, spread, repeats, int(np.searchsorted(kept, best)), int(mean["epoch"].iloc[best]))


def _points(history: pd.DataFrame, by: str, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    kept = thinned(len(history))
    return history[by].to_numpy()[kept], values[kept]


def thinned(count: int, best: int | None = None) -> np.ndarray:
    """The places of so many epochs that are drawn, rising: all of them, or some at equal distances and the best."""
    if count <= MAX_POINTS:
        return np.arange(count)
    kept = np.linspace(0, count - 1, MAX_POINTS - 1).round().astype(int)
    return np.union1d(kept, [] if best is None else [best]).astype(int)


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
    """How a training went. epochs: how many; best: the one with the lowest validation loss, from 1; rise: the share by which
    that loss was higher at the end; gap: the validation loss minus the training loss at the end, in nats, NaN if unknown."""

    epochs: int
    best: int
    rise: float
    gap: float

    @property
    def overfits(self) -> bool:
        """Whether the validation loss ended clearly above its lowest."""
        return self.rise >= OVERFITTING


def course(history: pd.DataFrame) -> Course | None:
    """How a training went, or None if it had no validation loss, or no finite one. history: the columns of runs.HISTORY."""
    validation = history["val_loss"].to_numpy(float)
    if not np.isfinite(validation).any():
        return None
    best = best_epoch(history[["epoch", "val_loss"]].to_dict("records"))
    training = history["train_loss"].fillna(history["loss"]).iloc[-1]
    # the end is the last that was measured
    lowest, last = validation[best - 1], validation[~np.isnan(validation)][-1]
    epochs = int(history["epoch"].iloc[-1]), int(history["epoch"].iloc[best - 1])
    return Course(*epochs, float(last / lowest - 1) if lowest else 0.0, float(last - training))
