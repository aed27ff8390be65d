"""Which digit the page Inside shows: the drawing on the canvas, or a digit of a dataset by its number."""

import numpy as np
import streamlit as st

from dashboard import address, address_bar, cache, visitor_files, wording
from dashboard.components.inside import Shown
from dashboard.sections import choices, drawing_canvas, drawn_digit
from models.preprocessing.strokes import SIDE, NoDigitError, from_strokes
from training import runs
from training.datasets import registry
from training.datasets.dataset import Dataset
from training.datasets.kept import PREFIX

DRAW, DATASET = "Draw", "Test digit"


def drawn(record: runs.Record) -> bool:
    """A control for where the digit comes from; gives whether it is drawn. A run of pictures of another size takes no drawing."""
    if tuple(record.network["input_shape"]) != (SIDE, SIDE):
        return False
    here = DATASET if address.DIGIT in st.query_params else DRAW
    st.session_state.setdefault(address.SOURCE, here)
    return (
        st.segmented_control("Digit", [DRAW, DATASET], required=True, key=address.SOURCE, on_change=_take_source)
        == DRAW
    )


def _take_source() -> None:
    """A digit stands in the address where it is shown."""
    if st.session_state[address.SOURCE] == DRAW:
        for name in (address.DIGIT, address.DATASET, address.FILE):
            st.query_params.pop(name, None)


def dataset_of(record: runs.Record) -> Dataset | None:
    """The digits that the run can take: those that the address names, else those it was tested on; None where there are none."""
    for name in (_named(), *record.dataset["name"].split("+"), "mnist", "digits"):
        dataset = visitor_files.dataset(name) if name else None
        if isinstance(dataset, Dataset) and dataset.input_shape == tuple(record.network["input_shape"]):
            return dataset
    return None


def _named() -> str | None:
    """The dataset in the address, by the name that it opens under; see address_bar.in_address."""
    value = st.query_params.get(address.DATASET)
    if value == address.OWN:
        return st.query_params.get(address.FILE)
    if value is None or value in registry.DATASETS:
        return value
    return registry.GENERATED if value == "generated" else f"{PREFIX}:{value}"


def choose(dataset: Dataset) -> int:
    """A control for the number of a digit, and a button for another one at random."""
    number = address_bar.digit_in_address(dataset)
    if number is None:
        choices.tell_unknown(address.DIGIT, ())
        number = first(dataset)
    key = address.chosen_digit_key(dataset.sha256)
    st.session_state[key] = number
    last = len(dataset.labels) - 1
    st.number_input("Number", 0, last, key=key, on_change=_take_number, args=(dataset, key), width=150)
    st.button("Another", icon=":material/shuffle:", on_click=_take_any, args=(dataset,))
    return number


def first(dataset: Dataset) -> int:
    """The number of its first test digit, or of the first where it has no test part."""
    return int(next(iter(np.flatnonzero(dataset.split == "test")), 0))


def _take_number(dataset: Dataset, key: str) -> None:
    _name(dataset, st.session_state[key])


def _take_any(dataset: Dataset) -> None:
    chosen = dataset.where("test", None)
    _name(dataset, int(np.random.default_rng().choice(chosen if len(chosen) else len(dataset.labels))))


def _name(dataset: Dataset, number: int) -> None:
    """Put a digit into the address."""
    st.query_params.update(address_bar.in_address(dataset.name) | {address.DIGIT: str(number)})


def of_dataset(dataset: Dataset, number: int, record: runs.Record) -> Shown:
    """A digit of a dataset; its label is known to the run where both have the same classes."""
    same = tuple(dataset.class_names) == tuple(record.dataset["class_names"])
    return Shown(dataset.images[number], int(dataset.labels[number]) if same else None)


def of_canvas(strokes: list[np.ndarray], dataset: Dataset | None, record: runs.Record) -> Shown:
    """The drawing; while nothing is drawn, the first test digit or, where no dataset is here, one by the generator."""
    version = drawing_canvas.version()
    try:
        return Shown(from_strokes(strokes), None, version, strokes)
    except NoDigitError:
        pass
    if dataset is None:
        digit = next(iter(cache.written(7, 0.0, 0).values()))[0]
        return Shown(digit, None, version, ())
    instead = of_dataset(dataset, first(dataset), record)
    return Shown(instead.picture, instead.label, version, ())


def instead_of_drawing(dataset: Dataset | None) -> str:
    """What is shown while nothing is drawn, in a sentence."""
    if dataset is None:
        return "Until you draw, this is a 7 by the generator."
    number = first(dataset)
    name = dataset.class_names[dataset.labels[number]]
    return f"Until you draw, this is test digit {number:,}, {drawn_digit.article(name)} {wording.plain(name)}."
