"""Ensembles: what is saved comes back, what is wrong is a sentence, and they predict the mean of their members."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import ROOT, calls, committees, loaded

SHIPPED = ROOT / "models" / "saved"
PAIR = ("linear-pairwise", "mlp-128x2")


@pytest.fixture
def stocked(shelf):
    """A shelf with two runs."""
    for run in PAIR:
        shutil.copytree(SHIPPED / run, shelf / run)
    return shelf


def test_what_is_saved_comes_back_and_goes(stocked):
    committees.save("two", PAIR)
    assert committees.members("two") == PAIR
    assert committees.listed() == {"two": PAIR}
    assert sorted(path.name for path in stocked.iterdir()) == ["linear-pairwise", "mlp-128x2", "two.committee.json"]
    committees.delete("two")
    committees.delete("two")
    assert committees.listed() == {}
    assert committees.members(PAIR[0]) == PAIR[:1]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=70))
def test_no_name_leads_elsewhere(stocked, name):
    before = sorted(path.name for path in stocked.iterdir())
    if committees.NAME.fullmatch(name):
        return
    with pytest.raises(ValueError, match="name"):
        committees.save(name, PAIR)
    for act in (committees.members, committees.delete):
        with pytest.raises(ValueError, match="There is no"):
            act(name)
    assert sorted(path.name for path in stocked.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "members", "told"),
    [
        ("one", PAIR[:1], "2 to 24 different members"),
        ("twice", (PAIR[0], PAIR[0]), "different members"),
        ("many", [f"run-{n}" for n in range(25)], "these are 25"),
        ("gone", (PAIR[0], "nobody"), "no run 'nobody'"),
        (PAIR[0], PAIR, "already a run 'linear-pairwise'"),
    ],
)
def test_what_cannot_be_saved_is_said(stocked, name, members, told):
    with pytest.raises(ValueError, match=told):
        committees.save(name, members)
    assert committees.listed() == {}


def test_two_who_save_at_once_do_not_replace_each_other(stocked):
    def save(members):
        try:
            committees.save("same", members)
        except ValueError as error:
            return str(error)
        return None

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(save, [PAIR, PAIR[::-1]] * 4))
    assert sum(text is None for text in told) == 1
    assert all("already an ensemble 'same'" in text for text in told if text)
    assert committees.members("same") in (PAIR, PAIR[::-1])


@pytest.mark.parametrize("content", ["", "{", "[]", '{"members": "ab"}', '{"members": [1, 2]}', '{"members": ["a"]}'])
def test_a_damaged_file_is_a_sentence(stocked, content):
    (stocked / "bad.committee.json").write_text(content)
    with pytest.raises(ValueError, match="'bad' cannot be read"):
        committees.members("bad")
    assert "cannot be read" in committees.listed()["bad"]


def test_a_member_that_is_gone_is_named(stocked):
    committees.save("two", PAIR)
    shutil.rmtree(stocked / PAIR[1])
    assert committees.listed()["two"].startswith(
        "A member of the ensemble 'two' is missing. There is no run 'mlp-128x2'."
    )


def test_it_reads_as_the_mean_of_its_members(stocked, keras, rng):
    committees.save("two", PAIR)
    images = rng.integers(0, 256, (5, 28, 28), dtype=np.uint8)
    alone = [calls.predict(run, images).probabilities for run in PAIR]
    np.testing.assert_allclose(calls.predict("two", images).probabilities, np.mean(alone, axis=0), atol=1e-6)
    read = calls.read("two", images)
    np.testing.assert_allclose(read.probabilities, np.mean(alone, axis=0), atol=1e-6)
    assert read.distance is None
    looked = calls.explain("two", images[:1], "occlusion")
    assert looked.heat.shape == (1, 28, 28)
    assert looked.labels == np.mean(alone, axis=0)[0].argmax()
    with pytest.raises(ValueError, match="'two' keeps no digits"):
        calls.neighbours("two", images)


def test_members_that_know_other_classes_are_refused(shelf, keras):
    shutil.copytree(SHIPPED / PAIR[1], shelf / PAIR[1])
    (shelf / "other").mkdir()
    (shelf / "mixed.committee.json").write_text(json.dumps({"members": [PAIR[1], "other"]}))
    with pytest.raises((ValueError, OSError)):
        calls.predict("mixed", np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="different classes"):
        loaded._mean([lambda x: np.ones((1, 10)), lambda x: np.ones((1, 8))], None)
