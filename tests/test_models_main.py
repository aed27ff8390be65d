"""python -m models predict: pictures and strokes in, CSV out."""

import csv
import io
import json
import shutil

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models import saved_directory
from models.__main__ import main
from models.preprocessing.strokes import from_strokes

SEVEN = [[[0, 0], [10, 0], [3, 16]]]


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "seven.png"
    Image.fromarray(255 - np.kron(from_strokes(SEVEN), np.ones((5, 5), np.uint8))).save(path)
    return path


def test_pictures(picture, capsys):
    assert main(["predict", str(picture), str(picture)]) == 0
    rows = read(capsys.readouterr().out)
    assert [(row["item"], row["digit"]) for row in rows] == [(str(picture), "7")] * 2
    assert 0.3 < float(rows[0]["confidence"]) <= 1


def test_a_bad_picture_hides_no_other(picture, tmp_path, capsys):
    empty = tmp_path / "empty.png"
    empty.write_bytes(b"")
    blank = tmp_path / "blank.png"
    Image.new("L", (30, 30), 255).save(blank)
    assert main(["predict", str(empty), str(picture), str(blank), str(tmp_path / "none.png")]) == 1
    printed = capsys.readouterr()
    assert [row["item"] for row in read(printed.out)] == [str(picture)]
    assert [line.split(": ")[1][:14] for line in printed.err.splitlines()] == [
        "The file is em",
        "No digit was f",
        "There is no su",
    ]


def test_what_is_no_digit_is_left_out_or_marked(tmp_path, capsys):
    page, heart = Image.new("L", (600, 200), 255), tmp_path / "bar.png"
    seven = Image.fromarray(255 - np.kron(from_strokes(SEVEN), np.ones((5, 5), np.uint8)))
    pencil = ImageDraw.Draw(page)
    for left in (10, 420):
        page.paste(seven, (left, 20))
    pencil.line([(200, 60), (380, 60), (380, 170), (240, 170), (240, 90), (350, 90), (350, 140)], fill=0, width=12)
    page.save(tmp_path / "page.png")
    page.crop((170, 0, 410, 200)).save(heart)
    assert main(["predict", str(tmp_path / "page.png"), str(heart)]) == 0
    printed = capsys.readouterr()
    rows = read(printed.out)
    assert [row["item"].rpartition("/")[2] for row in rows] == ["page.png #1", "page.png #2", "bar.png"]
    assert [row["doubt"] for row in rows] == ["no", "no", "yes"]
    assert "page.png: left out 1 part that does not look like a digit." in printed.err


def test_the_default_run_doubts_for_one_that_keeps_no_digits(picture, capsys):
    assert main(["predict", str(picture), "--run", "mlp-800"]) == 0
    assert [row["doubt"] for row in read(capsys.readouterr().out)] == ["no"]


def test_strokes(tmp_path, capsys):
    path = tmp_path / "strokes.json"
    drawings = [{"label": 1, "strokes": SEVEN}, {"strokes": []}, {"strokes": "x"}, {"strokes": [[[0, 0], [0, 9]]]}]
    path.write_text(json.dumps(drawings))
    assert main(["predict", "--strokes", str(path), "--run", "cnn-large"]) == 1
    printed = capsys.readouterr()
    assert [(row["item"], row["digit"]) for row in read(printed.out)] == [("0", "7"), ("3", "1")]
    assert len(printed.err.splitlines()) == 2


@pytest.mark.parametrize(
    ("content", "sentence"), [("", "not a list of drawings"), ("[1]", "not a list of"), ('{"a": 1}', "not a list of")]
)
def test_a_wrong_file_is_one_sentence(content, sentence, tmp_path, capsys):
    path = tmp_path / "strokes.json"
    path.write_text(content)
    assert main(["predict", "--strokes", str(path)]) == 2
    assert sentence in capsys.readouterr().err


def test_an_unknown_run_is_one_sentence(picture, capsys):
    assert main(["predict", str(picture), "--run", "nobody"]) == 2
    assert "There is no run 'nobody'" in capsys.readouterr().err


def test_a_run_of_another_size_reads_pictures_and_strokes(tmp_path, capsys):
    path, strokes = tmp_path / "seven.png", tmp_path / "strokes.json"
    drawn = [[[0, 0], [10, 0], [4, 16]]]
    Image.fromarray(255 - np.kron(from_strokes(drawn), np.ones((5, 5), np.uint8))).save(path)
    strokes.write_text(json.dumps([{"strokes": drawn}]))
    for asked in ([str(path)], ["--strokes", str(strokes)]):
        assert main(["predict", *asked, "--run", "digits-mlp-15"]) == 0
        printed = capsys.readouterr()
        assert [(row["digit"], row["doubt"]) for row in read(printed.out)] == [("7", "")]
        assert printed.err == ""


def test_pages_have_a_row_each_and_of_an_animation_it_is_said_which_frame_is_read(picture, tmp_path, capsys):
    blank, tiff, gif = Image.new("L", (140, 140), 255), str(tmp_path / "two pages.tiff"), str(tmp_path / "moves.gif")
    with Image.open(picture) as seven:
        blank.save(tiff, save_all=True, append_images=[seven, seven])
        seven.save(gif, save_all=True, append_images=[blank, blank])
    assert main(["predict", tiff, gif]) == 0
    printed = capsys.readouterr()
    rows = [(row["item"], row["digit"]) for row in read(printed.out)]
    assert rows == [(f"{tiff} page 2", "7"), (f"{tiff} page 3", "7"), (gif, "7")]
    assert f"{tiff} page 1: No digit was found" in printed.err
    assert f"{gif}: the first of 2 frames is read." in printed.err  # equal frames are one


def test_a_folder_stands_for_its_pictures(picture, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "deeper").mkdir()
    assert main(["predict", str(tmp_path)]) == 1
    printed = capsys.readouterr()
    assert [(row["item"], row["digit"]) for row in read(printed.out)] == [(str(picture), "7")]
    assert printed.err.startswith(f"{tmp_path / 'notes.txt'}: This is not a picture")
    assert main(["predict", str(tmp_path / "deeper")]) == 2
    assert "is a folder without files" in capsys.readouterr().err


def test_digits_are_called_as_the_run_calls_its_classes(picture, tmp_path, monkeypatch, capsys):
    shutil.copytree(saved_directory() / "cnn-small", tmp_path / "letters")
    record = json.loads((tmp_path / "letters" / "record.json").read_text())
    record["dataset"]["class_names"] = list("abcdefghij")
    (tmp_path / "letters" / "record.json").write_text(json.dumps(record))
    monkeypatch.setenv("MNIST_ATELIER_MODELS", str(tmp_path))
    assert main(["predict", str(picture), "--run", "letters"]) == 0
    assert [row["digit"] for row in read(capsys.readouterr().out)] == ["h"]
