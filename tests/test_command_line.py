"""A table of functions is a command line: each has its help, and whatever is typed wrongly is one sentence."""

import errno
import io
import re
import shlex
import sys
from pathlib import Path

import pytest

from models import ROOT, command_line
from models.__main__ import predict
from training.__main__ import COMMANDS, main

PLACES = COMMANDS | {"predict": predict}
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## Runs\n")[1].split("\n## ")[0]
TYPED = re.findall(r"^python -m (?:training|models) (.*?)(?: +#.*)?$", SECTION, re.MULTILINE)


def greet(name: str, times: int = 1, to: Path | None = None) -> int | None:
    """Say hello."""
    print(f"hello {name} " * times)
    return 3 if to else None


def typed(*arguments):
    return command_line.main("python -m toy", "A toy.", {"greet": greet}, arguments)


def test_a_command_is_called_with_its_arguments(capsys):
    assert typed("greet", "--name", "Ada", "--times", "2") == 0
    assert capsys.readouterr().out == "hello Ada hello Ada \n"
    assert typed("greet", "--name", "Ada", "--to", "x") == 3


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_the_help_has_a_line_for_each(arguments, capsys):
    assert typed(*arguments) == 0
    assert "python -m toy greet  Say hello." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["walk"], "There is no command 'walk'. Choose one of: greet."),
        (["greet"], "Missing from python -m toy greet: --name STR."),
        (["greet", "--name", "Ada", "--times", "x"], "--times"),
        (["greet", "--name", "Ada", "--size", "3"], "Unrecognized options: --size, 3."),
        (["greet", "--name"], "Missing value for argument '--name'"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, said, capsys):
    with pytest.raises(SystemExit) as leaving:
        typed(*arguments)
    assert leaving.value.code == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_sentence_is_the_same_in_every_terminal(encoding, monkeypatch, capsys):
    terminal = io.TextIOWrapper(io.BytesIO(), encoding)
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with pytest.raises(SystemExit):
        typed("greet", "--times", "x", "--name", "Ada")
    sentence, hint = capsys.readouterr().err.split(". ")
    assert sentence == "Error parsing --times: invalid literal for int() with base 10: 'x'"
    assert hint == "`python -m toy greet --help` shows what is possible.\n"


@pytest.mark.parametrize("name", PLACES)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as leaving:
        command_line.main("python -m training", "", PLACES, [name, "--help"])
    assert not leaving.value.code
    printed = capsys.readouterr()
    assert f"usage: python -m training {name}" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("line", [line for line in TYPED if not line.startswith("--help")])
def test_every_line_of_the_readme_can_be_typed(line):
    name, *arguments = shlex.split(line)
    assert callable(command_line.parse(command_line.load(PLACES[name]), name, arguments))


def test_the_readme_shows_every_command():
    assert {line.split()[0] for line in TYPED} == {*PLACES, "--help"}


def test_a_line_in_the_table_is_a_command(monkeypatch, capsys):
    monkeypatch.setitem(COMMANDS, "greet", f"{__name__}:greet")
    assert main(["greet", "--name", "Ada", "--to", "x"]) == 3
    assert main(["--help"]) == 0
    assert "python -m training greet" in capsys.readouterr().out


def test_a_full_disk_is_a_sentence_whatever_the_command(capsys):
    def write() -> None:
        """Write."""
        raise OSError(errno.ENOSPC, "No space left on device", "/full/file")

    with pytest.raises(SystemExit) as left:
        command_line.main("python -m some", "Some.", {"write": write}, ["write"])
    assert left.value.code == 2
    assert "No space left on device in /full/file. Make room" in capsys.readouterr().err

    def fail() -> None:
        """Fail."""
        raise OSError(errno.EIO, "another fault")

    with pytest.raises(OSError, match="another fault"):
        command_line.main("python -m some", "Some.", {"fail": fail}, ["fail"])
