"""Committees: saved runs that read as one, each with the same say. One is a small file beside the runs, never changed."""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models import run_directory, saved_directory

ENDING = ".committee.json"
MOST = 24  # members
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


def save(name: str, members: Sequence[str], shelf: Path | None = None) -> None:
    """Put a committee of these runs on the shelf, written whole or not at all. Raises ValueError, in a sentence."""
    shelf = shelf or saved_directory()
    if not NAME.fullmatch(name):
        raise ValueError(
            "A name has small letters, digits, dots and hyphens, 60 at most, and begins with a letter or digit."
        )
    if not 2 <= len(set(members)) == len(members) <= MOST:
        raise ValueError(f"A committee has 2 to {MOST} different members; these are {len(members)}.")
    for member in members:
        run_directory(member, shelf)
    if (shelf / name).exists():
        raise ValueError(f"There is a run called '{name}' already. Choose another name.")
    beside = None
    try:
        number, beside = tempfile.mkstemp(prefix=".committee-", dir=shelf)
        with open(number, "w", encoding="utf-8") as stream:
            json.dump({"members": list(members)}, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o644)
        os.link(beside, shelf / (name + ENDING))  # unlike a renaming, it never replaces what is there
    except FileExistsError:
        raise ValueError(f"There is a committee called '{name}' already. Choose another name.") from None
    except OSError as error:
        raise ValueError(f"The committee could not be saved in {shelf}: {error.strerror or error}.") from error
    finally:
        if beside:
            with contextlib.suppress(OSError):
                os.unlink(beside)


def members(name: str, shelf: Path | None = None) -> tuple[str, ...]:
    """The runs that read under this name: a committee's members, all of them on the shelf, or the run of that name alone.

    Raises ValueError, in a sentence.
    """
    shelf = shelf or saved_directory()
    path = shelf / (name + ENDING)
    if (shelf / name).exists() or Path(name).name != name or not path.is_file():
        return (run_directory(name, shelf).name,)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["members"]
        whole = isinstance(found, list) and 2 <= len(found) <= MOST and all(isinstance(one, str) for one in found)
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise ValueError(f"The committee '{name}' cannot be read: {path.name} names no 2 to {MOST} members.")
    for member in found:
        try:
            run_directory(member, shelf)
        except ValueError as error:
            raise ValueError(f"The committee '{name}' lacks a member. {error}") from error
    return tuple(found)


def listed(shelf: Path | None = None) -> dict[str, tuple[str, ...] | str]:
    """The committees on the shelf by name: their members, or the sentence that says why one cannot be asked."""
    found: dict[str, tuple[str, ...] | str] = {}
    for path in sorted((shelf or saved_directory()).glob(f"[!.]*{ENDING}")):
        name = path.name.removesuffix(ENDING)
        try:
            found[name] = members(name, shelf)
        except ValueError as error:
            found[name] = str(error)
    return found


def remove(name: str, shelf: Path | None = None) -> None:
    """Take a committee from the shelf; its members stay. Nothing happens where it is gone already. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"There is no committee '{name}'.")
    try:
        ((shelf or saved_directory()) / (name + ENDING)).unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"The committee '{name}' could not be removed: {error.strerror or error}.") from error
