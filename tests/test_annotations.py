"""What stands beside runs is kept, merged where two change at once, and never a reason to fail."""

import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training import annotations
from training.annotations import Annotation


def test_what_was_written_is_there_and_nothing_else_changes(shelf):
    annotations.change({"a": {"starred": True, "tags": ["best", "  two\n words ", "best", ""]}, "b": {"note": "slow"}})
    annotations.change({"a": {"note": "again"}})
    assert annotations.load() == {
        "a": Annotation(starred=True, tags=("best", "two words"), note="again"),
        "b": Annotation(note="slow"),
    }


def test_what_is_taken_back_leaves_nothing(shelf):
    annotations.change({"a": {"starred": True}})
    annotations.change({"a": {"starred": False}})
    assert json.loads((shelf / annotations.FILE).read_text()) == {}


def test_two_who_change_at_once_lose_nothing(shelf):
    threads = [threading.Thread(target=annotations.change, args=({f"run-{n}": {"note": str(n)}},)) for n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(annotations.load()) == {f"run-{n}" for n in range(8)}


def test_tags_of_a_recording_count_until_they_are_changed(shelf):
    recorded = ("eng", " two\nwords ", *(str(n) for n in range(40)))
    annotations.change({"a": {"starred": True}})
    assert annotations.tags(annotations.load()["a"], recorded)[:3] == ("eng", "two words", "0")
    assert len(annotations.tags(annotations.load()["a"], recorded)) == annotations.MAX_TAGS
    annotations.change({"a": {"tags": []}})
    assert annotations.tags(annotations.load()["a"], recorded) == ()


def test_too_long_is_a_sentence_and_changes_nothing(shelf):
    annotations.change({"a": {"note": "short"}})
    with pytest.raises(ValueError, match="letters at most"):
        annotations.change({"a": {"note": "x" * 3000}})
    assert annotations.load()["a"].note == "short"


@given(
    content=st.binary(max_size=60)
    | st.sampled_from([b"[]", b'{"a": 1}', b'{"a": {"starred": "?"}}', b'{"a": {"x": 1}}'])
)
def test_a_damaged_file_counts_as_nothing(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("shelf")
    (folder / annotations.FILE).write_bytes(content)
    assert annotations.load(folder) == {}
