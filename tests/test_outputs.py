"""Rows of a model are told as probabilities, percentages or logits, and mean the same whichever they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import outputs, record
from training.importers.plan import recognise
from training.outputs import as_probabilities, meaning
from training.runs import load_predictions


@st.composite
def probabilities(draw, least=1):
    """Rows that sum to 1, of a few classes, confident or not."""
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    count, classes = draw(st.integers(least, 30)), draw(st.integers(2, 20))
    return rng.dirichlet(np.full(classes, draw(st.sampled_from([0.02, 0.3, 5.0]))), count)


@given(probabilities(), st.sampled_from([None, 6, 2, 1, 0]))
def test_percentages_of_any_rounding_are_told_and_mean_the_same(rows, decimals):
    percent = 100 * rows if decimals is None else np.round(100 * rows, decimals)
    assert meaning(percent) == outputs.PERCENTAGES
    near = 1e-5 if decimals is None else 1.5 * 10.0 ** -(decimals + 2) * rows.shape[1]
    np.testing.assert_allclose(as_probabilities(percent), rows, atol=near)


@given(probabilities(least=10), st.floats(2, 50) | st.floats(150, 5000))
def test_shares_of_any_sum_are_told(rows, whole):
    if (whole * rows).max() > 1 + outputs.TOLERANCE:
        assert meaning(whole * rows) == outputs.SHARES
        np.testing.assert_allclose(as_probabilities(whole * rows), rows, atol=1e-5)


@given(probabilities(), st.floats(-20, 20))
def test_logits_and_logarithms_are_told_and_mean_the_same(rows, moved):
    clipped = np.clip(rows, 1e-6, 1)
    clipped /= clipped.sum(axis=1, keepdims=True)
    logarithms = np.log(clipped)
    assert meaning(logarithms) == outputs.LOGARITHMS
    np.testing.assert_allclose(as_probabilities(logarithms), clipped, atol=1e-4)
    logits = logarithms + moved
    if logits.min() < -outputs.TOLERANCE and abs(moved) > 1:
        assert meaning(logits) == outputs.LOGITS
        np.testing.assert_allclose(as_probabilities(logits), clipped, atol=1e-4)


@given(probabilities())
def test_probabilities_stay_and_rows_without_numbers_count_for_nothing(rows):
    assert meaning(rows) == outputs.PROBABILITIES
    lost = np.vstack([100 * rows, np.full((1, rows.shape[1]), np.nan)])
    assert meaning(lost) == outputs.PERCENTAGES
    assert np.isnan(as_probabilities(lost)[-1]).all()
    assert meaning(np.full((3, 4), np.nan)) == outputs.PROBABILITIES


@pytest.mark.parametrize(
    ("column", "kind", "second"),
    [
        ([0.0, 0.9], outputs.PROBABILITIES, [0, 0.9]),
        ([3.0, 97.5], outputs.PERCENTAGES, [0.03, 0.975]),
        ([-2.0, 0.0], outputs.LOGITS, [1 / (1 + np.exp(2)), 0.5]),
    ],
)
def test_a_single_output_is_that_of_the_second_class(column, kind, second):
    rows = np.array(column)[:, None]
    assert meaning(rows) == kind
    np.testing.assert_allclose(as_probabilities(rows)[:, 1], second, rtol=1e-5)


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(1).dirichlet(np.full(10, 0.2), 40)


FORMS = {"percentages": lambda rows: 100 * rows, "logits": lambda rows: np.log(rows + 1e-9) + 7}


@pytest.mark.parametrize("kind", FORMS)
def test_record_says_what_it_made_of_rows(kind, shelf, rows):
    labels = rows.argmax(axis=1)
    with pytest.warns(UserWarning, match="divided by 100" if kind == "percentages" else "a softmax was applied"):
        kept = record("scaled", labels, FORMS[kind](rows), settings={"seed": 1})
    assert kept.settings == {"outputs": kind, "seed": 1}
    np.testing.assert_allclose(load_predictions("scaled").probabilities, rows, atol=1e-3)


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize("form", ["csv", "npz", "npy"])
def test_every_file_says_what_its_rows_are_before_it_is_imported(kind, form, tmp_path, rows):
    scores, path = FORMS[kind](rows), tmp_path / f"predictions.{form}"
    if form == "csv":
        head = "label," + ",".join(f"prob_{n}" for n in range(10))
        lines = (",".join([str(row.argmax()), *(f"{value:.4f}" for value in row)]) for row in scores)
        path.write_text("\n".join([head, *lines]))
    elif form == "npz":
        np.savez(path, labels=rows.argmax(axis=1), probabilities=scores)
    else:
        np.save(path, scores)
    part = recognise([path]).runs[0].parts[0]
    assert part.form.startswith(kind)
    assert part.remarks == (outputs.REMARKS[kind],)
