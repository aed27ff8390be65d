"""Bad models, histories and archives are each refused in one sentence, run nothing, and hide nothing that lies beside them."""

import contextlib
import os
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import rebuilt, weights_file
from tests.bad_runs import BAD, DENSE, described, keras_file, layer, weights
from tests.test_importers import imported, write_csvlogger
from training.importers import keras_config, plan
from training.importers.parts import UnreadableError
from training.importers.plan import recognise
from training.runs import list_runs


@pytest.mark.parametrize("name", BAD)
def test_each_is_refused_in_a_sentence(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", lambda command: pytest.fail("it was run"))
    build, said = BAD[name]
    path = build(tmp_path)
    found = recognise([path])
    assert found.runs == ()
    (refused,) = found.refused
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
    found, (outcome,) = imported(tmp_path / "all")
    assert len(found.refused) >= len(BAD) >= 25
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
    found, outcomes = imported(*sorted(tmp_path.glob("*.keras")))
    assert not found.refused
    assert len(outcomes) == 4
    for outcome in outcomes:
        assert outcome.record is None
        assert (tmp_path / f"{outcome.name}.txt").read_text() in outcome.remarks[0]
    assert list_runs() == ([], [])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 10**12)
    | st.floats()
    | st.sampled_from(["Dense", "Model", "linear", "x", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["class_name", "config", "layers", "name", "units", "inbound_nodes", "axis"]), inner
        )
    ),
    max_leaves=12,
)
PLACES = st.lists(st.integers(0, 30), min_size=1, max_size=6)


@given(JSON)
def test_any_description_is_read_or_refused(config):
    with contextlib.suppress(UnreadableError):
        keras_config.described(config)


@given(PLACES, JSON)
def test_a_description_with_anything_in_it_is_read_or_refused(places, value):
    config = described(*DENSE)
    holder, name = {"": config}, ""
    for place in places:
        inner = holder[name]
        if not isinstance(inner, dict | list) or not inner:
            break
        holder, name = inner, place % len(inner) if isinstance(inner, list) else sorted(inner)[place % len(inner)]
    holder[name] = value
    with contextlib.suppress(UnreadableError):
        described_as, _ = keras_config.described(config)
        rebuilt.check(**described_as, before="0 to 1")
    keras_config.settings(value)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=8))
def test_damaged_weights_are_read_or_refused(tmp_path_factory, changes):
    raw = bytearray(weights())
    for place, bits in changes:
        raw[place % len(raw)] ^= bits
    path = tmp_path_factory.getbasetemp() / "flipped.weights.h5"
    path.write_bytes(raw)
    with contextlib.suppress(weights_file.WeightsError):
        weights_file.read(path)


def test_archives_in_archives_do_not_add_up(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "MAX_BYTES", 50_000)
    path = tmp_path / "0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("run/history.csv", "epoch,loss\n" + "1,2\n" * 2_000)
    for number in range(1, 9):
        outer = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(path, "inner.zip")
        path = outer
    found = recognise([path])
    assert found.runs == ()
    assert "unpacks to 0 MB, and 0 MB at most are read" in found.refused[0].sentence
