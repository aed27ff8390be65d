"""A recipe holds together, or says what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.architectures import ARCHITECTURES, options_of
from models.classifiers import CLASSIFIERS
from training.network_learner import optimizers
from training.recipe import Optimizer, Recipe
from training.recipes import RECIPES

GOOD = {"name": "good", "architecture": "mlp"}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "No Spaces"}, "name"),
        ({"architecture": "cnn_huge"}, "no architecture 'cnn_huge'"),
        ({"epochs": 0}, "epochs"),
        ({"batch_size": -1}, "batch_size"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"dropout": 1.0}, "dropout"),
        ({"validation": "sometimes"}, "validation"),
        ({"hidden": (0,)}, "hidden"),
        ({"architecture": "cnn_small", "dropout": 0.1}, "no option 'dropout'"),
        ({"optimizer": "adam", "momentum": 0.9}, "takes no momentum"),
        ({"colour": "blue"}, "colour"),
        ({"validation": "fold", "fold": 6, "folds": 5}, "no fold 6 of 5"),
        ({"patience": 2, "validation": "test"}, "patience needs digits held out"),
        ({"filters": (8,)}, "no option 'filters'"),
        ({"averaging": 1.0}, "averaging"),
        ({"label_smoothing": 0.1}, "label_smoothing needs one-hot targets"),
        ({"schedule": "cosine", "decay": 0.9}, "'cosine' takes no decay"),
        ({"architecture": "svm", "epochs": 1, "averaging": 0.9}, "fitted once"),
        ({"architecture": "svm", "epochs": 1, "calibrate": True}, "fitted once"),
        ({"split_seed": 1, "validation": "test"}, "split_seed chooses the held-out part"),
        ({"teacher": "canvas"}, "teacher needs one-hot targets"),
        ({"outliers": 10}, "outliers needs one-hot targets"),
        ({"calibrate": True, "validation": "test"}, "calibrate needs digits held out"),
    ],
)
def test_what_is_impossible_is_refused(changes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Recipe(**(GOOD | changes))


def test_a_recipe_written_before_a_field_was_added_still_means_the_same():
    written = RECIPES["cnn-kfold"].model_dump()
    for later in (
        "averaging",
        "label_smoothing",
        "decay",
        "outliers",
        "calibrate",
        "half",
        "split_seed",
        "teacher",
        "maps",
    ):
        del written[later]
    assert Recipe.model_validate(written) == RECIPES["cnn-kfold"]


def test_a_recipe_does_not_change():
    with pytest.raises(ValidationError):
        Recipe(**GOOD).epochs = 3


@given(
    st.builds(
        Recipe,
        name=st.from_regex(r"\A[a-z0-9][a-z0-9-]{0,59}\Z"),
        architecture=st.just("mlp"),
        hidden=st.none() | st.lists(st.integers(1, 10_000), min_size=1, max_size=5).map(tuple),
        dropout=st.none() | st.floats(0, 0.99),
        learning_rate=st.floats(1e-9, 10),
        seed=st.integers(0, 2**31 - 1),
    )
)
def test_a_recipe_survives_being_written(recipe):
    assert Recipe.model_validate_json(recipe.model_dump_json()) == recipe


def test_only_set_options_reach_the_network():
    assert Recipe(**GOOD).options() == {}
    assert Recipe(**GOOD, dropout=0.0).options() == {"dropout": 0.0}


def test_an_option_is_a_field_and_an_argument_of_one_name(monkeypatch):
    monkeypatch.setitem(ARCHITECTURES, "grid", lambda layers, classes, spacing=2, momentum=0.5: [])

    class Spaced(Recipe):
        spacing: int | None = None

    recipe = Spaced(name="spaced", architecture="grid", optimizer="sgd", momentum=0.9, spacing=3)
    assert recipe.options() == {"spacing": 3}  # momentum is the optimizer's
    assert Spaced(name="spaced", architecture="grid").options() == {}
    with pytest.raises(ValidationError, match="'mlp' has no option 'spacing'"):
        Spaced(**GOOD, spacing=3)


def test_every_option_is_taken_by_an_architecture():
    taken = set().union(*map(options_of, ARCHITECTURES | CLASSIFIERS))
    assert {name for name, field in Recipe.model_fields.items() if field.default is None} <= taken


def test_every_optimizer_is_one_of_keras(keras):
    for name in Optimizer.__args__:
        assert issubclass(optimizers(keras)[name], keras.optimizers.Optimizer)


@pytest.mark.parametrize("name", RECIPES)
def test_named_recipes_have_their_names(name):
    assert RECIPES[name].name == name


@pytest.mark.parametrize(
    ("changes", "idle"),
    [
        ({"validation": "test", "validation_fraction": 0.3}, ["validation_fraction"]),
        ({"validation": "split", "validation_fraction": 0.3}, []),
        ({"folds": 7}, ["folds"]),
        ({"validation": "fold", "folds": 7, "fold": 2}, []),
        ({"architecture": "random_forest", "hidden": None, "epochs": 1, "learning_rate": 0.1}, ["learning_rate"]),
        ({"learning_rate": 0.1}, []),
    ],
)
def test_what_changes_nothing_is_told(changes, idle):
    plain = {"name": "toy", "architecture": "mlp", "hidden": (16,)}
    assert Recipe(**plain | changes).unused() == idle
