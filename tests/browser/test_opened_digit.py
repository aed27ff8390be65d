"""A clicked digit opens in the window, in Chromium: beside the click on a wide screen, in a sheet from below on a telephone."""

import re

import pytest

from tests.browser import driver

WIDE = {"width": 1400, "height": 900}
SHEET = ".st-key-opened"
SCROLLED = "() => document.querySelector('[data-testid=stMain]').scrollTop"
# what lies at the middle of an element is the element itself: nothing covers it
ON_TOP = """(one) => {
  const box = one.getBoundingClientRect();
  return one.contains(one.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
}"""
ABOVE = """(button) => new Promise((done) => {
  const look = () => {
    const edge = document.querySelector(".st-key-opened").getBoundingClientRect().top;
    return button.getBoundingClientRect().bottom <= edge ? done(true) : setTimeout(look, 50);
  };
  look();
})"""


@pytest.fixture(params=["page", "phone"])
def window(request):
    """A wide page, then one of a telephone."""
    found = request.getfixturevalue(request.param)
    if request.param == "page":
        found.set_viewport_size(WIDE)
    return found


def is_phone(window) -> bool:
    return window.viewport_size["width"] == 390


def press(window, place) -> None:
    """Both bring it into sight, and look for it anew where the page has just replaced it."""
    place.tap() if is_phone(window) else place.click()


def number(button) -> str:
    """The number of a digit as its button names it: Number 1,234: ..."""
    return re.match(r"Number ([\d,]+):", button.get_attribute("title")).group(1)


def in_window(window, place) -> None:
    """It is there, it lies within the window, and nothing covers it."""
    place.wait_for()
    window.locator(SHEET).evaluate("(one) => Promise.all(one.getAnimations().map((each) => each.finished))")
    box, size = place.bounding_box(), window.viewport_size
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= size["width"]
    assert box["y"] + box["height"] <= size["height"]
    assert place.evaluate(ON_TOP)


def digit_in_window(window, named: str) -> None:
    in_window(window, window.get_by_role("heading", name=f"number {named},"))
    in_window(window, window.get_by_alt_text(f"The digit number {named}"))


def close(window) -> None:
    """Where the digit covers the page."""
    if is_phone(window):
        window.locator(".sheet .close").tap()
        window.locator(SHEET).wait_for(state="detached")


def test_the_last_digit_of_the_gallery_opens_in_the_window(window, address):
    window.goto(f"{address}/explore?dataset=digits")
    last = window.locator(".st-key-gallery .gallery button").nth(199)
    press(window, last)
    digit_in_window(window, number(last))


def test_a_cell_and_then_a_mistake_open_in_the_window(window, address, mnist):
    window.goto(f"{address}/evaluate?run=mlp-128x2")
    gallery = window.locator("[class*=st-key-gallery] .gallery button")
    gallery.nth(47).wait_for()
    press(window, window.locator(".matrix button").nth(94))
    window.get_by_text("labelled 9 and predicted as 4").wait_for()
    digit_in_window(window, number(gallery.first))
    assert window.locator(".opened [data-reading]").inner_text() == "4"
    close(window)
    press(window, gallery.last)
    digit_in_window(window, number(gallery.last))


def test_a_digit_that_two_runs_classify_differently_opens_in_the_window(window, address, mnist):
    window.goto(f"{address}/compare?compared=A+against+B&run=canvas&against=svm")
    last = window.locator("[class*=st-key-only-b] .gallery button").last
    press(window, last)
    digit_in_window(window, number(last))
    assert window.locator(".opened [data-reading]").count() == 2


@pytest.mark.parametrize("by", ["button", "Escape"])
def test_the_sheet_covers_not_what_was_tapped_and_leaves_the_page_as_it_was(phone, address, by):
    phone.goto(f"{address}/explore?dataset=digits")
    digits = phone.locator(".st-key-gallery .gallery button")
    digits.nth(199).scroll_into_view_if_needed()
    driver.settled(phone)
    low = next(n for n in range(199, 0, -1) if digits.nth(n).bounding_box()["y"] < 780)
    before = phone.evaluate(SCROLLED)
    digits.nth(low).tap()
    digit_in_window(phone, number(digits.nth(low)))
    phone.locator(SHEET).evaluate("(sheet) => { sheet.scrollTop = 200 }")
    in_window(phone, phone.locator(".sheet .close"))
    assert phone.locator(SHEET).bounding_box()["height"] <= 0.7 * phone.viewport_size["height"]
    assert digits.nth(low).evaluate(ABOVE)
    assert phone.locator(".sheet .close").evaluate("(one) => one.getRootNode().activeElement === one")
    if by == "button":
        phone.locator(".sheet .close").tap()
    else:
        phone.keyboard.press("Escape")
    phone.locator(SHEET).wait_for(state="detached")
    phone.wait_for_function(f"() => Math.abs(({SCROLLED})() - {before}) < 2")
    driver.settled(phone)
    assert digits.nth(low).evaluate("(one) => one.getRootNode().activeElement === one")
    assert "digit=" not in phone.url


def test_the_neighbours_of_an_open_digit_are_one_step_away(window, address):
    window.goto(f"{address}/explore?dataset=digits&digit=7")
    window.get_by_role("heading", name="number 7,").wait_for()
    driver.settled(window)
    press(window, window.get_by_role("button", name="Next digit"))
    digit_in_window(window, "8")
    assert (
        window.locator(".st-key-gallery .gallery button[aria-pressed=true]")
        .get_attribute("title")
        .startswith("Number 8:")
    )
    press(window, window.get_by_role("button", name="Previous digit"))
    digit_in_window(window, "7")


@pytest.mark.parametrize("path", ["explore?dataset=digits&digit=1750", "evaluate?run=digits-mlp-15"])
def test_a_digit_is_explained_when_that_is_asked_for(page, address, path):
    page.goto(f"{address}/{path}")
    page.get_by_role("heading", name=", test").wait_for()
    assert page.get_by_text("amber ones against it").count() == 0
    page.get_by_text("Explanation", exact=True).click()
    page.get_by_text("amber ones against it").wait_for()


def test_a_hard_digit_and_a_point_of_the_map_open_in_the_window(window, address, mnist):
    window.goto(f"{address}/ensemble")
    hard = window.locator(".st-key-hard .gallery button").last
    press(window, hard)
    digit_in_window(window, number(hard))
    window.goto(f"{address}/map?dataset=digits")
    window.locator(".scatter[data-drawn]").wait_for()
    driver.settled(window)
    window.locator(".plot > canvas").scroll_into_view_if_needed()
    box = window.locator(".plot > canvas").bounding_box()
    x, y = window.locator(".scatter").evaluate("(root) => root.scatter.toScreen(0)")
    act = window.touchscreen.tap if is_phone(window) else window.mouse.click
    act(box["x"] + x, box["y"] + y)
    window.wait_for_url("**digit=**")
    digit_in_window(window, f"{int(window.url.partition('digit=')[2].partition('&')[0]):,}")


def test_a_doubtful_label_opens_in_the_window(window, address):
    window.goto(f"{address}/label_review?dataset=digits")
    button = window.get_by_role("button", name=re.compile(r"^[\d,]+ (train|test)$")).nth(5)
    press(window, button)
    digit_in_window(window, button.inner_text().partition(" ")[0])


def test_measuring_changed_digits_can_be_stopped_and_goes_on(page, address, mnist):
    page.goto(f"{address}/explore?digit=60004&closer=Changes&change=blur")
    page.get_by_role("button", name="Measure on").click()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Measure on").click()
    page.get_by_role("button", name="Stop").wait_for()
    page.get_by_role("button", name="Stop").wait_for(state="detached", timeout=60_000)
    page.get_by_text("Error on 1,000 test digits").first.wait_for()
    assert page.get_by_role("button", name="Measure on").count() == 0
