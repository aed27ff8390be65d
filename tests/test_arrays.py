"""A file of arrays is read, or refused before it can take memory."""

import io
import zipfile

import numpy as np
import pytest

from training.datasets import arrays
from training.datasets.arrays import ArraysError

MOST = 10_000_000


def crafted(header: dict, content: bytes = b"\0" * 64) -> bytes:
    """An npz file with one array `a` whose header says what is given."""
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, header)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.npy", stream.getvalue() + content)
    return packed.getvalue()


def header(shape, descr="|u1"):
    return {"shape": shape, "fortran_order": False, "descr": descr}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["u1", "<i8", ">f4", "<U3", "?"])
def test_arrays_come_back(order, kind, tmp_path):
    array = np.asarray(np.arange(12).reshape(3, 4).astype(kind), order=order)
    np.savez(tmp_path / "a.npz", a=array, b=np.zeros(3))
    for source in (tmp_path / "a.npz", (tmp_path / "a.npz").read_bytes()):
        found = arrays.read(source, ["a"], MOST)
        assert list(found) == ["a"]
        np.testing.assert_array_equal(found["a"], array)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (crafted(header((10**14,))), "unpacks to more than 10 MB"),
        (crafted(header((10**9, 10**9))), "unpacks to more than 10 MB"),
        (crafted(header((65,))), "cut short"),
        (crafted(header((63,))), "longer than it says"),
        (crafted(header((-1,))), "damaged"),
        (crafted(header((8,), "|O")), "Python objects"),
        (b"", "not an npz file"),
        (b"PK\x03\x04", "not an npz file"),
    ],
)
def test_a_crafted_array_is_a_sentence(content, sentence):
    with pytest.raises(ArraysError, match=sentence):
        arrays.read(content, ["a"], MOST)


def test_the_limit_is_for_all_arrays_together(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", a=np.zeros(6_000_000, np.uint8), b=np.zeros(6_000_000, np.uint8))
    assert arrays.read(tmp_path / "a.npz", ["a"], MOST)["a"].size == 6_000_000
    with pytest.raises(ArraysError, match="more than 10 MB"):
        arrays.read(tmp_path / "a.npz", ["a", "b"], MOST)
