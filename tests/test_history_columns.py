"""Whatever people call the columns of a history, it is told as ours, and what is not understood is said."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures import curves
from dashboard.theme import run_lines
from training import record
from training.analysis import learning_curves
from training.history import HISTORY, table
from training.history_columns import meaning, not_drawn, understand
from training.importers.importing import import_
from training.importers.plan import recognise
from training.runs import load_history

SIDES = {
    "": ["train", "training", "Train", "trn", ""],
    "val_": ["val", "valid", "validation", "Val", "eval", "dev", "test", "Test", "testing"],
}
WORDS = {
    "loss": ["loss", "Loss", "cross_entropy", "NLL", "loss_epoch"],
    "accuracy": ["acc", "accuracy", "Accuracy", "acc_epoch", "top1", "acc (%)", "accuracy_pct"],
    "error": ["error", "err", "Error rate", "error (%)"],
}


@st.composite
def spelled(draw):
    """A column as somebody calls it, what it is of ours, and how its measure is written."""
    prefix, measure = draw(st.sampled_from([*SIDES])), draw(st.sampled_from([*WORDS]))
    side, word = draw(st.sampled_from(SIDES[prefix])), draw(st.sampled_from(WORDS[measure]))
    joint = draw(st.sampled_from(["/", "_", " ", "-", ".", ": "]))
    pair = [side, word] if draw(st.booleans()) else [word, side]
    return joint.join(part for part in pair if part), prefix, measure, side


@given(spelled(), st.booleans(), st.lists(st.floats(0.02, 1), min_size=1, max_size=5))
def test_every_spelling_is_read_as_ours(spelling, percent, values):
    name, prefix, measure, side = spelling
    percent = measure != "loss" and (percent or "%" in name or "pct" in name)
    numbers = np.array(values) * (100 if percent else 1)
    understood, _ = understand(pd.DataFrame({"epoch": np.arange(len(values)), name: numbers}))
    ours = f"{prefix}{'loss' if measure == 'loss' else 'accuracy'}"
    expected = 1 - np.array(values) if measure == "error" else values
    np.testing.assert_allclose(understood[ours], expected, atol=1e-9)
    of_test = side.lower() in ("test", "testing") and measure != "loss"
    assert set(understood) == {"epoch", ours} | ({"test_error"} if of_test else set())
    assert not not_drawn(understood)


@given(
    st.dictionaries(
        st.text(max_size=12) | spelled().map(lambda one: one[0]),
        st.lists(st.floats(0, 1) | st.just(np.nan), min_size=2, max_size=2),
    )
)
def test_any_columns_stay_apart(columns):
    frame = pd.DataFrame(columns)
    understood, remarks = understand(frame)
    assert len(understood) == len(frame)
    assert understood.columns.is_unique
    assert all(sentence.endswith(".") for sentence in (*remarks, *not_drawn(understood)))


@pytest.mark.parametrize(
    "name", ["gradients/norm", "val_aux_loss", "loss_step", "accuracy_of_7", "train_val_loss", "f1", "lossy", ""]
)
def test_what_only_looks_like_ours_is_not(name):
    assert meaning(name) is None
    understood, _ = understand(pd.DataFrame({name: [0.5]}))
    assert f"so no curve is drawn: {name}" in " ".join(not_drawn(understood))


def test_of_several_that_mean_the_same_ours_comes_first():
    rows = {"epoch": [1], "train_loss": [0.4], "loss": [0.5], "val_loss": [0.6], "test_loss": [0.7], "train/acc": [0.8]}
    understood, _ = understand(pd.DataFrame(rows))
    assert understood.iloc[0].to_dict() == {**{k: v[0] for k, v in rows.items() if k != "train/acc"}, "accuracy": 0.8}
    assert not_drawn(understood) == ("Not understood, so kept but not drawn: test_loss.",)


def test_the_accuracy_of_fastai_is_that_of_the_validation_digits():
    rows = {"epoch": [0], "train_loss": [0.4], "valid_loss": [0.5], "accuracy": [0.9], "time": [12.0]}
    understood, remarks = understand(pd.DataFrame(rows))
    assert understood[["loss", "val_loss", "val_accuracy"]].iloc[0].tolist() == [0.4, 0.5, 0.9]
    assert remarks == (
        "Its columns are read so: train_loss as loss, valid_loss as val_loss, accuracy as val_accuracy.",
    )


def test_small_errors_are_in_per_cent_where_others_are():
    understood, _ = understand(pd.DataFrame({"train_err": [5.0, 2.0], "val_err": [0.9, 0.8]}))
    np.testing.assert_allclose(understood["val_accuracy"], [0.991, 0.992])


TORCH = "epoch,train/loss,train/acc,val/loss,val/acc,lr\n0,.9,71.2,.5,85.1,.01\n1,NaN,NaN,.45,87.3,.01\n2,.42,88.1,.37,90.2,.005\n"
WANDB = "_step,_runtime,_timestamp,epoch,train/loss,val/loss,val/accuracy,gradients/norm\n"
WANDB += "".join(
    f"{n},{n},{n},{n // 2},{1 / (n + 1)},{1 / (n + 1) if n % 2 else ''},{0.8 + n / 100},0.1\n" for n in range(6)
)


@pytest.mark.parametrize(("text", "epochs"), [(TORCH, 3), (WANDB, 3)])
def test_histories_of_pytorch_and_wandb_have_curves(text, epochs, shelf, tmp_path):
    (tmp_path / "torch.csv").write_text(text)
    (outcome,) = import_(recognise([tmp_path / "torch.csv"]))
    history = load_history(outcome.record.run_id)
    assert history["epoch"].tolist() == list(range(1, epochs + 1))
    assert "train/loss as loss" in outcome.remarks[0] or "train/loss as loss" in " ".join(outcome.remarks)
    assert ("gradients/norm" in " ".join(outcome.remarks)) == ("gradients" in text)
    rates = learning_curves.with_rates(history.assign(test_error=np.nan))
    for curve in ("Training and validation error", "Loss"):
        thick, thin = ({"torch": learning_curves.line([rates], column, "epoch")} for column in curves.CURVES[curve][2:])
        lines = run_lines({"torch": "torch"}, ["torch"])
        drawn = [trace for trace in curves.learning_curves(thick, thin, lines, curve).data if trace.mode == "lines"]
        assert any(np.isfinite(np.array(trace.y, float)).sum() >= epochs - 1 for trace in drawn)
        assert thick["torch"] is not None


def test_record_understands_them_too_and_warns(shelf):
    history = {"epoch": [0, 1], "train/loss": [0.5, 0.4], "Test Accuracy": [90.0, 91.0], "f1": [0.1, 0.2]}
    with pytest.warns(UserWarning, match=r"train/loss as loss, Test Accuracy as val_accuracy|In per cent"):
        record("torch", [0, 1], np.eye(2), history)
    kept = load_history("torch")
    assert kept["epoch"].tolist() == [1, 2]
    assert kept["val_accuracy"].tolist() == [0.9, 0.91]
    np.testing.assert_allclose(kept["test_error"], [0.1, 0.09])
    with pytest.warns(UserWarning, match="no curve is drawn: a, b"):
        record("unknown", [0, 1], np.eye(2), {"a": [1.0], "b": [2.0]})


@given(st.lists(st.sampled_from(HISTORY[1:]), unique=True, min_size=1))
def test_our_own_columns_stay_but_a_lonely_train_loss(names):
    frame = pd.DataFrame({name: [0.5, 0.25] for name in names})
    understood, remarks = understand(frame)
    lonely = "train_loss" in names and "loss" not in names
    assert set(understood) == ({*names, "loss"} - {"train_loss"} if lonely else {*names})
    assert bool(remarks) == lonely
    assert table(understood)["epoch"].tolist() == [1, 2]
