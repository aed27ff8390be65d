"""Replays pen strokes on the canvas of the draw page and prints how many are read rightly, and how fast.

python -m tests.benchmarks.canvas [--digits 100] [--run RUN]     needs MNIST_ATELIER_DATA with pen_strokes.json in it

Pointer-up to result is the time from the last pointer-up of a digit to its reading on the page, in headless Chromium. Compare
it with the canvas's own waiting time of about 200 ms, and with other runs of this script on the same machine.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from models import DEFAULT_RUN
from tests import browser


def main() -> None:
    """Draw, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--digits", type=int, default=100)
    parser.add_argument("--run", default=DEFAULT_RUN)
    chosen = parser.parse_args()
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    picked = np.random.default_rng(0).choice(len(drawings), chosen.digits, replace=False)
    log = Path(tempfile.mkdtemp()) / "server.log"
    with browser.server(log) as address, sync_playwright() as playwright:
        page = browser.launch(playwright).new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/draw?run={chosen.run}")
        page.locator("canvas.upper-canvas").wait_for()
        replay(page, drawings[0]["strokes"])  # the first one waits for the models' process
        results = [(*replay(page, drawings[number]["strokes"]), drawings[number]["label"]) for number in picked]
    right = sum(int(read) == label for read, _, label in results)
    times = 1000 * np.array([seconds for _, seconds, _ in results])
    p50, p95 = np.percentile(times, [50, 95])
    print(f"{chosen.run}: {right} of {len(results)} read rightly ({right / len(results):.1%})")
    print(f"pointer-up to result: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def replay(page, strokes) -> tuple[str, float]:
    """What is read, and seconds from pointer-up to the reading; the canvas is cleared afterwards."""
    released = browser.draw(page, strokes)
    read = browser.reading(page, len(strokes))
    seconds = time.perf_counter() - released
    page.locator("button", has_text="Clear").click()
    page.locator("[data-reading]").wait_for(state="detached")
    return read, seconds


if __name__ == "__main__":
    main()
