"""How long a training will take, from what others took."""

from collections.abc import Sequence
from dataclasses import dataclass

from training.held_out import how_many
from training.recipe import Recipe
from training.runs import Record, with_recipes

# fields that change how long a digit takes, those that change it most first
COSTLY = ("hidden", "filters", "augmentation", "precision", "averaging", "batch_size", "optimizer", "loss")


@dataclass(frozen=True)
class Duration:
    """seconds: what a training is expected to take; like: the run that this is concluded from."""

    seconds: float
    like: str


def digits_of(dataset: str, records: Sequence[Record]) -> int | None:
    """How many training digits the dataset of that name has, by the newest run that was trained on it; None where none was."""
    counts = [record.dataset["train"] for record in records if record.dataset["name"] == dataset]
    return int(counts[-1]) if counts else None


def estimate(recipe: Recipe, digits: int, records: Sequence[Record]) -> Duration | None:
    """What a recipe will take on so many training digits, as the most similar run of the same architecture took for each digit and
    epoch; None where there is no such run. records: of runs, the oldest first; of equally similar ones the newest counts."""
    best, score = None, (-1, 0)
    for place, (record, other) in enumerate(with_recipes(records)):
        if other.architecture != recipe.architecture or not record.seconds:
            continue
        alike = sum(getattr(other, field) == getattr(recipe, field) for field in COSTLY)
        if (alike, place) > score:
            best, score = record, (alike, place)
    if best is None or best.recipe is None:
        return None
    done = how_many(best.recipe, int(best.dataset["train"])) * best.recipe.epochs
    return Duration(best.seconds / max(done, 1) * digits * recipe.epochs, best.run_id)
