"""Labelled drawings come back from their file; any other file is refused in a sentence."""

import io

import numpy as np
import pytest

from dashboard.collection import from_bytes, to_bytes
from models.preprocessing import from_strokes

SEVEN = [[[0, 0], [10, 0], [3, 16]], [[2, 8], [9, 8]]]
ONE = [[[4, 0], [3, 20]]]
OWN = [
    {"label": label, "digit": from_strokes(strokes), "strokes": strokes} for label, strokes in ((7, SEVEN), (1, ONE))
]


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_drawings_come_back():
    again = from_bytes(to_bytes(OWN))
    assert [one["label"] for one in again] == [7, 1]
    assert [one["strokes"] for one in again] == [SEVEN, ONE]
    np.testing.assert_array_equal(again[0]["digit"], OWN[0]["digit"])
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
    with pytest.raises(ValueError, match="no file of drawings"):
        from_bytes(content)


def test_a_file_that_unpacks_to_too_much_is_refused():
    stream = io.BytesIO()
    np.savez_compressed(stream, labels=np.zeros(30_000_000, np.uint8))
    with pytest.raises(ValueError, match="more than 20 MB"):
        from_bytes(stream.getvalue())
