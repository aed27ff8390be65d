"""Ensembles of saved runs that predict the mean of their members' probabilities; each is a small file beside the runs."""

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from models import run_directory, saved_directory

ENDING = ".committee.json"
MAX_MEMBERS = 24
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,59}")


def save(name: str, members: Sequence[str], shelf: Path | None = None, protocol: Sequence[str] = ()) -> None:
    """Save an ensemble of these runs, written whole or not at all. Raises ValueError, in a sentence.

    protocol: the rules by which it was made, a sentence each.
    """
    shelf = shelf or saved_directory()
    if not NAME.fullmatch(name):
        raise ValueError(
            "A name has small letters, digits, dots and hyphens, 60 at most, and begins with a letter or digit."
        )
    if not 2 <= len(set(members)) == len(members) <= MAX_MEMBERS:
        raise ValueError(f"An ensemble has 2 to {MAX_MEMBERS} different members; these are {len(members)}.")
    for member in members:
        run_directory(member, shelf)
    if (shelf / name).exists():
        raise ValueError(f"There is already a run '{name}'. Choose another name.")
    beside = None
    try:
        number, beside = tempfile.mkstemp(prefix=".committee-", dir=shelf)
        with open(number, "w", encoding="utf-8") as stream:
            json.dump({"members": list(members)} | ({"protocol": list(protocol)} if protocol else {}), stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(beside, 0o644)
        os.link(beside, shelf / (name + ENDING))  # unlike a renaming, it never replaces what is there
    except FileExistsError:
        raise ValueError(f"There is already an ensemble '{name}'. Choose another name.") from None
    except OSError as error:
        raise ValueError(f"The ensemble could not be saved in {shelf}: {error.strerror or error}.") from error
    finally:
        if beside:
            with contextlib.suppress(OSError):
                os.unlink(beside)


def members(name: str, shelf: Path | None = None) -> tuple[str, ...]:
    """The runs behind this name: an ensemble's members, all of them saved, or the run of that name alone.

    Raises ValueError, in a sentence.
    """
    shelf = shelf or saved_directory()
    path = shelf / (name + ENDING)
    if (shelf / name).exists() or Path(name).name != name or not path.is_file():
        return (run_directory(name, shelf).name,)
    try:
        runs = json.loads(path.read_text(encoding="utf-8"))["members"]
        whole = isinstance(runs, list) and 2 <= len(runs) <= MAX_MEMBERS and all(isinstance(run, str) for run in runs)
    except (OSError, ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise ValueError(f"The ensemble '{name}' cannot be read: {path.name} does not list 2 to {MAX_MEMBERS} members.")
    for member in runs:
        try:
            run_directory(member, shelf)
        except ValueError as error:
            raise ValueError(f"A member of the ensemble '{name}' is missing. {error}") from error
    return tuple(runs)


def protocol(name: str, shelf: Path | None = None) -> tuple[str, ...]:
    """The rules by which a saved ensemble was made, a sentence each; none for one that a visitor has put together."""
    try:
        rules = json.loads(((shelf or saved_directory()) / (name + ENDING)).read_text(encoding="utf-8"))["protocol"]
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(rule for rule in rules if isinstance(rule, str)) if isinstance(rules, list) else ()


def listed(shelf: Path | None = None) -> dict[str, tuple[str, ...] | str]:
    """The saved ensembles by name: their members, or the sentence that says why one cannot be used."""
    ensembles: dict[str, tuple[str, ...] | str] = {}
    for path in sorted((shelf or saved_directory()).glob(f"[!.]*{ENDING}")):
        name = path.name.removesuffix(ENDING)
        try:
            ensembles[name] = members(name, shelf)
        except ValueError as error:
            ensembles[name] = str(error)
    return ensembles


def delete(name: str, shelf: Path | None = None) -> None:
    """Delete an ensemble; its members stay. Nothing happens if it is gone already. Raises ValueError."""
    if not NAME.fullmatch(name):
        raise ValueError(f"There is no ensemble '{name}'.")
    try:
        ((shelf or saved_directory()) / (name + ENDING)).unlink(missing_ok=True)
    except OSError as error:
        raise ValueError(f"The ensemble '{name}' could not be deleted: {error.strerror or error}.") from error
