"""Filters of the gallery beyond split and class: controls in the URL, and the digits that pass them."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.sections import choices, run_lists
from models import DEFAULT_RUN
from training.analysis.shapes import MEASURES
from training.datasets.dataset import Dataset
from training.runs import RunError

ANY = "any"
MAX_LETTERS = 4000  # letters of a list of numbers


def choose(dataset: Dataset, on_change: Callable[[], None]) -> tuple[np.ndarray, list[str], np.ndarray | None]:
    """The controls. Gives which digits pass, (n,) bool; what is asked of them, in words; and what the run says, or None."""
    passes, asked = np.ones(len(dataset.labels), bool), []
    _by_number(dataset, passes, asked, on_change)
    answers = _by_answer(dataset, passes, asked, on_change)
    for name in MEASURES:
        _by_measure(dataset, name, passes, asked, on_change)
    return passes, asked, answers


def _by_number(dataset: Dataset, passes: np.ndarray, asked: list[str], on_change: Callable[[], None]) -> None:
    text = st.text_input(
        "Numbers", key=address.NUMBERS, bind="query-params", placeholder="18598, 1352, 100-120", on_change=on_change
    )
    if not text.strip():
        return
    try:
        chosen = numbers(text, len(dataset.labels))
    except ValueError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    passes &= np.isin(np.arange(len(passes)), chosen)
    asked.append(f"of {len(chosen):,} numbers" if len(chosen) > 1 else f"number {chosen[0]:,}")


def _by_answer(
    dataset: Dataset, passes: np.ndarray, asked: list[str], on_change: Callable[[], None]
) -> np.ndarray | None:
    """By what a run says of the digits that it did not learn from; those that it was not asked pass no such filter."""
    runs = cache.tested_on(dataset)
    if not runs:
        return None
    listed = run_lists.without_repeats(runs, address.RUN)
    run_id = choices.choose_run(listed, DEFAULT_RUN, "Predictions of", on_change)
    if run_lists.has_repeats(runs):
        run_lists.toggle()
    options = {"required": True, "bind": "query-params", "on_change": on_change}
    address_bar.rename_value(address.ANSWER)
    answer = st.segmented_control(
        "Read", [ANY, "correct", "wrong"], default=ANY, key=address.ANSWER, label_visibility="collapsed", **options
    )
    read = st.pills("Predicted class", dataset.class_names, key=address.READ, bind="query-params", on_change=on_change)
    low, high = st.slider(
        "Confidence in percent", 0, 100, (0, 100), key=address.CONFIDENCE, bind="query-params", on_change=on_change
    )
    wanted = answer != ANY or read is not None or (low, high) != (0, 100)
    try:
        answers = cache.out_of_fold(dataset, run_id)
    except RunError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return None
    if not wanted:
        return answers
    classes, sure = answers.argmax(axis=1), 100 * np.nan_to_num(answers.max(axis=1), nan=-1)
    passes &= (sure >= low) & (sure <= high) & (sure >= 0)
    if answer != ANY:
        passes &= (classes == dataset.labels) == (answer == "correct")
    if read is not None:
        passes &= classes == dataset.class_names.index(read)
    parts = [f"{answer} predictions" if answer != ANY else "predictions", *([f"of {read}"] if read is not None else [])]
    parts += [f"with {low} to {high} % confidence"] if (low, high) != (0, 100) else []
    asked.append(f"{' '.join(parts)} by {run_id}")
    return answers


def _by_measure(
    dataset: Dataset, name: str, passes: np.ndarray, asked: list[str], on_change: Callable[[], None]
) -> None:
    """By a measure of shape; what lies beyond the ends of the slider passes at its end."""
    unit, lowest, highest = MEASURES[name].unit, MEASURES[name].low, MEASURES[name].high
    highest = max(dataset.input_shape) if highest is None else highest
    _forget_other_ends(name, (lowest, highest))
    low, high = st.slider(
        f"{name.capitalize()} in {unit}",
        lowest,
        highest,
        (lowest, highest),
        key=name,
        bind="query-params",
        on_change=on_change,
    )
    if (low, high) == (lowest, highest):
        return
    values = cache.measured(dataset, name)
    passes &= (values >= (low if low > lowest else -np.inf)) & (values <= (high if high < highest else np.inf))
    asked.append(f"{name} {low:g} to {high:g} {unit}")


def _forget_other_ends(name: str, ends: tuple[float, float]) -> None:
    """A range that was chosen between the ends of another dataset says nothing about this one; what an address brings does."""
    before = st.session_state.get(address.ends_key(name), ends)
    if before != ends and name in st.session_state:
        del st.session_state[name]
        st.query_params.pop(name, None)
    st.session_state[address.ends_key(name)] = ends


def numbers(text: str, count: int) -> np.ndarray:
    """Numbers of digits from 0 up, in a list such as "7, 100-120", in order and each once. Raises ValueError in a sentence."""
    if len(text) > MAX_LETTERS:
        raise ValueError(f"That is too long: {MAX_LETTERS:,} letters are read at most.")
    listed: set[int] = set()
    for part in text.replace(",", " ").replace(";", " ").split():
        first, dash, last = part.partition("-")
        if not (first.isascii() and first.isdecimal() and (not dash or (last.isascii() and last.isdecimal()))):
            raise ValueError(f"'{part[:20]}' is not a number of a digit. Write for example 7, 100-120.")
        if len(first) > 9 or len(last) > 9 or max(int(first), int(last or 0)) >= count:
            raise ValueError(f"'{part[:20]}' is too high: the digits are numbered from 0 to {count - 1:,}.")
        listed.update(range(int(first), int(last or first) + 1))
    if not listed:
        raise ValueError("That list has no number.")
    return np.array(sorted(listed))
