"""The path in seven steps, walked in Chromium."""

import re

from dashboard.sections.path import STEPS
from tests.browser import driver
from tests.browser.test_accessibility import found


def test_the_path_leads_from_the_first_drawing_to_the_mistakes_and_back(page, address):
    page.goto(f"{address}/concepts")
    page.get_by_role("link", name="Path in seven steps").click()
    for number, step in enumerate(STEPS, start=1):
        page.get_by_text(f"Step {number} of {len(STEPS)}.").wait_for()
        driver.settled(page)
        assert f"step={number}" in page.url, step
        assert page.locator("[data-testid=stAlert]").count() == 0, step
        if number < len(STEPS):
            page.locator(".st-key-path").get_by_text("Next").click()
    page.go_back()
    page.get_by_text(f"Step {len(STEPS) - 1} of").wait_for()
    page.locator(".st-key-path").get_by_role("link", name="Back").click()
    page.get_by_text("After epoch 1 of").wait_for()


def test_a_step_stays_while_its_page_is_used(page, address):
    page.goto(f"{address}/concepts?concept=learning-rate&step=4")
    page.get_by_text("Step 4 of 7").wait_for()
    driver.settled(page)
    page.get_by_role("slider").press("End")
    page.wait_for_function("location.search.includes('rate=10')")
    page.get_by_role("button", name="All questions").click()
    page.get_by_role("radio", name="Adam").click()
    page.get_by_role("heading", name="Adam").wait_for()
    assert re.search("step=4", page.url)
    page.get_by_text("Step 4 of 7").wait_for()


def test_axe_finds_nothing_in_a_step(page, address):
    page.goto(f"{address}/concepts?concept=filter&step=3")
    page.get_by_text("Step 3 of 7").wait_for()
    driver.settled(page)
    assert found(page) == []


def test_a_step_fits_a_telephone(phone, address):
    for number, step in enumerate(STEPS, start=1):
        path = "" if step.page == "draw" else step.page
        phone.goto(f"{address}/{path}?step={number}")
        phone.get_by_text(f"Step {number} of 7").wait_for()
        driver.settled(phone)
        assert phone.evaluate("document.querySelector('.stMain').scrollWidth") <= 390, number
