"""Labelled drawings come back from their file, and teach; any other file is refused in a sentence."""

import io

import numpy as np
import pytest

from models.preprocessing.strokes import from_strokes
from training.datasets import registry
from training.datasets.dataset import DatasetError
from training.datasets.drawings import Drawing, from_bytes, to_bytes
from training.datasets.generator import rewrite

SEVEN = [[[0, 0], [10, 0], [3, 16]], [[2, 8], [9, 8]]]
ONE = [[[4, 0], [3, 20]]]
OWN = [Drawing(label, strokes, from_strokes(strokes)) for label, strokes in ((7, SEVEN), (1, ONE))]


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_drawings_come_back():
    again = from_bytes(to_bytes(OWN))
    assert [one.label for one in again] == [7, 1]
    assert [one.strokes for one in again] == [SEVEN, ONE]
    np.testing.assert_array_equal(again[0].digit, OWN[0].digit)
    with np.load(io.BytesIO(to_bytes(OWN)), allow_pickle=False) as arrays:
        assert arrays["images"].shape == (2, 28, 28)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"noise",
        to_bytes(OWN)[:-40],
        npz(labels=np.array([7])),
        npz(labels=np.array([12], np.uint8), strokes=np.frombuffer(b"[[[[0, 0], [1, 1]]]]", np.uint8)),
        npz(labels=np.array([7, 7]), strokes=np.frombuffer(b"[[[[0, 0], [1, 1]]]]", np.uint8)),
        npz(labels=np.array([7]), strokes=np.frombuffer(b"[7]", np.uint8)),
        npz(labels=np.array([7]), strokes=np.frombuffer(b"[[]]", np.uint8)),
        npz(labels=np.array([7]), strokes=np.frombuffer(b"not json", np.uint8)),
        npz(labels=np.array([object()]), strokes=np.zeros(3, np.uint8)),
    ],
)
def test_another_file_is_refused(content):
    with pytest.raises(ValueError, match="not a file of drawings"):
        from_bytes(content)


def test_a_file_that_unpacks_to_too_much_is_refused():
    stream = io.BytesIO()
    np.savez_compressed(stream, labels=np.zeros(30_000_000, np.uint8), strokes=np.zeros(3, np.uint8))
    with pytest.raises(ValueError, match="more than 20 MB"):
        from_bytes(stream.getvalue())


def test_own_drawings_are_a_dataset_whose_test_digits_are_of_other_drawings(tmp_path):
    marked = [Drawing(n % 10, [[[0, 0], [10, n]], [[2, 8], [9, 8]]], OWN[0].digit) for n in range(18)]
    (tmp_path / "hand: 2.npz").write_bytes(to_bytes(marked))
    name = f"drawn:{tmp_path / 'hand: 2.npz'}:180:7"
    found = registry.load(name)
    assert found.images.shape == (180, 28, 28)
    assert (found.split == "test").sum() == 30
    assert set(found.labels[found.split == "test"]) == {5, 1, 7}  # of the drawings 5, 11 and 17
    assert list(found.split) == sorted(found.split, reverse=True)
    assert len(np.unique(found.images, axis=0)) > 170
    assert registry.load(name).sha256 == found.sha256
    joined = registry.load(f"generated:60+{name}")
    assert (joined.split == "train").sum() == 50 + 150
    assert registry.part_of(joined.parts, 60) == (found.name, 10)


def test_what_own_drawings_show_stays_what_it_was(tmp_path):
    """A seven written again is still most like a seven: its picture correlates with the drawing's, not with the one's."""
    rng = np.random.default_rng(1)
    again = [from_strokes(rewrite(SEVEN, rng)).ravel() for _ in range(30)]
    own, other = OWN[0].digit.ravel(), OWN[1].digit.ravel()
    closer = [np.corrcoef(one, own)[0, 1] > np.corrcoef(one, other)[0, 1] for one in again]
    assert np.mean(closer) > 0.9


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.npz", None, "cannot be read: No such file"),
        ("few.npz", to_bytes(OWN), "holds 2 drawings; a dataset needs at least 12"),
        ("noise.npz", b"noise", "not a file of drawings"),
        ("many.npz:2000000", to_bytes(OWN * 6), "From 60 to 1,000,000 digits"),
    ],
)
def test_a_dataset_of_drawings_that_cannot_be_had_is_a_sentence(name, content, sentence, tmp_path):
    if content is not None:
        (tmp_path / name.partition(":")[0]).write_bytes(content)
    with pytest.raises(DatasetError, match=sentence):
        registry.load(f"drawn:{tmp_path / name}")
