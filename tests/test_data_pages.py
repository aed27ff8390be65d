"""The pages that show the data, in Chromium: the gallery, one digit, the map."""

from tests.browser import driver
from tests.test_browser import OWN


def test_a_digit_of_the_dataset_is_opened_and_drawn_over(page, address):
    page.goto(f"{address}/explore?dataset=digits&digit=1234")
    page.get_by_text("What runs say", exact=True).click()
    page.get_by_text("that did not learn from it").wait_for()
    page.get_by_text("Where a run looked", exact=True).click()
    page.get_by_text("that it reads, red against it").wait_for()
    page.get_by_text("Preparation", exact=True).click()
    page.get_by_text("Columns of unit length").wait_for()
    page.get_by_text("Values", exact=True).click()
    page.locator("[data-testid=stDataFrame]").wait_for()
    page.get_by_role("link", name="Draw over it").click()
    page.get_by_text("Below lies the digit digits:1234").wait_for()
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_role("button", name="Take it away").click()
    page.get_by_text("Below lies the digit").wait_for(state="detached")
    assert driver.reading(page, 1) == "7"
    assert "over=" not in page.url


def scatter(page, address):
    """The box of the map, once it is drawn."""
    page.goto(address)
    page.locator(".scatter[data-drawn]").wait_for()
    page.wait_for_timeout(500)
    return page.locator(".plot > canvas").bounding_box()


def circle(page, box, x, y, side=0.2):
    """A square around a place of the map, all in shares of its box."""
    page.get_by_role("button", name="Circle", exact=True).click()
    corners = [
        (x - side / 2, y - side / 2),
        (x + side / 2, y - side / 2),
        (x + side / 2, y + side / 2),
        (x - side / 2, y + side / 2),
    ]
    page.mouse.move(box["x"] + corners[0][0] * box["width"], box["y"] + corners[0][1] * box["height"])
    page.mouse.down()
    for right, down in corners[1:]:
        page.mouse.move(box["x"] + right * box["width"], box["y"] + down * box["height"], steps=10)
    page.mouse.up()


def test_the_map_tells_a_digit_and_shows_pictures_close_by(page, address):
    box = scatter(page, f"{address}/map?dataset=digits")
    place = "(root) => root.scatter.toScreen(0)"
    x, y = page.locator(".scatter").evaluate(place)
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.locator(".tooltip").wait_for()
    assert "Number" in page.locator(".tooltip").inner_text()
    for _ in range(5):
        page.mouse.wheel(0, -400)
        page.wait_for_timeout(50)
    page.locator('.scatter[data-pictures]:not([data-pictures="0"])').wait_for()
    x, y = page.locator(".scatter").evaluate(place)
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_url("**digit=0*")
    page.get_by_role("link", name="Pixel by pixel").click()
    page.wait_for_url("**/explore?**digit=0**")


def test_circled_digits_are_counted_shown_and_in_the_address(page, address):
    box = scatter(page, f"{address}/map?dataset=digits&colour=right+or+wrong&run=digits-mlp-15")
    circle(page, box, 0.5, 0.5, 0.4)
    page.get_by_text("are circled").wait_for()
    page.get_by_text("that it did not learn from").wait_for()
    page.locator(".gallery button").nth(20).wait_for()  # the pictures come after the sentence
    shown, link = page.locator(".gallery button").count(), page.url
    page.locator(".gallery button").nth(2).click()
    page.wait_for_url("**digit=**")
    page.go_back()
    page.wait_for_url(link)
    page.get_by_text("are circled").wait_for()
    page.go_back()
    page.get_by_text("are circled").wait_for(state="detached")
    page.goto("about:blank")
    scatter(page, link)
    page.get_by_text("are circled").wait_for()
    page.locator(".gallery button").nth(shown - 1).wait_for()
    assert page.locator(".gallery button").count() == shown
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("are circled").wait_for(state="detached")
    assert "circle=" not in page.url


def test_a_class_can_be_hidden_on_the_map(page, address):
    scatter(page, f"{address}/map?dataset=digits")
    page.get_by_role("button", name="3", exact=True).click()
    assert page.locator(".scatter").evaluate("(root) => root.scatter.hidden.has(3)")
    ink = "(root) => { const p = root.scatter; p.dots(); return p.pixels.filter(Boolean).length }"
    fewer = page.locator(".scatter").evaluate(ink)
    page.get_by_role("button", name="3", exact=True).click()
    assert page.locator(".scatter").evaluate(ink) > fewer


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
    page.locator(".gallery button").nth(5).click()
    page.wait_for_url("**digit=**")
    page.wait_for_timeout(800)
    assert page.locator(".gallery button").first.get_attribute("title") == first
    page.goto(f"{address}/explore?digit=69999")
    page.locator(".gallery button[aria-pressed=true][title^='Number 69,999']").wait_for()
    page.get_by_role("radio", name="train").click()
    page.locator(".gallery button[title^='Number 0:']").wait_for()
    assert "digit" not in page.url
    assert "page" not in page.url
