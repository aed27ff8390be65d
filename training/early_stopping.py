"""Early stopping: when the validation loss no longer falls, the training ends and the weights of its best epoch are restored."""

from collections.abc import Mapping, Sequence

from training.learners import Arrays, Learner

PREFIX = "best "  # of the best epoch's arrays in a checkpoint, beside the last epoch's


class EarlyStopping:
    """Watches the validation loss. patience: epochs without a lower loss after which to stop, 0 for never.

    saved: what `state` gave, in a training that resumes from a checkpoint.
    """

    def __init__(self, patience: int, saved: Arrays | None = None):
        self.patience = patience
        self.best = {n.removeprefix(PREFIX): a for n, a in (saved or {}).items() if n.startswith(PREFIX)}

    def update(self, history: Sequence[Mapping[str, float]], model: Learner) -> bool:
        """Take in the epoch that has just ended; returns whether the training is over."""
        if not self.patience:
            return False
        since = len(history) - best_epoch(history)
        if since == 0:
            self.best = model.state()
        return since >= self.patience

    def restore_best(self, model: Learner) -> bool:
        """Restore the weights of the best epoch; returns whether there were any."""
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
