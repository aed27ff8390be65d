"""The command line: a table of commands, each a plain function that tyro parses, and one sentence for what is wrong."""

import contextlib
import errno
import functools
import importlib
import io
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import tyro
from rich.console import Console

from models import caption

Command = Callable[..., int | None]
STYLE = (tyro.conf.OmitArgPrefixes, tyro.conf.FlagCreatePairsOff, tyro.conf.PositionalMetavarFromFieldName)
FULL = (errno.ENOSPC, errno.EDQUOT)  # what a disk without room, or a user without any left, is told by
RULE = r"^(?:[╭╰─].*|-{5,})$"


def main(prog: str, description: str, commands: Mapping[str, str | Command], arguments: Sequence[str]) -> int:
    """Run the command that the first argument names, with the others; gives the exit code of the process.

    commands: by name a function, or "module:function" so that only the chosen one is imported. Its parameters are the
    command's arguments, the first line of its docstring is the command's line in the help, and it returns an exit code,
    or None for 0. A module with a function `refusal(arguments)` may refuse them in a sentence before tyro reads them.
    """
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_help(prog, description, commands), end="")
        return 0
    name, *rest = arguments
    if name not in commands:
        stop(f"There is no command '{name}'. Choose one of: {', '.join(commands)}.")
    command = load(commands[name])
    refusal = getattr(sys.modules[command.__module__], "refusal", None)
    if sentence := refusal and refusal(rest):
        stop(sentence)
    try:
        return parse(command, f"{prog} {name}", rest)() or 0
    except OSError as error:
        if error.errno not in FULL:
            raise
        where = f" in {error.filename}" if error.filename else ""
        stop(
            f"{error.strerror}{where}. Make room; where the temporary folder {tempfile.tempdir or ''} is what is full, the "
            "variable TMPDIR names another."
        )


def stop(sentence: str, code: int = 2) -> NoReturn:
    """Say what is wrong on standard error and leave."""
    Console(stderr=True).print(sentence, soft_wrap=True, markup=False, highlight=False)
    sys.exit(code)


def load(command: str | Command) -> Command:
    """The function of an entry of the table, imported now where only its place was named."""
    if callable(command):
        return command
    module, _, function = command.partition(":")
    return getattr(importlib.import_module(module), function)


def _help(prog: str, description: str, commands: Mapping[str, str | Command]) -> str:
    width = max(len(name) for name in commands)
    lines = [f"  {prog} {name:<{width}}  {caption(load(command))}" for name, command in commands.items()]
    return "\n".join([description, "", *lines, "", f"`{prog} COMMAND --help` shows the arguments of one.\n"])


def parse(command: Command, prog: str, arguments: Sequence[str]) -> Callable[[], int | None]:
    """The command with its arguments, not yet called; leaves with a sentence where they are not possible."""

    @functools.wraps(command)
    def later(*positional: Any, **named: Any) -> Callable[[], int | None]:
        return functools.partial(command, *positional, **named)

    message = io.StringIO()
    try:
        with contextlib.redirect_stderr(message):
            return tyro.cli(later, prog=prog, args=arguments, config=STYLE)
    except SystemExit as leaving:
        if not leaving.code:  # the help was asked for, and shown
            raise
        stop(f"{_sentence(message.getvalue())} `{prog} --help` shows what is possible.")


def _sentence(box: str) -> str:
    """The first part of the box in which tyro says what is wrong, on one line.

    The box has lines of its own characters above, between and below its parts, or of dashes where the terminal knows no
    others; its title stands in the first of them, or above it.
    """
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line).strip("│ ") for line in box.splitlines()]
    _, *parts = re.split(RULE, "\n".join(lines), flags=re.MULTILINE)
    text = " ".join((parts[0] if parts else box).replace("(required)", "").split())
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
