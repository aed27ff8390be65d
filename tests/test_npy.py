"""Arrays in files of their own are read with those beside them."""

import numpy as np
import pytest

from tests.brought import TRAIN, digits, four
from training.datasets import registry
from training.datasets.dataset import DatasetError

X, Y = digits()


def test_four_files_by_folder_or_by_one_of_them(tmp_path):
    for name, array in four().items():
        np.save(tmp_path / f"{name}.npy", array)
    np.save(tmp_path / "weights.npy", np.zeros(3))
    for path in (tmp_path, tmp_path / "x_train.npy", tmp_path / "y_test.npy"):
        found = registry.load(f"file:{path}")
        np.testing.assert_array_equal(found.images, X)
        np.testing.assert_array_equal(found.labels, Y)
        assert found.facts.left_out == ("weights.npy",)
        assert (found.facts.form, found.facts.train) == ("npy", TRAIN)
    with pytest.raises(DatasetError, match=r"weights.npy is not one of the pairs"):
        registry.load(f"file:{tmp_path / 'weights.npy'}")


def test_one_pair_and_a_picture_without_its_labels(tmp_path):
    np.save(tmp_path / "images.npy", X)
    with pytest.raises(DatasetError, match=r"beside images.npy: put pictures and labels side by side"):
        registry.load(f"file:{tmp_path / 'images.npy'}")
    np.save(tmp_path / "labels.npy", Y)
    assert registry.load(f"file:{tmp_path / 'images.npy'}").facts.seed == 1


def test_objects_damage_and_bombs_are_refused(tmp_path):
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y.astype(object))
    with pytest.raises(DatasetError, match="Python objects, which are never loaded"):
        registry.load(f"file:{tmp_path}")
    np.save(tmp_path / "y.npy", Y)
    (tmp_path / "x.npy").write_bytes((tmp_path / "x.npy").read_bytes()[:-7])
    with pytest.raises(DatasetError, match="cut short"):
        registry.load(f"file:{tmp_path}")
    with open(tmp_path / "x.npy", "wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"shape": (10**9, 28, 28), "fortran_order": False, "descr": "|u1"})
    with pytest.raises(DatasetError, match="unpacks to more than 500 MB"):
        registry.load(f"file:{tmp_path}")
