"""IDX files are read in sets, packed or not, and refused where they claim what they do not hold."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.brought import TRAIN, digits, idx, refusal, write_idx
from training.datasets import registry
from training.datasets.dataset import DatasetError

X, Y = digits()


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_or_one_of_its_files_is_the_whole_set(packed, tmp_path):
    path = write_idx(tmp_path, X[:TRAIN], Y[:TRAIN], packed=packed)
    write_idx(tmp_path, X[TRAIN:], Y[TRAIN:], "t10k", packed)
    for named in (tmp_path, path, *tmp_path.iterdir()):
        found = registry.load(f"file:{named}")
        np.testing.assert_array_equal(found.images, X)
        np.testing.assert_array_equal(found.labels, Y)
        assert (found.facts.form, found.facts.train, found.facts.seed) == ("IDX", TRAIN, None)


def test_other_names_and_one_part_alone(tmp_path):
    (tmp_path / "emnist-letters-train-images-idx3-ubyte").write_bytes(idx(X))
    (tmp_path / "emnist-letters-train-labels-idx1-ubyte").write_bytes(idx(Y + 1))
    found = registry.load(f"file:{tmp_path}")
    assert found.facts.seed == 1
    assert found.class_names == tuple(str(n) for n in range(1, 11))
    (tmp_path / "emnist-digits-test-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(X)))
    with pytest.raises(DatasetError, match=r"several sets of IDX files \(emnist-digits, emnist-letters\)"):
        registry.load(f"file:{tmp_path}")
    named = registry.load(f"file:{tmp_path / 'emnist-letters-train-images-idx3-ubyte'}")
    assert named.sha256 == found.sha256


@pytest.mark.parametrize(("kind", "number"), [(">f4", 0xD), (">f8", 0xE), (">i4", 0xC), (">i2", 0xB)])
def test_every_type_of_number(kind, number, tmp_path):
    (tmp_path / "images.idx3-ubyte").write_bytes(idx(X.astype(kind), number))
    (tmp_path / "labels.idx1-ubyte").write_bytes(idx(Y))
    found = registry.load(f"file:{tmp_path}")
    assert sorted(map(bytes, found.images)) == sorted(map(bytes, X))


GOOD = idx(X)
BAD = {
    "cut short": (GOOD[:-9], "is cut short"),
    "no sides": (GOOD[:9], "is cut short"),
    "longer": (GOOD + b"1", "longer than it says"),
    "a bomb": (GOOD[:4] + struct.pack(">3I", 2**31, 2**31, 2**31), "unpacks to more than"),
    "gzip cut short": (gzip.compress(GOOD)[:-20], "packed with gzip and damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_refused_in_a_sentence(name, tmp_path):
    content, sentence = BAD[name]
    write_idx(tmp_path, X, Y, packed=False)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(content)
    with pytest.raises(DatasetError, match=sentence):
        registry.load(f"file:{tmp_path}")


def test_pictures_without_labels_are_refused(tmp_path):
    write_idx(tmp_path, X, Y).with_name("train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(
        DatasetError, match=r"only train-images-idx3-ubyte.gz was found: put the pictures and their labels"
    ):
        registry.load(f"file:{tmp_path}")


@given(st.data())
def test_any_damage_is_a_sentence(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    path = write_idx(folder, X[:20], Y[:20], packed=data.draw(st.booleans()))
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, min(len(content) - 1, 40)))] = data.draw(st.integers(0, 255))
    path.write_bytes(content)
    assert "\n" not in refusal(f"file:{path}")
