"""What people write beside runs: a star, tags, a note, and whether a run is hidden; one small file beside the runs."""

import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError, field_validator

from models import saved_directory
from training import file_locks, replacing

FILE = ".annotations.json"
CARRIED = "annotation.json"  # in the folder of a run that is exported, what stands beside it
# control characters but tab and line feed, and those that turn the direction of writing around
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LONGEST_NOTE, LONGEST_TAG, MAX_TAGS = 2_000, 40, 20


class Annotation(BaseModel, frozen=True, extra="forbid"):
    """What stands beside a run. tags: None until somebody changes them, so that those with which it was recorded count."""

    starred: bool = False
    tags: tuple[str, ...] | None = Field(default=None, max_length=MAX_TAGS)
    note: str = Field(default="", max_length=LONGEST_NOTE)
    hidden: bool = False

    @field_validator("tags")
    @classmethod
    def _short(cls, tags: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """On one line each, none twice, none empty."""
        if tags is None:
            return None
        clean = dict.fromkeys(" ".join(tag.split())[:LONGEST_TAG] for tag in tags)
        return tuple(tag for tag in clean if tag)


NOTHING = Annotation()


def tags(beside: Annotation, recorded: Iterable[str]) -> tuple[str, ...]:
    """The tags of a run: those that stand beside it, or while nobody has changed them those with which it was recorded."""
    first = itertools.islice(dict.fromkeys(recorded), MAX_TAGS)
    return beside.tags if beside.tags is not None else Annotation(tags=tuple(first)).tags or ()


def load(shelf: Path | None = None) -> dict[str, Annotation]:
    """What stands beside each run, by its name; what cannot be read counts as nothing."""
    try:
        content = json.loads(((shelf or saved_directory()) / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    annotations = {}
    for name, value in content.items() if isinstance(content, dict) else ():
        with contextlib.suppress(ValidationError):
            annotations[name] = Annotation.model_validate(value)
    return annotations


def carried(beside: Annotation) -> bytes | None:
    """Star, tags and note as an exported run carries them; None where there are none. That a run is hidden stays here."""
    fields = beside.model_dump_json(exclude_defaults=True, exclude={"hidden"})
    return None if fields == "{}" else fields.encode()


def brought(content: bytes) -> Annotation:
    """What an exported run carries, as plain text within the limits of what is typed here. Raises ValueError."""
    beside = Annotation.model_validate_json(content)
    tags = None if beside.tags is None else tuple(UNSEEN.sub("", tag) for tag in beside.tags)
    return Annotation(starred=beside.starred, tags=tags, note=UNSEEN.sub("", beside.note))


def change(changes: Mapping[str, Mapping[str, Any]], shelf: Path | None = None) -> None:
    """Change what stands beside some runs: by name, fields of Annotation and their new values.

    Two who change at once lose nothing of each other's. Raises OSError, and ValueError, in a sentence, for a value too long.
    """
    shelf = shelf or saved_directory()
    shelf.mkdir(parents=True, exist_ok=True)
    with file_locks.locked(shelf / f"{FILE}.lock"):
        annotations = load(shelf)
        for name, fields in changes.items():
            try:
                annotations[name] = Annotation.model_validate(
                    annotations.get(name, NOTHING).model_dump() | dict(fields)
                )
            except ValidationError as error:
                raise ValueError(f"A note has {LONGEST_NOTE:,} letters at most, and a run {MAX_TAGS} tags.") from error
        kept = {
            name: value.model_dump(exclude_defaults=True) for name, value in annotations.items() if value != NOTHING
        }
        replacing.replace(shelf / FILE, json.dumps(kept, indent=1, ensure_ascii=False).encode())
