"""A form of file is one reader in one place; what no reader knows is told by name, with the way to mend it."""

import io
import zipfile

import numpy as np
import pytest

from tests.brought import digits, four, write_csv, write_idx
from training.datasets import registry
from training.datasets.dataset import DatasetError
from training.datasets.raw import Part, Raw
from training.datasets.readers import READERS, reader

X, Y = digits()


def test_a_reader_is_one_thing_to_add(tmp_path, monkeypatch):
    monkeypatch.setattr("training.datasets.readers.READERS", READERS | {})
    monkeypatch.setattr("training.datasets.files.READERS", READERS | {})

    @reader("dummy", lambda path: path.read_bytes().startswith(b"\1DUMMY"))
    def read(path):
        return Raw({"train": Part(X, Y)}, ("file", path.name))

    (tmp_path / "own.dummy").write_bytes(b"\1DUMMY")
    try:
        found = registry.load(f"file:{tmp_path / 'own.dummy'}")
    finally:
        READERS.pop("dummy", None)
    assert found.facts.form == "dummy"
    assert len(found.images) == len(X)


def archive(**members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return stream.getvalue()


FOREIGN = {
    "a.zip": (archive(train="label,pixel0"), "a ZIP archive without arrays: unpack it"),
    "a.xlsx": (
        archive(**{"[Content_Types].xml": "x", "xl/workbook.xml": "x"}),
        "an office document.*save its table as CSV",
    ),
    "a.pt": (archive(**{"archive/data.pkl": "x"}), "a PyTorch file, which holds a pickle"),
    "mnist.pkl": (b"\x80\x04\x95\0\0", "probably a pickle, which is never opened"),
    "a.h5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file.*numpy.savez"),
    "a.mat": (b"MATLAB 5.0 MAT-file" + b"\0" * 200, "a MATLAB file"),
    "a.parquet": (b"PAR1\0\0", "a Parquet file.*save it as CSV"),
    "seven.png": (b"\x89PNG\r\n\x1a\n", "a picture: put the pictures into a folder for each class"),
    "a.bin": (bytes(range(200)), "not a dataset of a known form"),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_something_else_is_told_by_name(name, tmp_path):
    content, sentence = FOREIGN[name]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DatasetError, match=sentence) as refused:
        registry.load(f"file:{tmp_path / name}")
    assert str(refused.value).startswith(f"{tmp_path / name} was refused: ")


def test_a_folder_of_several_forms_is_not_guessed_at(tmp_path):
    np.savez(tmp_path / "a.npz", **four())
    np.save(tmp_path / "x.npy", X)
    write_csv(tmp_path / "train.csv", X, Y)
    with pytest.raises(DatasetError, match="could be read as CSV and npy: name one file in it"):
        registry.load(f"file:{tmp_path}")


def test_a_folder_in_a_folder_as_an_archive_unpacks(tmp_path):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    write_idx(tmp_path / "MNIST" / "raw", X, Y)
    assert len(registry.load(f"file:{tmp_path}").images) == len(X)
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DatasetError, match="the folder holds no dataset of a known form"):
        registry.load(f"file:{tmp_path}")


def test_a_path_without_its_prefix_is_told_how_it_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_csv(tmp_path / "train.csv", X, Y)
    with pytest.raises(DatasetError, match=r"no dataset 'train.csv'. Write file:train.csv to open the file"):
        registry.load("train.csv")


def test_switches_stand_in_the_name_and_only_there(tmp_path):
    path = tmp_path / "a:inverted.npz"
    np.savez(path, **four(lambda x: 255 - x.transpose(0, 2, 1)))
    both = registry.load(f"file:{path}:inverted:transposed")
    np.testing.assert_array_equal(both.images, X)
    assert both.name == f"file:{path}:inverted:transposed"
    assert registry.load(both.name).sha256 == both.sha256
    assert both.facts.looks_inverted
    assert both.facts.inverted
    assert registry.load(f"npz:{path}").facts.inverted is False
    assert [str(one) for one in registry.files_of(both.name)] == [str(path)]
    ends = tmp_path / "odd:inverted"
    ends.write_bytes(path.read_bytes())
    found = registry.load(f'file:"{ends}"')
    assert not found.facts.inverted
    assert found.name == f'file:"{ends}"'
    joined = registry.load(f"file:{path}:inverted+{found.name}")
    assert [name for name, _ in joined.parts] == [f"file:{path}:inverted", found.name]
