"""Runs that a visitor brings: chosen on Train and on Compare, dropped anywhere on Compare; shown, imported, and in the table."""

import io

import numpy as np
import pytest

from dashboard import address as addresses
from tests.browser import driver
from training.datasets import registry
from training.runs import load_history, load_record

LOG = b"epoch,accuracy,loss,val_accuracy,val_loss\n0,0.8,0.6,0.85,0.5\n1,0.9,0.3,0.9,0.35\n2,0.95,0.2,0.91,0.3\n"
# a drop as the browser tells it; files of a folder cannot be made by a script
DROP = """([names, texts]) => {
  const carried = new DataTransfer();
  names.forEach((name, place) => carried.items.add(new File([Uint8Array.from(texts[place])], name)));
  const tell = (kind) => document.querySelector("h1").dispatchEvent(
    new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true }));
  tell("dragenter");
  window.hanging = document.querySelector("[data-drop]").checkVisibility();
  tell("drop");
  window.hung = document.querySelector("[data-drop]").checkVisibility();
}"""


@pytest.fixture
def own_address(page, tmp_path, monkeypatch):
    """A dashboard with an empty shelf; gives its address."""
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path / "shelf"))
    with driver.server(tmp_path / "log") as found, driver.leaving(page):
        yield found
    assert "Traceback" not in (tmp_path / "log").read_text()


def files(name):
    """What a night's training leaves: the file of a CSVLogger, and what was predicted, one digit in ten wrongly."""
    labels = registry.load("digits").part("test")[1]
    answers, predicted = io.BytesIO(), np.where(np.arange(len(labels)) % 10 == 0, (labels + 1) % 10, labels)
    np.savez(answers, labels=labels, y_pred=predicted)
    return {f"{name}_log.csv": LOG, f"{name}_predictions.npz": answers.getvalue()}


def chosen(found):
    return [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in found.items()]


def recognised(page, name):
    """Wait until both files are told, and import them."""
    cells = page.locator("table").filter(has_text=f"{name}_predictions.npz").filter(has_text="predicted classes")
    cells.filter(has_text="history as CSV, 3 epochs").filter(has_text=f"{name}_log.csv").wait_for(state="attached")
    page.get_by_role("button", name="Import 1 run").click()
    page.get_by_text(f"{name}: test error 10.").wait_for()


def in_table(page, name):
    """Wait until Compare has the run in its table, ticked."""
    table = page.locator("[data-testid=stMain] [data-testid=stDataFrame] table").filter(has_text="tags")
    table.filter(has_text=f"truefalse{name}").wait_for(state="attached")


def test_files_chosen_on_train_become_a_run_that_compare_lists(page, own_address):
    page.goto(f"{own_address}/train?{addresses.PART_OF_TRAIN}={addresses.IMPORT_RUNS}".replace(" ", "+"))
    driver.settled(page)
    page.locator("input[type=file]").set_input_files(chosen(files("night")))
    recognised(page, "night")
    page.get_by_text("Compare it").click()
    in_table(page, "night")
    assert load_record("night").origin == "imported"
    assert load_history("night")["val_loss"].tolist() == [0.5, 0.35, 0.3]


def test_files_chosen_and_files_dropped_on_compare_stand_in_its_table(page, own_address):
    page.goto(f"{own_address}/train?{addresses.PART_OF_TRAIN}={addresses.IMPORT_RUNS}".replace(" ", "+"))
    driver.settled(page)
    page.locator("input[type=file]").set_input_files(chosen(files("first")))
    recognised(page, "first")
    page.goto(f"{own_address}/compare")
    in_table(page, "first")
    page.get_by_role("button", name="Import", exact=True).click()
    page.locator("[data-testid=stPopoverBody] input[type=file]").set_input_files(chosen(files("second")))
    recognised(page, "second")
    page.keyboard.press("Escape")
    in_table(page, "second")
    driver.settled(page)
    dropped = files("third")
    page.evaluate(DROP, [list(dropped), [list(content) for content in dropped.values()]])
    assert page.evaluate("() => [window.hanging, window.hung]") == [True, False]
    recognised(page, "third")
    in_table(page, "third")
    assert load_record("third").tested == "digits"
