"""What the commands say of a dataset that somebody brings."""

import numpy as np
import pytest

from tests.brought import four, write_csv
from training.commands import terminal


@pytest.fixture
def printed(monkeypatch, capsys):
    """What is printed when a dataset of that name is loaded, on one line."""
    monkeypatch.setattr(terminal.console, "width", 400)

    def load(name):
        terminal.load_dataset(name)
        return capsys.readouterr().out

    return load


def test_what_was_understood_and_what_looks_odd(tmp_path, printed):
    parts = four(lambda x: 255 - x)
    np.savez(tmp_path / "dark.npz", **parts)
    said = printed(f"file:{tmp_path / 'dark.npz'}")
    assert "npz: 120 train and 30 test digits of 16 x 16 pixels, 10 classes, 0 to 9, values 0 to 255." in said
    assert "The digits look inverted: file:PATH:inverted turns them." in said
    assert "look" not in printed(f"file:{tmp_path / 'dark.npz'}:inverted")
    write_csv(tmp_path / "train.csv", parts["x_train"], parts["y_train"])
    assert "split with seed 4" in printed(f"file:{tmp_path / 'train.csv'}:seed=4")
    assert printed("digits").strip() == ""


def test_a_refusal_ends_the_command(tmp_path, capsys):
    with pytest.raises(SystemExit):
        terminal.load_dataset(f"file:{tmp_path / 'none.csv'}")
    assert "there is no such file" in capsys.readouterr().err
