"""What things are kept by: the shelf as a whole, one run, one dataset.

The rule for all of dashboard/cache: values that their readers may change go through st.cache_data, which hands out copies; whatever
must not be copied, since it is large, and is never changed goes through st.cache_resource. A key is a short text, because Streamlit
hashes the keys anew at each access.
"""

import functools
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import streamlit as st

from training import runs
from training.datasets.dataset import Dataset

FRESH = 0.5  # seconds for which a look at the shelf's files serves everybody
_lock = threading.Lock()
_looked: dict[str, tuple[float, str]] = {}
_at_hand: list[OrderedDict[tuple, Any]] = []


def shelf_key() -> str:
    """Changes whenever a run appears, disappears or is touched; looked up anew every FRESH seconds."""
    shelf = str(runs.saved_directory())
    with _lock:
        when, key = _looked.get(shelf, (-FRESH, ""))
        if time.monotonic() - when >= FRESH:
            key = hashlib.sha256(repr(runs.shelf_stamp()).encode()).hexdigest()
            _looked[shelf] = time.monotonic(), key
        return key


def look_again() -> None:
    """Have the next one who asks for the shelf's key look at the files."""
    with _lock:
        _looked.clear()


def clear() -> None:
    """Keep nothing any more, of whatever page."""
    st.cache_data.clear()
    st.cache_resource.clear()
    for values in _at_hand:
        values.clear()
    _run_key.cache_clear()
    look_again()


def run_key(run_id: str) -> str:
    """Changes with the answers and the history of a run, and with when it was finished. Raises runs.RunError."""
    return _run_key(shelf_key(), run_id)


@functools.lru_cache(maxsize=4096)
def _run_key(shelf: str, run_id: str) -> str:
    record = runs.load_record(run_id)
    return record.answers + record.files["history.csv"]["sha256"] + record.created


def dataset_key(dataset: Dataset) -> str:
    """Differs for other digits, and for the same digits in other parts or under another name."""
    return f"{dataset.name} {dataset.sha256}"


def by_shelf(keep: Callable, **options: Any) -> Callable:
    """Keep what a function gives for its arguments until the shelf changes. keep: st.cache_data or st.cache_resource."""

    def decorate(function: Callable) -> Callable:
        def kept(key: str, *arguments):
            return function(*arguments)

        stored = _stored(keep, kept, function, options)
        return _named(lambda *arguments: stored(shelf_key(), *arguments), function)

    return decorate


def by_run(keep: Callable, **options: Any) -> Callable:
    """Keep what a function gives for a run, its first argument, by the run's answers and history."""

    def decorate(function: Callable) -> Callable:
        def kept(key: str, run_id: str, *arguments):
            return function(run_id, *arguments)

        stored = _stored(keep, kept, function, {"max_entries": 400} | options)
        return _named(lambda run_id, *arguments: stored(run_key(run_id), run_id, *arguments), function)

    return decorate


def by_dataset(keep: Callable, **options: Any) -> Callable:
    """Keep what a function gives for a dataset, its first argument, by the dataset's hash."""

    def decorate(function: Callable) -> Callable:
        def kept(key: str, _dataset: Dataset, *arguments):
            return function(_dataset, *arguments)

        stored = _stored(keep, kept, function, options)
        return _named(lambda dataset, *arguments: stored(dataset_key(dataset), dataset, *arguments), function)

    return decorate


def _stored(keep: Callable, kept: Callable, function: Callable, options: dict) -> Callable:
    """The function that Streamlit keeps, under the name of ours: it tells functions apart by name and text."""
    stored = keep(**{"show_spinner": False} | options)(_named(kept, function))
    return _quick(stored, options.get("max_entries", 400)) if keep is st.cache_resource else stored


def _quick(stored: Callable, limit: int) -> Callable:
    """The same, with what was asked for lately at hand: Streamlit inspects the function and hashes its arguments at each access,
    which took a tenth of the server's time."""
    at_hand: OrderedDict[tuple, Any] = OrderedDict()
    _at_hand.append(at_hand)

    def quick(key: str, *arguments):
        place = key, *(one for one in arguments if not isinstance(one, Dataset))
        try:
            return at_hand[place]
        except KeyError:
            value = at_hand[place] = stored(key, *arguments)
        while len(at_hand) > limit:
            at_hand.popitem(last=False)
        return value

    return quick


def _named(wrapper: Callable, function: Callable) -> Callable:
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(wrapper, name, getattr(function, name))
    return wrapper
