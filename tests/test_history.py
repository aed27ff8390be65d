"""Histories of any columns are read as they were written, and what is no history is refused in a sentence."""

import contextlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.history import HISTORY, MAX_EPOCHS, diverged, read, table, written

FIGURES = st.one_of(st.floats(allow_nan=True, allow_infinity=True, width=32), st.integers(-1000, 1000))
OWN = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda name: name not in ("acc", "lr", "val_acc", "epoch")
)
COLUMNS = st.lists(st.one_of(st.sampled_from(HISTORY[1:]), OWN), unique=True, max_size=6)


@st.composite
def kept(draw):
    epochs = sorted(draw(st.sets(st.integers(1, 10_000), min_size=1, max_size=20)))
    columns = {name: [draw(FIGURES) for _ in epochs] for name in draw(COLUMNS)}
    return pd.DataFrame({"epoch": epochs} | columns)


@given(kept())
@settings(max_examples=80)
def test_what_was_written_is_read(history):
    found = read(written(table(history)))
    assert list(found)[: len(HISTORY)] == HISTORY
    assert set(found) == {*HISTORY, *history}
    assert found["epoch"].tolist() == history["epoch"].tolist()
    for name in set(history) - {"epoch"}:
        np.testing.assert_allclose(found[name], history[name].astype(float), rtol=1e-5)
    assert found[[name for name in HISTORY if name not in history]].isna().all(axis=None)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_history_or_a_sentence(content):
    with contextlib.suppress(ValueError):
        assert read(content)["epoch"].is_monotonic_increasing


@pytest.mark.parametrize(
    "history",
    [
        {"loss": [0.5, 0.25], "sparse_categorical_accuracy": [0.8, 0.9], "val_acc": [0.7, 0.8], "lr": [0.1, 0.1]},
        [
            {"loss": 0.5, "acc": 0.8, "val_acc": 0.7, "lr": 0.1},
            {"loss": 0.25, "acc": 0.9, "val_acc": 0.8, "lr": 0.1},
        ],
    ],
)
def test_other_names_of_our_columns_are_ours(history):
    found = table(history)
    assert found["epoch"].tolist() == [1, 2]
    assert found["accuracy"].tolist() == [0.8, 0.9]
    assert found["val_accuracy"].tolist() == [0.7, 0.8]
    assert found["learning_rate"].tolist() == [0.1, 0.1]


def test_a_column_of_ours_is_not_replaced_by_another_that_means_the_same():
    found = table({"accuracy": [0.9], "acc": [0.1], "categorical_accuracy": [0.2]})
    assert found["accuracy"].tolist() == [0.9]
    assert found["acc"].tolist() == [0.1]


def test_no_history_has_no_rows():
    assert len(table(None)) == 0
    assert len(read(written(table(None)))) == 0
    assert list(read(written([]))) == HISTORY


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ("loss", "must be rows, columns or a data frame"),
        ({"loss": [1, 2], "accuracy": [1]}, "one number per epoch"),
        ({"loss": ["low", "high"]}, "'loss' of the history does not hold numbers"),
        ({"epoch": [0, 1]}, "whole numbers from 1 up"),
        ({"epoch": [1.5]}, "whole numbers from 1 up"),
        ({"epoch": [2, 2]}, "an epoch twice"),
        ({"loss": np.zeros(MAX_EPOCHS + 1)}, "10,001 epochs"),
        ({"": [1]}, "a name of its own"),
    ],
)
def test_what_is_no_history_is_a_sentence(history, sentence):
    with pytest.raises(ValueError, match=sentence):
        table(history)


SOUND, LOST = np.full((2, 3), 1 / 3), np.full((2, 3), np.nan)


@pytest.mark.parametrize(
    ("history", "probabilities", "epoch"),
    [
        ({"loss": [0.5, 0.4]}, SOUND, None),
        ({"loss": [0.5, np.nan, np.nan]}, LOST, 2),
        ({"loss": [np.nan, np.nan]}, LOST, 1),
        ({"loss": [np.nan, 0.5]}, SOUND, None),
        ({"loss": [0.5, np.inf]}, SOUND, 2),
        ({"val_loss": [np.inf, np.inf]}, SOUND, 1),
        ({"val_loss": [0.5, np.nan]}, SOUND, None),
        ({"loss": [0.5, 0.4, 0.3]}, LOST, 3),
        ({"epoch": [10, 20], "loss": [0.5, np.inf]}, SOUND, 20),
        (None, LOST, 0),
        (None, SOUND, None),
    ],
)
def test_a_training_diverged_from_the_first_epoch_after_its_last_sound_one(history, probabilities, epoch):
    assert diverged(table(history), probabilities) == epoch
