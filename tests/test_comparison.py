"""The verdict table against scikit-learn, statsmodels and pandas, on the shipped runs and on models that know all or nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, log_loss
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from training import publishing, runs
from training.analysis import comparison, significance
from training.analysis.comparison import ALONE, BEST, TIE, WORSE, entries, pareto

CHOSEN = ("canvas", "cnn-6layer", "cnn-large", "svm", "mlp-800", "cnn-kfold")


def rows_of(records):
    rows = [comparison.run_row(r, runs.load_predictions(r.run_id), runs.load_history(r.run_id)) for r in records]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def table():
    return rows_of(runs.list_runs()[0])


def wrong(*names):
    found = {name: runs.load_predictions(name) for name in names}
    return {name: answer.classes != answer.labels for name, answer in found.items()}


@pytest.mark.parametrize("run", CHOSEN)
def test_a_row_of_a_shipped_run(run, table):
    row, found = table.set_index("run").loc[run], runs.load_predictions(run)
    assert row["error"] == pytest.approx(1 - accuracy_score(found.labels, found.classes))
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(row["errors"], 10_000, method="wilson"))
    history = runs.load_history(run)
    assert row["last_epoch"] == len(history)
    if history["val_loss"].notna().all():
        assert row["best_epoch"] == history["val_loss"].to_numpy().argmin() + 1
    if row["scores"] == "probabilities":
        sums = found.probabilities.astype(float)
        expected = log_loss(found.labels, sums / sums.sum(1, keepdims=True))
        assert row["cross_entropy"] == pytest.approx(expected, abs=2e-3)
    else:
        assert np.isnan(row["cross_entropy"])


def test_ties_are_statsmodels(table):
    missed = wrong(*CHOSEN)
    found = comparison.compare(table, {run: (run,) for run in CHOSEN}, missed).set_index("run")
    best = min(CHOSEN, key=lambda run: missed[run].sum())
    assert found.index[0] == best
    assert found.loc[best, "verdict"] == BEST
    others = list(found.index[1:])
    chances = []
    for run in others:
        a, b = missed[run], missed[best]
        counts = [[(~a & ~b).sum(), (~a & b).sum()], [(a & ~b).sum(), (a & b).sum()]]
        chances.append(mcnemar(counts, exact=True).pvalue)
    rejected, corrected = multipletests(chances, alpha=significance.SIGNIFICANCE_LEVEL, method="holm")[:2]
    np.testing.assert_allclose(found.loc[others, "p_value"], corrected)
    assert [verdict == WORSE for verdict in found.loc[others, "verdict"]] == rejected.tolist()
    assert TIE in set(found["verdict"])


def test_repeats_are_one_entry(table):
    every = entries(table)
    seeds = every["digits-mlp-15 (10 seeds)"]
    assert len(seeds) == 10
    assert len(every["cnn-kfold (5 folds)"]) == 5
    assert "cnn-kfold" not in every["cnn-kfold (5 folds)"]
    assert set(table["run"]) <= set(every)
    found = comparison.compare(table, {"seeds": seeds, "svm": ("svm",)}, wrong("svm", *seeds)).set_index("run")
    errors = table[table["run"].isin(seeds)]["error"]
    assert found.loc["seeds", "error"] == pytest.approx(errors.mean())
    assert found.loc["seeds", "deviation"] == pytest.approx(np.std(errors, ddof=1))
    assert sorted(errors)[4] == pytest.approx(table.set_index("run")["error"][found.loc["seeds", "middle"]])
    assert np.isnan(found.loc["svm", "deviation"])
    assert set(found["verdict"]) == {ALONE}  # each on digits of its own


def test_one_run_a_perfect_and_a_constant_one(table):
    one = comparison.compare(table, {"svm": ("svm",)}, wrong("svm"))
    assert one["verdict"].tolist() == [ALONE]
    assert one["p_value"].isna().all()
    made = pd.concat([table[table["run"] == "svm"]] * 2, ignore_index=True)
    low, high = zip(*(significance.interval(errors, 10_000) for errors in (0, 9_000)), strict=True)
    made = made.assign(run=["perfect", "constant"], errors=[0, 9_000], error=[0.0, 0.9], low=low, high=high)
    missed = {"perfect": np.zeros(10_000, bool), "constant": np.arange(10_000) < 9_000}
    both = comparison.compare(made, {"constant": ("constant",), "perfect": ("perfect",)}, missed)
    assert both["verdict"].tolist() == [BEST, WORSE]
    assert both["low"][0] == 0
    assert both["high"][0] == pytest.approx(proportion_confint(0, 10_000, method="wilson")[1])


def test_the_front_is_beaten_by_none(rng):
    values = rng.integers(0, 6, (40, 2)).astype(float)
    values[3, 1] = np.nan
    found = pareto(values)
    for place, row in enumerate(values):
        beaten = any((other <= row).all() and (other < row).any() for other in values)
        assert found[place] == (not beaten and not np.isnan(row).any())
    assert pareto(np.array([[1.0, 2.0]])).tolist() == [True]
    assert pareto(np.empty((0, 2))).tolist() == []


def test_runs_with_the_same_held_out_digits_are_grouped(table):
    groups = comparison.held_out_groups(table)
    for own in groups.values():
        assert [len(group) for group in own] == sorted(map(len, own), reverse=True)
        for group in own:
            indices = [runs.load_predictions(run).held_out_index for run in group]
            assert all(np.array_equal(index, indices[0]) for index in indices)
    assert sum(len(group) for own in groups.values() for group in own) > 100


def test_folds_and_later_seeds_repeat_a_run_but_a_users_own_repeat_no_shipped_one():
    rows = [
        ("whole", "a", 0, 1, "2026-01-01"),
        ("seed 2", "a", 0, 2, "2026-01-02"),
        ("fold 1", "b", 1, 1, "2026-01-03"),
        ("mine", "a", 0, 1, "2099-01-01"),
        ("mine, seed 7", "c", 0, 7, "2099-01-02"),
        ("mine, seed 8", "c", 0, 8, "2099-01-03"),
    ]
    table = pd.DataFrame(rows, columns=["run", "repeats", "fold", "seed", "created"])
    assert comparison.repeats(table) == {"seed 2", "fold 1", "mine, seed 8"}
    assert comparison.newest(table) == "mine, seed 7"
    assert comparison.newest(table[:3]) is None
    assert comparison.own_runs(table.assign(group="")) == ["mine, seed 7", "mine"]
    assert comparison.own_runs(table.assign(group=["", "", "", "", "sweep", ""])) == ["mine"]
    assert comparison.repeats(table[2:3]) == set()


def test_the_rival_is_the_nearest_run_that_differs_significantly():
    wrong = {"first": np.arange(1000) < 50, "near": np.arange(1000) < 53, "far": np.arange(1000) < 90}
    wrong |= {"same recipe": np.arange(1000) < 70, "farthest": np.arange(1000) < 200, "other digits": ~wrong["first"]}
    table = pd.DataFrame({"run": list(wrong), "error": [each.mean() for each in wrong.values()]})
    table = table.assign(fold=0, seed=1, created="2026", repeats=table["run"], test_digits="some")
    table.loc[table["run"] == "same recipe", ["repeats", "seed"]] = ["first", 2]
    table.loc[table["run"] == "other digits", "test_digits"] = "others"
    assert comparison.rival(table, "first", wrong.get) == "far"
    assert comparison.rival(table[:2], "first", wrong.get) == "near"
    assert comparison.rival(table[:1], "first", wrong.get) is None
    assert comparison.rival(table, "gone", wrong.get) is None


def small(*rows):
    known = {"recipe": "toy", "repeats": "toy", "fold": 0}
    return pd.DataFrame([known | {"run": run, "seed": seed} for run, seed in rows])


def test_the_same_seed_again_is_no_repeat():
    assert list(entries(small(("toy", 1), ("toy-2", 1)))) == ["toy", "toy-2"]
    found = entries(small(("toy", 1), ("toy-2", 1), ("toy-seed2", 2)))
    assert found["toy (2 seeds)"] == ("toy", "toy-seed2")


def test_the_same_training_twice_is_told():
    table = small(("toy", 1), ("toy-2", 1), ("toy-seed2", 2))
    assert comparison.same_trainings(table, ["toy", "toy-2", "toy-seed2"]) == [("toy", "toy-2")]
    assert comparison.same_trainings(table, ["toy", "toy-seed2"]) == []


def test_a_training_that_was_stopped_is_another_than_the_whole_one(shelf, toy_run):
    stopped = replace(toy_run, record=toy_run.record.model_copy(update={"stopped": 1}))
    names = [publishing.save(run).run_id for run in (toy_run, stopped, toy_run)]
    table = rows_of(runs.list_runs()[0])
    assert comparison.same_trainings(table, names) == [(names[0], names[2])]
    assert table.set_index("run").loc[names, "epochs"].tolist() == [2, 1, 2]
