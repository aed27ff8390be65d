"""The contents of files that people bring, packed with gzip or not, with a limit on what they unpack to."""

import gzip
import io
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from training.datasets.dataset import DatasetError

BYTES = 500_000_000  # of a file unpacked, and of the arrays that are made of it
START = 65_536  # bytes by which a form is recognized
GZIP = b"\x1f\x8b"


def start(path: Path) -> bytes:
    """The first bytes of a file, unpacked as far as they can be; none where it cannot be read."""
    try:
        with open(path, "rb") as stream:
            first = stream.read(START)
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(first, START) if first.startswith(GZIP) else first
    except (OSError, zlib.error):
        return b""


@contextmanager
def opened(path: Path, most: int = BYTES):
    """A stream of a file's contents, unpacked. Raises DatasetError where it is damaged or holds more than `most` bytes."""
    try:
        with _opened(path) as stream:
            yield io.BufferedReader(_Limited(stream, most), 1 << 20)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DatasetError(f"{path.name} is packed with gzip and damaged or cut short: fetch it again.") from error


def _opened(path: Path) -> BinaryIO:
    with open(path, "rb") as stream:
        packed = stream.read(2) == GZIP
    return gzip.open(path, "rb") if packed else open(path, "rb")  # type: ignore[return-value]


class _Limited(io.RawIOBase):
    """A stream that gives no more bytes than a limit."""

    def __init__(self, stream: BinaryIO, most: int):
        self._stream, self._left, self._most = stream, most, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        content = self._stream.read(min(len(buffer), self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            raise DatasetError(f"it unpacks to more than {self._most // 10**6} MB: bring a part of it.")
        buffer[: len(content)] = content
        return len(content)
