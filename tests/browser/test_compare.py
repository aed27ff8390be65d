"""The table of runs, in Chromium."""

from tests.browser import driver


def test_ticked_rows_of_the_verdicts_lead_on(page, address):
    page.goto(f"{address}/compare?runs=canvas&runs=cnn-6layer&runs=svm&rivals=false")
    page.get_by_text("Where do cnn-6layer and canvas differ?").wait_for()
    table = page.locator("[data-testid=stDataFrame]").first
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
