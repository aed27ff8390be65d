"""The navigation, in Chromium: every group in sight, a menu on a telephone, and older addresses."""

import re

from tests.browser import driver

SAID = "getComputedStyle(document.querySelector('[data-testid=stExpandSidebarButton]'), '::after').content"


def test_every_group_is_in_sight_on_a_tablet(page, address):
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/evaluate")
    menus = page.locator("[data-testid=stTopNavSection]")
    menus.get_by_text("Learn", exact=True).wait_for()
    page.locator("h1").wait_for()
    driver.settled(page)
    assert menus.all_inner_texts() == ["Data", "Runs", "Learn"]
    weights = menus.evaluate_all("(menus) => menus.map((menu) => getComputedStyle(menu).fontWeight)")
    assert weights == ["400", "600", "400"]
    menus.get_by_text("Data", exact=True).click()
    page.get_by_role("menuitem", name="Label review").click()
    page.get_by_role("heading", name="Label review").wait_for()
    assert page.url == f"{address}/label_review"


def test_the_menu_on_a_telephone_says_where_one_is(phone, address):
    phone.goto(f"{address}/evaluate")
    phone.locator("h1").wait_for()
    driver.settled(phone)
    assert phone.evaluate(SAID) == '"Menu: Evaluate"'
    phone.locator("[data-testid=stExpandSidebarButton]").tap()
    phone.locator("[data-testid=stSidebarNavLink]", has_text="Explore").tap()
    phone.get_by_role("heading", name="Explore").wait_for()
    driver.settled(phone)
    assert phone.evaluate(SAID) == '"Menu: Explore"'


def test_back_passes_over_an_older_address(page, address):
    page.goto(f"{address}/explore?dataset=digits")
    page.get_by_role("heading", name="Explore").wait_for()
    driver.settled(page)
    page.goto(f"{address}/together?together=svm&together=mlp-800&cell=5-3")
    page.get_by_text("Label 5, predicted as 3").or_(page.get_by_text("choose at least two runs")).wait_for()
    page.wait_for_url(re.compile(r"/ensemble\?"))
    assert page.url.endswith("/ensemble?together=svm&together=mlp-800&cell=5-3")
    page.go_back()
    page.get_by_role("heading", name="Explore").wait_for()
    assert page.url == f"{address}/explore?dataset=digits"
