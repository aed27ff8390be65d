"""Replays pen strokes on the canvas of the draw page and prints how many are classified correctly, and how fast.

python -m tests.benchmarks.canvas [--digits 100] [--run RUN] [--gradio PYTHON]     needs pen_strokes.json in MNIST_ATELIER_DATA

The same strokes are replayed on a page with nothing but the canvas and a line of text, which shows what Streamlit and the canvas
take by themselves (the canvas waits for 200 ms), and on Gradio's sketchpad with the same model, where PYTHON has gradio.
All times are taken inside headless Chromium: from the last pointer-up to the last change of the reading, and on our page from each
move of the pen to the bars that the browser computes. They swing with the machine: compare those of one run of this script.
"""

import argparse
import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from models import DEFAULT_RUN, ROOT
from models.preprocessing.strokes import from_strokes
from models.worker import Worker
from tests.browser import driver

WATCH = """(selector) => {
  const text = () => [...document.querySelectorAll(selector)].map((e) => e.innerText + (e.dataset.strokes ?? "")).join();
  let last = text();
  document.addEventListener("pointerup", () => { window.released = performance.now(); }, true);
  new MutationObserver(() => {
    if (text() === last) return;
    last = text();
    window.changed = performance.now();
  }).observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
}"""
BARE = """
import streamlit as st
from streamlit_drawable_canvas import st_canvas

@st.fragment
def canvas():
    found = st_canvas(stroke_width=20, width=336, height=336, key="canvas").json_data
    objects = (found or {}).get("objects", [])
    st.html(f"<div data-reading>{sum(len(o['path']) for o in objects)}</div>")

canvas()
"""


def main() -> None:
    """Draw, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--digits", type=int, default=100)
    parser.add_argument("--run", default=DEFAULT_RUN)
    parser.add_argument("--gradio", help="an interpreter that has gradio, and what this project needs")
    chosen = parser.parse_args()
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    picked = np.random.default_rng(0).choice(len(drawings), chosen.digits + 2, replace=False)
    picked = [drawings[number] for number in picked]
    folder = Path(tempfile.mkdtemp())
    with sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        with driver.server(folder / "log") as address:
            page = opened(chromium, f"{address}/?run={chosen.run}", "canvas.upper-canvas", "[data-reading]")
            page.locator(".live[data-ready]").wait_for()
            results = [(*replay(page, one["strokes"]), one["label"]) for one in picked]
            moves = live_readings(page)
        right = sum(int(read) == label for read, _, label in results)
        print(f"{chosen.run}: {right} of {len(results)} read rightly ({right / len(results):.1%})")
        tell("the draw page", [seconds for _, seconds, _ in results])
        tell("the draw page while the pen moves", moves, "a move of the pen to the bars")
        (folder / "bare.py").write_text(BARE)
        with driver.server(folder / "log", str(folder / "bare.py"), STREAMLIT_RUNNER_POST_SCRIPT_GC="false") as address:
            tell(
                "a canvas and a line of text", alone(chromium, address, "canvas.upper-canvas", "[data-reading]", picked)
            )
        if chosen.gradio:
            with sketchpad(chosen.gradio, chosen.run) as address:
                tell("Gradio's sketchpad", alone(chromium, address, "canvas", "[data-testid='label']", picked))
    worker_alone(chosen.run, picked)


def tell(name: str, seconds: list[float], span: str = "pointer-up to reading") -> None:
    p50, p95 = 1000 * np.percentile(seconds[2:], [50, 95])  # the first two warm everything up
    print(f"{name}, {span}: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def opened(chromium, address: str, canvas: str, reading: str):
    """A page with its clock running."""
    page = chromium.new_context(viewport={"width": 1400, "height": 1000}).new_page()
    page.goto(address)
    page.locator(canvas).first.wait_for()
    page.wait_for_timeout(1500)
    if page.get_by_label("Brush").count():
        page.get_by_label("Brush").first.click()  # Gradio's wants to be told
        page.wait_for_timeout(500)
    page.evaluate(WATCH, reading)
    return page


def live_readings(page) -> list[float]:
    """Seconds from a move of the pen to its bars, of every reading that the browser computed on the page."""
    measured = page.evaluate("performance.getEntriesByName('live reading').map((entry) => entry.duration)")
    return [duration / 1000 for duration in measured]


def clocked(page) -> float:
    """Seconds from the last pointer-up to the last change of the reading, once nothing has changed for a second."""
    page.wait_for_function(
        "window.changed > window.released && performance.now() - window.changed > 1000", polling=100, timeout=20_000
    )
    return page.evaluate("window.changed - window.released") / 1000


def replay(page, strokes) -> tuple[str, float]:
    """What the draw page reads, and the seconds; the canvas is cleared afterwards."""
    driver.draw(page, strokes)
    read = driver.reading(page, len(strokes))
    # our reading stands in a shadow root, into which the clock of other pages does not see
    seconds = page.evaluate("performance.getEntriesByName('server reading').at(-1).startTime - window.released") / 1000
    page.locator("button", has_text="Clear").click()
    page.locator("[data-reading]").wait_for(state="detached")
    return read, seconds


def alone(chromium, address: str, canvas: str, reading: str, picked: list[dict]) -> list[float]:
    """Seconds of each digit on a page that is opened anew after every third, as it has no button of ours to clear it."""
    page, seconds = opened(chromium, address, canvas, reading), []
    for one in picked:
        driver.draw(page, one["strokes"], canvas=canvas)
        seconds.append(clocked(page))
        if len(seconds) % 3 == 0:
            page.context.close()
            page = opened(chromium, address, canvas, reading)
    page.context.close()
    return seconds


@contextlib.contextmanager
def sketchpad(python: str, run: str) -> Iterator[str]:
    """The same model behind Gradio's sketchpad; gives its address."""
    port = driver.free_port()
    command = [python, str(ROOT / "tests" / "benchmarks" / "sketchpad.py"), str(port), run]
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        env=os.environ | {"GRADIO_ANALYTICS_ENABLED": "False"},
    )
    try:
        driver.wait(f"http://127.0.0.1:{port}/", process, 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(20)


def worker_alone(run: str, picked: list[dict]) -> None:
    """Strokes to digit, and digit to probabilities through the models' process."""
    worker, made, asked = Worker(), [], []
    digits = [from_strokes(one["strokes"]) for one in picked]
    worker.read(run, digits[0][None])
    for one, digit in zip(picked, digits, strict=True):
        started = time.perf_counter()
        from_strokes(one["strokes"])
        made.append(time.perf_counter() - started)
        started = time.perf_counter()
        worker.read(run, digit[None])
        asked.append(time.perf_counter() - started)
    worker.stop()
    for name, seconds in (("strokes to digit", made), ("digit to probabilities, by the worker", asked)):
        print("{}: p50 {:.1f} ms, p95 {:.1f} ms".format(name, *(1000 * np.percentile(seconds, [50, 95]))))


if __name__ == "__main__":
    main()
