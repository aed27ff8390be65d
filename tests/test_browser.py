"""The dashboard in Chromium, as people use it: drawing, clicking, links, telephones."""

import contextlib
import json
import os
import shutil
from pathlib import Path

import pytest

from models import ROOT
from tests.browser import driver
from tests.conftest import away, unrest, watch

OWN = [  # strokes for where the recorded ones are absent, in a box of 500
    {"label": 7, "strokes": [[[100, 60], [380, 60], [220, 440]]]},
    {"label": 1, "strokes": [[[280, 40], [220, 460]]]},
    {"label": 0, "strokes": [[[250, 50], [130, 150], [120, 330], [240, 450], [370, 340], [370, 150], [250, 50]]]},
]
PAGES = [
    "",
    "explore",
    "statistics",
    "map",
    "compare",
    "difference",
    "evaluate",
    "replay",
    "together",
    "labels",
    "studies",
    "sources",
    "draw",
]


def drawings():
    path = Path(os.environ.get("MNIST_ATELIER_DATA", "")) / "pen_strokes.json"
    with contextlib.suppress(OSError):
        recorded = json.loads(path.read_text())
        return [next(d for d in recorded[20:] if d["label"] == digit) for digit in (0, 2, 3, 6)]
    return OWN


def test_a_drawing_is_read(page, address):
    page.goto(f"{address}/draw")
    read = []
    for drawing in drawings():
        page.locator("canvas.upper-canvas").last.wait_for()  # Clear puts another in its place
        driver.draw(page, drawing["strokes"])
        read.append(int(driver.reading(page, len(drawing["strokes"]))))
        page.locator("button", has_text="Clear").click()
        page.locator("[data-reading]").wait_for(state="detached")
    assert read == [drawing["label"] for drawing in drawings()]


def test_undo_takes_back_one_stroke(page, address):
    page.goto(f"{address}/draw?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, [[[280, 40], [220, 460]], [[50, 250], [450, 250]]])
    driver.reading(page, 2)
    page.locator("button", has_text="Undo").click()
    assert driver.reading(page, 1) == "1"


def test_an_uploaded_picture_is_read_and_a_bad_one_named(page, address, tmp_path):
    (tmp_path / "seven.png").write_bytes(picture_of_a_seven())
    (tmp_path / "two sevens.png").write_bytes(picture_of_a_seven(2))
    (tmp_path / "bad.png").write_bytes(b"nothing")
    page.goto(f"{address}/draw")
    page.get_by_text("Read pictures instead").click()
    upload = page.locator("input[type=file]").last
    upload.set_input_files(tmp_path / "seven.png")
    assert driver.reading(page, 0) == "7"
    page.goto(f"{address}/draw")
    page.get_by_text("Read pictures instead").click()
    upload.set_input_files([tmp_path / "two sevens.png", tmp_path / "bad.png"])
    page.get_by_text("bad.png: This is no picture that can be read").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Take the readings as CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert [line.split(",")[-2] for line in lines] == ["digit", "7", "7"]


PASTE = """async (bytes) => {
  const file = new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}), data = new DataTransfer();
  data.items.add(file);
  document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data}));
}"""


def test_a_pasted_picture_is_read(page, address):
    page.goto(f"{address}/draw")
    page.get_by_text("Read pictures instead").click()
    page.wait_for_timeout(1000)
    page.evaluate(PASTE, list(picture_of_a_seven()))
    assert driver.reading(page, 0) == "7"


def picture_of_a_seven(count=1):
    import numpy as np
    from PIL import Image

    from models.preprocessing.strokes import from_strokes
    from tests.bad_pictures import encode

    seven = np.kron(from_strokes(OWN[0]["strokes"]), np.ones((5, 5), np.uint8))
    return encode(Image.fromarray(255 - np.tile(seven, (1, count))))


def test_a_drawing_is_looked_at_closer_and_its_link_brings_it_back(page, address):
    page.goto(f"{address}/draw?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_alt_text("Cut out").wait_for()
    confidence = page.locator("div:has(> [data-reading]) + div").inner_text()
    page.get_by_role("button", name="Scaled").click()
    page.get_by_text("A step is off").wait_for()
    page.get_by_text("Where it looked", exact=True).click()
    page.get_by_text("red against it").wait_for()
    page.get_by_text("Steps", exact=True).click()
    page.get_by_text("A step is off").wait_for()  # still
    page.get_by_role("button", name="Scaled").click()
    page.get_by_text("A step is off").wait_for(state="detached")
    page.get_by_text("All models", exact=True).click()
    page.get_by_text("models read a 7").wait_for(timeout=60_000)
    page.get_by_role("button", name="Link").click()
    link = page.locator("[data-testid=stCode] code").inner_text()
    page.goto("about:blank")
    page.goto(link)
    assert driver.reading(page, 1) == "7"
    assert page.locator("div:has(> [data-reading]) + div").inner_text() == confidence


def test_a_model_that_cannot_tell_what_is_alike_gives_way_to_one_that_can(page, address):
    page.goto(f"{address}/draw?run=linear-pairwise&look=Most+alike")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_text("of its 9 duels won").wait_for()
    page.get_by_role("button", name="Let the run canvas read").click()
    page.get_by_text("finds most alike").wait_for()
    assert "run=" not in page.url.replace("run=canvas", "")


def test_an_address_without_a_whole_drawing_is_said_once(page, address):
    page.goto(f"{address}/draw?drawing=eJw")
    page.locator("canvas.upper-canvas").wait_for()
    assert page.get_by_text("holds no drawing").count() == 1


def test_labelled_drawings_are_kept_and_taken_home(page, address, tmp_path):
    page.goto(f"{address}/draw?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    driver.reading(page, 1)
    page.get_by_role("radio", name="7", exact=True).click()
    page.get_by_text("My drawings", exact=True).click()
    page.get_by_text("Take them as npz").wait_for(timeout=60_000)
    with page.expect_download() as download:
        page.get_by_text("Take them as npz").click()
    download.value.save_as(tmp_path / "drawings.npz")
    page.goto(f"{address}/draw")
    page.get_by_text("My drawings", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(tmp_path / "drawings.npz")
    page.get_by_text("Take them as npz").wait_for(timeout=60_000)


def test_a_cell_opens_its_digits_and_the_link_restores_them(page, address, mnist):
    page.goto(f"{address}/evaluate?run=mlp-128x2")
    page.locator(".gallery button").first.wait_for()
    page.locator(".matrix button").nth(49).click()
    page.get_by_text("labelled 4 and read as 9").wait_for()
    assert "cell=4-9" in page.url
    page.locator(".gallery button").nth(1).click()
    page.wait_for_url("**digit=**")
    link, count = page.url, page.locator(".gallery button").count()
    page.goto("about:blank")
    page.goto(link)
    page.get_by_text("labelled 4 and read as 9").wait_for()
    page.locator(".gallery button").first.wait_for()
    assert page.locator(".gallery button").count() == count
    assert page.locator(".gallery button[aria-pressed=true]").count() == 1
    page.get_by_role("button", name="All mistakes").click()
    page.get_by_text("the most confident first").wait_for()
    page.wait_for_url(lambda url: "cell" not in url)


def test_a_matrix_and_the_charts_of_a_page_are_taken_home(page, address, tmp_path):
    page.goto(f"{address}/evaluate?run=mlp-128x2")
    with page.expect_download() as download:
        page.get_by_role("button", name="Matrix as CSV").click()
    rows = [line.split(",") for line in download.value.path().read_text().splitlines()]
    assert rows[0][:2] == ["label", "read as 0"]
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == 10_000
    with page.expect_download() as download:
        page.get_by_role("button", name="Charts as HTML").click()
    assert download.value.suggested_filename == "evaluate.html"
    download.value.save_as(tmp_path / "evaluate.html")
    page.goto((tmp_path / "evaluate.html").as_uri())
    page.locator(".js-plotly-plot .main-svg").nth(3).wait_for()


def test_ticked_rows_of_the_verdicts_lead_on(page, address):
    page.goto(f"{address}/compare?runs=canvas&runs=cnn-6layer&runs=svm&rivals=false")
    page.get_by_text("Where do cnn-6layer and canvas differ?").wait_for(timeout=60_000)
    table = page.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    for row in (2, 3):  # canvas and svm, below the head
        page.mouse.click(box["x"] + 15, box["y"] + 35 * row + 17)
        page.get_by_text("What does canvas misread?").wait_for()
    page.get_by_text("Where do canvas and svm differ?").click()
    page.get_by_text("canvas makes").wait_for(timeout=30_000)
    assert "against=svm" in page.url


def test_back_leads_to_the_view_that_was_there(page, address, mnist):
    page.goto(f"{address}/compare?curve=Loss&log=true&runs=canvas&runs=svm")
    page.get_by_text("Where do canvas and svm differ?").click(timeout=60_000)
    page.get_by_text("errors fewer than").wait_for(timeout=30_000)
    page.go_back()
    page.get_by_text("Does the loss still fall?").wait_for(timeout=30_000)
    assert "curve=Loss&log=true&runs=canvas&runs=svm" in page.url
    page.goto(f"{address}/replay?run=mlp-128x2&epoch=2")
    page.get_by_text("After epoch 2 of 3").wait_for(timeout=60_000)
    page.locator(".gallery button").first.click()
    page.wait_for_url("**/explore?digit=**")
    page.get_by_role("heading", name="Explore").wait_for(timeout=30_000)
    page.wait_for_timeout(1000)
    page.go_back()  # the run is in the address of both pages
    page.get_by_text("After epoch 2 of 3").wait_for(timeout=30_000)
    assert "run=mlp-128x2" in page.url


def test_a_run_plays_to_its_last_epoch_and_stops(page, address):
    page.goto(f"{address}/replay?run=mlp-128x2&epoch=1")
    page.get_by_text("After epoch 1 of 3").wait_for(timeout=60_000)
    page.get_by_role("button", name="Play").click()
    page.get_by_text("After epoch 3 of 3").wait_for(timeout=30_000)
    page.get_by_role("button", name="Play").wait_for(timeout=30_000)
    assert "epoch=3" in page.url


@pytest.mark.slow
def test_two_browsers_bear_a_shelf_that_changes(chromium, tmp_path, mnist):
    """Two visitors walk through all pages while runs are written, deleted and damaged: no page error, no traceback."""
    shelf, spare = tmp_path / "shelf", ROOT / "models" / "saved"
    changing = ["mlp-128x2", "cnn-large", "svm"]
    for run in [*changing, "canvas", "cnn-kfold", "digits-mlp-15"]:
        shutil.copytree(spare / run, shelf / run)
    named = "run=cnn-large&against=mlp-128x2&runs=mlp-128x2&runs=cnn-large&runs=canvas&together=svm&together=canvas"
    with driver.server(tmp_path / "log", MNIST_ATELIER_MODELS=str(shelf)) as address:
        visitors, errors = [chromium.new_context().new_page() for _ in range(2)], []
        for page in visitors:
            page.on("pageerror", lambda error: errors.append(str(error)))
        with unrest(shelf, spare, changing) as done:
            for number in range(3 * len(PAGES)):
                for visitor, page in enumerate(visitors):
                    path = PAGES[(number + visitor) % len(PAGES)]
                    page.goto(f"{address}/{path}?{named if number % 2 else ''}")
                    page.locator("h1").wait_for()
                    page.wait_for_timeout(600)
                    if page.locator("[data-testid=stException]").count():
                        errors.append(f"{path}: {page.locator('[data-testid=stException]').first.inner_text()}")
            assert len(done) > 300
        for page in visitors:
            page.context.close()
    assert errors == []


def test_every_page_fits_a_telephone(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    complaints = []
    for name in PAGES:
        page = context.new_page()
        watch(page, complaints)
        page.goto(f"{address}/{name}")
        page.locator("h1").wait_for()
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(700)
            assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= 390, (name, scheme)
        page.close()
    context.close()
    assert complaints == []


def test_a_finger_opens_the_cell_it_taps(chromium, address, mnist):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/evaluate?run=mlp-128x2")
    for place, sentence in ((53, "labelled 5 and read as 3"), (72, "labelled 7 and read as 2")):
        page.locator(".matrix button").nth(place).tap()
        page.get_by_text(sentence).wait_for()
    context.close()


def test_the_drawing_survives_a_new_pen_and_another_page(page, address):
    page.goto(f"{address}/draw?run=cnn-large")
    page.locator("canvas.upper-canvas").wait_for()
    driver.draw(page, OWN[0]["strokes"])
    assert driver.reading(page, 1) == "7"
    page.get_by_test_id("stPopoverButton").first.click()
    page.get_by_role("slider").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(1500)
    page.keyboard.press("Escape")
    driver.draw(page, [[[100, 250], [380, 250]]])
    assert driver.reading(page, 2)
    page.get_by_role("link", name="Compare").click()
    page.get_by_text("A run is one training").wait_for()
    page.get_by_role("link", name="Draw").click()
    assert driver.reading(page, 2)


def test_a_finger_draws(chromium, address):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{address}/draw")
    page.locator("canvas.upper-canvas").wait_for()
    page.locator("canvas.upper-canvas").scroll_into_view_if_needed()
    box = page.locator("canvas.upper-canvas").bounding_box()
    finger = context.new_cdp_session(page)
    points = [(0.3, 0.2), (0.5, 0.2), (0.7, 0.2), (0.6, 0.4), (0.5, 0.6), (0.4, 0.8)]
    for place, (x, y) in enumerate(points):
        point = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        kind = "touchStart" if place == 0 else "touchMove"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
        page.wait_for_timeout(30)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert driver.reading(page, 1) == "7"
    context.close()


def test_without_mnist_the_way_to_bring_it_is_said(page, tmp_path):
    with driver.server(tmp_path / "log", **away(tmp_path)) as address:
        page.goto(address)
        page.get_by_role("button", name="Try the download again").wait_for()
        page.get_by_text("name that folder in the variable MNIST_ATELIER_DATA").wait_for()
        page.goto(f"{address}/explore")
        page.get_by_text("1,797 digits").wait_for()
        page.goto("about:blank")  # or it would complain that the server is gone
    assert "Traceback" not in (tmp_path / "log").read_text()
