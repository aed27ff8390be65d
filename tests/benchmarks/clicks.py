"""Milliseconds from a click to what it changes, on the pages that show the data, warm: python -m tests.benchmarks.clicks"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import driver

ROUNDS = 4  # of which the first, cold, does not count
SAYS = "(text) => document.querySelector('[data-testid=stMain]').textContent.includes(text)"
MOVED = "(address) => location.href !== address"


def main() -> None:
    """Print median and longest of each kind of click."""
    with driver.server(Path(tempfile.mkdtemp()) / "log") as address, sync_playwright() as playwright:
        page = driver.launch(playwright).new_page(viewport={"width": 1400, "height": 1000})
        for name, measure in (
            ("explore", _explore),
            ("map", _map),
            ("label_review", _labels),
            ("explore?explored=Statistics", _statistics),
            ("concepts", _concepts),
        ):
            times: dict[str, list[float]] = {}
            page.goto(f"{address}/{name}")
            page.locator("h1").wait_for()
            page.wait_for_timeout(5000)
            for turn in range(ROUNDS):
                for kind, milliseconds in measure(page, turn):
                    times.setdefault(kind, []).append(milliseconds)
            for kind, found in times.items():
                warm = found[len(found) // ROUNDS :]
                print(f"{name}, {kind}: median {statistics.median(warm):.0f}, longest {max(warm):.0f} ms", flush=True)


def _time(page, click: Callable[[], None], changed: str, argument: str) -> float:
    started = time.perf_counter()
    click()
    page.wait_for_function(changed, arg=argument, polling="raf")
    milliseconds = 1000 * (time.perf_counter() - started)
    page.wait_for_timeout(700)
    return milliseconds


def _explore(page, turn: int):
    for name, said in (("3", "7,141 digits"), ("8", "6,825 digits")):
        yield "class", _time(page, page.get_by_role("radio", name=name, exact=True).first.click, SAYS, said)
    for place in (5, 17):
        yield "digit", _time(page, page.locator(".gallery button").nth(place + turn).click, MOVED, page.url)
    for look, said in (
        ("Predictions", "were not trained on it"),
        ("Preparation", "Augmented"),
        ("Most similar", "Nearest first"),
    ):
        yield "closer look", _time(page, page.get_by_text(look, exact=True).click, SAYS, said)
    page.get_by_role("button", name="Sort and filter").click()
    page.wait_for_timeout(400)
    for answer in ("wrong", "correct"):
        yield "filter", _time(page, page.get_by_role("radio", name=answer).click, SAYS, f"Only digits read {answer}")
    page.get_by_role("radio", name="any", exact=True).click()
    page.keyboard.press("Escape")
    page.wait_for_timeout(700)


def _map(page, turn: int):
    page.get_by_role("button", name="Circle", exact=True).click()  # and scrolls to it
    box = page.locator(".paper > canvas").bounding_box()
    across, down = box["x"] + (0.3 + 0.05 * turn) * box["width"], box["y"] + 0.4 * box["height"]
    page.mouse.move(across, down)
    page.mouse.down()
    for right, below in ((80, 0), (80, 80), (0, 80)):
        page.mouse.move(across + right, down + below, steps=8)
    yield "circle of 80 pixels", _time(page, page.mouse.up, MOVED, page.url)
    yield "digit", _time(page, page.locator(".gallery button[aria-pressed=false]").nth(3).click, MOVED, page.url)


def _labels(page, turn: int):
    changed = "(first) => document.querySelector('[data-testid=stMain]').textContent.match(/Number [0-9,]*[0-9]/)[0] !== first"
    for name in ("2", "1"):
        first = page.get_by_text("Number ").first.inner_text().partition(", t")[0]
        click = page.get_by_role("button", name=f"Page {name}", exact=True).click
        yield "page", _time(page, click, changed, first)


def _concepts(page, turn: int):
    for name, said in (
        ("Learning rate", "too low, or too high?"),
        ("Dense end", "fully connected end"),
        ("Filter", "what is a filter?"),
    ):
        click = page.get_by_role("radio", name=name, exact=True).click
        yield "question", _time(page, click, SAYS, said)
    for name, said in (("blur", "from 0 to"), ("vertical edges", "from −2")):
        yield "filter", _time(page, page.get_by_role("radio", name=name, exact=True).click, SAYS, said)
    page.get_by_role("radio", name="Learning rate", exact=True).click()
    page.wait_for_timeout(1500)
    for key, said in (("Home", "rate of 0.001"), ("End", "rate of 10")):
        slider = page.get_by_role("slider")
        yield "slider", _time(page, lambda slider=slider, key=key: slider.press(key), SAYS, said)


def _statistics(page, turn: int):
    for name in ("3", "8"):
        click = page.get_by_role("radio", name=name, exact=True).first.click
        yield "class", _time(page, click, SAYS, f"Thickness of the {name}s")


if __name__ == "__main__":
    main()
