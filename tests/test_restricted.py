"""What was pickled from plain values comes back, and whatever else a pickle says is refused without being run."""

import builtins
import os
import pickletools
import string
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.importers.parts import UnreadableError
from training.importers.restricted import load

NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.booleans() | st.none()
VALUES = st.recursive(
    NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
ASKED = """
import pickle
import numpy as np
print(pickle.dumps({expression}, {protocol}).hex())
"""


def pickled(expression: str, protocol: int = 4) -> bytes:
    """What another Python makes of an expression; none of ours imports what could."""
    program = ASKED.format(expression=expression, protocol=protocol)
    return bytes.fromhex(subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout)


def same(one, other) -> bool:
    return repr(one) == repr(other)


def answered(content: bytes):
    """What is read, or why it is refused; nothing else may happen."""
    try:
        return load(content)
    except UnreadableError as error:
        return str(error)


def plainly(value) -> bytes:
    """A pickle of plain values, written by hand in the instructions of protocol 2."""
    return b"\x80\x02" + _written(value) + b"."


def _written(value) -> bytes:
    if value is None or isinstance(value, bool):
        return {None: b"N", True: b"\x88", False: b"\x89"}[value]
    if isinstance(value, int):
        raw = value.to_bytes((value.bit_length() + 8) // 8, "little", signed=True)
        return b"\x8a" + bytes([len(raw)]) + raw
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return b"X" + struct.pack("<I", len(raw)) + raw
    if isinstance(value, list):
        return b"](" + b"".join(map(_written, value)) + b"e"
    return b"}(" + b"".join(_written(key) + _written(one) for key, one in value.items()) + b"u"


@given(VALUES)
def test_plain_values_come_back(value):
    found = answered(plainly(value))
    assert found == "is nested too deeply, or too large, for a history" or same(found, value)


@pytest.mark.parametrize("protocol", range(6))
def test_what_keras_and_numpy_write(protocol):
    history = (
        "{'loss': [np.float32(.5), np.float64(.25)], 'n': (1, 2), 'lr': np.array([.5, .25]), 'i': [np.int64(3), True]}"
    )
    found = load(pickled(history, protocol))
    assert found == {"loss": [0.5, 0.25], "n": [1, 2], "lr": [0.5, 0.25], "i": [3, True]}
    assert load(pickled("np.array({'a': [1]}, dtype=object)", protocol)) == {"a": [1]}
    assert load(pickled("np.array([[1, 2], [3, 4]], '>i2', order='F')", protocol)) == [[1, 2], [3, 4]]


HOSTILE = [
    b"cos\nsystem\n(S'touch hacked'\ntR.",
    b"c__builtin__\neval\n(S'1'\ntR.",
    b"\x80\x04\x8c\x08builtins\x8c\x04exec\x93\x8c\x04pass\x85R.",
    b"(S'touch hacked'\nios\nsystem\n.",
    b"\x80\x02cnumpy\ndtype\nq\x00.",
    b"cnumpy.core.multiarray\nscalar\ncnumpy\nndarray\n(tR.",
    b"\x80\x02]q\x00h\x00a.",
    b"\x80\x02" + b"]q\x00" + b"(" + b"h\x00" * 10 + b"e.",
    b"\x80\x02P1\n.",
    b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"B\xff\xff\xff\xffabc",
    b"",
    b".",
    b"tttt.",
    b"](" * 200_000 + b"e" * 200_000 + b".",
    b"\x80\x02" + b"(" * 500_000,
]


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_else_is_refused_at_once_and_not_run(content, tmp_path, monkeypatch):
    def never(*arguments, **named):
        raise AssertionError("it was run")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "system", never)
    monkeypatch.setattr(builtins, "eval", never)
    with pytest.raises(UnreadableError):
        load(content)
    assert not list(tmp_path.iterdir())


def test_what_doubles_itself_is_not_unfolded():
    twice = b"".join(b"]q%c(h%ch%ce" % (n + 1, n, n) for n in range(40))
    with pytest.raises(UnreadableError, match="nested too deeply"):
        load(b"\x80\x02]q\x00(K\x01K\x02e" + twice + b".")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content):
    answered(content)


@given(
    st.lists(st.sampled_from([op.code for op in pickletools.opcodes]), max_size=30),
    st.text(string.printable, max_size=8),
)
def test_any_instructions_are_read_or_refused(codes, argument):
    answered("".join(code + argument for code in codes).encode("latin-1") + b".")


def test_it_names_what_it_refuses():
    with pytest.raises(UnreadableError, match=r"names posix\.system, which could run any program"):
        load(pickled("type('X', (), {'__reduce__': lambda self: (__import__('os').system, ('true',))})()"))
