"""Figures show the numbers they were given."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.figures import agreement, comparison, curves, digits, layout, names, sources, studies
from dashboard.theme import TEN, TEXT, Line
from training.analysis import learning_curves
from training.analysis.comparison import pareto_front


def history(**columns):
    plain = {
        "epoch": [1, 2],
        "loss": [0.5, 0.2],
        "accuracy": [0.8, 0.9],
        "val_loss": [0.4, 0.3],
        "val_accuracy": [0.7, 0.6],
        "seconds": [2.0, 3.0],
    }
    found = pd.DataFrame(plain | {"test_error": [0.3, 0.1]} | columns)
    return found.assign(
        error=1 - found["accuracy"], val_error=1 - found["val_accuracy"], elapsed=found["seconds"].cumsum()
    )


def drawn(histories, lines, curve, **options):
    """The figure of a curve, from whole histories by entry."""
    by = "elapsed" if options.get("seconds") else "epoch"
    thick, thin = (
        {name: learning_curves.line(own, column, by) for name, own in histories.items() if column}
        for column in curves.CURVES[curve][2:]
    )
    return curves.learning_curves(thick, thin, lines, curve, **options)


@pytest.mark.parametrize("curve", curves.CURVES)
def test_curves_show_each_run_in_its_colour(curve):
    lines = {"a": Line("#111111", "solid"), "b": Line("#222222", "dot")}
    figure = drawn({"a": [history()], "b": [history()]}, lines, curve)
    for name, line in lines.items():
        assert {(trace.line.color, trace.line.dash) for trace in figure.data if trace.name == name} == {line}
    assert sum(trace.showlegend for trace in figure.data) == 2
    thick = next(trace for trace in figure.data if trace.line.width > 1)
    expected = {"Test error": [0.3, 0.1], "Training and validation error": [0.3, 0.4], "Loss": [0.4, 0.3]}[curve]
    np.testing.assert_allclose(thick.y, expected)


@pytest.mark.parametrize("curve", curves.CURVES)
def test_one_epoch_alone_has_no_axis_below_nothing(curve):
    figure = drawn({"a": [history()[:1]]}, {"a": Line("#111111", "solid")}, curve)
    assert figure.layout.yaxis.rangemode == figure.layout.xaxis.rangemode == "nonnegative"
    below = drawn({"a": [history(val_loss=-1.0)]}, {"a": Line("#111111", "solid")}, "Loss")
    assert below.layout.yaxis.rangemode == "normal", "some losses fall below nothing"


def test_what_was_not_watched_is_not_drawn():
    blind = history(val_loss=np.nan, val_accuracy=np.nan)
    figure = drawn({"a": [blind]}, {"a": Line("#111111", "solid")}, "Loss", log=True)
    assert [trace.line.width < 1 for trace in figure.data] == [True]
    assert figure.data[0].showlegend
    assert figure.layout.yaxis.type == "log"


@pytest.mark.parametrize("curve", curves.CURVES)
def test_what_still_grows_is_paler_and_ends_in_a_ring(curve):
    lines = {"a": Line("#111111", "solid"), "b": Line("#222222", "dot")}
    figure = drawn({"a": [history()], "b": [history()]}, lines, curve, growing={"b"})
    assert {trace.opacity for trace in figure.data if trace.name == "b"} == {curves.PALE["opacity"]}
    assert {trace.opacity for trace in figure.data if trace.name == "a"} == {None}
    marks = {trace.legendgroup: trace for trace in figure.data if trace.mode == "markers"}
    assert (marks["a"].marker.symbol, marks["b"].marker.symbol) == ("star", "circle-open")
    assert list(marks["b"].x) == [2]


def test_repeats_become_a_mean_in_a_band_and_the_best_epoch_is_marked():
    two = [history(), history(test_error=[0.5, 0.3], val_loss=[0.6, 0.7])]
    figure = drawn({"a": two}, {"a": Line("#102030", "solid")}, "Test error", seconds=True, single=True)
    band, first, second, line, star = figure.data
    assert list(line.y) == pytest.approx([0.4, 0.2])
    assert list(line.x) == [2, 5]
    spread = np.std([0.3, 0.5], ddof=1)
    assert list(band.y) == pytest.approx([0.4 + spread, 0.2 + spread, 0.2 - spread, 0.4 - spread])
    assert list(first.y) == [0.3, 0.1]
    assert list(second.y) == [0.5, 0.3]
    assert (star.x[0], star.y[0]) == (2, pytest.approx(0.4))  # mean validation losses 0.5 and 0.5: the first


def test_grey_levels_are_shares_of_all_pixels():
    counts = np.zeros(256, int)
    counts[[0, 15, 16, 255]] = [50, 30, 15, 5]
    bars = digits.grey_levels(counts).data[0]
    np.testing.assert_allclose(bars.y[[0, 1, 15]], [0.8, 0.15, 0.05])
    assert bars.x[1] == "16 to 31"


def test_class_shares():
    counts = {"train": np.array([6, 4]), "test": np.array([1, 1])}
    figure = digits.class_shares({part: c / c.sum() for part, c in counts.items()}, ("0", "1"), counts)
    assert [list(trace.y) for trace in figure.data] == [[0.6, 0.4], [0.5, 0.5]]


def test_pixels_are_drawn_from_the_top():
    figure = digits.pixels(np.arange(6).reshape(2, 3), "six")
    assert figure.layout.yaxis.range == (1.5, -0.5)
    assert figure.data[0].z[1, 2] == 5


def test_claims_stand_beside_what_was_measured():
    figure = sources.claims([("a", 0.01, 0.02, 0.015, 0.03), ("b", None, 0.05, 0.04, 0.06)])
    measured, claimed = figure.data
    assert list(measured.y) == ["b", "a"]
    np.testing.assert_allclose(measured.error_x.array, [0.01, 0.01])
    assert list(claimed.x) == [None, 0.01]


def test_folds_are_boxes():
    (box,) = sources.folds({"a": [0.01, 0.02, 0.03]}).data
    assert list(box.x) == [0.01, 0.02, 0.03]


def test_lines_across_all_columns_bear_names_and_none_need_be_there():
    table = pd.DataFrame({"run": ["b", "a"], "error": [0.2, 0.1], "parameters": [10.0, np.nan]})
    axes = {"error": comparison.Axis("test error", percent=True), "parameters": comparison.Axis("parameters")}
    both = comparison.parallel(table.fillna(20.0), list(axes), axes)
    assert list(both.data[0].dimensions[0].ticktext) == ["a", "b"]
    nobody = comparison.parallel(table.assign(parameters=np.nan), list(axes), axes)
    assert len(nobody.data[0].dimensions[0].values) == 0


def test_the_front_leads_to_where_an_axis_is_better():
    table = pd.DataFrame({"run": ["a", "b", "c"], "error": [0.1, 0.2, 0.3], "margin": [0.5, 0.9, 0.4]})
    error = comparison.Axis("test error", percent=True)
    for lower, best in ((False, [0.5, 0.9]), (True, [0.5, 0.4])):
        axes = {"error": error, "margin": comparison.Axis("margin", lower_is_better=lower)}
        front = pareto_front(table, {"error": True, "margin": lower})
        figure = comparison.scatter(table, front, "error", "margin", axes, dict.fromkeys("abc", "#000000"))
        assert list(figure.data[0].y) == best
    swapped = {"error": error, "margin": comparison.Axis("margin", lower_is_better=False)}
    front = pareto_front(table, {"margin": False, "error": True})
    figure = comparison.scatter(table, front, "margin", "error", swapped, dict.fromkeys("abc", "#000000"))
    assert list(figure.data[0].x) == [0.5, 0.9]
    assert figure.data[0].line.shape == "vh"


def test_every_change_stands_under_its_base_with_its_interval():
    rows = {
        "run": ["x", "b", "y"],
        "label": ["no averaging", "the base recipe", "affine"],
        "val_error": [0.01, 0.02, 0.03],
    }
    rows |= {"val_low": [0.005, 0.01, 0.02], "val_high": [0.02, 0.04, 0.05], "test_error": [0.011, 0.021, 0.031]}
    rows |= {"low": [0.009, 0.02, 0.03], "high": [0.013, 0.03, 0.04]}
    figure = studies.ingredients(pd.DataFrame(rows), "b")
    base, changes, test = figure.data
    assert base.error_x.color == changes.error_x.color == TEXT
    assert (base.y[0], base.x[0]) == ("the base recipe", 0.02)
    assert figure.layout.shapes[0].x0 == 0.02
    np.testing.assert_allclose(changes.error_x.array, [0.01, 0.02])
    np.testing.assert_allclose(changes.error_x.arrayminus, [0.005, 0.01])
    assert list(test.x) == rows["test_error"]
    assert figure.layout.yaxis.categoryarray == ("affine", "no averaging", "the base recipe")  # from the bottom up


def test_ours_stand_among_the_records_with_their_intervals():
    rows = [
        ("known", 0.002, 0.001, 0.003, False),
        ("ours", 0.001, 0.0005, 0.004, True),
        ("old", 0.05, 0.04, 0.06, False),
    ]
    figure = sources.records(rows, 0.0018)
    known, ours = figure.data
    assert list(ours.y) == ["ours"]
    np.testing.assert_allclose([ours.error_x.array[0], ours.error_x.arrayminus[0]], [0.003, 0.0005])
    assert list(known.x) == [0.05, 0.002]
    assert figure.layout.yaxis.categoryarray == ("old", "known", "ours")  # from the bottom up
    assert figure.layout.shapes[0].x0 == 0.0018
    assert [trace.name for trace in sources.records(rows[:1], 0.0018).data] == ["published"]


@pytest.mark.parametrize("last", [1, 3, 5, 8, 9, 20, 40, 41, 150, 3000])
def test_ticks_of_epochs_are_whole_and_few(last):
    axis = layout.epoch_axis(last)
    ticks = np.arange(axis["tick0"], last + 1, axis["dtick"])
    assert 1 <= len(ticks[1:]) <= 8
    assert len({format(tick, axis["tickformat"]) for tick in ticks}) == len(ticks)


def test_names_at_the_ends_of_lines_lie_apart_and_near_their_lines():
    ends = [(20, y) for y in (0.001, 0.001, 0.0012, 0.005, 0.0051, 0.02)]
    shifts = layout.end_names(ends, 270, 0, 0.021)
    places = np.array([y / 0.021 * 270 for _, y in ends]) + shifts
    assert np.diff(np.sort(places)).min() >= layout.TYPE
    assert max(map(abs, shifts)) < 30
    assert shifts[-1] == 0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(1, 30)), min_size=1, max_size=14))
def test_names_of_points_never_lie_on_each_other(entries):
    points = np.array([entry[:2] for entry in entries])
    found = names.placed(points, ["n" * letters for *_, letters in entries], points[:2])
    assert found[0][0]
    boxes = [
        names._box(point * [names.WIDE, names.HIGH], names.SIDES[side], len(name))
        for point, (name, side) in zip(points, found, strict=True)
        if name
    ]
    for number, box in enumerate(boxes):
        assert not names._overlaps(np.array(box), np.array(boxes[:number]).reshape(-1, 4)).any()


def test_a_name_avoids_the_line_through_its_point():
    line = np.array([[0.5, 1.0], [0.5, 0.5], [1.0, 0.5]])
    [(name, side)] = names.placed(np.array([[0.5, 0.5]]), ["canvas"], line)
    assert (name, side) == ("canvas", "middle left")


@pytest.mark.parametrize(("highest", "scale"), [(0.049, "log"), (0.051, "linear")])
def test_rates_that_all_are_low_stand_on_a_log_scale_by_themselves(highest, scale):
    low = history(test_error=[highest, 0.01], val_loss=[2, 1])
    lines = {"a": Line("#111111", "solid")}
    assert drawn({"a": [low]}, lines, "Test error").layout.yaxis.type == scale
    assert drawn({"a": [low]}, lines, "Loss").layout.yaxis.type == "linear"
    table = pd.DataFrame({"run": ["a", "b"], "error": [highest, 0.01], "margin": [0.5, 0.9]})
    axes = {"error": comparison.Axis("test error", percent=True), "margin": comparison.Axis("margin")}
    figure = comparison.scatter(table, {"b"}, "margin", "error", axes, dict.fromkeys("ab", "#000000"))
    assert figure.layout.yaxis.type == scale


def test_intervals_and_letters_have_the_colour_of_text():
    rows = [("known", 0.002, 0.001, 0.003, False), ("ours", 0.001, 0.0005, 0.004, True)]
    figures = [sources.records(rows, 0.0018), sources.claims([("a", 0.01, 0.02, 0.015, 0.03)])]
    for figure in figures:
        bars = [trace.error_x for trace in figure.data if trace.error_x.array is not None]
        assert bars
        assert {bar.color for bar in bars} == {TEXT}
        font = layout.dressed(figure).layout.xaxis.tickfont
        assert (font.color, font.size) == (TEXT, 13)


def test_the_lines_of_classes_have_their_names_at_their_ends():
    errors = np.array([[0.02, 0.01, np.nan], [0.01, 0.01, np.nan]])
    figure = agreement.class_errors(errors, ("a", "b", "c"), 1)
    dots, ends = figure.layout.annotations[::2], figure.layout.annotations[1::2]
    assert [note.text for note in ends] == ["a", "b"]
    assert [note.font.color for note in layout.dressed(figure).layout.annotations[::2]] == [*TEN[:2]]
    assert {note.x for note in (*dots, *ends)} == {2}
