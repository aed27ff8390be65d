"""Locks on files, which the system lets go when the process that holds one ends, however it ends."""

import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO


def held(path: Path) -> bool:
    """Whether a process holds the lock of a file. Raises OSError where that cannot be asked."""
    try:
        with open(path, "r+b") as file:
            return not _take(file, shared=True)
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def locked(path: Path, wait: float = 5.0) -> Iterator[None]:
    """Hold the lock of a file, which is made where it is missing. Raises TimeoutError where another has it for `wait` seconds."""
    with open(path, "a+b") as file:
        end = time.monotonic() + wait
        while not _take(file):
            if time.monotonic() > end:
                raise TimeoutError(f"The file {path.name} is locked by another process.")
            time.sleep(0.02)
        yield


def _take(file: IO[bytes], shared: bool = False) -> bool:
    """Lock an open file until it is closed, if nobody else holds it; gives whether it is locked now.

    shared: beside others that ask.
    """
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
