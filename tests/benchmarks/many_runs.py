"""How long Compare, and other pages with lists of runs, take with many runs: `python -m tests.benchmarks.many_runs --runs 500 1000`

A shelf of its own holds the runs that come with the project and copies of the small ones under other names, their files as they
are, as if a visitor had trained them. In Chromium, in milliseconds: Compare as the first page of a server; from another page,
until the table, the chart and the verdicts stand; a tick taken away in the table and set again, until the chart is without or with
that line; a search in the table; other pages that list runs, until they are whole, and a name sought in their lists. Prints the
median and the longest by the clock, and the median of what the server's processor spent.
"""

import argparse
import contextlib
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from models import saved_directory
from tests.browser import driver
from training.runs import Record, list_runs

LARGEST = 1_000_000  # bytes of all files of a run that is copied
ROUNDS = 5
PAGES = (  # that list runs: group of the navigation, title, and the list's label
    ("Runs", "Evaluate", "Run"),
    ("Runs", "Ensemble", "Runs"),
    ("Runs", "Train", ""),
    ("", "Inside", "Model"),
    ("", "Draw", "Model"),
)
WHOLE = """(title) => document.querySelector("h1")?.textContent === title
  && document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning"
  && !document.querySelector("[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]")"""
COMPARED = """() => document.querySelector("[data-testid=stDataFrame] canvas")
  && document.querySelectorAll(".js-plotly-plot .scatterlayer .js-line").length
  && [...document.querySelectorAll("h2")].some((one) => one.textContent === "Which is better?")"""
NAMES = """() => new Set(document.querySelector(".js-plotly-plot").data.map((line) => line.name)).size"""
RESULT_SHOWN = "() => /result/.test(document.querySelector('[data-testid=search-result-area]')?.textContent)"
NUMBER = f"(count) => ({NAMES})() === count"


class Times:
    """What was measured: milliseconds on the clock, and of the server's processor, which other work does not change."""

    def __init__(self):
        self.server: psutil.Process | None = None
        self.found: dict[str, list[tuple[float, float]]] = {}

    @contextlib.contextmanager
    def of(self, what: str) -> Iterator[None]:
        """Measure what is done within."""
        started, before = time.perf_counter(), self._spent()
        yield
        taken = time.perf_counter() - started
        self.found.setdefault(what, []).append((1000 * taken, 1000 * (self._spent() - before)))

    def _spent(self) -> float:
        used = self.server.cpu_times()
        return used.user + used.system

    def tell(self, count: int) -> None:
        """Print medians and the longest. count: of the runs."""
        for what, found in self.found.items():
            # the first of each was cold, the server's start aside
            clock, server = zip(*(found if what.endswith("of a server") else found[1:]), strict=True)
            print(
                f"{count} runs, {what}: median {statistics.median(clock):.0f} ms, longest {max(clock):.0f} ms of {len(clock)}; "
                f"server {statistics.median(server):.0f} ms",
                flush=True,
            )


def main() -> None:
    """Print the times with each number of runs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, nargs="+", default=[500, 1000])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        chromium = driver.launch(playwright)
        for count in given.runs:
            with tempfile.TemporaryDirectory() as folder:
                fill(Path(folder) / "shelf", count)
                _measure(chromium, Path(folder), count, given.rounds)


def fill(shelf: Path, count: int) -> None:
    """Make a shelf of so many runs: those that come with the project, then copies of the small ones, of other names and rates."""
    records, _ = list_runs()
    shelf.mkdir(parents=True)
    for record in records[:count]:
        _link(saved_directory() / record.run_id, shelf / record.run_id, ["record.json", *record.files])
    for number in range(count - len(records)):
        add(shelf, records, number)


def add(shelf: Path, records: Sequence[Record], number: int) -> None:
    """Put a copy of a small run on the shelf. records: of those that come with the project; number: differs for other copies."""
    small = [one for one in records if one.recipe and sum(file["bytes"] for file in one.files.values()) < LARGEST]
    source, run_id = small[number % len(small)], f"night-{number:04d}"
    _link(saved_directory() / source.run_id, shelf / run_id, list(source.files))
    (shelf / run_id / "record.json").write_text(_renamed(source, run_id, number).model_dump_json())


def _link(source: Path, target: Path, names: list[str]) -> None:
    """A folder of the same files, which take no room where the disk knows links."""
    target.mkdir()
    for name in names:
        try:
            os.link(source / name, target / name)
        except OSError:
            shutil.copy(source / name, target / name)


def _renamed(record: Record, run_id: str, number: int) -> Record:
    """A run as its owner would have trained it last night, with another learning rate and batch size."""
    changes = {"name": run_id, "group": "", "learning_rate": 0.001 + number / 1e5, "batch_size": 16 << number % 3}
    created = datetime.now(UTC) - timedelta(minutes=10 * number)
    return record.model_copy(
        update={
            "run_id": run_id,
            "recipe": record.recipe.model_copy(update=changes),
            "created": created.isoformat(timespec="seconds"),
        }
    )


def _measure(chromium, folder: Path, count: int, rounds: int) -> None:
    times = Times()
    for turn in range(2):
        port = driver.free_port()
        with driver.process(folder / f"log-{turn}", port, MNIST_ATELIER_MODELS=str(folder / "shelf")) as server:
            address, times.server = f"http://127.0.0.1:{port}", psutil.Process(server.pid)
            page = chromium.new_page(viewport={"width": 1400, "height": 1000})
            page.set_default_timeout(driver.PATIENCE)
            with times.of("Compare, the first page of a server"):
                page.goto(f"{address}/compare")
                page.wait_for_function(COMPARED, polling="raf")
            if turn:
                _rest(page)
                for number in range(rounds + 1):
                    _round(page, times)
                    _go(page, times, "Runs", "Train", WHOLE)
                    add(folder / "shelf", list_runs()[0], count + number)
                    _go(page, times, "Runs", "Compare", COMPARED, ", a new run on the shelf")
            page.close()
    times.tell(count)


def _round(page, times: Times) -> None:
    """Every measurement once, on an open page Compare, which is open again afterwards."""
    for group, title, label in PAGES:
        _go(page, times, group, title, WHOLE)
        if label:
            _seek(page, times, title, label)
    _go(page, times, "Runs", "Compare", COMPARED)
    table = page.locator("[data-testid=stDataFrame]").first
    box, lines = table.bounding_box(), page.evaluate(NAMES)
    third = box["x"] + 20, box["y"] + 35 * 3 + 17
    for what, left in (("taken away", lines - 1), ("ticked", lines)):
        with times.of(f"a run {what} in the table"):
            page.mouse.click(*third)
            page.wait_for_function(NUMBER, arg=left, polling="raf")
        _rest(page)
    table.hover()
    page.get_by_role("button", name="Search: All runs").click()
    with times.of("a search in the table"):
        page.keyboard.type("night-0")
        page.wait_for_function(RESULT_SHOWN, polling="raf")
    page.keyboard.press("Escape")
    _rest(page)


def _seek(page, times: Times, title: str, label: str) -> None:
    """A run sought by its name in the list of a page."""
    box = page.get_by_role("combobox", name=label).filter(visible=True).first
    with times.of(f"a name sought in the list of {title}"):
        box.click()
        box.fill("mlp-128x2")
        page.get_by_role("option").filter(has_text="mlp-128x2").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def _go(page, times: Times, group: str, title: str, there: str, when: str = "") -> None:
    """To another page by the navigation, until it is whole."""
    if group:
        page.get_by_test_id("stTopNavSection").get_by_text(group, exact=True).click()
        link = page.get_by_role("menuitem", name=title)
    else:
        link = page.get_by_test_id("stTopNavLink").filter(has_text=title)
    with times.of(f"{title} from another page{when}"):
        link.click()
        page.wait_for_function(
            WHOLE if there == WHOLE else f"() => ({WHOLE})('{title}') && ({there})()", arg=title, polling="raf"
        )
    _rest(page)


def _rest(page) -> None:
    """Wait until nothing goes on any more, and the server has done what it does after a page."""
    driver.settled(page)
    page.wait_for_timeout(1200)


if __name__ == "__main__":
    main()
