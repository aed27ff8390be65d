"""A run's report says what the run is, shows every mistake, and needs nothing from outside."""

import dataclasses
import re
import shutil
from html.parser import HTMLParser

import pytest

from training import publishing
from training.analysis.report import MISTAKES, report, write
from training.runs import RunError, load_predictions


class Page(HTMLParser):
    """The text of a page, its tags, and what it would fetch."""

    def __init__(self, text):
        super().__init__()
        self.text, self.tags, self.fetched, self.open = "", [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.fetched += [
            value for name, value in attributes if name in ("src", "href") and not value.startswith("data:")
        ]

    def handle_data(self, data):
        self.text += data + " "


def test_a_shipped_run_with_its_pictures(mnist):
    found = load_predictions("cnn-large")
    wrong = found.classes != found.labels
    page = Page(report("cnn-large"))
    assert re.search(rf"misclassifies\s+{wrong.sum()}\s+of 10,000 test digits", page.text)
    assert page.tags.count("img") == wrong.sum()
    assert page.tags.count("circle") == len(found.epoch_classes)
    assert page.fetched == []
    assert "batch size" in page.text
    assert "The validation loss is lowest after epoch" in page.text


def test_without_pictures_it_gives_numbers(without_mnist):
    page = Page(report("mlp-128x2"))
    assert "img" not in page.tags
    assert "dataset was not found" in page.text
    assert page.text.count("%") > MISTAKES


def test_a_toy_run_and_one_that_is_not_there(shelf, toy_run, tmp_path):
    record = publishing.save(toy_run)
    path = write(record.run_id, tmp_path / "new" / "toy.html")
    assert "How it was trained" in path.read_text(encoding="utf-8")
    with pytest.raises(RunError, match="no run"):
        report("nowhere")
    shutil.rmtree(shelf / record.run_id)
    with pytest.raises(RunError):
        report(record.run_id)


def test_no_name_is_taken_for_html(shelf, toy_run):
    names = ["<img src=x>", *"123456789"]
    record = toy_run.record.model_copy(update={"dataset": toy_run.record.dataset | {"class_names": names}})
    page = Page(report(publishing.save(dataclasses.replace(toy_run, record=record)).run_id))
    assert page.text.count("<img src=x>") >= 3
    assert page.fetched == []
