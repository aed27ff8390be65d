"""The table of the sources holds what the runs hold."""

import numpy as np
import pytest
from scipy import stats

from tests.conftest import TOY
from training import publishing, trainer
from training.commands.sources import measured_error
from training.recipes import RECIPES
from training.runs import load_predictions
from training.studies.grids import STUDIES
from training.studies.sources import SOURCES, Source, measure


def test_every_source_has_its_recipe():
    assert {source.recipe for source in SOURCES} <= set(RECIPES) | set(STUDIES)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.recipe)
def test_shipped_runs_are_measured(source):
    found = measure(source)
    run = load_predictions(found.first.run_id)
    wrong = (run.probabilities.argmax(axis=1) != run.labels).mean()
    assert found.errors[0] == (found.first.run_id, pytest.approx(wrong))
    assert source.recipe in (found.first.recipe.name, found.first.recipe.group)
    assert found.low < wrong < found.high
    assert found.range == (found.low, found.high) or len(found.errors) > 1
    assert f"{100 * found.mean:.2f} %" in measured_error(found)


def test_seeds_and_folds_are_summed_up(shelf, keras, digits):
    source = Source("toy", "a test", "a small one", 0.1)
    assert measure(source) is None
    assert measured_error(None) == "no run yet"
    changes = [{"seed": 1}, {"seed": 2}, *({"validation": "fold", "folds": 3, "fold": fold} for fold in (1, 2, 3))]
    runs = [trainer.train(TOY.model_copy(update=change), digits) for change in changes]
    for run in runs:
        publishing.save(run)
    found = measure(source)
    errors = [(run.predictions.classes != run.predictions.labels).mean() for run in runs[:2]]
    assert [error for _, error in found.errors] == pytest.approx(errors)
    kept = [run.predictions for run in runs[2:]]
    folds = [100 * (p.held_out_probabilities.argmax(1) != p.held_out_labels).mean() for p in kept]
    text = measured_error(found)
    assert (
        f"{100 * np.mean(errors):.2f} % (mean of 2 seeds, {100 * min(errors):.2f} to {100 * max(errors):.2f})" in text
    )
    assert f"3 folds: {np.mean(folds):.2f} % ± {stats.tstd(folds):.2f}" in text
    assert found.range == (min(errors), max(errors))
