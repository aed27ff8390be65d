"""Early stopping, replayed on the validation losses of a training that went on to its end."""

from collections.abc import Sequence
from typing import NamedTuple

from training.early_stopping import best_epoch


class Stop(NamedTuple):
    """epoch: the last that is trained; best: the one whose weights are kept, both from 1; lowest: the best of all epochs."""

    epoch: int
    best: int
    lowest: int


def replay(losses: Sequence[float], patience: int) -> Stop:
    """Where a training with these validation losses, one per epoch, stops (Prechelt 1998). patience: epochs without a lower loss
    after which it does."""
    rows = [{"val_loss": loss} for loss in losses]
    for epoch in range(1, len(rows) + 1):
        best = best_epoch(rows[:epoch])
        if epoch - best >= patience:
            return Stop(epoch, best, best_epoch(rows))
    return Stop(len(rows), best_epoch(rows), best_epoch(rows))
