"""Keeps the server's memory together: glibc gives threads arenas of their own, and a server has many threads."""

import contextlib
import ctypes
import functools

ARENAS = 2  # for all threads; the default is eight for each processor core
M_ARENA_MAX = -8  # of mallopt, from glibc's malloc.h


@functools.cache
def few_arenas() -> None:
    """Have glibc serve all threads from a few arenas, where there is glibc: what one thread frees, others can use."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, ARENAS)
