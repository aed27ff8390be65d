"""The named ensembles: which trainings are their members, and the protocol by which they are made and measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models import committees
from training.analysis import agreement
from training.recipe import Recipe
from training.recipes import RECIPES
from training.runs import Record, RunError, list_runs, load_predictions, with_recipes

# written before the first member was trained; it stands in the file of each ensemble that is made by it
PROTOCOL = (
    "The members are listed before any of them is trained, and all of them count, whatever their errors.",
    "All hold out the same 5,000 training digits; networks, augmentation and schedule were chosen on held-out digits alone.",
    "Every member trains for the epochs of its recipe and keeps the averaged weights of the last; no epoch is chosen.",
    "The ensemble predicts the class with the highest mean probability, every member with the same weight.",
    "No seed, member, epoch or setting was chosen by an error on the test digits, which are classified once the members stand.",
)


@dataclass(frozen=True)
class Plan:
    """An ensemble as it is planned: its name, and the recipes of its members."""

    name: str
    members: tuple[Recipe, ...]


@dataclass(frozen=True)
class Result:
    """What an ensemble reached. members: run ids; held_out, test: how many digits of how many are misclassified."""

    members: tuple[str, ...]
    held_out: tuple[int, int]
    test: tuple[int, int]


def _seeds(name: str, count: int) -> tuple[Recipe, ...]:
    return tuple(RECIPES[name].model_copy(update={"seed": seed}) for seed in range(1, count + 1))


STRIDES = _seeds("cnn-stride", 5)
ENSEMBLES = {
    plan.name: plan
    for plan in (
        Plan("cnn-ensemble", STRIDES),
        # a network of another kind, large filters without pooling, makes other mistakes
        Plan("mixed-ensemble", (*STRIDES, RECIPES["cnn-m5-cosine"])),
        # the strongest network alone, with two starts
        Plan("m5-ensemble", _seeds("cnn-m5-cosine", 2)),
        # and with a network of larger filters, as An et al. combine kinds
        Plan("m57-ensemble", (*_seeds("cnn-m5-cosine", 2), RECIPES["cnn-m7-cosine"])),
        # and with one of smaller filters too, the third of their kinds
        Plan("m357-ensemble", (RECIPES["cnn-m3-cosine"], *_seeds("cnn-m5-cosine", 2), RECIPES["cnn-m7-cosine"])),
    )
}


def find_members(plan: Plan, records: Sequence[Record] | None = None) -> list[str]:
    """The run ids of the plan's members, in its order. Raises RunError, in a sentence, where one has no run yet."""
    records = list_runs()[0] if records is None else records
    by_recipe = {recipe: record.run_id for record, recipe in with_recipes(records)}
    if lacking := [recipe.run_id() for recipe in plan.members if recipe not in by_recipe]:
        raise RunError(
            f"The ensemble {plan.name} has {len(lacking)} of {len(plan.members)} members yet to train: {', '.join(lacking)}."
        )
    return [by_recipe[recipe] for recipe in plan.members]


def save(plan: Plan) -> Result:
    """Save the ensemble, if it is not saved yet, with the protocol; returns what it reached. Raises RunError and ValueError."""
    members = find_members(plan)
    if plan.name not in committees.listed():
        committees.save(plan.name, members, protocol=PROTOCOL)
    return measure(members)


def measure(members: Sequence[str]) -> Result:
    """What an ensemble of these runs, which hold out the same digits, reaches. Raises RunError."""
    predictions = [load_predictions(run) for run in members]
    held_out = agreement.held_out(predictions)
    if held_out is None:
        raise RunError("The members of this ensemble do not hold out the same digits.")
    labels = predictions[0].labels
    test = agreement.ensemble(labels, [member.probabilities.astype(np.float32) for member in predictions])
    return Result(tuple(members), _wrong(*held_out), _wrong(labels, test))


def _wrong(labels: np.ndarray, combined: agreement.Ensemble) -> tuple[int, int]:
    """How many digits an ensemble misclassifies, of how many."""
    return int((combined.classes != labels).sum()), len(labels)
