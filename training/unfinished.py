"""Recordings whose process died: each keeps one file beside the runs while it goes on, from which its run is saved later."""

import contextlib
import os
import re
import socket
import time
from pathlib import Path

from models import saved_directory
from training import publishing
from training.runs import Record, Run, RunError

SHARE = 0.01  # of the time that keeping the file may take
PATTERN = re.compile(r"\.recording-(?P<host>[0-9a-f]*)-(?P<process>\d+)-\d+\.run")


class Unfinished:
    """The file of one recording."""

    def __init__(self, shelf: Path | None = None):
        number = time.monotonic_ns()
        self.path = (shelf or saved_directory()) / f".recording-{_host()}-{os.getpid()}-{number}.run"
        self.free = 0.0  # from when on it may be written again

    def due(self) -> bool:
        """Whether it may be written: so seldom that it takes no more than SHARE of the time."""
        return time.perf_counter() >= self.free

    def keep(self, run: Run) -> None:
        """Write the run as far as it is, in the place of what was kept before. Raises OSError."""
        began = time.perf_counter()
        beside = self.path.with_suffix(".part")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(publishing.pack(run))
        beside.replace(self.path)
        ended = time.perf_counter()
        self.free = ended + (ended - began) / SHARE

    def remove(self) -> None:
        """Delete it: the run is published, or there is none."""
        with contextlib.suppress(OSError):
            self.path.unlink()


def going(shelf: Path | None = None) -> list[Path]:
    """The files of the recordings whose process goes on on this machine, the oldest first."""
    paths = []
    for path in sorted((shelf or saved_directory()).glob(".recording-*.run")):
        named = PATTERN.fullmatch(path.name)
        if named is not None and named["host"] == _host() and _alive(int(named["process"])):
            paths.append(path)
    return paths


def recover(shelf: Path | None = None) -> list[Record]:
    """Save the recordings whose process is gone, as far as they came, and give their records."""
    records = []
    for path in sorted((shelf or saved_directory()).glob(".recording-*.run")):
        named = PATTERN.fullmatch(path.name)
        if named is None or named["host"] != _host() or _alive(int(named["process"])):
            continue
        mine = path.with_suffix(f".{os.getpid()}")
        # another process may take it first
        with contextlib.suppress(OSError, RunError):
            path.rename(mine)
            records.append(publishing.save(publishing.unpack(mine.read_bytes()), shelf))
            mine.unlink()
    return records


def _host() -> str:
    return socket.gethostname().encode().hex()[:40]


def _alive(process: int) -> bool:
    """Whether a process of this machine goes on; where that cannot be asked, it is taken to."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's
        return True
    return True
