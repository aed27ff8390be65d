"""On the page Train: a training is started, watched, left, found again after the server was killed, paused, resumed and kept."""

import re
import time

import pytest

from tests.browser import driver
from training import background
from training.runs import list_runs, load_record


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """An empty shelf for this test and the servers that it starts."""
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def epoch(page) -> int:
    """The epoch that the page shows the training in."""
    return int(re.search(r"Epoch (\d+) of", page.get_by_text(re.compile(r"^Epoch \d+ of")).first.inner_text())[1])


def until(page, true, seconds=90):
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert true()


def test_a_training_outlives_its_page_and_its_server(page, shelf, tmp_path):
    port = driver.free_port()
    address = f"http://127.0.0.1:{port}/train"
    with driver.process(tmp_path / "first", port) as server:
        page.goto(address)
        driver.settled(page)
        page.get_by_role("button", name="Settings").click()
        page.get_by_role("tab", name="Digits").click()
        page.get_by_role("combobox", name="Dataset").click()
        page.get_by_role("option", name="digits", exact=True).click()
        page.get_by_role("tab", name="Training").click()
        page.get_by_role("spinbutton", name="Epochs").fill("2000")
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        page.get_by_text("Changed: dataset digits and epochs 2000.").wait_for()
        page.get_by_role("button", name="Start").click()
        page.get_by_text(re.compile(r"^Epoch [3-9]\d* of 2000|^Epoch \d{2,} of 2000")).first.wait_for()
        seen = epoch(page)
        until(page, lambda: epoch(page) > seen)
        page.reload()
        page.get_by_text(re.compile(r"^Epoch \d+ of")).first.wait_for()
        page.goto("about:blank")
        server.kill()
        server.wait()
    (training,) = background.trainings()
    before = len(training.status.history)
    until(page, lambda: len(background.trainings()[0].status.history) > before)
    with driver.process(tmp_path / "second", port), driver.leaving(page):
        page.goto(address)
        page.get_by_text(re.compile(r"^Epoch \d+ of")).first.wait_for()
        assert epoch(page) > before
        page.get_by_role("button", name="Pause").click()
        page.get_by_text("Paused after epoch").wait_for()
        page.get_by_role("button", name="Resume").click()
        page.get_by_text(re.compile(r"^Epoch \d+ of")).first.wait_for()
        page.get_by_role("button", name="Stop and keep").click()
        page.get_by_text("Stopped: test error").wait_for()
    (record,) = list_runs()[0]
    assert load_record(record.run_id).stopped > before
    assert not list(shelf.glob(".unfinished-*"))
    for name in ("first", "second"):
        assert "Traceback" not in (tmp_path / name).read_text()
