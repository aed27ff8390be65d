"""What holds for all pages, in Chromium: the way back, no MNIST, a shelf that changes."""

import shutil

import pytest

from models import ROOT
from tests.browser import driver
from tests.browser.driver import PAGES
from tests.conftest import away, unrest


def test_back_leads_to_the_view_that_was_there(page, address, mnist):
    page.goto(f"{address}/compare?curve=Loss&log=true&runs=canvas&runs=svm")
    page.get_by_text("Where do canvas and svm differ?").click()
    page.get_by_text("fewer errors than").wait_for()
    page.go_back()
    page.get_by_text("Does the loss still fall?").wait_for()
    assert "curve=Loss&log=true&runs=canvas&runs=svm" in page.url
    page.goto(f"{address}/evaluate?evaluated=Epoch+by+epoch&run=mlp-128x2&epoch=2")
    page.get_by_text("After epoch 2 of 3").wait_for()
    page.locator(".gallery button").first.click()
    page.locator(".st-key-opened").get_by_role("link", name="Explore").click()
    page.wait_for_url("**/explore?digit=**")
    page.get_by_role("heading", name="Explore").wait_for()
    driver.settled(page)
    page.go_back()  # the run is in the address of both pages
    page.get_by_text("After epoch 2 of 3").wait_for()
    assert "run=mlp-128x2" in page.url


def test_without_mnist_the_way_to_bring_it_is_said(page, tmp_path):
    with driver.server(tmp_path / "log", **away(tmp_path)) as address, driver.leaving(page):
        page.goto(f"{address}/explore")
        page.get_by_text("MNIST is not on this machine").wait_for()
        page.get_by_text("1,797 digits").wait_for()
        page.get_by_role("button", name="Get MNIST").click()
        page.get_by_role("button", name="Try the download again").wait_for()
        page.get_by_text("name that folder in the variable MNIST_ATELIER_DATA").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Close").click()
        page.get_by_text("MNIST is not on this machine").wait_for(state="detached")
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.slow
def test_two_browsers_bear_a_shelf_that_changes(chromium, tmp_path, mnist):
    """Two visitors walk through all pages while runs are written, deleted and damaged: no page error, no traceback."""
    shelf, spare = tmp_path / "shelf", ROOT / "models" / "saved"
    changing = ["mlp-128x2", "cnn-large", "svm"]
    for run in [*changing, "canvas", "cnn-kfold", "digits-mlp-15"]:
        shutil.copytree(spare / run, shelf / run)
    named = "run=cnn-large&against=mlp-128x2&runs=mlp-128x2&runs=cnn-large&runs=canvas&together=svm&together=canvas"
    with driver.server(tmp_path / "log", MNIST_ATELIER_MODELS=str(shelf)) as address:
        visitors, errors = [chromium.new_context().new_page() for _ in range(2)], []
        for page in visitors:
            page.on("pageerror", lambda error: errors.append(str(error)))
        with unrest(shelf, spare, changing) as done:
            for number in range(3 * len(PAGES)):
                for visitor, page in enumerate(visitors):
                    path = PAGES[(number + visitor) % len(PAGES)]
                    page.goto(f"{address}/{path}{'&' if '?' in path else '?'}{named if number % 2 else ''}")
                    page.locator("h1").wait_for()
                    driver.settled(page)
                    if page.locator("[data-testid=stException]").count():
                        errors.append(f"{path}: {page.locator('[data-testid=stException]').first.inner_text()}")
            assert len(done) > 300
        for page in visitors:
            page.context.close()
    assert errors == []
