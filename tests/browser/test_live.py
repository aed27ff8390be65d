"""While the pen moves the browser computes what the worker would: the same digit, and the same probabilities."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from models import architectures, browser_network, prediction, run_directory
from models.preprocessing.strokes import from_strokes
from tests.browser import driver
from training.recipes import LONG, RECIPES

LIVE = Path(__file__).resolve().parents[2] / "dashboard" / "components" / "live"
NETWORKS = [name for name, recipe in RECIPES.items() if recipe.architecture in architectures.ARCHITECTURES]
COUNT = 500  # pen strokes
SERVER = "cnn-m7-cosine"  # which has more weights than a browser is given
LARGE = ("cnn_6layer", "cnn_m3", "cnn_m5")  # architectures for which that many take a minute

PREPARE = f"""async (all) => {{ {driver.AS_TEXT}
  const {{ digitOf }} = await import("/preparation.js");
  return all.map((strokes) => textOf(digitOf(strokes)));
}}"""
CLASSIFY = f"""async ([layers, weights, pictures]) => {{ {driver.AS_TEXT}
  const {{ bindWeights, classify }} = await import("/network.js");
  const network = bindWeights(layers, floatsOf(weights));
  return pictures.map((picture) => Array.from(classify(network, bytesOf(picture), 28, 28)));
}}"""


@pytest.fixture(scope="module")
def drawings():
    path = Path(os.environ.get("MNIST_ATELIER_DATA", "")) / "pen_strokes.json"
    found = json.loads(path.read_text())[:COUNT] if path.is_file() else driver.OWN
    return [drawing["strokes"] for drawing in found]


@pytest.fixture
def empty(page):
    driver.serve(page, LIVE)
    page.goto(driver.EMPTY)
    return page


def prepared(page, drawings) -> np.ndarray:
    """The digits (n, 28, 28) uint8 that the page makes of drawings."""
    return np.stack([driver.from_text(text, "u1").reshape(28, 28) for text in page.evaluate(PREPARE, drawings)])


def test_the_browser_prepares_the_same_digit(empty, drawings):
    found = prepared(empty, drawings)
    np.testing.assert_array_equal(found, np.stack([from_strokes(strokes) for strokes in drawings]))


@pytest.mark.parametrize("speck", [[[60, 60], [61, 61]], [[490, 20]]], ids=["near", "far"])
def test_specks_are_left_out_as_the_server_does(empty, speck):
    strokes = [*driver.OWN[0]["strokes"], speck]
    np.testing.assert_array_equal(prepared(empty, [strokes])[0], from_strokes(strokes))


def runs_and_counts():
    """Each run that can be computed there with a number of drawings."""
    for run in sorted(set(NETWORKS) - {*LONG, SERVER}):
        if RECIPES[run].architecture in LARGE:
            yield run, COUNT // 10
            yield pytest.param(run, COUNT, marks=pytest.mark.slow)
        else:
            yield run, COUNT


@pytest.mark.parametrize(("run", "count"), runs_and_counts())
def test_the_browser_computes_the_workers_probabilities(empty, drawings, run, count, keras):
    model = prediction.load(run_directory(run))
    packed = browser_network.pack(model.network)
    digits = np.stack([from_strokes(strokes) for strokes in drawings[:count]])
    weights, *pictures = map(driver.as_text, (packed.weights, *digits))
    found = empty.evaluate(CLASSIFY, [packed.layers, weights, pictures])
    np.testing.assert_allclose(found, model.predict(digits), atol=1e-4)


def test_what_is_too_large_for_a_browser_is_left_to_the_server(keras):
    with pytest.raises(browser_network.NotInBrowserError, match="too many to compute in a browser"):
        browser_network.pack(prediction.load(run_directory(SERVER)).network)


def test_the_bars_move_while_the_pen_is_down(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    page.locator(".live[data-ready]").wait_for()
    box = page.locator("canvas.upper-canvas").bounding_box()
    page.mouse.move(box["x"] + 170, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 16):
        page.mouse.move(box["x"] + 170, box["y"] + 60 + 14 * step)
    page.locator(".live-headline", has_text="1").wait_for()
    assert page.locator("[data-reading]").count() == 0  # the server has not answered yet
    page.mouse.up()
    assert driver.reading(page, 1) == "1"


def test_a_faint_digit_invites_and_goes_with_the_first_stroke(page, address):
    page.goto(f"{address}/")
    page.locator("canvas.upper-canvas").wait_for()
    ghost = page.locator(".ghost")
    ghost.wait_for()
    box, canvas = ghost.bounding_box(), page.locator("canvas.upper-canvas").bounding_box()
    assert (box["x"], box["y"], box["width"]) == (canvas["x"], canvas["y"], canvas["width"])
    driver.draw(page, driver.OWN[1]["strokes"])
    assert not ghost.is_visible()
    driver.reading(page, 1)
    driver.settled(page)
    assert not ghost.is_visible()
    page.locator("button", has_text="Clear").click()
    ghost.wait_for()


def test_a_scribble_is_no_digit_whichever_model_reads_it(page, address):
    for run in ("canvas", "cnn-large", "linear-pairwise"):
        page.goto(f"{address}/?run={run}")
        page.locator("canvas.upper-canvas").wait_for()
        driver.draw(page, [[[20, 50], [110, 450], [250, 150], [390, 450], [480, 50]]])
        assert driver.reading(page, 1) == "No digit"


def test_what_the_browser_fetches_outlives_the_page(page, address):
    fetched = []
    page.on("request", lambda request: fetched.append(request.url) if f"{address}/media/" in request.url else None)
    page.goto(f"{address}/")
    page.locator(".live[data-ready]").wait_for()
    page.goto(f"{address}/results")
    page.get_by_role("heading", name="Results").wait_for()
    driver.settled(page)
    assert len(set(fetched)) >= 2  # the script, and the weights
    assert {page.request.get(url).status for url in fetched} == {200}


def test_a_digit_is_drawn_by_keyboard(page, address):
    page.goto(f"{address}/")
    page.locator(".live[data-ready]").wait_for()
    page.locator("canvas.upper-canvas").wait_for()
    keys = page.get_by_role("button", name="Draw by keyboard")
    keys.focus()
    pen = page.locator(".live-pen")
    assert pen.is_visible()
    page.keyboard.press("Space")
    start = pen.bounding_box()
    page.keyboard.down("ArrowDown")
    page.locator(".live-headline", has_text="1").wait_for()  # while the pen is down
    page.wait_for_timeout(700)
    page.keyboard.up("ArrowDown")
    page.keyboard.press("Space")
    assert driver.reading(page, 1) == "1"
    assert pen.bounding_box()["y"] > start["y"] + 100
    assert pen.bounding_box()["x"] == start["x"]
    keys.blur()
    assert not pen.is_visible()
