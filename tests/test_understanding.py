"""Whatever the shape, the values and the labels, the same digits come out, or a sentence says what is wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.brought import TEST, TRAIN, digits, four
from training.datasets import registry
from training.datasets.dataset import DatasetError
from training.datasets.raw import Part, Raw
from training.datasets.understanding import Options, understand

X, Y = digits()


def opened(options="", **parts):
    """The dataset of these arrays."""
    pairs = {part: Part(parts[f"x_{part}"], parts[f"y_{part}"], f"x_{part}", f"y_{part}") for part in ("train", "test")}
    return understand(
        Raw(pairs, ("array", "y_train")), "npz", "file:x", "x", Options(options == "inverted", options == "transposed")
    )


PICTURES = {  # how pictures are kept -> the values that mean 0 and 255, and the layout
    "uint8": (lambda x: x, 0, 255, "grey"),
    "float 0-1": (lambda x: (x / 255).astype(np.float32), 0, 1, "grey"),
    "float 0-255": (lambda x: x.astype(np.float64), 0, 255, "grey"),
    "float -1-1": (lambda x: (x / 127.5 - 1).astype(np.float32), -1, 1, "grey"),
    "float -0.5-0.5": (lambda x: x / 255 - 0.5, -0.5, 0.5, "grey"),
    "int64": (lambda x: x.astype(np.int64), 0, 255, "grey"),
    "uint16 full": (lambda x: x.astype(np.uint16) * 257, 0, 65535, "grey"),
    "0-16": (lambda x: x.astype(float) * 16 / 255, 0, 16, "grey"),
    "flat": (lambda x: x.reshape(len(x), -1), 0, 255, "flat"),
    "channel last": (lambda x: x[..., None], 0, 255, "grey"),
    "channel first": (lambda x: x[:, None], 0, 255, "grey"),
    "rgb": (lambda x: np.repeat(x[..., None], 3, 3), 0, 255, "colour"),
    "rgb first": (lambda x: np.repeat(x[:, None], 3, 1), 0, 255, "colour"),
}


@pytest.mark.parametrize("kept", PICTURES)
def test_pictures_come_out_with_the_same_pixels(kept):
    change, low, high, layout = PICTURES[kept]
    found = opened(**four(change))
    np.testing.assert_array_equal(found.images, X)
    np.testing.assert_array_equal(found.labels, Y)
    assert (found.facts.low, found.facts.high, found.facts.layout) == (low, high, layout)
    assert (found.facts.train, found.facts.test, found.facts.seed) == (TRAIN, TEST, None)


@pytest.mark.parametrize("kind", [bool, np.uint8, np.float32])
def test_two_levels_become_the_lightest_and_the_darkest(kind):
    found = opened(**four(lambda x: (x > 127).astype(kind)))
    np.testing.assert_array_equal(found.images, np.where(X > 127, 255, 0))


LABELS = {  # how labels are kept -> the names of the classes, and what they count as
    "one-hot": (lambda y: np.eye(10, dtype=np.float32)[y], list("0123456789"), "one-hot"),
    "column": (lambda y: y[:, None].astype(np.int8), list("0123456789"), "numbers"),
    "float": (lambda y: y.astype(float), list("0123456789"), "numbers"),
    "int64": (lambda y: y.astype(np.int64), list("0123456789"), "numbers"),
    "numbers as text": (lambda y: y.astype(str), list("0123456789"), "numbers"),
    "bytes": (lambda y: y.astype("S"), list("0123456789"), "numbers"),
    "from 1": (lambda y: y + 1, [str(n) for n in range(1, 11)], "numbers"),
    "with gaps": (lambda y: y * 7, [str(n) for n in range(0, 70, 7)], "numbers"),
    "words": (lambda y: np.array(list("abcdefghij"))[y], list("abcdefghij"), "text"),
}


@pytest.mark.parametrize("kept", LABELS)
def test_labels_come_out_as_the_same_classes(kept):
    change, names, form = LABELS[kept]
    found = opened(**four(labels=change))
    np.testing.assert_array_equal(found.labels, Y)
    assert list(found.class_names) == names
    assert found.facts.labels_as == form


def test_some_of_the_classes_are_enough():
    chosen = np.isin(Y, (3, 7))
    parts = {"x_train": X[chosen][:15], "y_train": Y[chosen][:15], "x_test": X[chosen][15:], "y_test": Y[chosen][15:]}
    found = opened(**parts)
    assert found.class_names == ("3", "7")
    np.testing.assert_array_equal(found.labels, Y[chosen] == 7)
    missing = opened(**four() | {"x_test": X[TRAIN:][Y[TRAIN:] != 5], "y_test": Y[TRAIN:][Y[TRAIN:] != 5]})
    assert missing.class_names == tuple("0123456789")


@pytest.mark.parametrize("classes", [2, 62, 100])
def test_from_2_to_100_classes(classes):
    found = opened(**four() | {"y_train": np.arange(TRAIN) % classes, "y_test": np.arange(TEST) % classes})
    assert len(found.class_names) == classes
    assert found.labels.max() == classes - 1


def test_class_names_are_by_number_from_0_or_from_1():
    part = {"train": Part(X, Y + 1), "test": Part(X, Y + 1)}
    raw = Raw(part, ("array", "y"), class_names=[f"no {n}" for n in range(1, 11)])
    assert understand(raw, "npz", "file:x", "x", Options()).class_names[0] == "no 1"
    raw = Raw({"train": Part(X, Y)}, ("array", "y"), class_names=[f"no {n}" for n in range(10)])
    assert understand(raw, "npz", "file:x", "x", Options()).class_names[0] == "no 0"


def test_one_part_is_split_with_a_seed_class_by_class():
    def split(seed):
        return understand(Raw({"test": Part(X, Y)}, ("array", "y")), "npz", "file:x", "x", Options(seed=seed))

    first, again, other = split(None), split(1), split(2)
    assert first.name == again.name == "file:x:seed=1"
    assert first.facts.seed == 1
    assert first.sha256 == again.sha256 != other.sha256
    for label in range(10):
        count = (label == Y).sum()
        assert ((first.labels == label) & (first.split == "test")).sum() == max(1, round(count / 6))
    known = {picture.tobytes() for picture in X}
    assert {picture.tobytes() for picture in first.images} == known
    assert len(first.images) == len(X)


def test_what_is_inverted_or_transposed_is_told_and_changed_only_when_asked():
    upright = opened(**four())
    assert not upright.facts.looks_inverted
    assert not upright.facts.looks_transposed
    dark = four(lambda x: 255 - x)
    assert opened(**dark).facts.looks_inverted
    np.testing.assert_array_equal(opened(**dark).images, 255 - X)
    np.testing.assert_array_equal(opened("inverted", **dark).images, X)
    turned = four(lambda x: x.transpose(0, 2, 1))
    assert opened(**turned).facts.looks_transposed
    np.testing.assert_array_equal(opened(**turned).images, X.transpose(0, 2, 1))
    np.testing.assert_array_equal(opened("transposed", **turned).images, X)
    both = opened(**four(lambda x: 255 - x.transpose(0, 2, 1)))
    assert both.facts.looks_inverted
    assert both.facts.looks_transposed
    letters = opened(**four(lambda x: x.transpose(0, 2, 1), lambda y: np.array(list("abcdefghij"))[y]))
    assert not letters.facts.looks_transposed


def test_digits_of_other_hands_are_told_upright():
    generated = registry.load("generated:600:1")
    for images, turned in ((generated.images, False), (generated.images.transpose(0, 2, 1), True)):
        raw = Raw({"train": Part(images, generated.labels)}, ("array", "y"))
        assert understand(raw, "npz", "file:x", "x", Options()).facts.looks_transposed == turned


x = X[:TRAIN]
BAD = {
    "a range of its own": (four(lambda x: x.astype(int) * 100 // 255 // 2), "0 to 50, which is not a usual range"),
    "negative": (four(lambda x: x.astype(int) - 128), "-128 to 127, which is not a range of grey levels"),
    "standardized": (four(lambda x: (x / 255 - 0.1307) / 0.3081), "They seem to be standardized: undo it"),
    "not a number": (four() | {"x_train": np.full(x.shape, np.nan)}, "not numbers"),
    "infinite": (four() | {"x_train": np.where(x > 200, np.inf, x)}, "not numbers"),
    "blank": (four() | {"x_test": np.zeros_like(X[TRAIN:])}, "every pixel of x_test is 0"),
    "two ranges": (four() | {"x_test": X[TRAIN:] / 255}, "different ranges, x_train 0 to 255 and x_test 0 to 1"),
    "two ranges, one below 0": (four() | {"x_test": X[TRAIN:] / 127.5 - 1}, "different ranges"),
    "text": (four(lambda x: x.astype(str)), "instead of numbers"),
    "large": (four(lambda x: x.repeat(7, 1).repeat(7, 2)), "112 x 112 pixels.*resize them"),
    "digits last": (
        four(lambda x: x.transpose(1, 2, 0)),
        r"move the digits to the front, by numpy.moveaxis\(x_train, -1, 0",
    ),
    "no square": (four(lambda x: x.reshape(len(x), -1)[:, :255]), "255 values a picture, which make no square"),
    "four channels": (four(lambda x: np.repeat(x[..., None], 4, 3)), "with 1 or 3 channels"),
    "none": (four() | {"x_test": X[:0], "y_test": Y[:0]}, "x_test holds no digit"),
    "probabilities": (four(labels=lambda y: np.full((len(y), 10), 0.1)), "is not one-hot"),
    "two of ten": (four(labels=lambda y: np.ones((len(y), 10))), "is not one-hot"),
    "fewer labels": (four() | {"y_train": Y[:100]}, r"shape \(100,\), but there are 120 pictures"),
    "fractions": (four(labels=lambda y: y / 2), "fractions or empty values"),
    "empty text": (four(labels=lambda y: np.where(y == 3, "", y.astype(str))), "empty labels"),
    "unlabelled": (four(labels=lambda y: y.astype(int) - 1), "from -1 to 8: leave out what has no label"),
    "one class": (four(labels=lambda y: y * 0 + 4), "every digit is of the class 4"),
    "101 classes": (four() | {"y_train": np.arange(TRAIN)}, "120 different labels"),
    "untaught": (
        four() | {"y_test": np.where(Y[TRAIN:] == 9, 12, Y[TRAIN:])},
        r"class 12 is in the test part alone \(\d",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_understood_is_a_sentence(name):
    parts, sentence = BAD[name]
    with pytest.raises(DatasetError, match=sentence) as refused:
        opened(**parts)
    assert "\n" not in str(refused.value)


KINDS = st.sampled_from([np.uint8, np.int16, np.float32, np.float64, np.bool_])
SHAPES = st.tuples(st.integers(0, 9), st.integers(0, 20), st.integers(0, 20))
LABEL_KINDS = st.sampled_from([np.uint8, np.int64, np.float64, "U3", "S2", np.bool_])


@given(arrays.arrays(KINDS, SHAPES), arrays.arrays(LABEL_KINDS, st.integers(0, 9)))
def test_any_arrays_are_a_dataset_or_a_sentence(pictures, labels):
    found, sentence = None, ""
    try:
        found = understand(Raw({"train": Part(pictures, labels)}, ("array", "y")), "npz", "file:x", "x", Options())
    except DatasetError as error:
        sentence = str(error)
    assert "\n" not in sentence
    if found:
        assert found.images.dtype == found.labels.dtype == np.uint8
        assert len(found.images) == len(labels)
        assert 2 <= len(found.class_names) <= 100
