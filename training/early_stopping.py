"""Early stopping: when a training gets no better on the digits held out for validation, it ends and its best returns."""

from collections.abc import Mapping, Sequence

from training.learners import Arrays, Learner

PREFIX = "best "  # of the best epoch's arrays in a checkpoint, beside the last epoch's


class EarlyStopping:
    """Watches the validation loss. patience: epochs without a lower one after which to stop, 0 for never.

    kept: what `state` gave, in a training that goes on from a checkpoint.
    """

    def __init__(self, patience: int, kept: Arrays | None = None):
        self.patience = patience
        self.best = {n.removeprefix(PREFIX): a for n, a in (kept or {}).items() if n.startswith(PREFIX)}

    def see(self, history: Sequence[Mapping[str, float]], model: Learner) -> bool:
        """Look at the epoch that has just ended; whether the training is over."""
        if not self.patience:
            return False
        since = len(history) - best_epoch(history)
        if since == 0:
            self.best = model.state()
        return since >= self.patience

    def bring_back(self, model: Learner) -> bool:
        """Give the model the weights of its best epoch; whether there was one to return to."""
        if self.best:
            model.restore(self.best)
        return bool(self.best)

    def state(self) -> Arrays:
        """The best epoch's arrays, for a checkpoint."""
        return {PREFIX + name: array for name, array in self.best.items()}


def best_epoch(history: Sequence[Mapping[str, float]]) -> int:
    """The epoch with the lowest validation loss, counted from 1; the first of several."""
    losses = [
        row["val_loss"] if row["val_loss"] == row["val_loss"] else float("inf") for row in history
    ]  # NaN is worst
    return losses.index(min(losses)) + 1
