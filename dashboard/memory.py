"""The server's memory: threads share it, and what lasts is not looked at by the collector of garbage again and again."""

import contextlib
import ctypes
import functools
import gc
import sys
import threading

ARENAS = 2  # of glibc's memory for all threads; the default is eight for each processor core
M_ARENA_MAX = -8  # of mallopt, from glibc's malloc.h
_lock = threading.Lock()
_frozen = 0  # modules that were there when lasting objects were last set apart


@functools.cache
def few_arenas() -> None:
    """Have glibc serve all threads from a few arenas, where there is glibc: what one thread frees, others can use."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)


def set_lasting_apart() -> None:
    """Where modules were imported since the last time: take what is there now out of what the collector of garbage looks at.

    Modules never go again, and to look at all their objects stops every visitor for a quarter of a second.
    """
    global _frozen
    with _lock:
        if len(sys.modules) == _frozen:
            return
        _frozen = len(sys.modules)
    gc.collect()
    gc.freeze()
