"""One run, in Chromium: the matrix, its digits, what can be downloaded."""

import re

from tests.browser import driver


def test_a_cell_opens_its_digits_and_the_link_restores_them(page, address, mnist):
    page.goto(f"{address}/evaluate?run=mlp-128x2")
    page.locator(".gallery button").first.wait_for()
    page.locator(".matrix button").nth(49).click()
    page.get_by_text("labelled 4 and predicted as 9").wait_for()
    assert "cell=4-9" in page.url
    page.locator(".gallery button").nth(1).click()
    page.wait_for_url("**digit=**")
    link, count = page.url, page.locator(".gallery button").count()
    page.goto("about:blank")
    page.goto(link)
    page.get_by_text("labelled 4 and predicted as 9").wait_for()
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
    assert rows[0][:2] == ["label", "predicted as 0"]
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == 10_000
    page.get_by_role("radio", name="Confidence").click()
    page.get_by_text("Precision against recall").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Charts as HTML").click()
    assert download.value.suggested_filename == "evaluate.html"
    download.value.save_as(tmp_path / "evaluate.html")
    page.goto((tmp_path / "evaluate.html").as_uri())
    page.locator(".js-plotly-plot .main-svg").nth(3).wait_for()


def test_a_finger_opens_the_cell_it_taps(phone, address, mnist):
    phone.goto(f"{address}/evaluate?run=mlp-128x2")
    for place, sentence in ((53, "labelled 5 and predicted as 3"), (72, "labelled 7 and predicted as 2")):
        phone.locator(".matrix button").nth(place).tap()
        phone.get_by_text(sentence).wait_for()


def test_the_address_names_the_run_that_is_chosen_by_name_and_error(page, address):
    page.goto(f"{address}/evaluate")
    run = page.get_by_role("combobox", name=re.compile("Run"))
    run.wait_for()
    driver.settled(page)
    assert run.count() == 1
    run.click()
    run.fill("svm")
    page.get_by_role("option", name="svm, 0.86 %").click()
    page.get_by_text("86 of 10,000").wait_for()
    page.wait_for_url(re.compile(r"[?&]run=svm(&|$)"))
    page.go_back()
    page.get_by_text("45 of 10,000").wait_for()
    assert "canvas, 0.45 %" in page.locator(".stSelectbox").filter(visible=True).first.inner_html()
