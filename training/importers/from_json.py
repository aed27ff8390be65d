"""Histories as JSON: columns, as `json.dump(history.history, file)` writes them, or rows."""

from pathlib import Path
from typing import Any

from training.importers import importer
from training.importers.parts import Part, UnreadableError, content, head, load_json, to_history


def _is_json(path: Path) -> bool:
    start = head(path).lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith((b"{", b"[")) and b"class_name" not in start


@importer("JSON history", _is_json)
def read(path: Path) -> list[Part]:
    """The history in a JSON file, perhaps below a key "history"."""
    history, remarks = to_history(columns(load_json(content(path))))
    return [Part("history as JSON", path, history, remarks=remarks)]


def columns(history: Any) -> Any:
    """Those of a mapping or of rows whose values are numbers. Raises UnreadableError."""
    if isinstance(history, dict) and isinstance(history.get("history"), dict | list):
        history = history["history"]
    if isinstance(history, list) and history and all(isinstance(row, dict) for row in history):
        return history
    if not isinstance(history, dict):
        raise UnreadableError("holds no history: a history is a list of numbers for each column, such as loss")
    lists = {str(name): list(values) for name, values in history.items() if _is_column(values)}
    if not lists:
        raise UnreadableError("holds no history: a history is a list of numbers for each column, such as loss")
    return lists


def _is_column(values: Any) -> bool:
    return isinstance(values, list | tuple) and all(
        value is None or (isinstance(value, int | float) and not isinstance(value, bool)) for value in values
    )
