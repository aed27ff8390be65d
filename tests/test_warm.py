"""What a server does before anybody visits, and what the first visitor sees before all is imported."""

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from streamlit.web.server.app_discovery import discover_asgi_app

from dashboard import cache, warm
from models import ROOT
from models.worker import Worker
from tests.pages import APP

FRAME = """
import sys
import streamlit as st
from streamlit.testing.v1 import AppTest
from dashboard import warm
def imports():
    print([name for name in ("dashboard.cache", "training.runs", "models.architectures") if name in sys.modules])
    st.stop()
warm.imports = imports
app = AppTest.from_file("dashboard/app.py", default_timeout=300).switch_page("views/compare.py").run()
print([title.value for title in app.title])
"""


def test_the_title_is_shown_before_anything_large_is_imported():
    done = subprocess.run([sys.executable, "-c", FRAME], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "['Compare']"], done.stderr


def test_the_server_starts_with_what_the_first_visitor_would_wait_for(monkeypatch):
    assert discover_asgi_app(APP).import_string == "app:app"
    started, read = threading.Event(), threading.Event()
    monkeypatch.setattr(Worker, "start", lambda worker: started.set())
    monkeypatch.setattr(cache, "read_runs", read.set)
    monkeypatch.setattr(warm.st, "get_option", lambda name: True)  # headless: no browser opens
    cache.worker.clear()

    async def serve():
        async with warm.lifespan(None):
            pass

    with ThreadPoolExecutor(1) as thread:  # in this one Playwright may have left a loop
        thread.submit(asyncio.run, serve()).result()
    assert read.wait(60)
    assert started.is_set()
    assert warm.imported()
    cache.worker.clear()
