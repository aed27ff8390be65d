"""Answers of any model become a run, or a sentence says why not."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from training import record
from training.analysis.comparison import run_row
from training.recording import as_probabilities, clean_name
from training.runs import RunError, list_runs, load_history, load_predictions, load_record, same_digits


@pytest.fixture(scope="session")
def fitted(digits):
    """scikit-learn's logistic regression, and the test digits as it reads them."""
    images, labels = digits.part("train")
    model = LogisticRegression(max_iter=100).fit(images.reshape(len(images), -1) / 255, labels)
    tested, truth = digits.part("test")
    return model, tested.reshape(len(tested), -1) / 255, truth


def row(kept):
    return run_row(kept, load_predictions(kept.run_id), load_history(kept.run_id))


def test_a_model_of_scikit_learn_stands_beside_ours(shelf, fitted):
    model, images, labels = fitted
    given = {"seed": 2, "C": np.float64(1), "batch_size": np.int64(32), "solver": LogisticRegression, "parameters": 650}
    kept = record("Logistic régression", labels, model.predict_proba(images), settings=given, images=images)
    assert list_runs() == ([kept], [])
    assert kept.run_id == "logistic-regression"
    assert (kept.origin, kept.recipe, kept.parameters) == ("recorded", None, 650)
    assert kept.settings == {"seed": 2, "C": 1.0, "batch_size": 32, "solver": str(LogisticRegression)}
    assert kept.test_digits == load_record("digits-mlp-15", shipped()).test_digits
    table = row(kept)
    assert table["error"] == pytest.approx((model.predict(images) != labels).mean())
    assert (table["seed"], table["batch"], table["epochs"], table["recipe"]) == (2, 32, 0, "Logistic régression")
    assert np.isnan(table["last_epoch"])


def shipped():
    from models import ROOT

    return ROOT / "models" / "saved"


def test_classes_alone_are_votes(shelf, fitted):
    model, images, labels = fitted
    kept = record("classes", labels, model.predict(images))
    assert kept.scores == "votes"
    assert np.isnan(row(kept)["cross_entropy"])
    assert row(kept)["error"] == pytest.approx((model.predict(images) != labels).mean())
    assert same_digits(kept, record("both", labels, model.predict_proba(images), images=images))


def test_a_name_is_taken_once(shelf):
    arrays = [0, 1], np.eye(2)
    assert [record("A b", *arrays).run_id for _ in range(3)] == ["a-b", "a-b-2", "a-b-3"]


def test_seeds_repeat_one_another_and_runs_without_a_seed_do_not(shelf):
    arrays = [0, 1], np.eye(2)
    first, second, other = (
        row(record("a", *arrays, settings={"seed": seed, "lr": lr})) for seed, lr in [(1, 1), (2, 1), (3, 9)]
    )
    assert first["repeats"] == second["repeats"] != other["repeats"]
    assert len({row(record("b", *arrays))["repeats"] for _ in range(2)}) == 2


@pytest.mark.parametrize(
    ("name", "clean"),
    [("My Run", "my-run"), ("..", "run"), ("a/b\\c", "a-b-c"), ("数字", "run"), ("v1.2", "v1.2"), ("x" * 99, "x" * 60)],
)
def test_names_are_those_of_folders(name, clean):
    assert clean_name(name) == clean


def test_logits_become_probabilities(rng):
    logits = rng.normal(scale=5, size=(50, 10))
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(as_probabilities(logits), expected, rtol=1e-4)
    np.testing.assert_allclose(as_probabilities(expected), expected, rtol=1e-4)
    np.testing.assert_allclose(as_probabilities([[0.2], [0.9]]), [[0.8, 0.2], [0.1, 0.9]], rtol=1e-4)
    np.testing.assert_allclose(as_probabilities([[-2.0], [3.0]])[:, 1], 1 / (1 + np.exp([2, -3])), rtol=1e-4)
    np.testing.assert_allclose(as_probabilities([[0.9, 0.9], [0.5, 0.0]]), [[0.5, 0.5], [1, 0]])
    assert np.isfinite(as_probabilities(np.full((2, 3), 1e9))).all()


@pytest.mark.parametrize(
    ("labels", "scores", "more", "sentence"),
    [
        ([0, 1, 1], np.eye(2), {}, "3 labels, but 2 rows"),
        ([0, 2], np.eye(2), {}, "labels lie from 0 to 1; the highest is 2"),
        ([0, -1], np.eye(2), {}, "labels lie from -1 to 0"),
        ([0, 300], np.eye(2), {}, "not from 0 to 255"),
        ([0, 0.5], np.eye(2), {}, "whole numbers"),
        (["a", "b"], np.eye(2), {}, "whole numbers"),
        ([], np.zeros((0, 2)), {}, "at least one"),
        ([0, 1], [[0.5, 0.5], [0.1]], {}, "rows equally long"),
        ([0, 1], [[0.5, 0.5], [np.nan, 0.1]], {}, "1 of 2 rows of probabilities contain NaN"),
        ([0, 1], np.zeros((2, 2, 2)), {}, "must be numbers"),
        ([0, 1], np.eye(2), {"class_names": ["a"]}, "1 class names for 2 classes"),
        ([0, 1], np.eye(2), {"images": np.zeros((3, 8, 8))}, "2 labels, but 3 images"),
        ([0, 1], np.eye(2), {"history": {"loss": ["a"]}}, "does not hold numbers"),
    ],
)
def test_what_is_no_run_is_a_sentence(labels, scores, more, sentence, shelf):
    with pytest.raises(ValueError, match=sentence):
        record("a", labels, scores, **more)
    assert list_runs() == ([], [])


def test_one_hot_labels_and_a_history_of_ones_own(shelf):
    history = pd.DataFrame({"epoch": [2, 4], "loss": [0.5, 0.25], "f1": [0.1, np.nan]})
    kept = record("a", np.eye(3)[[2, 0]], np.eye(3)[[2, 1]], history, class_names=["x", "y", "z"], tags=["thesis"])
    assert load_predictions("a").labels.tolist() == [2, 0]
    assert load_history("a")["f1"].tolist()[0] == 0.1
    assert kept.dataset["class_names"] == ["x", "y", "z"]
    assert kept.tags == ("thesis",)


def test_what_diverged_is_kept_as_such(shelf):
    kept = record("a", [0, 1], np.full((2, 3), np.nan), {"loss": [0.5, np.nan]})
    assert kept.diverged == 2
    table = row(kept)
    assert np.isnan([table[name] for name in ("error", "errors", "low", "cross_entropy")]).all()


def test_a_shelf_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="could not be saved"):
        record("a", [0, 1], np.eye(2), shelf=tmp_path / "file")
