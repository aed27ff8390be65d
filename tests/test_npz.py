"""A dataset of a user's own is read, or refused in one sentence that says what to do."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from tests.conftest import TOY
from training import trainer
from training.datasets import registry
from training.datasets.dataset import DatasetError


def good(count=40, test=20, side=(12, 9), classes=4):
    rng = np.random.default_rng(0)
    labels = np.arange(count + test) % classes
    images = rng.integers(0, 256, (count + test, *side)).astype(np.uint8)
    return {"x_train": images[:count], "y_train": labels[:count], "x_test": images[count:], "y_test": labels[count:]}


def changed(**arrays):
    """A good dataset with these arrays in place of its own; None leaves one out."""
    return {name: array for name, array in (good() | arrays).items() if array is not None}


def npz(arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_it_is_read_and_taught(tmp_path, keras):
    (tmp_path / "own.npz").write_bytes(npz(good()))
    found = registry.load(f"npz:{tmp_path / 'own.npz'}")
    assert found.images.shape == (60, 12, 9)
    assert found.class_names == ("0", "1", "2", "3")
    assert list(found.split) == ["train"] * 40 + ["test"] * 20
    run = trainer.train(TOY.model_copy(update={"dataset": found.name, "epochs": 1}), found)
    assert run.predictions.probabilities.shape == (20, 4)
    assert run.record.network["input_shape"] == [12, 9]


@pytest.mark.parametrize(
    "arrays",
    [
        changed(x_train=good()["x_train"][..., None]),
        changed(y_test=good()["y_test"][:, None].astype(np.int8)),
        changed(x_test=good()["x_test"].astype(np.int64)),
        good(side=(64, 64), classes=2),
        good(count=120, classes=100) | {"y_test": np.full(20, 99)},
    ],
)
def test_other_forms_of_the_same_are_read(arrays, tmp_path):
    (tmp_path / "own.npz").write_bytes(npz(arrays))
    found = registry.load(f"npz:{tmp_path / 'own.npz'}")
    assert found.images.dtype == found.labels.dtype == np.uint8
    assert len(found.images) == len(found.labels)


def test_the_arrays_may_have_other_names(tmp_path):
    parts = list(good().values())
    by_order = {f"arr_{n}": array for n, array in enumerate(parts)}
    pictures_first = {f"arr_{n}": parts[place] for n, place in enumerate((0, 2, 1, 3))}
    words = dict(zip(("train_images", "train_labels", "test_images", "test_labels"), parts, strict=True))
    glued = dict(zip(("trainX", "trainY", "testX", "testY"), parts, strict=True))
    for arrays in (by_order, pictures_first, words, glued, good() | {"extra": parts[1][:3]}):
        (tmp_path / "own.npz").write_bytes(npz(arrays))
        found = registry.load(f"file:{tmp_path / 'own.npz'}")
        np.testing.assert_array_equal(found.images[:40], parts[0])
        np.testing.assert_array_equal(found.labels, np.arange(60) % 4)
        assert (found.facts.train, found.facts.test) == (40, 20)
    assert found.facts.left_out == ("extra",)


@pytest.mark.parametrize(
    "names", [("x", "y"), ("images", "labels"), ("data", "target"), ("arr_0", "arr_1"), ("a", "b")]
)
def test_one_part_is_split(names, tmp_path):
    arrays = dict(zip(names, (good()["x_train"], good()["y_train"]), strict=True))
    (tmp_path / "own.npz").write_bytes(npz(arrays))
    found = registry.load(f"npz:{tmp_path / 'own.npz'}")
    assert found.name == f"npz:{tmp_path / 'own.npz'}:seed=1"
    assert registry.load(found.name).sha256 == found.sha256
    assert (found.facts.train, found.facts.test, found.facts.seed) == (32, 8, 1)
    assert registry.load(f"npz:{tmp_path / 'own.npz'}:seed=7").facts.seed == 7


def test_scikit_learns_own_arrays_and_classes_beside_the_labels(tmp_path):
    bundled = load_digits()
    np.savez(tmp_path / "digits.npz", **{name: bundled[name] for name in bundled if name != "frame"}, frame=[1])
    found = registry.load(f"file:{tmp_path / 'digits.npz'}")
    assert (found.input_shape, found.class_names, found.facts.high) == ((8, 8), tuple("0123456789"), 16)
    expected = np.rint(bundled.images * 255 / 16).astype(np.uint8)
    assert sorted(map(bytes, found.images)) == sorted(map(bytes, expected))
    names = np.array(["coat", "bag", "shoe", "hat"])
    for order in (("x", "y", "classes"), ("classes", "y", "x")):
        arrays = {"x": good()["x_train"], "y": good()["y_train"], "classes": names}
        np.savez(tmp_path / "named.npz", **{name: arrays[name] for name in order})
        assert registry.load(f"file:{tmp_path / 'named.npz'}").class_names == tuple(names)


def test_files_of_one_array_each_belong_together(tmp_path):
    names = ("kmnist-train-imgs", "kmnist-train-labels", "kmnist-test-imgs", "kmnist-test-labels")
    for name, array in zip(names, good().values(), strict=True):
        np.savez_compressed(tmp_path / f"{name}.npz", array)
    for path in (tmp_path, tmp_path / "kmnist-test-imgs.npz"):
        found = registry.load(f"file:{path}")
        np.testing.assert_array_equal(found.labels, np.arange(60) % 4)
        assert (found.facts.train, found.facts.labels_from) == (40, ("file", "kmnist-train-labels.npz"))
    for kind in ("imgs", "labels"):
        np.savez(tmp_path / f"k49-train-{kind}.npz", good()["x_train" if kind == "imgs" else "y_train"])
    assert registry.load(f"file:{tmp_path / 'k49-train-imgs.npz'}").facts.seed == 1
    with pytest.raises(DatasetError, match=r"several sets of npz files \(k-49, kmnist\)"):
        registry.load(f"file:{tmp_path}")


def test_names_of_the_classes_are_taken(tmp_path):
    (tmp_path / "own.npz").write_bytes(npz(good() | {"class_names": np.array(["coat", "bag", "shoe", "hat"])}))
    found = registry.load(f"npz:{tmp_path / 'own.npz'}")
    assert found.class_names == ("coat", "bag", "shoe", "hat")
    assert found.facts.labels_as == "names"


x, y = good()["x_train"], good()["y_train"]
BAD = {
    "empty": (b"", "the file is empty"),
    "text": (b"x_train,y_train", "2 columns, which is too few"),
    "cut short": (npz(good())[:-200], "damaged"),
    "a flipped byte": (npz(good())[:300] + b"\xff" + npz(good())[301:], "damaged"),
    "one array": (npz({"a": x}), "no pictures with their labels were found among a"),
    "no arrays": (npz({}), "no pictures with their labels were found among nothing|not an npz file"),
    "no training labels": (npz(changed(y_train=None, y_test=None)), "no pictures with their labels"),
    "single values": (npz(changed(y_train=np.int64(3))), "single value"),
    "python objects": (npz(changed(y_train=np.array([object()] * 40))), "Python objects, which are never loaded"),
    "no digit": (npz(changed(x_test=x[:0], y_test=y[:0])), "x_test holds no digit"),
    "tiny": (npz(changed(x_train=x[:, :5], x_test=x[:20, :5])), "5 x 9 pixels, and 8 to 64 a side"),
    "two sizes": (npz(changed(x_test=good(side=(9, 12))["x_test"])), "pictures of different sizes"),
    "16 bit": (npz(changed(x_train=x.astype(np.uint16) * 257)), "different ranges"),
    "fewer labels": (npz(changed(y_train=y[:30])), r"shape \(30,\), but there are 40 pictures"),
    "a class for the test only": (npz(changed(y_test=good()["y_test"] + 1)), "class 4 is in the test part alone"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_file_is_refused_in_a_sentence(name, tmp_path):
    content, sentence = BAD[name]
    (tmp_path / "own.npz").write_bytes(content)
    with pytest.raises(DatasetError, match=sentence) as refused:
        registry.load(f"npz:{tmp_path / 'own.npz'}")
    assert str(refused.value).startswith(f"{tmp_path / 'own.npz'} was refused: ")
    assert "\n" not in str(refused.value)


def test_no_file_a_folder_and_a_bomb_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="no such file"):
        registry.load(f"npz:{tmp_path / 'none.npz'}")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="the folder holds no dataset of a known form"):
        registry.load(f"npz:{tmp_path / 'empty'}")
    np.savez_compressed(tmp_path / "bomb.npz", **changed(x_train=np.zeros((501, 1000, 1000), np.uint8)))
    with pytest.raises(DatasetError, match="unpacks to more than 500 MB"):
        registry.load(f"npz:{tmp_path / 'bomb.npz'}")


@given(st.data())
def test_any_damage_is_a_sentence(tmp_path_factory, data):
    content = bytearray(npz(good(20, 10, (8, 8))))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("damaged") / "own.npz"
    path.write_bytes(content)
    try:
        found, sentence = registry.load(f"npz:{path}"), ""
    except DatasetError as error:
        sentence = str(error)
    else:
        assert found.images.dtype == np.uint8
    assert "\n" not in sentence
