"""Which of a dataset's training digits a recipe trains on, and which it holds out."""

from collections.abc import Collection

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
    numbers, held = _numbers(recipe, len(labels))
    rest = (images, labels) if len(numbers) == len(labels) else (images[numbers], labels[numbers])
    return rest, None if held is None else (held.astype(np.uint32), images[held], labels[held])


def of_parts(recipe: Recipe, dataset: Dataset, names: Collection[str]) -> np.ndarray:
    """Which of the digits that `split` gives to train on are of the datasets with these names, (n,) bool."""
    parts = np.repeat([name in names for name, _ in dataset.parts], [count for _, count in dataset.parts])
    return parts[_numbers(recipe, len(parts))[0]]


def _numbers(recipe: Recipe, digits: int) -> tuple[np.ndarray, np.ndarray | None]:
    """The numbers of the training digits to train on, and of those held out, or None; both in order."""
    if recipe.validation == "fold":
        from sklearn.model_selection import KFold

        parts = KFold(recipe.folds, shuffle=True, random_state=1).split(np.arange(digits))
        held = list(parts)[recipe.fold - 1][1]
    elif recipe.validation == "split":
        seed = recipe.seed if recipe.split_seed < 0 else recipe.split_seed
        order = np.random.default_rng(seed).permutation(digits)
        held = np.sort(order[: round(digits * recipe.validation_fraction)])
    else:
        return _some(recipe, np.arange(digits)), None
    if not 0 < len(held) < digits:
        raise TrainingError(f"A validation fraction of {recipe.validation_fraction} leaves one part without digits.")
    return _some(recipe, np.delete(np.arange(digits), held)), held


def how_many(recipe: Recipe, digits: int) -> int:
    """How many of so many training digits a recipe trains on in each epoch; of folds that are not equally large, the first's."""
    held = {"split": round(digits * recipe.validation_fraction), "fold": -(-digits // recipe.folds)}
    rest = digits - held.get(recipe.validation, 0)
    return min(recipe.digits, rest) if recipe.digits else rest


def _some(recipe: Recipe, numbers: np.ndarray) -> np.ndarray:
    """As many of these numbers as the recipe asks for, in order."""
    if 0 < recipe.digits < len(numbers):
        rng = np.random.default_rng([recipe.seed, recipe.digits])
        return np.sort(rng.choice(numbers, recipe.digits, replace=False))
    return numbers
