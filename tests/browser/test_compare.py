"""The table of runs, in Chromium."""

from tests.browser import driver


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
