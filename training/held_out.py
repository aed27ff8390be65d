"""Which of a dataset's training digits a recipe trains on, and which it holds out."""

import numpy as np

from training.datasets.dataset import Dataset
from training.recipe import Recipe

Pictures = tuple[np.ndarray, np.ndarray]  # images (n, height, width) uint8, labels (n,)
HeldOut = tuple[np.ndarray, np.ndarray, np.ndarray]  # index into the training set, images, labels


class TrainingError(Exception):
    """A training that cannot continue, in a sentence a user can act on."""


def split(recipe: Recipe, dataset: Dataset) -> tuple[Pictures, HeldOut | None]:
    """The digits to train on, and those held out, or None. Raises TrainingError where one of both would be empty."""
    images, labels = dataset.part("train")
    if recipe.validation == "fold":
        from sklearn.model_selection import KFold

        held = list(KFold(recipe.folds, shuffle=True, random_state=1).split(labels))[recipe.fold - 1][1]
    elif recipe.validation == "split":
        seed = recipe.seed if recipe.split_seed < 0 else recipe.split_seed
        order = np.random.default_rng(seed).permutation(len(labels))
        held = np.sort(order[: round(len(labels) * recipe.validation_fraction)])
    else:
        return _some(recipe, images, labels, np.arange(len(labels))), None
    if not 0 < len(held) < len(labels):
        raise TrainingError(f"A validation fraction of {recipe.validation_fraction} leaves one part without digits.")
    rest = _some(recipe, images, labels, np.delete(np.arange(len(labels)), held))
    return rest, (held.astype(np.uint32), images[held], labels[held])


def how_many(recipe: Recipe, digits: int) -> int:
    """How many of so many training digits a recipe trains on in each epoch; of folds that are not equally large, the first's."""
    held = {"split": round(digits * recipe.validation_fraction), "fold": -(-digits // recipe.folds)}
    rest = digits - held.get(recipe.validation, 0)
    return min(recipe.digits, rest) if recipe.digits else rest


def _some(recipe: Recipe, images: np.ndarray, labels: np.ndarray, numbers: np.ndarray) -> Pictures:
    """As many of the training digits with these numbers as the recipe asks for, in order; without a copy where that is all."""
    if 0 < recipe.digits < len(numbers):
        rng = np.random.default_rng([recipe.seed, recipe.digits])
        numbers = np.sort(rng.choice(numbers, recipe.digits, replace=False))
    return (images, labels) if len(numbers) == len(labels) else (images[numbers], labels[numbers])
