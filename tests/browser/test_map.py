"""The map, in Chromium: pictures close by, a circle, a hidden class, its height."""

from tests.browser import driver

# waits until the scatter is larger than it was
ZOOMED = """(root, scale) => new Promise((done) => {
  const look = () => root.scatter.scale > scale ? done() : requestAnimationFrame(look);
  look();
})"""

# waits until the scatter ends where the window does
AT_THE_BOTTOM = """(root) => new Promise((done) => {
  const look = () => Math.abs(innerHeight - root.getBoundingClientRect().bottom) <= 24 ? done() : requestAnimationFrame(look);
  look();
})"""


def scatter(page, address):
    """The box of the map, once it is drawn."""
    page.goto(address)
    page.locator(".scatter[data-drawn]").wait_for()
    driver.settled(page)
    page.locator(".plot > canvas").hover(trial=True)  # where it stays
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
        scale = page.locator(".scatter").evaluate("(root) => root.scatter.scale")
        page.mouse.wheel(0, -400)
        page.locator(".scatter").evaluate(ZOOMED, scale)
    page.locator('.scatter[data-pictures]:not([data-pictures="0"])').wait_for()
    x, y = page.locator(".scatter").evaluate(place)
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.wait_for_url("**digit=0*")
    page.get_by_role("link", name="Explore", exact=True).click()
    page.wait_for_url("**/explore?**digit=0**")


def test_circled_digits_are_counted_shown_and_in_the_address(page, address):
    box = scatter(page, f"{address}/map?dataset=digits&colour=right+or+wrong&run=digits-mlp-15")
    circle(page, box, 0.5, 0.5, 0.4)
    page.get_by_text("are circled").wait_for()
    page.get_by_text("that it was not trained on").wait_for()
    page.locator(".st-key-circled .gallery button").nth(20).wait_for()  # the pictures come after the sentence
    shown, link = page.locator(".st-key-circled .gallery button").count(), page.url
    page.locator(".st-key-circled .gallery button").nth(2).click()
    page.wait_for_url("**digit=**")
    page.go_back()
    page.wait_for_url(link)
    page.get_by_text("are circled").wait_for()
    page.go_back()
    page.get_by_text("are circled").wait_for(state="detached")
    page.goto("about:blank")
    scatter(page, link)
    page.get_by_text("are circled").wait_for()
    page.locator(".st-key-circled .gallery button").nth(shown - 1).wait_for()
    assert page.locator(".st-key-circled .gallery button").count() == shown
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("are circled").wait_for(state="detached")
    assert "circle=" not in page.url


def test_the_map_reaches_to_the_bottom_of_the_window_and_no_further(page, address):
    for width, height in ((1400, 900), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        scatter(page, f"{address}/map?dataset=digits")
        page.locator(".scatter").evaluate(AT_THE_BOTTOM)
        main = page.locator(".stMain").evaluate("(main) => main.scrollHeight - main.clientHeight")
        assert main <= 0, (width, main)


def test_a_class_can_be_hidden_on_the_map(page, address):
    scatter(page, f"{address}/map?dataset=digits")
    page.get_by_role("button", name="3", exact=True).click()
    assert page.locator(".scatter").evaluate("(root) => root.scatter.hidden.has(3)")
    ink = "(root) => { const p = root.scatter; p.dots(); return p.pixels.filter(Boolean).length }"
    fewer = page.locator(".scatter").evaluate(ink)
    page.get_by_role("button", name="3", exact=True).click()
    assert page.locator(".scatter").evaluate(ink) > fewer
