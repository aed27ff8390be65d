"""The figures of the page Concepts show the numbers they were given."""

import numpy as np
import pytest

from dashboard.figures import concepts as figures
from training.concepts import optimisers
from training.concepts.stopping import Stop


def test_the_loss_on_all_digits_stands_at_the_end_of_each_epoch():
    batches, after = figures.batch_losses(np.arange(6.0), np.array([2.0, 1.0, 0.5]), 3).data
    assert list(batches.x) == [1, 2, 3, 4, 5, 6]
    assert list(after.x) == [0, 3, 6]
    assert list(after.y) == [2, 1, 0.5]


def test_the_chosen_rate_stands_in_front_of_the_others_and_each_has_its_name():
    figure = figures.rates(("0.1", np.array([2.3, 1.0])), {"3": np.array([2.3, 9.0]), "0.01": np.array([2.3, 2.2])})
    assert [trace.name for trace in figure.data] == [None, None, "0.1"]
    assert [note.text for note in figure.layout.annotations] == ["3", "0.01", "<b>0.1</b>"]
    assert figure.layout.annotations[0].y == figures.HIGHEST  # and not off the figure


def test_sums_are_shares_of_all_sums_also_of_those_outside():
    without, _ = figures.spreads(np.array([0.1, 0.1, -0.1, 99.0]), np.zeros(4)).data
    assert sum(without.y) == pytest.approx(0.75)


def test_each_optimiser_has_its_path():
    found = {name: optimisers.path(name, 0.05, 5, 10) for name in optimisers.OPTIMISERS}
    shown = {trace.name: trace for trace in figures.paths(found, 10).data if trace.name}
    for name, places in found.items():
        np.testing.assert_array_equal(shown[name].x, places[:, 0])
        np.testing.assert_array_equal(shown[name].y, places[:, 1])


def test_a_star_marks_the_epoch_that_is_kept_and_a_band_what_is_not_trained():
    losses = np.array([0.5, 0.3, 0.4, 0.6])
    stopped = figures.stopping(losses / 2, losses, Stop(3, 2, 2))
    star = stopped.data[-1]
    assert (star.x[0], star.y[0]) == (2, 0.3)
    assert (stopped.layout.shapes[0].x0, stopped.layout.shapes[0].x1) == (3, 4)
    assert not figures.stopping(losses / 2, losses, Stop(4, 2, 2)).layout.shapes


def test_the_last_row_is_the_sum_of_what_the_maps_add():
    parts = np.array([[1.0, -2.0], [0.5, 0.04]])
    heat = figures.contributions(parts, ["edges", "bias"], ["a", "b"]).data[0]
    assert heat.y[-1] == "sum"
    assert [list(row) for row in heat.text] == [["1", "−2"], ["0.5", "0"], ["1.5", "−2"]]


def test_the_matrix_writes_its_counts_and_frames_row_and_column():
    figure = figures.matrix(np.array([[5, 0], [2, 7]]), 1)
    assert [list(row) for row in figure.data[0].text] == [["5", ""], ["2", "7"]]
    row, column = figure.layout.shapes
    assert (row.y0, row.y1, column.x0, column.x1) == (0.5, 1.5, 0.5, 1.5)
