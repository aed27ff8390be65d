"""How trainings went, against plain reckoning."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.analysis.learning_curves import course, mean_history, smooth
from training.runs import HISTORY, load_history


def history(val_loss, loss=0.1, train_loss=np.nan):
    epochs = len(val_loss)
    rows = {"epoch": range(1, epochs + 1), "val_loss": val_loss, "loss": loss, "train_loss": train_loss}
    return pd.DataFrame(rows | {name: 0.5 for name in HISTORY if name not in rows})


@given(st.lists(st.floats(0, 10), min_size=1, max_size=30), st.sampled_from([0.0, 0.3, 0.9]))
@settings(max_examples=30)
def test_smoothing_is_a_weighted_mean(values, smoothing):
    found = smooth(values, smoothing)
    for place in range(len(values)):
        weights = smoothing ** np.arange(place, -1, -1, dtype=float)
        assert found[place] == pytest.approx(np.average(values[: place + 1], weights=weights))


def test_smoothing_has_limits():
    with pytest.raises(ValueError, match="below 1"):
        smooth([1.0], 1.0)


def test_repeats_have_a_mean_and_a_deviation():
    mean, deviation = mean_history([history([1.0, 3.0]), history([2.0, 5.0, 7.0])])
    assert mean["val_loss"].tolist() == [1.5, 4.0, 7.0]
    assert deviation["val_loss"][:2].tolist() == pytest.approx([np.std([1, 2], ddof=1), np.std([3, 5], ddof=1)])
    assert np.isnan(deviation["val_loss"][2])


def test_the_course_of_a_training():
    turned = course(history([0.5, 0.2, 0.3], train_loss=0.1))
    assert (turned.epochs, turned.best) == (3, 2)
    assert turned.rise == pytest.approx(0.5)
    assert turned.gap == pytest.approx(0.2)
    assert turned.overfits
    assert not course(history([0.5, 0.2, 0.201])).overfits
    assert course(history([0.5, 0.2], loss=0.4)).gap == pytest.approx(-0.2)
    assert np.isnan(course(load_history("svm")).gap)
    assert course(history([np.nan, np.nan])) is None
    assert course(history([])) is None


def test_a_shipped_run_overfits():
    found, frame = course(load_history("mlp-800")), load_history("mlp-800")
    assert found.best == frame["val_loss"].idxmin() + 1
    assert found.rise == pytest.approx(frame["val_loss"].iloc[-1] / frame["val_loss"].min() - 1)
