"""A dataset of a user's own is read, or refused in one sentence that says what to do."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


x, y = good()["x_train"], good()["y_train"]
BAD = {
    "empty": (b"", "the file is empty"),
    "text": (b"x_train,y_train", "not an npz file, or a damaged one"),
    "cut short": (npz(good())[:-200], "damaged"),
    "a flipped byte": (npz(good())[:300] + b"\xff" + npz(good())[301:], "damaged"),
    "one array": (npz({"a": x}), "no array x_train, only a"),
    "no arrays": (npz({}), "no array x_train, only nothing|not an npz file"),
    "no test labels": (npz(changed(y_test=None)), "no array y_test"),
    "python objects": (npz(changed(y_train=np.array([object()] * 40))), "Python objects, which are never loaded"),
    "colour": (npz(changed(x_train=np.repeat(x[..., None], 3, 3))), "in colour: make them grey"),
    "flat": (npz(changed(x_train=x.reshape(40, -1))), r"shape \(40, 108\), not \(digits, height, width\)"),
    "no digit": (npz(changed(x_test=x[:0], y_test=y[:0])), "x_test holds no digit"),
    "tiny": (npz(changed(x_train=x[:, :5])), "5 x 9 pixels; 8 to 64 a side"),
    "vast": (npz(changed(x_train=np.ones((40, 65, 8), np.uint8))), "65 x 8 pixels"),
    "two sizes": (npz(changed(x_test=good(side=(9, 12))["x_test"])), "pictures of different sizes"),
    "from 0 to 1": (npz(changed(x_train=x / 255)), "float64 instead of whole numbers from 0"),
    "not a number": (npz(changed(x_train=np.full(x.shape, np.nan))), "float64 instead of whole numbers"),
    "negative": (npz(changed(x_train=x.astype(int) - 128)), "grey levels go from 0 to 255"),
    "16 bit": (npz(changed(x_train=x.astype(np.uint16) * 257)), "grey levels go from 0 to 255"),
    "blank": (npz(changed(x_train=np.zeros_like(x))), "every pixel of x_train is 0"),
    "fewer labels": (npz(changed(y_train=y[:30])), r"shape \(30,\), but there are 40 pictures"),
    "one-hot": (npz(changed(y_train=np.eye(4)[y])), "one-hot.*as argmax does"),
    "words": (npz(changed(y_train=y.astype(str))), "instead of whole numbers from 0 up"),
    "fractions": (npz(changed(y_train=y / 2)), "float64 instead of whole numbers"),
    "negative labels": (npz(changed(y_train=y - 1)), "labels from -1 to 2"),
    "a label of 255": (npz(changed(y_train=y + 252)), "labels from 252 to 255"),
    "one class": (npz(changed(y_train=y * 0, y_test=good()["y_test"] * 0)), "from 2 to 100 classes"),
    "from 1": (npz(changed(y_train=y + 1, y_test=good()["y_test"] + 1)), "no digit of class 0"),
    "a class for the test only": (npz(changed(y_test=good()["y_test"] + 1)), "no digit of class 4"),
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
    with pytest.raises(DatasetError, match="it is a folder"):
        registry.load(f"npz:{tmp_path}")
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
