"""Early stopping looks at the digits held out, ends in time, and gives back the best epoch."""

from itertools import pairwise

import numpy as np
import pytest

from tests.conftest import TOY
from training import trainer
from training.checkpoint import Checkpoint, CheckpointError
from training.early_stopping import EarlyStopping, best_epoch

# a step so long that the loss soon rises
HASTY = TOY.model_copy(update={"learning_rate": 0.05, "epochs": 60, "patience": 3})


class Model:
    """Its state is the number of the epoch it has learned."""

    def __init__(self):
        self.epoch = 0

    def state(self):
        return {"epoch": np.array(self.epoch)}

    def restore(self, state):
        self.epoch = int(state["epoch"])


@pytest.mark.parametrize(
    ("losses", "patience", "ends", "best"),
    [
        ([5, 4, 3, 2, 1], 2, 5, 5),
        ([5, 4, 4, 4, 1], 2, 4, 2),  # no lower loss is no better loss
        ([5, 6, 4, 6, 7], 2, 5, 3),
        ([1, 2, 3], 1, 2, 1),
        ([1, 2, 3], 0, 3, 3),  # no patience set: to the end, and the last epoch stays
        ([float("nan"), 2, 3, 4], 2, 4, 2),
    ],
)
def test_it_ends_and_goes_back(losses, patience, ends, best):
    model, stopping, history = Model(), EarlyStopping(patience), []
    for loss in losses:
        model.epoch += 1
        history.append({"val_loss": loss})
        if stopping.update(history, model):
            break
    assert model.epoch == ends
    assert stopping.restore_best(model) == bool(patience)
    assert model.epoch == best


def test_a_training_stops_early_and_keeps_its_best_epoch(digits, keras):
    run = trainer.train(HASTY, digits)
    best = best_epoch(run.history)
    assert len(run.history) == best + 3 < 60
    np.testing.assert_array_equal(run.predictions.classes, run.predictions.epoch_classes[best - 1])
    held = run.predictions
    right = (held.held_out_probabilities.argmax(1) == held.held_out_labels).mean()
    assert right == pytest.approx(run.history[best - 1]["val_accuracy"])


def test_a_stopped_training_remembers_its_best_epoch(digits, keras, tmp_path):
    undisturbed, kept = trainer.train(HASTY, digits), []

    def stop_after_the_best(now):
        kept.append(now.figures)
        if "val_loss" in now.figures and now.epoch == best_epoch(undisturbed.history) + 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trainer.train(HASTY, digits, stop_after_the_best, Checkpoint(tmp_path, HASTY, digits))
    resumed = trainer.train(HASTY, digits, checkpoint=Checkpoint(tmp_path, HASTY, digits))
    np.testing.assert_array_equal(resumed.predictions.probabilities, undisturbed.predictions.probabilities)
    assert [row["epoch"] for row in resumed.history] == [row["epoch"] for row in undisturbed.history]
    assert all(later == earlier + 1 for earlier, later in pairwise(row["epoch"] for row in resumed.history))


def test_a_full_disk_is_a_sentence_and_the_epoch_before_stays(digits, tmp_path, monkeypatch):
    checkpoint, state = Checkpoint(tmp_path, TOY, digits), {"variable 0": np.zeros(3)}
    classes = np.zeros(5, np.uint8)
    checkpoint.save([{"epoch": 1}], [classes], state)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CheckpointError, match=r"Epoch 2 could not be saved.*No space left.*Epoch 1 is saved"):
        checkpoint.save([{"epoch": 1}, {"epoch": 2}], [classes, classes], state)
    assert len(checkpoint.load()[0]) == 1
    assert len(list(tmp_path.iterdir())) == 1
