"""A folder of pictures for each class is a dataset, whatever the pictures' form and size."""

import pytest
from PIL import Image

from tests.brought import digits
from training.datasets import registry
from training.datasets.dataset import DatasetError

X, Y = digits()


def write(folder, images=X, labels=Y, suffix=".png", change=lambda picture: picture):
    for n, (image, label) in enumerate(zip(images, labels, strict=True)):
        (folder / str(label)).mkdir(parents=True, exist_ok=True)
        change(Image.fromarray(image)).save(folder / str(label) / f"{n:04}{suffix}")


def test_pictures_of_one_size_keep_their_pixels(tmp_path):
    write(tmp_path)
    (tmp_path / "3" / "notes.txt").write_text("not a picture")
    found = registry.load(f"file:{tmp_path}")
    assert sorted(map(bytes, found.images)) == sorted(map(bytes, X))
    assert found.class_names == tuple("0123456789")
    assert (found.facts.seed, found.facts.resized, found.facts.labels_from[0]) == (1, False, "folders")


def test_a_folder_for_training_and_one_for_testing(tmp_path):
    write(tmp_path / "training", X[:100], Y[:100])
    write(tmp_path / "testing", X[100:], Y[100:])
    found = registry.load(f"file:{tmp_path}")
    assert (found.facts.train, found.facts.test, found.facts.seed) == (100, 50, None)
    alone = registry.load(f"file:{tmp_path / 'testing'}")
    assert len(alone.images) == 50


def test_pictures_of_several_sizes_come_to_one(tmp_path):
    write(tmp_path, X[:60], [f"no {label}" for label in Y[:60]], change=lambda one: one.resize((100, 140)))
    write(tmp_path, X[60:90], [f"no {label}" for label in Y[60:90]], ".bmp")
    found = registry.load(f"file:{tmp_path}")
    assert found.input_shape == (28, 28)
    assert found.facts.resized
    assert found.class_names[3] == "no 3"


def on_nothing(picture):
    """Dark ink on a transparent ground."""
    ink = Image.new("RGBA", picture.size, (20, 20, 20, 255))
    ink.putalpha(picture)
    return ink


def test_what_is_transparent_becomes_paper_and_colours_become_grey(tmp_path):
    write(tmp_path / "clear", X[:60], Y[:60], change=on_nothing)
    found = registry.load(f"file:{tmp_path / 'clear'}")
    assert found.facts.looks_inverted
    assert found.images.min() < 30
    write(tmp_path / "colour", X[:60], Y[:60], change=lambda picture: picture.convert("RGB"))
    coloured = registry.load(f"file:{tmp_path / 'colour'}")
    assert sorted(map(bytes, coloured.images)) == sorted(map(bytes, X[:60]))


def test_a_damaged_picture_is_named(tmp_path):
    write(tmp_path, X[:30], Y[:30])
    (tmp_path / "2" / "bad.png").write_bytes(b"\x89PNG oh")
    with pytest.raises(DatasetError, match=r"2/bad.png cannot be read"):
        registry.load(f"file:{tmp_path}")
