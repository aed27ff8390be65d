"""How long a training takes is concluded from the most similar run of the same architecture."""

import pytest

from tests.conftest import TOY
from training.analysis.duration import estimate
from training.held_out import how_many, split


def record(toy_run, seconds, name="toy", **changes):
    recipe = TOY.model_copy(update=changes)
    return toy_run.record.model_copy(update={"recipe": recipe, "seconds": seconds, "run_id": name})


def test_time_grows_with_digits_and_epochs(toy_run):
    past = [record(toy_run, 18.0)]  # 900 digits, two epochs: 10 ms a digit
    found = estimate(TOY.model_copy(update={"epochs": 5}), 3000, past)
    assert found.seconds == pytest.approx(18 / 1800 * 15_000)
    assert found.like == "toy"


def test_the_most_similar_run_counts_and_of_equals_the_newest(toy_run):
    past = [record(toy_run, 1.0, "wide", hidden=(64,)), record(toy_run, 2.0, "old"), record(toy_run, 3.0, "new")]
    assert estimate(TOY, 900, past).like == "new"
    assert estimate(TOY.model_copy(update={"hidden": (64,)}), 900, past).like == "wide"


def test_no_run_of_the_architecture_gives_none(toy_run):
    past = [record(toy_run, 1.0), toy_run.record.model_copy(update={"diverged": 1})]
    assert estimate(TOY.model_copy(update={"architecture": "cnn", "hidden": None}), 900, past) is None
    assert estimate(TOY, 900, past[1:]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"validation": "none"},
        {"validation": "fold"},
        {"digits": 50},
        {"digits": 5000},
        {"validation_fraction": 0.33},
    ],
)
def test_how_many_digits_are_trained_on_is_known_without_splitting(changes, digits):
    recipe = TOY.model_copy(update=changes)
    assert how_many(recipe, 1000) == len(split(recipe, digits)[0][1])
