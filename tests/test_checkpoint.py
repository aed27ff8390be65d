"""What unfinished trainings have left is listed, resumed from, and deleted by name."""

import numpy as np
import pytest

from tests.conftest import TOY
from training import checkpoint
from training.checkpoint import Checkpoint


def leave(shelf, digits, epochs=2, **changes):
    found = Checkpoint(shelf, TOY.model_copy(update=changes), digits)
    found.save([{"epoch": n + 1} for n in range(epochs)], [np.zeros(3, np.uint8)] * epochs, {"a": np.zeros(4)})
    return found.path.name


def test_what_was_left_is_listed_with_its_epochs(shelf, digits):
    name = leave(shelf, digits, 3)
    (found,) = checkpoint.left()
    assert (found.name, found.recipe, found.epochs) == (name, "toy", 3)
    assert found.size == (shelf / name).stat().st_size


def test_a_damaged_file_is_listed_too(shelf, digits):
    name = leave(shelf, digits)
    (shelf / name).write_bytes(b"PK")
    assert [one.epochs for one in checkpoint.left()] == [0]


def test_one_is_deleted_by_its_name_and_no_other(shelf, digits):
    first, second = leave(shelf, digits), leave(shelf, digits, seed=2)
    checkpoint.discard(first)
    assert [one.name for one in checkpoint.left()] == [second]
    for name in (first, "../toy", "record.json"):
        with pytest.raises(ValueError, match="No unfinished training"):
            checkpoint.discard(name)
