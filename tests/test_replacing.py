"""A file is replaced as a whole, or stays as it was."""

from pathlib import Path

import pytest

from training.replacing import replace


def test_it_stands_in_the_place_of_what_was_there(tmp_path):
    path = tmp_path / "status.json"
    for content in (b"first", b"", b"longer than before"):
        replace(path, content)
        assert path.read_bytes() == content
    assert [one.name for one in tmp_path.iterdir()] == ["status.json"]


def test_what_cannot_be_written_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "status.json"
    replace(path, b"before")

    def full(self, content):
        open(self, "wb").close()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        replace(path, b"after")
    monkeypatch.undo()
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["status.json"]
