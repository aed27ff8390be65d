"""The questions of the page Concepts, in Chromium."""

import re

import pytest

from tests.browser import driver
from tests.browser.test_accessibility import MODES, found, switch

HEADING = "[data-testid=stHeading] h2"


def test_a_question_is_found_chosen_and_left_by_back(page, address):
    page.goto(f"{address}/concepts")
    page.get_by_role("heading", name="what is a filter").wait_for()
    page.get_by_placeholder("Find a question").press_sequentially("overfit", delay=30)
    page.get_by_role("radio", name="Learning rate").wait_for(state="detached")
    page.get_by_role("heading", name="what is early stopping").wait_for()
    page.get_by_role("radio", name="Regularisation").click()
    page.get_by_role("heading", name="What else keeps a network from overfitting").wait_for()
    assert "concept=regularisation" in page.url
    driver.settled(page)
    page.go_back()
    page.get_by_role("heading", name="what is early stopping").wait_for()
    assert "regularisation" not in page.url


def test_a_weight_that_is_moved_changes_the_map_and_the_address(page, address):
    page.goto(f"{address}/concepts?concept=filter&dataset=digits&weights=0,0,0,0,1,0,0,0,0")
    page.get_by_text("reaches from 0 to 0.94").wait_for()
    driver.settled(page)
    editor = page.locator(".filter-editor")
    editor.get_by_role("button", name="Row 1, column 1").click()
    slider = editor.get_by_role("slider")
    assert slider.input_value() == "0"
    slider.press("End")
    page.get_by_text("reaches from 0 to 0.94").wait_for(state="detached")
    page.wait_for_function("location.search.includes('weights=5')")
    assert editor.get_by_role("button", name="Row 1, column 1").inner_text() == "5"
    page.get_by_role("radio", name="blur").click()
    page.wait_for_function(
        "document.querySelector('.st-key-filter-editor [data-testid=stBidiComponentIsolated]')"
        ".shadowRoot.querySelector('.weights button').textContent === '0.11'"
    )


def test_a_slider_changes_its_figure_alone_and_stands_in_the_address(page, address):
    page.goto(f"{address}/concepts?concept=learning-rate")
    page.get_by_text("In ten epochs the loss goes").wait_for()
    driver.settled(page)
    page.locator("h1").evaluate("(title) => { title.dataset.kept = 'yes' }")
    before = page.get_by_text("In ten epochs").inner_text()
    page.get_by_role("slider").press("End")
    page.wait_for_function("(said) => !document.body.innerText.includes(said)", arg=before)
    page.wait_for_function("location.search.includes('rate=10')")
    assert page.locator("h1").get_attribute("data-kept") == "yes"
    assert page.locator(HEADING).inner_text().startswith("What does a learning rate")


@pytest.mark.parametrize("key", ["learning-rate", "applying-a-filter", "dense-end"])
def test_axe_finds_nothing_in_a_question(page, address, key):
    page.goto(f"{address}/concepts?concept={key}")
    page.locator(HEADING).wait_for()
    for number, mode in enumerate(MODES):
        switch(page, *mode)
        assert found(page, ["color-contrast"] if number % 2 else None) == [], mode


def test_a_question_fits_a_telephone_and_begins_on_its_first_screen(phone, address):
    for key in ("filter", "applying-a-filter", "dense-end", "adam"):
        phone.goto(f"{address}/concepts?concept={key}")
        phone.locator(HEADING).wait_for()
        driver.settled(phone)
        assert phone.evaluate("document.querySelector('.stMain').scrollWidth") <= 390, key
        assert phone.locator(HEADING).bounding_box()["y"] < 844, key
    assert re.search("concept=adam", phone.url)
