"""How long a map takes until its points can be moved, and the memory of five tabs: python -m tests.benchmarks.map

Of all of MNIST and of its test digits alone, warm (the page was open before), from the address to the first frame that a
wheel's turn changed; beside a bare page with Plotly's WebGL scatter, and Renumics Spotlight where `--spotlight PYTHON`
names a Python that has it.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from models import ROOT
from tests.browser import driver
from training.analysis import projections
from training.datasets import registry

SIZES = (10_000, 70_000)
TIMES = 5
TABS = 5
PLOTLY = """
import sys
import numpy as np
import plotly.graph_objects as go
import streamlit as st
with np.load(st.query_params["file"]) as arrays:
    x, y, labels = arrays["x"], arrays["y"], arrays["labels"]
figure = go.Figure(go.Scattergl(x=x, y=y, mode="markers", marker={"color": labels, "size": 3}))
figure.update_layout(height=700, dragmode="pan")
st.plotly_chart(figure, config={"scrollZoom": True})
"""
SPOTLIGHT = """
import sys, time
import numpy as np, pandas as pd
from renumics import spotlight
with np.load(sys.argv[1]) as arrays:
    table = pd.DataFrame({name: arrays[name] for name in ("x", "y", "labels")})
spotlight.show(table, port=int(sys.argv[2]), no_browser=True, wait=False)
time.sleep(600)
"""


def main(arguments: list[str]) -> None:
    """Print medians in seconds, and megabytes."""
    mnist = registry.load("mnist", download=False)
    folder = Path(tempfile.mkdtemp())
    kept = projections.load(mnist, projections.PIXELS)
    for size in SIZES:
        first = len(mnist.labels) - size
        x, y = kept.positions[first:].T
        np.savez(folder / f"{size}.npz", x=x, y=y, labels=mnist.labels[first:])
    images, labels = mnist.part("test")
    own = folder / "own.npz"
    np.savez(own, x_train=images[:9000], y_train=labels[:9000], x_test=images[9000:], y_test=labels[9000:])
    ours = {10_000: f"map?dataset=own+file&file={own}", 70_000: "map"}
    with driver.server(folder / "log") as address, sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        for size in SIZES:
            _tell(f"ours, {size:,} points", [_ours(chromium, f"{address}/{ours[size]}") for _ in range(TIMES + 1)][1:])
        _tabs(chromium, address)
    script = folder / "plotly.py"
    script.write_text(PLOTLY)
    with driver.server(folder / "log2", str(script)) as address, sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        for size in SIZES:
            page = f"{address}/?file={folder / f'{size}.npz'}"
            _tell(f"Plotly's WebGL, {size:,} points", [_plotly(chromium, page) for _ in range(TIMES + 1)][1:])
    if "--spotlight" in arguments:
        for size in SIZES:
            _spotlight(arguments[arguments.index("--spotlight") + 1], folder, size)


def _tell(what: str, seconds: list[float]) -> None:
    print(f"{what}: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s", flush=True)


def _ours(chromium, address: str) -> float:
    """Seconds from the address to a frame after a wheel's turn."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    started = time.perf_counter()
    page.goto(address)
    page.locator(".scatter[data-drawn]").wait_for()
    box = page.locator(".plot > canvas").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.wheel(0, -200)
    page.locator(".scatter").evaluate(
        "(root) => new Promise((done) => { const look = () => root.scatter.scale > root.scatter.fit && !root.scatter.drawing"
        " ? done() : requestAnimationFrame(look); look(); })"
    )
    seconds = time.perf_counter() - started
    page.close()
    return seconds


def _plotly(chromium, address: str) -> float:
    """The same for a page with one Plotly chart: until its axis has changed."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    started = time.perf_counter()
    page.goto(address)
    page.wait_for_function("document.querySelector('.js-plotly-plot')?._fullLayout?.xaxis?.range", timeout=120_000)
    before = page.evaluate("String(document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range)")
    box = page.locator(".js-plotly-plot").bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 300)
    changed = f"String(document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range) !== '{before}'"
    while not page.evaluate(changed):
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(20)
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seconds = time.perf_counter() - started
    page.close()
    return seconds


def _spotlight(python: str, folder: Path, size: int) -> None:
    """Renumics Spotlight with the same points: until its scatter plot is drawn, or the page where it is not."""
    port = driver.free_port()
    with open(folder / "spotlight", "w") as log:
        process = subprocess.Popen(
            [python, "-c", SPOTLIGHT, str(folder / f"{size}.npz"), str(port)], stdout=log, stderr=subprocess.STDOUT
        )
    try:
        driver.wait(f"http://127.0.0.1:{port}/", process, 120)
        with sync_playwright() as playwright:
            chromium, seconds = driver.launch(playwright), []
            for _ in range(3):
                page = chromium.new_page(viewport={"width": 1400, "height": 1000})
                started = time.perf_counter()
                page.goto(f"http://127.0.0.1:{port}/")
                page.locator("canvas").first.wait_for(timeout=60_000)
                seconds.append(time.perf_counter() - started)
                page.screenshot(path=folder / f"spotlight-{size}.png")
                page.close()
            _tell(f"Spotlight, {size:,} points, until its first canvas stands (not yet drawn on)", seconds[1:])
            print(f"  a picture of it: {folder / f'spotlight-{size}.png'}")
    except Exception as error:
        print(f"Spotlight could not be measured: {type(error).__name__}: {str(error).splitlines()[0]}")
    finally:
        process.kill()


def _tabs(chromium, address: str) -> None:
    """Megabytes of the dashboard's process, without the models' own, with the map open in several tabs."""
    pages = [chromium.new_page() for _ in range(TABS)]
    for page in pages:
        page.goto(f"{address}/map?colour=right+or+wrong&run=cnn-kfold")
        page.locator(".scatter[data-drawn]").wait_for()
        page.wait_for_timeout(1000)
    port = address.rpartition(":")[2]
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        command = entry.read_bytes().decode(errors="replace")
        if f"--server.port={port}" in command and "streamlit" in command:
            lines = dict(line.split(":", 1) for line in (entry.parent / "status").read_text().splitlines())
            print(
                f"memory of the dashboard with {TABS} tabs: {int(lines['VmRSS'].split()[0]) / 1024:.0f} MB", flush=True
            )
    for page in pages:
        page.close()


if __name__ == "__main__":
    os.chdir(ROOT)
    main(sys.argv[1:])
