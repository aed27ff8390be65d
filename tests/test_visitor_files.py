"""Visitors open files in one folder alone, and are not told what lies elsewhere."""

import pytest

from dashboard import visitor_files
from tests.test_datasets import own_file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder that visitors may open files in; another one lies beside it."""
    (tmp_path / "open").mkdir()
    (tmp_path / "closed").mkdir()
    monkeypatch.setenv(visitor_files.VARIABLE, str(tmp_path / "open"))
    own_file(tmp_path / "closed" / "secret.npz")
    return tmp_path / "open"


@pytest.mark.parametrize(
    "typed", ["own.npz", " own.npz ", '"own.npz"', "npz:own.npz", "{folder}/own.npz", "./sub/../own.npz"]
)
def test_a_file_in_the_folder_is_opened(typed, folder):
    (folder / "sub").mkdir()
    own_file(folder / "own.npz")
    assert len(visitor_files.dataset(typed.format(folder=folder)).images) == 90


def test_what_is_forbidden_cannot_be_told_from_what_is_absent(folder):
    (folder / "link.npz").symlink_to(folder.parent / "closed" / "secret.npz")
    (folder / "loop.npz").symlink_to(folder / "loop.npz")
    closed = folder.parent / "closed"
    names = [closed / "secret.npz", closed / "absent.npz", "../closed/secret.npz", "../closed/absent.npz"]
    names += ["link.npz", "loop.npz", "absent.npz", "a\0b.npz", "/etc/passwd", "x" * 5000]
    for name in names:
        sentence = f"{name} was not found in the folder that this page opens files from; "
        sentence += "the variable MNIST_ATELIER_FILES names it."
        assert visitor_files.dataset(str(name)) == sentence
        assert visitor_files.dataset(f"drawn:{name}:100") == sentence


def test_a_visitor_waits_for_no_million_digits(folder):
    assert "20,000 digits" in visitor_files.dataset("generated:1000000")
    assert "20,000 digits" in visitor_files.dataset("drawn:own.npz:30000")
    assert len(visitor_files.dataset("generated:60:5").images) == 60
    assert "Name one dataset" in visitor_files.dataset("mnist+generated:60")
