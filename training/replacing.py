"""A file that is replaced as a whole: whoever reads it finds what was there before or what is there now, never a part of it."""

import os
import time
from pathlib import Path


def replace(path: Path, content: bytes) -> None:
    """Put this in the place of what a file holds, or where there is none. Raises OSError."""
    beside = path.with_name(f".{path.name}-{os.getpid()}-{time.time_ns()}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
