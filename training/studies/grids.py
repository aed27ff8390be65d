"""The studies: grids of trainings that answer a question together.

Everything is chosen on the digits held out of the training set; the test set is used once, at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from training.recipe import Optimizer, Recipe
from training.recipes import RECIPES
from training.sweep import expand

WORKSHOP = RECIPES["cnn-medium"].model_dump(exclude={"name", "group", "validation"})


@dataclass(frozen=True)
class Study:
    """A base recipe and the grids around it. question: what the runs should answer."""

    question: str
    base: Recipe
    grids: tuple[Mapping[str, Sequence[Any]], ...]

    def recipes(self) -> list[Recipe]:
        """Every training of the study, none twice; the base has the study's name."""
        recipes: dict[Recipe, Recipe] = {}
        for grid in self.grids:
            for recipe in expand(self.base, grid):
                setting = recipe.model_copy(update={"name": self.base.name})
                recipes.setdefault(setting, setting if setting == self.base else recipe)
        return list(recipes.values())

    def varied(self) -> tuple[str, ...]:
        """The fields of Recipe in which its trainings differ."""
        recipes = self.recipes()
        return tuple(
            field
            for field in Recipe.model_fields
            if field not in ("name", "group") and len({getattr(recipe, field) for recipe in recipes}) > 1
        )

    def one_at_a_time(self) -> bool:
        """Whether each of several grids varies one field alone, so that every training differs from the base in one."""
        return len(self.grids) > 1 and all(sum(len(many) > 1 for many in grid.values()) == 1 for grid in self.grids)


def _study(question: str, grids: tuple[Mapping[str, Sequence[Any]], ...], **base) -> Study:
    return Study(question, Recipe(group=base["name"], validation="split", **base), grids)


RATES = (0.0003, 0.001, 0.003)
REGULARISED = {"dropout": (0.0, 0.25, 0.5), "batch_normalization": (False, True)}
STUDIES = {
    study.base.name: study
    for study in (
        _study(
            "Which optimizer, and at which learning rate?",
            ({"optimizer": get_args(Optimizer), "learning_rate": (0.001, 0.01, 0.1)},),
            **WORKSHOP | {"name": "optimizer-study", "epochs": 5},
        ),
        _study(
            "How wide and deep should a multilayer perceptron be, and what keeps it from overfitting?",
            (
                {"hidden": tuple((w,) * d for w in (32, 128, 512) for d in (1, 2, 3)), "learning_rate": RATES},
                {"batch_size": (32, 128, 512), "learning_rate": RATES},
                REGULARISED,
                {"patience": (0, 3), "dropout": (0.0, 0.5)},
            ),
            name="mlp-study",
            architecture="mlp",
            hidden=(512, 512),
            batch_size=128,
            epochs=20,
            dropout=0.0,
            batch_normalization=False,
        ),
        _study(
            "How wide and deep should a convolutional network be, and what keeps it from overfitting?",
            (
                {
                    "filters": tuple(tuple(w * 2**n for n in range(d)) for w in (8, 16, 32) for d in (1, 2, 3)),
                    "learning_rate": RATES[1:],
                },
                {"batch_size": (32, 128, 512), "learning_rate": RATES[1:]},
                REGULARISED,
                {"patience": (0, 3), "dropout": (0.0, 0.5)},
            ),
            name="cnn-study",
            architecture="cnn",
            filters=(16, 32),
            batch_size=128,
            epochs=10,
            dropout=0.0,
            batch_normalization=False,
            precision="mixed_bfloat16",
        ),
        _study(
            "Which ingredients bring a network of this size closest to the fewest errors known?",
            (
                {"augmentation": ((), ("affine",), ("elastic",), ("elastic", "thickness"))},
                {"averaging": (0.0, 0.999)},
                {"schedule": ("constant", "cosine")},
                {"label_smoothing": (0.0, 0.1)},
                {"dropout": (0.0, 0.4)},
            ),
            name="ingredients",
            architecture="cnn_stride",
            filters=(32, 64),
            dropout=0.4,
            augmentation=("elastic",),
            loss="categorical_crossentropy",
            learning_rate=0.002,
            schedule="cosine",
            averaging=0.999,
            batch_size=128,
            epochs=10,
            validation_fraction=1 / 12,
            precision="mixed_bfloat16",
        ),
    )
}
