"""Our best is found on the shelf and stands among the known errors, and never one that is not there."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from training.runs import RunError
from training.studies import records
from training.studies.records import AIM, KNOWN, Known

TRUTH = np.arange(1000) % 10
WRONG = {  # which of a thousand digits are misclassified by each run, and by the mean of two
    ("a",): np.arange(1000) < 30,
    ("b",): np.arange(1000) < 20,
    ("votes",): np.arange(1000) < 25,
    ("fold",): np.arange(1000) < 5,
    ("small",): np.arange(1000) < 1,
    ("a", "b"): np.arange(1000) < 12,
    ("b", "a"): np.arange(1000) < 14,
}


def wrong(members):
    if members not in WRONG:
        raise RunError("It is gone.")
    return WRONG[members]


@pytest.fixture
def table():
    """Runs on MNIST, of which one is a fold and one gives votes, and one on other digits."""
    rows = [("a", "mnist", 0), ("b", "mnist", 0), ("votes", "mnist", 0), ("fold", "mnist", 1), ("small", "digits", 0)]
    found = pd.DataFrame(rows, columns=["run", "dataset", "fold"])
    found["scores"] = ["votes" if run == "votes" else "probabilities" for run in found["run"]]
    return found.assign(error=[WRONG[run,].mean() for run in found["run"]])


def test_the_best_run_is_that_with_the_fewest_errors_on_mnist(table):
    best = records.best_run(table, wrong)
    assert (best.name, best.members, best.errors, best.error, best.among) == ("b", ("b",), 20, 0.02, 3)
    assert best.interval == pytest.approx(proportion_confint(20, 1000, method="wilson"))


def test_the_best_ensemble_is_the_saved_one_with_the_fewest_errors(table):
    saved = {
        "worse": ("b", "a"),
        "better": ("a", "b"),
        "gone": ("a", "votes"),
        "other": ("a", "small"),
        "fold": ("a", "fold"),
    }
    best = records.best_ensemble(saved, table, wrong)
    assert (best.name, best.members, best.errors, best.among) == ("better", ("a", "b"), 12, 2)


def test_an_ensemble_with_a_run_that_was_deleted_meanwhile_is_left_out(table):
    table = pd.concat([table, table.iloc[:1].assign(run="deleted")])
    assert records.best_ensemble({"one": ("a", "deleted")}, table, wrong) is None
    assert records.best_ensemble({"one": ("a", "deleted"), "two": ("b", "a")}, table, wrong).name == "two"


def test_without_runs_there_is_no_best(table):
    for empty in (pd.DataFrame(), table[table["dataset"] == "digits"]):
        assert records.best_run(empty, wrong) is None
        assert records.best_ensemble({"pair": ("a", "b")}, empty, wrong) is None


def test_known_errors_are_told_apart_and_hold_their_intervals():
    assert AIM in KNOWN
    assert len({one.name for one in KNOWN}) == len(KNOWN)
    for one in KNOWN:
        low, high = one.interval
        assert low < one.error < high < 0.1
        assert one.reference
    assert Known("k", 0.0018, 2018, "r").interval == pytest.approx(proportion_confint(18, 10_000, method="wilson"))
