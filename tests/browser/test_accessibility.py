"""What axe-core finds on every page, wide and on a telephone, light and dark; whether it fits; what the keyboard reaches."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import driver
from tests.browser.driver import PAGES

# whether the page is in its dark theme
DARK = """getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor.match(/\\d+/g)[0] < 128"""
MODES = [  # in the order that changes one thing at a time: width, height, theme
    (1400, 900, "light"),
    (1400, 900, "dark"),
    (390, 844, "dark"),
    (390, 844, "light"),
]
FOUND = """(rules) => axe.run(document, { resultTypes: ["violations"], ...(rules && { runOnly: rules }) })
  .then(({ violations }) => violations
  .filter(({ impact }) => impact !== "minor")
  .flatMap(({ id, nodes }) => nodes.map((node) => [id, node.html.slice(0, 160), node.failureSummary.split("\\n")[1]])))"""
# the smallest letters of charts and of matrices, in pixels, and the cells whose number is wider than they are
LETTERS = """() => {
  const shadows = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].map((host) => host.shadowRoot);
  const cells = shadows.flatMap((shadow) => [...(shadow?.querySelectorAll(".matrix button, .matrix span") ?? [])]);
  const texts = [...document.querySelectorAll(".js-plotly-plot text")].filter((text) => text.textContent.trim());
  const size = (element) => parseFloat(getComputedStyle(element).fontSize);
  const cutOff = cells.filter((cell) => cell.scrollWidth > cell.clientWidth).length;
  return [Math.min(...texts.map(size), 99), Math.min(...cells.map(size), 99), cutOff];
}"""
# until the theme and the width have reached all that follows them
STILL = "() => new Promise((done) => setTimeout(done, 150))"


def found(page, rules: list[str] | None = None) -> list[list[str]]:
    """What axe-core finds on a page as it is: the rule, the element, and what is wrong. What it calls minor is left out.

    rules: those to check, all if None.
    """
    if not page.evaluate("typeof window.axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate(FOUND, rules)


def switch(page, width: int, height: int, scheme: str) -> None:
    """Another size and theme, with no reload."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(DARK if scheme == "dark" else f"!({DARK})")
    driver.settled(page)
    page.evaluate(STILL)


@pytest.mark.parametrize(("window", "smallest"), [("page", 13), ("phone", 12)])
def test_axe_finds_nothing_on_any_page_and_a_telephone_shows_all_of_it(request, window, smallest, address):
    """No rule is switched off and nothing is left out: what Streamlit's own markup lacks, components/frame.js adds."""
    page = request.getfixturevalue(window)
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    for name in PAGES:
        page.goto(f"{address}/{name}")
        page.locator("h1").wait_for()
        for scheme in ("light", "dark"):
            switch(page, width, height, scheme)
            chart, matrix, cut_off = page.evaluate(LETTERS)
            assert chart >= smallest, (name, scheme)
            assert matrix >= 11, (name, scheme)
            assert not cut_off, (name, scheme)
            assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width, (name, scheme)
            # another theme changes colours, nothing else
            assert found(page, ["color-contrast"] if scheme == "dark" else None) == [], (name, scheme)


def test_axe_finds_nothing_in_the_open_menu_of_a_telephone(phone, address):
    phone.goto(f"{address}/explore")
    driver.settled(phone)
    phone.get_by_role("button", name="Menu: Explore").click()
    phone.get_by_role("link", name="Compare").wait_for()
    phone.evaluate(STILL)
    assert found(phone) == []


# what has the focus, through shadows
IN_FOCUS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element.title || element.innerText || element.tagName;
}"""


def stops(page, most: int = 60) -> list[str]:
    """What the Tab key leads to, one after the other, from the top of the page until it begins anew."""
    page.evaluate("document.activeElement.blur()")
    found = []
    while len(found) < most:
        page.keyboard.press("Tab")
        found.append(page.evaluate(IN_FOCUS))
        if len(found) > 1 and found[-1] == found[0]:
            return found[:-1]
    return found


def test_the_tab_key_leads_past_the_canvas(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    driver.settled(page)
    page.locator(".dc-icon-button").first.wait_for(state="attached")
    found = stops(page)
    hidden = page.locator(".dc-icon-button").evaluate_all("(buttons) => buttons.map((button) => button.title)")
    assert any("Pen" in stop for stop in found)
    assert len(hidden) > 2
    assert not set(found) & set(hidden)


def test_a_gallery_and_a_matrix_are_one_stop_each(page, address):
    page.goto(f"{address}/evaluate?run=digits-mlp-15")
    page.locator(".matrix button").first.wait_for()
    page.locator(".gallery button").first.wait_for()
    driver.settled(page)
    found = stops(page)
    assert len(found) < 60
    assert len([stop for stop in found if "are predicted as" in stop]) == 1
    assert len([stop for stop in found if stop.startswith("Number ") and "label" in stop]) == 1
