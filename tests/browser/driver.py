"""Driving the dashboard as a person does: a server of its own, headless Chromium, and strokes on the canvas."""

import base64
import contextlib
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from models import ROOT
from tests import pages

OWN = [  # strokes for where the recorded ones are absent, in a box of 500
    {"label": 7, "strokes": [[[100, 60], [380, 60], [220, 440]]]},
    {"label": 1, "strokes": [[[280, 40], [220, 460]]]},
    {"label": 0, "strokes": [[[250, 50], [130, 150], [120, 330], [240, 450], [370, 340], [370, 150], [250, 50]]]},
]
PATHS = {page: path for path, page in pages.listed().items()}
PAGES = [
    PATHS[page] + pages.query(named) for page, named in pages.opened()
]  # as addresses name them, each part of each

PATIENCE = (
    120_000  # milliseconds until something that a test waits for must be there, also on a machine with other work
)
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    # by which Streamlit knows that its menu shall close once a page is chosen
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0.0.0 Mobile Safari/537.36",
}
# the server has done what was asked, and all of it is shown
SETTLED = """() => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
  && !document.querySelector("[data-testid=stSkeleton], [data-testid=stSpinner]")"""
FRAME = "() => new Promise(requestAnimationFrame)"
EMPTY = "http://components.test/"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# many numbers go to a page and back as text, for as numbers each is packed by itself: what a page's script begins with
AS_TEXT = """
  const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const floatsOf = (text) => new Float32Array(bytesOf(text).buffer);
  const textOf = ({ buffer, byteOffset, byteLength }) => {
    const bytes = Array.from(new Uint8Array(buffer, byteOffset, byteLength), (byte) => String.fromCharCode(byte));
    return btoa(bytes.join(""));
  };
"""

# mounts a component of dashboard/components/ on an empty page as Streamlit does, and lists what it triggers
MOUNT = """async ([name, data]) => {
  const root = document.createElement("div");
  const html = await fetch(`/${name}.html`);
  root.innerHTML = html.status === 200 ? await html.text() : "<span></span>";
  document.body.append(root);
  window.triggered = [];
  const { default: mount } = await import(`/${name}.js`);
  const setTriggerValue = (trigger, value) => triggered.push([trigger, value]);
  window.mount = (data) => mount({ data, parentElement: root, setTriggerValue });
  window.unmount = window.mount(data);
}"""


def as_text(data: bytes | np.ndarray) -> str:
    """Bytes as AS_TEXT reads them in the page."""
    return base64.b64encode(data).decode()


def from_text(text: str, dtype: str) -> np.ndarray:
    """What AS_TEXT made of an array in the page, (n,)."""
    return np.frombuffer(base64.b64decode(text), dtype)


@contextlib.contextmanager
def server(log, script: str = "dashboard/app.py", **environment: str) -> Iterator[str]:
    """The dashboard, or another script, on a free port, what it prints going to the file `log`; gives its address."""
    port = free_port()
    with process(log, port, script, **environment):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def process(log, port: int, script: str = "dashboard/app.py", **environment: str) -> Iterator[subprocess.Popen]:
    """As `server`, on that port; gives its process."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        script,
        "--server.headless=true",
        f"--server.port={port}",
    ]
    with open(log, "w") as stream:
        served = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        wait(f"http://127.0.0.1:{port}/_stcore/health", served)
        yield served
    finally:
        served.terminate()
        try:
            served.wait(10)
        except subprocess.TimeoutExpired:
            # uvicorn waits without limit for connections that the browser opened ahead, used for nothing and keeps:
            # those it accepted after it had asked all others to close. Streamlit has no setting for that.
            served.kill()


@contextlib.contextmanager
def leaving(page) -> Iterator[None]:
    """The page goes to an empty one at the end, while its server still answers: what it yet loads would be missed."""
    try:
        yield
    finally:
        page.goto("about:blank")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(health: str, process: subprocess.Popen, seconds: float = 180) -> None:
    """Until that address answers. Raises RuntimeError where it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(health, timeout=2):
            return
        time.sleep(0.2)
    raise RuntimeError("the dashboard did not start")


def launch(playwright):
    """Chromium: the system's own, else Playwright's, which is fetched where it can be. Raises RuntimeError without any."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path:
        return playwright.chromium.launch(executable_path=path, args=FLAGS)
    if not os.path.exists(playwright.chromium.executable_path):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], capture_output=True, timeout=600)
    if not os.path.exists(playwright.chromium.executable_path):
        raise RuntimeError("there is no Chromium on this machine, and Playwright could not fetch one")
    return playwright.chromium.launch(args=FLAGS)


def serve(page, folder: Path) -> None:
    """Let an empty page stand at the address EMPTY, and the files of a folder below it."""

    def answer(route):
        path = folder / route.request.url.removeprefix(EMPTY)
        if path == folder:
            route.fulfill(body="<!doctype html><body></body>", content_type="text/html")
        elif path.is_file():
            route.fulfill(path=path)
        else:
            route.fulfill(status=204)

    page.route(f"{EMPTY}**", answer)


def settled(page) -> None:
    """Wait until the page is whole and the server at rest."""
    page.wait_for_function(SETTLED)
    page.evaluate(FRAME)


def draw(page, strokes, side: float = 250, canvas: str = "canvas.upper-canvas") -> None:
    """Strokes, in a box of 500, drawn on the canvas with the mouse.

    side: pixels of the box on the canvas. A browser passes on one place of the pointer per frame, so there is one per frame.
    """
    page.locator(canvas).last.scroll_into_view_if_needed()
    box = page.locator(canvas).last.bounding_box()
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    for stroke in strokes:
        points = [(left + x * side / 500, top + y * side / 500) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for start, end in zip(points, points[1:] or points, strict=False):
            steps = max(1, round(math.dist(start, end) / 15))
            for step in range(1, steps + 1):
                page.mouse.move(*(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
                page.evaluate(FRAME)
        page.mouse.up()


def reading(page, strokes: int) -> str:
    """The digit that the page reads once it has taken in that many strokes."""
    return page.locator(f'[data-reading][data-strokes="{strokes}"]').inner_text()
