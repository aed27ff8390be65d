"""Which settings differ between runs: those of our trainer, those told of others, and both beside each other."""

from collections import Counter

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.conftest import TOY
from training import runs
from training.analysis.run_settings import REPEATS, differing, settings, shared
from training.recipe import Recipe

NAMES = st.sampled_from(["lr", "batch", "note", "seed", "dropout"])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(0, 2), st.sampled_from([0.5, "a", "b", (1, 2)]))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "origin": st.sampled_from(["trained", "recorded", "imported"]),
            "settings": st.dictionaries(NAMES, VALUES, max_size=5),
        }
    ),
    max_size=7,
)


def trained(**told):
    return {"origin": "trained", "settings": told}


def told(**settings):
    return {"origin": "recorded", "settings": settings}


def record_of(recipe):
    return runs.load_record("svm").model_copy(update={"recipe": recipe, "origin": "trained"})


def test_what_most_runs_differ_in_comes_first_and_repeats_last():
    rows = [trained(batch=32, lr=lr, seed=seed, same=1) for seed, lr in enumerate((0.1, 0.2, 0.3, 0.3))]
    rows[0]["settings"]["batch"] = 64
    assert differing(rows) == ["lr", "batch", "seed"]
    assert differing(rows, without=("lr",)) == ["batch", "seed"]
    assert differing(rows[2:]) == ["seed"]


def test_a_text_of_its_own_in_each_of_many_runs_is_no_setting_to_begin_with():
    rows = [told(command=f"try {n}", lr=0.1 * (n // 4)) for n in range(8)]
    assert differing(rows) == ["lr", "command"]
    assert differing(rows[:4]) == ["command"]


def test_what_a_run_does_not_have_makes_no_difference_and_what_somebody_left_out_makes_one():
    assert differing([trained(hidden=(16,), lr=1), trained(filters=(8,), lr=1)]) == []
    assert differing([told(lr=1), told(lr=1, dropout=0.5)]) == ["dropout"]
    assert differing([trained(lr=1), told(lr=1, dropout=0.5)]) == []
    assert differing([told(flag=1), told(flag=True)]) == ["flag"]


def test_a_recipe_tells_what_matters_with_the_defaults_of_its_architecture():
    plain = settings(record_of(Recipe(name="a", architecture="cnn_medium")))
    assert plain["dropout"] == 0.2
    assert not {"name", "group", "hidden", "trees", "fold", "folds", "decay"} & set(plain)
    assert "fold" in settings(record_of(Recipe(name="a", architecture="mlp", validation="fold")))
    forest = settings(record_of(Recipe(name="a", architecture="random_forest", epochs=1)))
    assert not {"learning_rate", "optimizer", "batch_size"} & set(forest)
    assert {"trees"} < set(forest)


def test_a_value_that_is_set_to_the_default_is_no_other_value():
    open_, closed = (
        {
            "origin": "trained",
            "settings": settings(record_of(Recipe(name="a", architecture="cnn_medium", dropout=value))),
        }
        for value in (None, 0.2)
    )
    assert differing([open_, closed]) == []


def test_of_repeats_only_what_all_share_is_told():
    rows = [trained(lr=0.1, seed=seed) for seed in (1, 2)]
    assert shared(rows) == trained(lr=0.1)
    assert shared(rows[:1]) == rows[0]


def test_the_seeds_of_a_recipe_differ_in_the_seed_alone():
    rows = [
        {"origin": "trained", "settings": settings(record_of(TOY.model_copy(update={"seed": seed})))} for seed in (1, 2)
    ]
    assert differing(rows) == ["seed"]


@given(ROWS)
def test_each_that_is_named_differs_and_no_other_whatever_the_order(rows):
    found = differing(rows)
    assert sorted(found) == sorted(differing(rows[::-1]))
    free = {name for row in rows if row["origin"] != "trained" for name in row["settings"]}
    for name in {name for row in rows for name in row["settings"]}:
        seen = [
            repr(row["settings"].get(name))
            for row in rows
            if name in row["settings"] or (name in free and row["origin"] != "trained")
        ]
        assert (name in found) == (len(set(seen)) > 1)
    ranks = [name in REPEATS for name in found]
    assert ranks == sorted(ranks)


@given(ROWS, st.integers(0, 6))
def test_a_run_twice_changes_nothing_and_one_alone_differs_in_nothing(rows, place):
    for row in rows[place : place + 1]:
        assert differing([row]) == differing([row, row]) == []
        assert set(differing([*rows, row])) == set(differing(rows))


@pytest.mark.parametrize("run_id", ["canvas", "svm", "random-forest", "mlp-800"])
def test_settings_of_shipped_runs_are_plain(run_id):
    found = settings(runs.load_record(run_id))
    assert found["architecture"]
    assert Counter(map(type, found.values())).keys() <= {str, int, float, bool, tuple, type(None)}
