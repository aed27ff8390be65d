"""Drawing and reading, in Chromium: strokes, pictures, links, the mouse and a finger."""

import contextlib
import json
import math
import os
from pathlib import Path

import numpy as np
from PIL import Image

from models.preprocessing.strokes import from_strokes
from tests.bad_pictures import encode
from tests.browser import driver
from tests.browser.driver import OWN


def drawings():
    path = Path(os.environ.get("MNIST_ATELIER_DATA", "")) / "pen_strokes.json"
    with contextlib.suppress(OSError):
        recorded = json.loads(path.read_text())
        return [next(d for d in recorded[20:] if d["label"] == digit) for digit in (0, 2, 3, 6)]
    return OWN


def test_a_drawing_is_read(page, address):
    page.goto(f"{address}/")
    read = []
    for drawing in drawings():
        page.locator("canvas.upper-canvas").last.wait_for()  # Clear puts another in its place
        driver.draw(page, drawing["strokes"])
        read.append(int(driver.reading(page, len(drawing["strokes"]))))
        page.locator("button", has_text="Clear").click()
        page.locator("[data-reading]").wait_for(state="detached")
    assert read == [drawing["label"] for drawing in drawings()]


def test_undo_takes_back_one_stroke(page, address):
    page.goto(f"{address}/?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, [[[280, 40], [220, 460]], [[50, 250], [450, 250]]])
    driver.reading(page, 2)
    page.locator("button", has_text="Undo").click()
    assert driver.reading(page, 1) == "1"


def test_an_uploaded_picture_is_read_and_a_bad_one_named(page, address, tmp_path):
    (tmp_path / "seven.png").write_bytes(picture_of_a_seven())
    (tmp_path / "two sevens.png").write_bytes(picture_of_a_seven(2))
    (tmp_path / "bad.png").write_bytes(b"nothing")
    page.goto(f"{address}/")
    page.get_by_text("Read pictures instead").click()
    upload = page.locator("input[type=file]").last
    upload.set_input_files(tmp_path / "seven.png")
    assert driver.reading(page, 0) == "7"
    page.goto(f"{address}/")
    page.get_by_text("Read pictures instead").click()
    upload.set_input_files([tmp_path / "two sevens.png", tmp_path / "bad.png"])
    page.get_by_text("bad.png: This is not a picture that can be read").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Take the readings as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert [line.split(",")[-3] for line in lines] == ["digit", "7", "7"]


PASTE = """async (bytes) => {
  const file = new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}), data = new DataTransfer();
  data.items.add(file);
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
}"""


def test_a_pasted_picture_is_read(page, address):
    page.goto(f"{address}/")
    page.get_by_text("Read pictures instead").click()
    page.locator("[data-listening]").wait_for(state="attached")
    page.evaluate(PASTE, list(picture_of_a_seven()))
    assert driver.reading(page, 0) == "7"


def picture_of_a_seven(count=1):

    seven = np.kron(from_strokes(OWN[0]["strokes"]), np.ones((5, 5), np.uint8))
    return encode(Image.fromarray(255 - np.tile(seven, (1, count))))


def test_an_address_without_a_whole_drawing_is_said_once(page, address):
    page.goto(f"{address}/?drawing=eJw")
    page.locator("canvas.upper-canvas").wait_for()
    assert page.get_by_text("holds no drawing").count() == 1


def test_labelled_drawings_are_kept_and_taken_home(page, address, tmp_path):
    page.goto(f"{address}/?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    driver.reading(page, 1)
    page.get_by_role("radio", name="7", exact=True).click()
    page.get_by_text("My drawings", exact=True).click()
    page.get_by_text("Download as npz").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Download as npz").click()
    download.value.save_as(tmp_path / "drawings.npz")
    page.goto(f"{address}/")
    page.get_by_text("My drawings", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(tmp_path / "drawings.npz")
    page.get_by_text("Download as npz").wait_for()
    # a kept drawing opens where a fresh one would, in sight
    page.locator(".gallery button").first.click()
    assert driver.reading(page, 1) == "7"
    page.wait_for_function("document.querySelector('.st-key-pad').getBoundingClientRect().top >= 0")
    page.get_by_text("Download as npz").wait_for()


# how many pixels of the drawing are lit; the first canvas is that of the background
LIT = """() => {
  const found = [...document.querySelectorAll("*")].map((parent) => parent.shadowRoot?.querySelector(".dc-canvas.lower-canvas"));
  const canvas = found.find(Boolean);
  if (!canvas) return 0;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, place) => place % 4 === 0 && value > 128).length;
}"""


def test_the_drawing_survives_a_new_pen_and_another_page(page, address):
    page.goto(f"{address}/?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    thin = page.evaluate(LIT)
    page.get_by_test_id("stPopoverButton").first.click()
    page.get_by_role("slider").focus()
    for _ in range(7):  # from 20 pixels to 27
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(thin) => ({LIT})() > 1.32 * thin", arg=thin)
    page.keyboard.press("Escape")
    driver.settled(page)  # a canvas that another takes the place of would lose the stroke
    driver.draw(page, [[[100, 250], [380, 250]]])
    assert driver.reading(page, 2)
    page.locator("[data-testid=stTopNavSection]").get_by_text("Runs", exact=True).click()
    page.get_by_role("menuitem", name="Compare").click()
    page.get_by_text("How did each run learn").wait_for()
    page.get_by_role("link", name="Draw").click()
    assert driver.reading(page, 2)


def test_a_finger_draws(phone, address):
    page = phone
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    page.locator("canvas.upper-canvas").scroll_into_view_if_needed()
    box = page.locator("canvas.upper-canvas").bounding_box()
    finger = page.context.new_cdp_session(page)
    points = [(0.3, 0.2), (0.5, 0.2), (0.7, 0.2), (0.6, 0.4), (0.5, 0.6), (0.4, 0.8)]
    for place, (x, y) in enumerate(points):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchStart" if place == 0 else "touchMove"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        page.evaluate(driver.FRAME)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert driver.reading(page, 1) == "7"


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_drawing_is_put_on_the_small_map_which_leads_to_the_large_one(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    dot, names = page.locator(".live-dot"), page.locator(".live-map-names b")
    page.locator(".live-map").wait_for()
    assert not dot.is_visible()
    assert names.all_inner_texts() == list("0123456789")
    driver.draw(page, driver.OWN[0]["strokes"])
    read = driver.reading(page, len(driver.OWN[0]["strokes"]))
    dot.wait_for()
    page.wait_for_timeout(600)
    middle = [box["x"] + box["width"] / 2 for box in (dot.bounding_box(),)] + [dot.bounding_box()["y"] + 9]
    far = {
        name.inner_text(): math.dist(middle, (name.bounding_box()["x"], name.bounding_box()["y"]))
        for name in names.all()
    }
    assert min(far, key=far.get) == read
    page.locator(".live-map").click()
    page.get_by_role("heading", name="Map").wait_for()
    driver.settled(page)
    page.get_by_text("are circled: their labels. Your drawing belongs in the middle").wait_for()
    assert "digit=" not in page.url  # on a phone it would cover the map


def test_one_line_says_what_to_try_next(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    line = page.locator(".st-key-next")
    before = page.get_by_text("Look closer").bounding_box()
    driver.draw(page, driver.OWN[0]["strokes"])
    read = driver.reading(page, len(driver.OWN[0]["strokes"]))
    line.get_by_text("Try next").wait_for()
    assert page.get_by_text("Look closer").bounding_box() == before  # nothing has moved
    line.get_by_role("button", name=f"a {read}?").click()
    page.get_by_text("speak for the predicted").wait_for()
    line.get_by_role("button", name="Ask").click()
    line.get_by_role("button", name="Ask canvas").wait_for()
    assert "run=" in page.url
    assert "run=canvas" not in page.url


def test_a_toast_takes_no_styles_away(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, driver.OWN[0]["strokes"])
    driver.reading(page, len(driver.OWN[0]["strokes"]))
    page.locator("[class*=st-key-was-] button").first.click()
    page.get_by_text("Kept as").wait_for()
    driver.settled(page)
    assert page.locator(".ghost").evaluate("(ghost) => getComputedStyle(ghost).opacity") == "0.22"


def test_cards_lead_on(page, address):
    for page_name, heading in (("map", "Map"), ("compare", "Compare"), ("inside", "Inside"), ("results", "Results")):
        page.goto(f"{address}/")
        page.locator(".live[data-ready]").wait_for()  # until then the page is drawn anew once
        card = page.locator(f".st-key-card-{page_name}")
        card.locator("img").wait_for()
        assert card.locator("img").evaluate("(picture) => picture.naturalWidth") == 640
        card.locator("img").click(force=True)
        page.get_by_role("heading", name=heading, exact=True).wait_for()
