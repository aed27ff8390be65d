"""A run epoch by epoch, in Chromium."""


def test_a_run_plays_to_its_last_epoch_and_stops(page, address):
    page.goto(f"{address}/evaluate?evaluated=Epoch+by+epoch&run=mlp-128x2&epoch=1")
    page.get_by_text("After epoch 1 of 3").wait_for()
    page.get_by_role("button", name="Play").click()
    page.get_by_text("After epoch 3 of 3").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert "epoch=3" in page.url
