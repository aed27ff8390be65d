"""What visitors bring is read, told in words, turned only when asked, kept by name on every page, and deleted."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard import address, address_bar, cache, dataset_wording
from dashboard.cache import keys
from dashboard.sections import own_dataset
from models.worker import Worker
from tests import pages
from tests.brought import digits, four, write_csv, write_idx
from training.analysis import projections
from training.datasets import kept, registry
from training.datasets.dataset import DatasetError, Facts

X, Y = digits()
OWN = {address.DATASET: address.OWN}


@pytest.fixture
def folder(tmp_path, shelf, monkeypatch):
    """The folder whose files visitors open, and an empty shelf."""
    monkeypatch.setattr(Worker, "start", lambda worker: None)
    monkeypatch.setattr(keys, "FRESH", 0.0)
    monkeypatch.setenv("MNIST_ATELIER_FILES", str(tmp_path))
    cache.clear()
    yield tmp_path
    cache.clear()


def visit(page, **named):
    app = pages.app(page, named).run()
    assert not app.exception, app.exception
    return app


def said(app):
    kinds = ("markdown", "caption", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind)).replace("\\", "")


def press(app, label):
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception, app.exception


def test_what_was_understood_is_said(folder):
    write_csv(folder / "train.csv", np.round(X / 255, 6), Y)
    text = said(visit("explore", **OWN, file="train.csv"))
    assert (
        "150 pictures of 16 x 16, labels 0-9 from column 'label', values 0-1 scaled to 0-255, from flat rows." in text
    )
    tested = sum(round((label == Y).sum() / 6) for label in range(10))
    assert f"The file has one part: {tested} pictures, chosen with seed 1, are for testing." in text
    assert "look" not in text.partition("150 pictures")[2].partition("\n")[0]
    refused = said(visit("explore", **OWN, file="test.txt"))
    assert "was not found" in refused


def test_a_path_is_kept_under_its_name_on_every_page_and_deleted(folder):
    write_csv(folder / "train.csv", X, Y)
    app = visit("explore", **OWN, file="train.csv")
    press(app, "Keep it under its name")
    assert app.button_group(key=address.DATASET).value == "train"
    for page in ("explore", "map", "label_review"):
        assert "train" in visit(page).button_group(key=address.DATASET).options
    (folder / "train.csv").unlink()
    app = visit("explore", dataset="train")
    assert "150 pictures of 16 x 16" in said(app)
    assert len(registry.load("kept:train").images) == 150
    assert address_bar.in_address("kept:train") == {address.DATASET: "train"}
    press(app, "Delete")
    assert kept.names() == []
    assert app.button_group(key=address.DATASET).value == app.button_group(key=address.DATASET).options[0]


def test_the_most_similar_digits_need_no_map(folder):
    write_csv(folder / "train.csv", X, Y)
    app = visit("explore", **OWN, file="train.csv", digit="3")
    assert "Nearest first" in said(app)
    press(app, "Keep it under its name")
    dataset = registry.load("kept:train")
    found, distances = cache.most_similar(dataset, 3)
    points = dataset.images.reshape(150, -1) / 255
    apart = np.delete(np.linalg.norm(points - points[3], axis=1), 3)
    np.testing.assert_allclose(distances, np.sort(apart)[: len(found)])
    assert (len(found), 3 in found) == (projections.NEIGHBOURS, False)


def test_an_opened_digit_has_its_place_among_the_test_digits(folder):
    np.savez(folder / "both.npz", **four())
    dataset = registry.load(f"file:{folder / 'both.npz'}")
    number = int(np.flatnonzero(dataset.split == "test")[4])
    assert number > 4
    app = visit("explore", **OWN, file="both.npz", digit=str(number))
    assert any(f"number {number}, test digit 4" in heading.value for heading in app.markdown)


def test_turning_is_offered_and_stands_in_the_name(folder):
    np.savez(folder / "dark.npz", **four(lambda x: 255 - x.transpose(0, 2, 1)))
    app = visit("explore", **OWN, file="dark.npz")
    assert "dark on a light background and transposed, as EMNIST is" in said(app)
    press(app, "Invert")
    assert app.text_input(key=address.FILE).value == "dark.npz:inverted"
    assert "look transposed, as EMNIST is" in said(app)
    press(app, "Transpose")
    assert app.text_input(key=address.FILE).value == "dark.npz:inverted:transposed"
    assert "look" not in said(app).partition("150 pictures")[2].partition("\n\n")[0].replace("looks", "")
    press(app, "Invert back")
    assert app.text_input(key=address.FILE).value == "dark.npz:transposed"


def test_a_kept_one_is_turned_and_a_damaged_one_is_told(folder):
    np.savez(folder / "dark.npz", **four(lambda x: 255 - x))
    own_dataset.take({"dark.npz": (folder / "dark.npz").read_bytes()})
    app = visit("explore", dataset="dark")
    press(app, "Invert")
    np.testing.assert_array_equal(kept.load("dark").images, X)
    assert "inverted" in said(app)
    kept.place("dark").write_bytes(b"")
    app = visit("explore", dataset="dark")
    assert "is damaged: delete it" in said(app)
    press(app, "Delete")
    assert kept.names() == []


def test_an_upload_of_one_file_or_several(folder):
    path = write_idx(folder, X, Y)
    files = {
        path.name: path.read_bytes(),
        (other := path.with_name("train-labels-idx1-ubyte.gz")).name: other.read_bytes(),
    }
    name = own_dataset.take(files)
    assert len(kept.load(name).images) == len(X)
    assert own_dataset.take(files) == name
    csv = write_csv(folder / "mnist.csv", X[:100], Y[:100])
    assert own_dataset.take({csv.name: csv.read_bytes()}) == "mnist (2)"
    assert kept.names() == [name, "mnist (2)"]


def test_an_upload_that_cannot_be_read_names_no_folder_of_the_server(folder, monkeypatch):
    with pytest.raises(DatasetError, match=r"^notes.csv was refused: its first line has") as refused:
        own_dataset.take({"../../notes.csv": b"a,b\n1,2\n"})
    assert "/" not in str(refused.value)
    with pytest.raises(DatasetError, match=r"^What you uploaded was refused: the folder holds no dataset"):
        own_dataset.take({"a.bin": b"\0", "b.bin": b"\1"})
    for name in ("..", "", "a\0b", "/", ".hidden"):
        with pytest.raises(DatasetError, match="was refused"):
            own_dataset.take({name: b"a,b\n"})
    monkeypatch.setattr(own_dataset, "MAX_UPLOAD", 0)
    with pytest.raises(DatasetError, match="more than 0 MB"):
        own_dataset.take({"a.bin": b"\0"})
    assert kept.names() == []


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (("0", "1", "2"), "labels 0-2"),
        (("3", "7"), "labels 3, 7"),
        (tuple(f"n{n}" for n in range(26)), "26 labels from n0 to n25"),
    ],
)
def test_classes_in_words(names, text, digits):
    facts = Facts("npz", 1000, 797, ("array", "y"), "one-hot", -1, 1, "colour", left_out=tuple("abcdef"))
    dataset = replace(digits, class_names=names)
    sentence = dataset_wording.understood(dataset, facts)
    assert f"{text} from array y (one-hot), values -1-1 scaled to 0-255, made grey. 1,000 are for training" in sentence
    assert sentence.endswith("Not used: a, b, c, d and 2 more.")
