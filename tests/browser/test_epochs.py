"""A run epoch by epoch, in Chromium."""

from tests.browser import driver

TOP = "(chart) => chart.getBoundingClientRect().top + document.querySelector('.stMain').scrollTop"


def test_a_run_plays_to_its_last_epoch_and_stops(page, address):
    page.goto(f"{address}/evaluate?evaluated=Epoch+by+epoch&run=mlp-128x2")
    page.get_by_text("After epoch 1 of 3").wait_for()
    page.get_by_role("button", name="Play").click()
    page.get_by_text("After epoch 3 of 3").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert "epoch=3" in page.url


def test_the_frame_stays_where_it_is_and_the_pictures_are_those_of_the_sentence(page, address, mnist):
    page.goto(f"{address}/evaluate?evaluated=Epoch+by+epoch&run=canvas")
    page.get_by_text("After epoch 1 of 20").wait_for()
    tops = set()
    for epoch in range(2, 8):
        page.get_by_role("slider").press("ArrowRight")
        page.get_by_text(f"After epoch {epoch} of 20").wait_for()
        page.get_by_text(f"became wrong in epoch {epoch}").wait_for()
        driver.settled(page)
        tops.add(round(page.locator(".st-key-class-errors").evaluate(TOP)))
        for way in ("better", "worse"):
            said = page.get_by_text(f"became {'correct' if way == 'better' else 'wrong'} in epoch").inner_text()
            shown = page.locator(f".st-key-{way}-canvas .gallery button").count()
            assert shown == min(48, int(said.split()[0].replace(",", ""))), (epoch, way)
    assert len(tops) == 1, tops
