"""What the questions share: controls in a row, a digit and a filter to choose, and pictures of maps."""

import numpy as np
import streamlit as st
from markupsafe import Markup

from dashboard import address, address_bar, cache, images, wording
from dashboard.components import reading
from dashboard.components.templates import render
from dashboard.sections.concepts import Link
from dashboard.theme import css
from training.concepts.counting import Layer, total
from training.concepts.filters import FILTERS, SIZE
from training.datasets.dataset import Dataset

TRAINED = "cnn-kfold"  # a run whose first layer has filters of 3 x 3
DATASETS = ("mnist", "digits", "generated")  # that an address may name
MNIST_FOUR = "60004"  # a test digit
EDGE = 224  # pixels of a digit's picture


def inside(run: str) -> Link:
    """To that run's layers on a test digit of MNIST."""
    return Link("inside", "Inside a run", {address.RUN: run, address.DATASET: "mnist", address.DIGIT: MNIST_FOUR}, run)


def row():
    """A container for controls side by side, in as many lines as they need."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")


def slider(label: str, low, high, value, key: str, step=None, help: str | None = None):
    """A slider whose place stands in the address."""
    return st.slider(label, low, high, value, step=step, key=key, bind="query-params", width=240, help=help)


def steps(label: str, options, value, key: str):
    """A slider over these values, whose place stands in the address."""
    return st.select_slider(label, options, value, key=key, bind="query-params", width=240)


def choice(label: str, options, value, key: str):
    """One of these words, which stands in the address."""
    return st.segmented_control(label, options, default=value, required=True, key=key, bind="query-params")


def dataset() -> Dataset:
    """Of what digits: those that the address names, else MNIST, else the 8 x 8 digits."""
    named = st.query_params.get(address.DATASET)
    for name in (named if named in DATASETS else "mnist", "mnist"):
        if not isinstance(found := cache.dataset(name), str):
            return found
    return cache.dataset("digits")


def digit(label: int = 4) -> np.ndarray:
    """Controls for a digit, (height, width) uint8; the first test digit with that label where the address names none."""
    digits = dataset()
    named = address_bar.digit_in_address(digits)
    number = int(digits.where("test", label)[0]) if named is None else named
    st.session_state[address.CLASS] = digits.class_names[digits.labels[number]]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", width="content"):
        st.segmented_control(
            "Digit", digits.class_names, required=True, key=address.CLASS, on_change=_first_of_class, args=(digits,)
        )
        st.button("Another", on_click=_another, args=(digits, number), icon=":material/refresh:", type="tertiary")
    return digits.images[number]


def _first_of_class(digits: Dataset) -> None:
    label = digits.class_names.index(st.session_state[address.CLASS])
    st.query_params[address.DIGIT] = str(digits.where("test", label)[0])


def _another(digits: Dataset, number: int) -> None:
    """The next test digit of the same class."""
    others = digits.where("test", int(digits.labels[number]))
    st.query_params[address.DIGIT] = str(others[np.searchsorted(others, number, side="right") % len(others)])


def weights(usual: str = "vertical edges") -> np.ndarray:
    """The filter that the address names, (3, 3), else the usual one of FILTERS."""
    trained = _trained()
    if trained is not None:
        return trained
    named = address_bar.weights_in_address()
    return np.array(FILTERS[usual] if named is None else named, float).reshape(SIZE, SIZE)


def _trained() -> np.ndarray | None:
    """The filter of TRAINED whose number the address has."""
    named = st.query_params.get(address.TRAINED_FILTER, "")
    if not named.isdecimal() or not _has_trained():
        return None
    with st.spinner("Asking the model", show_time=False):
        network = cache.browser_network(TRAINED)
    layer = next((one for one in network.layers if one["kind"] == "conv"), None) if network else None
    if layer is None or tuple(layer["shape"][:3]) != (SIZE, SIZE, 1):
        return None
    start, count = layer["kernel"]
    kernel = np.frombuffer(network.weights, "<f4")[start : start + count].reshape(layer["shape"])
    return kernel[:, :, 0, int(named) % kernel.shape[-1]].astype(float).round(2)


def _has_trained() -> bool:
    table = cache.run_table()[0]
    return len(table) > 0 and TRAINED in set(table["run"])


def chosen_filter() -> np.ndarray:
    """The filter in use, (3, 3), with a row of controls for it."""
    kernel = weights()
    with row():
        _choose_filter(kernel)
    return kernel


def _choose_filter(kernel: np.ndarray) -> None:
    """Filters by their names, and trained ones; none is marked where it is the visitor's own. kernel: the filter in use."""
    names = [name for name, one in FILTERS.items() if np.allclose(one, kernel, atol=0.01)]
    st.session_state[address.NAMED_FILTER] = names[0] if names else None
    st.pills("Filter", list(FILTERS), key=address.NAMED_FILTER, on_change=_take_named, wrap=True)
    if _has_trained():
        st.button(
            "A trained one",
            icon=":material/model_training:",
            type="tertiary",
            on_click=_take_trained,
            help=f"The next of the 32 filters of the first layer of {TRAINED}",
        )


def _take_named() -> None:
    if name := st.session_state[address.NAMED_FILTER]:
        take_weights(",".join(f"{weight:.4g}" for weight in np.ravel(FILTERS[name])))


def take_weights(text: str) -> None:
    """Name a filter in the address by its nine weights."""
    st.query_params.pop(address.TRAINED_FILTER, None)
    st.query_params[address.WEIGHTS] = text


def _take_trained() -> None:
    named = st.query_params.get(address.TRAINED_FILTER, "")
    st.query_params.pop(address.WEIGHTS, None)
    st.query_params[address.TRAINED_FILTER] = str((int(named) + 1) % 32 if named.isdecimal() else 0)


def scale(shape: tuple[int, int]) -> int:
    """Pixels of the page for a pixel of a digit of that shape."""
    return max(1, EDGE // max(shape))


def picture(image: np.ndarray, caption: str, width: int) -> Markup:
    """HTML of a picture, grey (height, width) or in colour (height, width, 3) uint8, crisp, with a caption below."""
    return render("picture", url=images.data_url(image), width=width, caption=caption)


def show(*pieces: Markup, between: str = "") -> None:
    """Pieces of HTML side by side."""
    reading.row(pieces, "1rem 1.5rem", between=between)


def numbers(values: np.ndarray, caption: str) -> Markup:
    """HTML of numbers (rows, columns), coloured by sign and size."""
    highest = float(np.abs(values).max()) or 1.0
    cells = [
        [{"text": wording.number(n), "value": n, "strength": round(10 + 30 * abs(n) / highest)} for n in line]
        for line in values
    ]
    return render("numbers", rows=cells, caption=caption)


def layers(network: list[Layer]) -> None:
    """The layers of a network, a row for each, and how many parameters there are in all."""
    highest = max(layer.parameters for layer in network)
    rows = [
        {
            "name": layer.name,
            "size": layer.size,
            "shape": " × ".join(f"{n:,}" for n in layer.shape),
            "share": 100 * layer.parameters / highest,
            "parameters": f"{layer.parameters:,}" if layer.parameters else "",
        }
        for layer in network
    ]
    st.html(render("layers", layers=rows, accent=css(0)))
    st.markdown(f"**{total(network):,}** trainable parameters in all.")
