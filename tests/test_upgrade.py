"""Records of older versions are read, and brought to this one by the command alone where that is true to what they learned."""

import json

import numpy as np

from tests.conftest import TOY
from training import trainer
from training.__main__ import main
from training.analysis import projections
from training.datasets import registry
from training.publishing import save
from training.runs import SCHEMA_VERSION, load_predictions, load_record, same_digits


def made_older(shelf, run_id, **changes):
    """Make a run's record one of version 1, as they were written."""
    path = shelf / run_id / "record.json"
    record = json.loads(path.read_text())
    record["schema_version"] = 1
    kept = ("name", "sha256", "train", "test", "class_names")
    record["dataset"] = {name: record["dataset"][name] for name in kept} | changes
    path.write_text(json.dumps(record))


def upgrade() -> int:
    return main(["upgrade"])


def test_an_older_record_is_read_and_upgraded(shelf, toy_run, capsys):
    run_id = save(toy_run).run_id
    new, answers = load_record(run_id), load_predictions(run_id)
    made_older(shelf, run_id)
    assert load_record(run_id).schema_version == 1
    assert upgrade() == 0
    assert load_record(run_id) == new
    assert new.schema_version == SCHEMA_VERSION
    assert new.dataset["test_sha256"] == registry.load("digits").test_sha256
    np.testing.assert_array_equal(load_predictions(run_id).probabilities, answers.probabilities)
    assert f"toy: version {SCHEMA_VERSION}" in capsys.readouterr().out
    assert upgrade() == 0
    assert "toy" not in capsys.readouterr().out


def test_the_full_name_of_the_dataset_is_written(shelf, keras):
    recipe = TOY.model_copy(update={"dataset": "generated:60", "epochs": 1})
    run_id = save(trainer.train(recipe, registry.load("generated:60"))).run_id
    made_older(shelf, run_id, name="generated")
    assert upgrade() == 0
    assert load_record(run_id).dataset["name"] == "generated:60:1"


def test_a_run_whose_dataset_changed_stays_as_it_is(shelf, toy_run, capsys):
    run_id = save(toy_run).run_id
    made_older(shelf, run_id, sha256="0" * 64)
    before = load_record(run_id)
    assert upgrade() == 1
    assert load_record(run_id) == before
    assert "has changed since the run was trained on it" in capsys.readouterr().out


def test_older_records_are_compared_among_those_of_equal_digits_alone(shelf, toy_run):
    first, second, third = (save(toy_run).run_id for _ in range(3))
    made_older(shelf, first)
    made_older(shelf, second)
    made_older(shelf, third, sha256="0" * 64)
    assert same_digits(load_record(first), load_record(second))
    assert not same_digits(load_record(first), load_record(third))


def test_a_map_is_adopted_by_the_weights_that_made_it(shelf, toy_run, digits):
    record = save(toy_run)
    points = projections.points(digits, record.run_id)[:, :8]
    kept = projections.Map(
        np.zeros((len(points), 2), np.float32), *projections._nearest(points, 10, lambda share: None)
    )
    true = projections.Map(kept.positions, *projections._nearest(projections.points(digits, record.run_id), 10, print))
    for found, fits in ((kept, False), (true, True)):
        path = projections.save(found, digits, record.run_id)
        older = path.with_name(path.name.replace(f"-{record.weights[:8]}", ""))
        path.rename(older)
        assert projections.made(digits) == []
        assert projections.adopt(digits, record.run_id) is fits
        assert projections.made(digits) == ([record.run_id] if fits else [])
