"""A named ensemble is made of the runs that its plan lists, all of them, and its file holds the protocol."""

import numpy as np
import pytest

from models import committees
from tests.conftest import TOY
from training import publishing, trainer
from training.commands import ensemble as command
from training.recipes import LONG, RECIPES
from training.runs import RunError, load_predictions
from training.studies import ensembles

MEMBERS = tuple(TOY.model_copy(update={"seed": seed, "split_seed": 1}) for seed in (1, 2, 3))
PLAN = ensembles.Plan("toys", MEMBERS)


@pytest.fixture
def trained(shelf, digits, keras):
    for recipe in MEMBERS:
        publishing.save(trainer.train(recipe, digits))
    return shelf


@pytest.mark.parametrize("plan", ensembles.ENSEMBLES.values(), ids=lambda plan: plan.name)
def test_the_members_hold_out_the_same_digits_and_choose_nothing(plan):
    assert 2 <= len(set(plan.members)) == len(plan.members) <= committees.MAX_MEMBERS
    assert len({(recipe.dataset, recipe.validation_fraction, recipe.split_seed) for recipe in plan.members}) == 1
    assert all(
        recipe.validation == "split" and recipe.split_seed >= 0 and not recipe.patience for recipe in plan.members
    )
    assert len({recipe.run_id() for recipe in plan.members}) == len(plan.members)


def test_it_is_saved_with_its_protocol_and_measured_like_any_ensemble(trained):
    result = ensembles.save(PLAN)
    assert committees.members("toys") == result.members == ("toy", "toy-seed2", "toy-seed3")
    assert committees.protocol("toys") == ensembles.PROTOCOL
    predictions = [load_predictions(run) for run in result.members]
    for kind, labels in (
        ("probabilities", predictions[0].labels),
        ("held_out_probabilities", predictions[0].held_out_labels),
    ):
        mean = np.mean([getattr(member, kind).astype(float) for member in predictions], axis=0)
        found = result.test if kind == "probabilities" else result.held_out
        assert found == (int((mean.argmax(axis=1) != labels).sum()), len(labels))
    assert ensembles.save(PLAN) == result  # a second time nothing is written


def test_a_member_that_is_not_trained_is_named(trained):
    longer = ensembles.Plan("more", (*MEMBERS, TOY.model_copy(update={"seed": 4, "split_seed": 1})))
    with pytest.raises(RunError, match="1 of 4 members yet to train: toy-seed4"):
        ensembles.save(longer)


def test_runs_with_other_held_out_digits_are_refused(trained, digits):
    other = publishing.save(trainer.train(TOY.model_copy(update={"name": "other", "split_seed": 9}), digits)).run_id
    with pytest.raises(RunError, match="do not hold out the same digits"):
        ensembles.measure(["toy", other])


def test_an_ensemble_of_a_visitor_has_no_protocol(trained):
    committees.save("mine", ["toy", "toy-seed2"])
    assert committees.protocol("mine") == committees.protocol("none such") == ()


def test_what_is_long_is_a_recipe():
    assert set(LONG) <= set(RECIPES)


def test_the_command_trains_what_is_missing_saves_and_tells(trained, monkeypatch, capsys):
    monkeypatch.setitem(ensembles.ENSEMBLES, "toys", PLAN)
    monkeypatch.setattr(command.console, "width", 200)
    command.make_ensemble("toys")
    printed = capsys.readouterr().out
    assert "3 members, 3 of them trained already" in printed
    assert "1. The members are listed before any of them is trained" in printed
    result = ensembles.measure(committees.members("toys"))
    assert f"toys: test error {100 * result.test[0] / 797:.2f} % ({result.test[0]} of 797" in printed
    assert f"toys: held-out error {100 * result.held_out[0] / 100:.2f} %" in printed


def test_the_command_refuses_impossible_numbers(capsys):
    with pytest.raises(SystemExit):
        command.make_ensemble("cnn-ensemble", jobs=0)
    assert "Jobs must be at least 1" in capsys.readouterr().err
