"""A drawing looked at closer, in Chromium: its steps, other models, what is alike."""

from tests.browser import driver
from tests.browser.driver import OWN


def test_a_drawing_is_looked_at_closer_and_its_link_brings_it_back(page, address):
    page.goto(f"{address}/?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_alt_text("Cut out").wait_for()
    confidence = page.locator("div:has(> [data-reading]) + div").inner_text()
    page.get_by_role("button", name="Scaled").click()
    page.get_by_text("A step is off").wait_for()
    page.get_by_text("Explanation", exact=True).click()
    page.get_by_text("amber ones against it").wait_for()
    page.get_by_text("Steps", exact=True).click()
    page.get_by_text("A step is off").wait_for()  # still
    page.get_by_role("button", name="Scaled").click()
    page.get_by_text("A step is off").wait_for(state="detached")
    page.get_by_text("All models", exact=True).click()
    page.get_by_text("models predict a 7").wait_for()
    page.get_by_role("button", name="Link").click()
    link = page.locator("[data-testid=stCode] code").inner_text()
    page.goto("about:blank")
    page.goto(link)
    assert driver.reading(page, 1) == "7"
    assert page.locator("div:has(> [data-reading]) + div").inner_text() == confidence


def test_a_model_that_cannot_tell_what_is_alike_gives_way_to_one_that_can(page, address):
    page.goto(f"{address}/?run=linear-pairwise&look=Most+alike")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_text("of 9 one-vs-one votes").wait_for()
    page.get_by_role("button", name="Use the run canvas").click()
    page.get_by_text("most similar training digits").wait_for()
    assert "run=" not in page.url.replace("run=canvas", "")
