"""The table of runs, in Chromium."""

from tests.browser import driver
from tests.conftest import TOY
from training import background, publishing


def test_ticked_rows_of_the_verdicts_lead_on(page, address):
    page.goto(f"{address}/compare?runs=canvas&runs=cnn-6layer&runs=svm&rivals=false")
    page.get_by_text("Where do cnn-6layer and canvas differ?").wait_for()
    table = page.locator("[data-testid=stDataFrame]").nth(1)  # below that of all runs
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    for row in (2, 3):  # canvas and svm, below the head
        page.mouse.click(box["x"] + 15, box["y"] + 35 * row + 17)
        page.get_by_text("What does canvas misclassify?").wait_for()
    page.get_by_text("Where do canvas and svm differ?").click()
    page.get_by_text("canvas makes").wait_for()
    driver.settled(page)
    assert "against=svm" in page.url
    page.reload()
    page.get_by_text("fewer errors than svm").wait_for()


def test_back_leads_from_one_part_to_the_other_and_what_was_chosen_is_there(page, address):
    page.goto(f"{address}/compare?runs=canvas&runs=svm&log=true")
    page.get_by_text("Where do canvas and svm differ?").click()
    page.get_by_text("fewer errors than").wait_for()
    page.get_by_role("radio", name="All runs").click()
    page.get_by_text("Where do canvas and svm differ?").wait_for()
    driver.settled(page)
    assert "log=true" in page.url
    page.go_back()
    page.get_by_text("fewer errors than").wait_for()
    page.go_back()
    page.get_by_text("Where do canvas and svm differ?").wait_for()
    assert "log=true" in page.url


def test_a_tick_in_the_table_of_runs_chooses_and_the_table_stays_where_it_is(page, address):
    page.goto(f"{address}/compare?runs=canvas&runs=svm")
    page.get_by_text("Where do canvas and svm differ?").wait_for()
    table = page.locator("[data-testid=stDataFrame]").first
    box = table.bounding_box()
    third = box["x"] + 20, box["y"] + 35 * 3 + 17
    page.mouse.click(*third)
    page.get_by_text("Combine these 3 in an ensemble").wait_for()
    driver.settled(page)
    assert page.url.count("runs=") == 3
    page.mouse.click(*third)  # the same row again: it has not moved
    page.get_by_text("Combine both in an ensemble").wait_for()
    driver.settled(page)
    assert sorted(page.url.split("?")[1].split("&")) == ["runs=canvas", "runs=svm"]


GROWN = """() => Math.max(0, ...(document.querySelector('.js-plotly-plot')?.data ?? [])
  .map((line) => Number(/^long .epoch (\\d+) of/.exec(line.name ?? '')?.[1] ?? 0)))"""


def test_a_training_is_drawn_while_it_goes_on_and_its_run_is_offered_at_the_end(page, toy_run, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path / "shelf"))
    publishing.save(toy_run)
    with driver.server(tmp_path / "log") as address, driver.leaving(page):
        page.goto(f"{address}/compare")
        page.get_by_text("Which is better?").wait_for()
        driver.settled(page)
        assert page.evaluate(GROWN) == 0
        # it begins while the page is open, as if somebody had pressed Start elsewhere
        (name,) = background.start([TOY.model_copy(update={"name": "long", "epochs": 9000})])
        try:
            page.wait_for_function(f"() => ({GROWN})() > 1")
            before = page.evaluate(GROWN)
            page.wait_for_function(f"(before) => ({GROWN})() > before", arg=before)
            assert page.url.endswith("/compare")
            background.stop(name, background.SAVE)
            page.get_by_role("button", name="1 new run: long").click()
            page.wait_for_function(
                "() => document.querySelector('.js-plotly-plot').data.some((one) => one.name === 'long')"
            )
            assert page.evaluate(GROWN) == 0
        finally:
            background.stop(name, background.DISCARD)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_settings_that_differ_come_and_go_with_the_ticks_and_a_search_goes_on(page, address):
    page.goto(f"{address}/compare?runs=cnn-medium&runs=cnn-large")
    page.get_by_text("Where do").wait_for()
    head = page.locator("[data-testid=stMain] [data-testid=stDataFrame] table").filter(has_text="tags").locator("thead")
    head.filter(has_text="architecture").wait_for(state="attached")
    assert "learning rate" not in head.inner_text()
    page.locator("[data-testid=stDataFrame]").first.hover()
    page.get_by_role("button", name="Search: All runs").click()
    page.keyboard.type("mlp-800")
    page.get_by_test_id("search-result-area").get_by_text("result").wait_for()
    page.mouse.click(*_row(page, 3))
    head.filter(has_text="learning rate").wait_for(state="attached")
    page.get_by_test_id("search-result-area").get_by_text("result").wait_for()


def _row(page, number):
    """The tick of a row of the table of runs, from 1."""
    box = page.locator("[data-testid=stDataFrame]").first.bounding_box()
    return box["x"] + 20, box["y"] + 35 * number + 17
