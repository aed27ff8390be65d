"""Datasets that people brought stay by hash, are listed by name, change whole or not at all, and can be deleted."""

import json

import numpy as np
import pytest

from tests.brought import digits, four
from training.datasets import kept, registry
from training.datasets.dataset import DatasetError

X, Y = digits()


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """A dataset, on a shelf of its own."""
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path / "shelf"))
    np.savez(tmp_path / "dark.npz", **four(lambda x: 255 - x))
    return registry.load(f"file:{tmp_path / 'dark.npz'}")


def test_it_comes_back_as_it_was(brought):
    assert kept.names() == []
    assert kept.keep(brought, "dark") == "dark"
    found = registry.load("kept:dark")
    assert (found.name, found.sha256, found.class_names) == ("kept:dark", brought.sha256, brought.class_names)
    assert found.facts == brought.facts
    assert found.test_sha256 == brought.test_sha256
    assert kept.keep(brought, "another") == "dark"
    assert kept.names() == ["dark"]
    joined = registry.load("kept:dark+kept:dark")
    assert len(joined.images) == 2 * 120 + 30


def test_a_switch_changes_the_digits_and_their_hash(brought):
    kept.keep(brought, "dark")
    kept.change("dark", inverted=True, transposed=True)
    found = kept.load("dark")
    np.testing.assert_array_equal(found.images, X.transpose(0, 2, 1))
    assert (found.facts.inverted, found.facts.transposed, found.facts.looks_inverted) == (True, True, True)
    kept.change("dark", inverted=False, transposed=False)
    assert kept.load("dark").sha256 == brought.sha256
    assert kept.names() == ["dark"]
    assert len(list(kept.place("dark").parent.iterdir())) == 2


def test_deleted_absent_and_damaged_ones(brought, tmp_path):
    kept.keep(brought, "dark")
    place = kept.place("dark")
    place.write_bytes(place.read_bytes()[:-100])
    with pytest.raises(DatasetError, match="'dark' is damaged: delete it"):
        registry.load("kept:dark")
    kept.delete("dark")
    assert list(place.parent.iterdir()) == []
    with pytest.raises(DatasetError, match="no kept dataset 'dark'"):
        registry.load("kept:dark")
    with pytest.raises(DatasetError, match="no kept dataset"):
        registry.load("kept:../../secret")
    kept.delete("dark")


def test_other_digits_in_the_file_are_damage(brought):
    kept.keep(brought, "dark")
    record = kept.place("dark").with_suffix(".json")
    record.write_text(json.dumps(json.loads(record.read_text()) | {"sha256": "0" * 64}))
    with pytest.raises(DatasetError, match="damaged"):
        kept.load("dark")
    record.write_text("{")
    assert kept.names() == []


def test_names_are_made_fit_and_free(brought):
    assert kept.free_name("train.csv.gz") == "train"
    assert kept.free_name("../a+b:c.npz") == "a-b-c"
    assert kept.free_name(" \0 ") == "dataset"
    assert kept.free_name("mnist.npz", ("mnist",)) == "mnist (2)"
    kept.keep(brought, "dark")
    assert kept.free_name("dark.npz") == "dark (2)"
    assert registry.split_name(f"mnist+kept:{kept.free_name('a+kept:b')}") == ["mnist", "kept:a-kept-b"]


def test_there_is_a_limit(brought, monkeypatch):
    monkeypatch.setattr(kept, "MAX_KEPT", 0)
    with pytest.raises(DatasetError, match="delete one first"):
        kept.keep(brought, "dark")
