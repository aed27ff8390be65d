"""What axe-core finds on every page, wide and narrow, light and dark; and what the keyboard reaches."""

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser import driver
from tests.browser.driver import PAGES
from tests.browser.test_every_page import DARK

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


def test_axe_finds_nothing_on_any_page(page, address):
    """No rule is switched off and nothing is left out: what Streamlit's own markup lacks, components/frame.js adds."""
    for name in PAGES:
        page.goto(f"{address}/{name}")
        page.locator("h1").wait_for()
        for number, mode in enumerate(MODES):
            switch(page, *mode)
            # another theme changes colours, nothing else
            assert found(page, ["color-contrast"] if number % 2 else None) == [], (name, mode)


def test_axe_finds_nothing_in_the_open_menu_of_a_telephone(phone, address):
    phone.goto(f"{address}/explore")
    driver.settled(phone)
    phone.get_by_role("button", name="Menu: Explore").click()
    phone.get_by_role("link", name="Compare").wait_for()
    phone.evaluate(STILL)
    assert found(phone) == []
