"""The gallery and one digit, in Chromium."""

import re
import uuid

from tests.brought import digits, write_csv
from tests.browser import driver
from tests.browser.driver import OWN


def test_a_digit_of_the_dataset_is_opened_and_drawn_over(page, address):
    page.goto(f"{address}/explore?dataset=digits&digit=1234")
    page.get_by_text("Predictions", exact=True).click()
    page.get_by_text("that were not trained on it").wait_for()
    page.get_by_text("Explanation", exact=True).click()
    page.get_by_text("amber ones against it").wait_for()
    page.get_by_text("Preparation", exact=True).click()
    page.get_by_text("Columns of unit length").wait_for()
    page.get_by_text("Values", exact=True).click()
    page.locator("[data-testid=stDataFrame]").wait_for()
    page.get_by_role("link", name="Draw over it").click()
    page.get_by_text("Below is the digit digits:1234").wait_for()
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_role("button", name="Take it away").click()
    page.get_by_text("Below is the digit").wait_for(state="detached")
    assert driver.reading(page, 1) == "7"
    assert "over=" not in page.url


def test_an_upload_is_kept_and_listed_and_can_be_deleted(page, address, tmp_path):
    images, labels = digits()
    # a name of its own, since the server has one shelf for all tests
    path = write_csv(tmp_path / f"table {uuid.uuid4().hex[:8]}.csv", images, labels)
    page.goto(f"{address}/explore?dataset=own+file")
    page.get_by_role("button", name="Upload").click()
    page.locator("input[type=file]").set_input_files(path)
    page.locator(".st-key-open-upload button").click()
    page.get_by_text("150 pictures of 16 x 16, labels 0-9 from column 'label'").wait_for()
    page.goto(f"{address}/map")
    page.get_by_role("radio", name=path.stem).click()
    page.get_by_text("150 pictures of 16 x 16").wait_for()
    page.get_by_role("button", name="This dataset").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_text("150 pictures of 16 x 16").wait_for(state="detached")
    page.get_by_role("radio", name=path.stem).wait_for(state="detached")


def test_a_digit_of_the_gallery_opens(page, address, mnist):
    page.goto(f"{address}/explore?class=5")
    page.locator(".gallery button").nth(3).click()
    page.wait_for_url("**digit=**")
    number = int(page.url.split("digit=")[1].split("&")[0])
    page.get_by_text(f"A 5: number {number:,}").wait_for()


def test_a_neighbour_opens_though_it_is_of_another_class(page, address, mnist):
    page.goto(f"{address}/explore?class=9&digit=18598")
    page.get_by_text("A 9: number 18,598").wait_for()
    page.get_by_role("button", name="a 2, train").first.click()
    page.get_by_text("A 2: number").wait_for()
    assert "class=9" in page.url


def test_links_restore_the_page_of_the_gallery(page, address, mnist):
    page.goto(f"{address}/explore?class=5&page=40")
    page.get_by_text("A 5: number").wait_for()
    first = page.locator(".gallery button").first.get_attribute("title")
    sixth = page.locator(".gallery button").nth(5).get_attribute("title")
    page.locator(".gallery button").nth(5).click()
    page.locator(f'.gallery button[aria-pressed=true][title="{sixth}"]').wait_for()
    driver.settled(page)
    assert page.locator(".gallery button").first.get_attribute("title") == first
    page.goto(f"{address}/explore?digit=69999")
    page.locator(".gallery button[aria-pressed=true][title^='Number 69,999']").wait_for()
    page.get_by_role("radio", name="train").click()
    page.locator(".gallery button[title^='Number 0:']").wait_for()
    assert "digit" not in page.url
    assert "page" not in page.url


def test_the_statistics_are_a_step_for_back_and_a_digit_of_theirs_opens(page, address):
    page.goto(f"{address}/explore?dataset=digits&class=4&sort=slant")
    page.get_by_text("Sorted by slant").wait_for()
    page.get_by_role("radio", name="Statistics", exact=True).click()
    page.get_by_text("Closest to the mean").wait_for()
    driver.settled(page)
    assert page.url.partition("?")[2] == "class=4&dataset=digits&explored=Statistics"
    page.go_back()
    page.get_by_text("Sorted by slant").wait_for()
    page.go_forward()
    page.get_by_text("Closest to the mean").wait_for()
    driver.settled(page)
    page.locator(".gallery button").first.click()
    page.get_by_text("of its pixels are not zero").wait_for()
    driver.settled(page)
    assert "digit=" in page.url
    assert "explored" not in page.url


def test_the_generator_shows_a_bar_and_another_choice_stops_it(page, address):
    page.goto(f"{address}/explore?dataset=own+file&file=generated:20000:{uuid.uuid4().int % 10**8}")
    bar = page.get_by_text(re.compile(r"Writing digits: [\d,]+ of 20,000"))
    bar.wait_for()
    page.get_by_role("radio", name="digits", exact=True).click()
    page.get_by_text("1,797 digits").first.wait_for()
    assert not page.get_by_text("Writing digits").count()
