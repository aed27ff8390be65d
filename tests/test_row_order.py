"""Predictions come in the order of the test digits, by their index where they have one, or a sentence says that they do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.importers import checking, row_order
from training.importers.importing import import_
from training.importers.parts import Answers
from training.importers.plan import recognise
from training.runs import list_runs, load_predictions


@pytest.fixture(scope="module")
def answers(digits):
    """Labels of the 797 test digits, and probabilities of which some are wrong."""
    labels = digits.part("test")[1]
    rows = np.eye(10)[np.where(np.arange(len(labels)) % 20 == 0, (labels + 1) % 10, labels)] * 0.9 + 0.01
    return labels, rows


def write(path, columns):
    """A CSV file of these columns, each a name and its values."""
    lines = [",".join(columns), *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


def probabilities(rows):
    return {f"prob_{n}": rows[:, n] for n in range(rows.shape[1])}


def imported(path):
    """What is said before the import and by it, and the run."""
    plan = recognise([path])
    (outcome,) = import_(plan, "digits")
    return plan.runs[0], outcome


@given(st.permutations(range(12)), st.sampled_from([0, 1, 60_000, -3]))
def test_any_numbering_puts_rows_in_order(order, start):
    scores = np.array(order)[:, None] * np.ones((1, 2))
    sorted_, remarks = row_order.in_order(Answers(None, scores), np.array(order) + start, "id")
    assert sorted_.scores[:, 0].tolist() == list(range(12))
    assert bool(remarks) == (list(order) != list(range(12)))


@given(st.lists(st.integers(-3, 20) | st.floats() | st.text(max_size=3) | st.none(), max_size=8))
def test_what_numbers_no_rows_moves_none(index):
    order = row_order.positions(np.array(index, object))
    numbers = [float(one) if str(one).strip() else np.nan for one in index] if order is not None else []
    assert order is None or np.diff(np.array(numbers)[order]).tolist() == [1] * (len(index) - 1)


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("name", ["index", "id", "ImageId", "sample", "test_index", "Unnamed: 0", ""])
def test_a_shuffled_table_is_sorted_by_whatever_numbers_it(name, start, shelf, tmp_path, answers, digits):
    labels, rows = answers
    order = np.random.default_rng(start).permutation(len(labels))
    columns = {name: order + start, "label": labels[order]} | probabilities(rows[order])
    group, outcome = imported(write(tmp_path / "predictions.csv", columns))
    assert "Its rows were sorted by" in group.parts[0].remarks[0]
    assert checking.check(group, digits) == ["Its labels are those of the test digits of digits, in their order."]
    assert outcome.record.tested == "digits"
    kept = load_predictions(outcome.record.run_id)
    np.testing.assert_array_equal(kept.labels, labels)
    assert kept.wrong.sum() == 40


@pytest.mark.parametrize("shuffled_labels", [False, True])
def test_an_index_in_npz_and_labels_in_a_file_of_their_own(shuffled_labels, shelf, tmp_path, answers):
    labels, rows = answers
    order = np.random.default_rng(0).permutation(len(labels))
    (tmp_path / "night").mkdir()
    np.savez(tmp_path / "night" / "predictions.npz", probabilities=rows[order], index=order)
    np.save(tmp_path / "night" / "labels.npy", labels[order] if shuffled_labels else labels)
    _, outcome = imported(tmp_path / "night")
    assert outcome.record.tested == "digits"
    assert load_predictions(outcome.record.run_id).wrong.sum() == 40


def test_another_order_without_an_index_is_said_before_the_import(shelf, tmp_path, answers, digits):
    labels, rows = answers
    order = np.random.default_rng(0).permutation(len(labels))
    group, outcome = imported(write(tmp_path / "a.csv", {"label": labels[order]} | probabilities(rows[order])))
    (sentence,) = checking.check(group, digits)
    assert "in another order, and nothing says which digit each row is" in sentence
    assert sentence in outcome.remarks
    assert outcome.record.tested == "own digits"
    group, _ = imported(write(tmp_path / "b.csv", {"label": labels[:-7]} | probabilities(rows[:-7])))
    assert checking.check(group, digits)[0].startswith("Its 790 labels are not those of the 797 test digits of digits")


def test_an_error_of_chance_is_a_warning_where_the_order_was_only_taken_so(shelf, tmp_path, answers, digits):
    labels, rows = answers
    order = np.random.default_rng(0).permutation(len(labels))
    group, outcome = imported(write(tmp_path / "a.csv", probabilities(rows[order])))
    warning = checking.check(group, digits)[-1]
    assert "is no better than chance: its rows are perhaps in another order than the test digits of digits" in warning
    assert warning in outcome.remarks
    group, _ = imported(write(tmp_path / "b.csv", probabilities(rows)))
    assert len(checking.check(group, digits)) == 1


def test_a_wrong_number_of_rows_is_said_before_the_import(shelf, tmp_path, answers, digits):
    group, outcome = imported(write(tmp_path / "a.csv", probabilities(answers[1][:-7])))
    assert checking.check(group, digits) == list(outcome.remarks)
    assert "has 790 predictions without labels, and digits has 797 test digits" in outcome.remarks[0]
    assert list_runs() == ([], [])
    assert "are not here" in checking.check(group, None)[0]


def test_a_submission_to_kaggle_holds_predicted_classes(shelf, tmp_path, answers):
    labels, rows = answers
    order = np.random.default_rng(0).permutation(len(labels))
    columns = {"ImageId": order + 1, "Label": rows[order].argmax(axis=1)}
    group, outcome = imported(write(tmp_path / "submission.csv", columns))
    assert group.parts[0].form == "predicted classes as CSV"
    assert "Its column Label is taken for the predicted classes" in outcome.remarks[0]
    assert load_predictions(outcome.record.run_id).wrong.sum() == 40


def test_per_cent_signs_are_read_and_what_is_missing_is_named(shelf, tmp_path, answers):
    labels, rows = answers
    columns = {name: [f"{100 * one:.0f} %" for one in row] for name, row in probabilities(rows).items()}
    _, outcome = imported(write(tmp_path / "a.csv", {"label": labels} | columns))
    assert load_predictions(outcome.record.run_id).wrong.sum() == 40
    for columns, why in (
        ({"Label": [1], "colour": [2], "shape": [3]}, "has labels in its column Label, but no predictions beside them"),
        ({"colour": [1], "shape": [2]}, "it has colour, shape."),
    ):
        (refused,) = recognise([write(tmp_path / "b.csv", columns)]).refused
        assert why in refused.sentence
