"""What the first visitor of a server would wait for, done as soon as the server starts: imports, the models' process, the runs."""

import contextlib
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Iterator

import streamlit as st

_importing = threading.Lock()
_imported = threading.Event()


@contextlib.asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Begin when the server starts, in the background, and open the browser, which Streamlit leaves to an app of this kind."""
    threading.Thread(target=_start, daemon=True).start()
    yield


def _start() -> None:
    if not st.get_option("server.headless"):
        webbrowser.open(f"http://{st.get_option('server.address')}:{st.get_option('server.port')}")
    imports()
    from dashboard import cache

    cache.worker()  # so that it is there when somebody draws
    cache.read_runs()


def imported() -> bool:
    """Whether no page has to wait for imports any more."""
    return _imported.is_set()


def imports() -> None:
    """Import what the pages need, or wait until it is imported.

    One thread does it while the others wait: of two that import the same modules in another order, each may find half of one.
    """
    with _importing, _generous():
        if not imported():
            # of the pages, those that need the most; together they need all that takes long
            from dashboard.sections import comparison, digit_gallery, drawn_digit, ensemble, statistics  # noqa: F401

            _imported.set()


@contextlib.contextmanager
def _generous() -> Iterator[None]:
    """Leave the interpreter to other threads, which send a visitor the page, ten times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
