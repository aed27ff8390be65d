"""Bad models, histories and archives are each refused in one sentence, run nothing, and hide nothing that lies beside them."""

import os

import pytest

from tests.bad_runs import BAD, described, keras_file, layer, weights
from tests.test_importers import imported, write_csvlogger
from training.importers.plan import recognise
from training.runs import list_runs


@pytest.mark.parametrize("name", BAD)
def test_each_is_refused_in_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("it was run"))
    build, said = BAD[name]
    path = build(tmp_path)
    plan = recognise([path])
    assert plan.runs == ()
    (refused,) = plan.refused
    assert said in refused.sentence
    assert refused.sentence.startswith(path.name)
    assert refused.sentence.endswith(".")
    assert len(refused.sentence) < 250
    assert "\n" not in refused.sentence
    assert not (tmp_path / "hacked").exists()


def test_all_beside_a_good_one_leave_it_alone(shelf, tmp_path):
    for number, (build, _) in enumerate(BAD.values()):
        (tmp_path / "all" / f"{number:02}").mkdir(parents=True)
        build(tmp_path / "all" / f"{number:02}")
    (tmp_path / "all" / "good").mkdir()
    write_csvlogger(tmp_path / "all" / "good" / "log.csv")
    plan, (outcome,) = imported(tmp_path / "all")
    assert len(plan.refused) >= len(BAD) >= 25
    assert list_runs() == ([outcome.record], [])


def test_what_is_found_only_when_it_is_asked(shelf, tmp_path):
    """What fits its own description and no dataset, or not even that."""
    for name, config, content, said in (
        (
            "shape",
            described(layer("Dense", name="dense", units=10), shape=(9,)),
            None,
            "takes inputs of 9, and the digits",
        ),
        (
            "classes",
            described(layer("Flatten"), layer("Dense", units=7)),
            None,
            "has 7 outputs, and digits has 10 classes",
        ),
        ("layers", None, weights({"layers/conv2d/vars/0": [0.0]}), "holds weights for 1 layers, which are not the 1"),
        (
            "fit",
            None,
            weights({"layers/dense/vars/0": [[0.0]], "layers/dense/vars/1": [0.0]}),
            "has weights of the shapes",
        ),
    ):
        keras_file(tmp_path / f"{name}.keras", config, content)
        (tmp_path / f"{name}.txt").write_text(said)
    plan, outcomes = imported(*sorted(tmp_path.glob("*.keras")))
    assert not plan.refused
    assert len(outcomes) == 4
    for outcome in outcomes:
        assert outcome.record is None
        assert (tmp_path / f"{outcome.name}.txt").read_text() in outcome.remarks[0]
    assert list_runs() == ([], [])
