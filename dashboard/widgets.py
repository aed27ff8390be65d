"""Pieces that several pages use: choosing a dataset or a run, showing a digit, bars of probabilities, bringing MNIST."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from html import escape

import numpy as np
import streamlit as st
from PIL import Image

from dashboard import cache
from dashboard.gallery import data_url
from dashboard.theme import ACCENT
from models import preprocessing
from models.classifiers import DUELS, PROBABILITIES
from training import metrics
from training.dataset import Dataset
from training.datasets import DATASETS
from training.runs import RunError

OWN = "own file"  # the control's choice for a dataset that is none of ours


def icon() -> Image.Image:
    """The icon of the browser's tab: a seven, drawn like any drawing. (Streamlit fetches its named icons from a server.)"""
    seven = [[(0, 0), (10, 0), (4, 16)], [(2, 8), (9, 8)]]
    return Image.fromarray(preprocessing.from_strokes(seven, pen=3))


def percent(rate: float, digits: int = 2) -> str:
    """A rate from 0 to 1 as text."""
    return f"{100 * rate:.{digits}f} %"


def likely(wrong: int, digits: int) -> str:
    """An error rate in words, with its 95 % interval."""
    low, high = (percent(end) for end in metrics.interval(wrong, digits))
    return f"{percent(wrong / digits)}; on other digits like these probably {low} to {high} (95 % interval)"


def columns(described: Mapping[str, tuple]) -> dict:
    """Settings of a table's columns; described: by name, the heading, how its numbers are written or None, and, where it
    needs telling, what it means."""
    config = {}
    for name, (heading, form, *meaning) in described.items():
        kind = st.column_config.Column if form is None else partial(st.column_config.NumberColumn, format=form)
        config[name] = kind(heading, help=meaning[0] if meaning else None)
    return config


def choose_dataset(on_change: Callable[[], None]) -> Dataset:
    """A control for the datasets, in the URL; where MNIST cannot be had, says so and gives the bundled digits."""
    name = st.segmented_control(
        "Dataset",
        [*DATASETS, OWN],
        default="mnist",
        required=True,
        key="dataset",
        bind="query-params",
        on_change=on_change,
    )
    if name == OWN:
        return _own_dataset(on_change)
    found = cache.dataset(name)
    if isinstance(found, str):
        bring_mnist()
        found = cache.dataset("digits")
    return found


def digit_in_address(dataset: Dataset) -> int | None:
    """The number of the digit that the page's address names, if there is one of that number."""
    named = st.query_params.get("digit", "")
    number = int(named) if named.isdecimal() and len(named) < 9 else -1
    return number if 0 <= number < len(dataset.labels) else None


def in_address(name: str) -> dict[str, str]:
    """What an address of the page Explore says so that it shows the dataset of that name."""
    return {"dataset": OWN, "file": name.removeprefix("npz:")} if name.startswith("npz:") else {"dataset": name}


def _own_dataset(on_change: Callable[[], None]) -> Dataset:
    """A field for the path of an npz file; until there is one that can be read, the bundled digits."""
    path = st.text_input(
        "Path of an npz file",
        key="file",
        bind="query-params",
        placeholder="digits.npz",
        help="With the arrays x_train, y_train, x_test and y_test: grey pictures of 8 to 64 pixels a side, labels from 0 up. "
        "`--dataset npz:PATH` trains on it.",
        on_change=on_change,
        width=320,
    )
    found = cache.dataset(f"npz:{path}") if path else "Name a file on the machine that serves this page."
    if isinstance(found, str):
        st.info(f"{found} Until then, the 8 x 8 digits stand in.", icon=":material/folder_open:")
        return cache.dataset("digits")
    return found


def bring_mnist() -> None:
    """Where MNIST is missing: its download with a bar and a way to stop, or how to bring it and a button to try again."""
    missing = cache.dataset("mnist")
    if not isinstance(missing, str):
        return
    st.fragment(_download, run_every=0.7 if cache.mnist_download().running() else None)(missing)


def _download(missing: str) -> None:
    download = cache.mnist_download()
    if download.running():
        share = download.received / download.total if download.total else 0.0
        st.progress(
            share, f"Downloading MNIST: {download.received / 1e6:.1f} MB. Until it is here, the 8 x 8 digits stand in."
        )
        st.button("Stop the download", on_click=download.stop)
    elif not isinstance(cache.dataset("mnist"), str):
        st.rerun(scope="app")
    else:
        st.info(f"{download.error or missing} Until then, the 8 x 8 digits stand in.", icon=":material/cloud_download:")
        if st.button("Try the download again", icon=":material/refresh:"):
            download.start()
            st.rerun(scope="app")


def chosen_run(options: Sequence[str], default: str) -> str:
    """The run that the control below stands on, also before it is there."""
    run_id = st.session_state.get("run", st.query_params.get("run"))
    return run_id if run_id in options else default if default in options else options[0]


def tell_unknown(key: str, options: Collection[str]) -> None:
    """Before the control of that key takes its value from the address: a line about what the address names and is not there."""
    unknown = [name for name in st.query_params.get_all(key) if name not in options]
    if unknown:
        told = ", ".join(f"“{name[:60]}”" for name in unknown[:3]) + (" and others" if len(unknown) > 3 else "")
        st.toast(
            f"The address asks for {told}, which cannot be chosen here.", icon=":material/link_off:", duration="long"
        )


def choose_run(
    options: Sequence[str], default: str, label: str = "Run", on_change: Callable[[], None] | None = None
) -> str:
    """A control for one run, in the URL and kept from page to page."""
    tell_unknown("run", options)
    index = list(options).index(default) if default in options else 0
    return st.selectbox(label, options, index=index, key="run", bind="query-params", width=320, on_change=on_change)


def tell_damaged(damaged) -> None:
    """One line for the runs on the shelf that cannot be read, where there are any."""
    if damaged:
        listed = "; ".join(f"{run.run_id}: {run.reason}" for run in damaged)
        st.warning(f"Left out because they are damaged: {listed}.", icon=":material/broken_image:")


def tell_changed(error: RunError) -> None:
    """A run that a page listed is gone or damaged by now: says so, with a button that lists those there are."""
    st.warning(f"{error} The shelf changed while this page was made.", icon=":material/sync_problem:")
    st.button("Reload", icon=":material/refresh:")


def reading(
    image: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
    caption: str,
    strokes: int = 0,
    scores: str = PROBABILITIES,
    doubt: str | None = None,
) -> None:
    """What a model makes of one digit: its reading in large, the picture as the model got it, a bar per class.

    One piece of HTML, because it is drawn after every stroke and a chart would cost ten times as long.
    image: (height, width) uint8; probabilities: (classes,) 0 to 1; strokes: how many the drawing has, for tests to wait for;
    scores: what the row is, probabilities or votes; doubt: a sentence where the picture may be no digit at all.
    """
    best = int(np.argmax(probabilities))
    read = f'<div data-reading data-strokes="{strokes}">{escape(class_names[best])}</div>'
    said = f"read with {sureness(probabilities[best], scores, len(class_names))}"
    _beside(read, said, picture(image, 196, caption), bars(probabilities, class_names, not doubt), doubt)


def awaited(class_names: Sequence[str], caption: str) -> None:
    """As `reading`, of the same size, where there is no digit yet, so that nothing moves when it comes."""
    empty = picture(np.zeros((28, 28), np.uint8), 196, caption)
    said = "as soon as you lift the pen"
    _beside(
        '<div style="opacity:0.35">?</div>', said, empty, bars(np.zeros(len(class_names)), class_names, False), None
    )


def _beside(read: str, said: str, seen: str, shares: str, doubt: str | None) -> None:
    """The reading in large, what is said of it and what was seen; beside them the bars. All HTML but `doubt` and `said`."""
    large = f"font-size:5rem;line-height:1;font-weight:600;opacity:{0.35 if doubt else 1}"
    doubted = f'<div style="margin-top:1rem;font-weight:600">{escape(doubt)}</div>' if doubt else ""
    st.html(
        f'<div style="display:flex;flex-wrap:wrap;gap:1.5rem 2.5rem">'
        f'<div style="width:196px"><div style="{large}">{read}</div>'
        f'<div style="opacity:0.75;margin-bottom:1rem">{escape(said)}</div>{seen}</div>'
        f'<div style="flex:1 1 280px;max-width:30rem">{shares}{doubted}</div></div>'
    )


def sureness(score: float, scores: str, classes: int) -> str:
    """How sure a model is, in words. score: 0 to 1; scores: what it is, probabilities, votes or duels between two classes."""
    if scores == DUELS:
        return f"{score * classes * (classes - 1) / 2:.0f} of its {classes - 1} duels won"
    return f"{percent(score, 1)} {'confidence' if scores == PROBABILITIES else 'of the votes'}"


def picture(image: np.ndarray, width: int, caption: str) -> str:
    """HTML of one digit (height, width) uint8, crisp, `width` pixels wide, with a caption below."""
    style = f"width:{width}px;max-width:100%;image-rendering:pixelated;border-radius:6px;display:block"
    below = f'<div style="font-size:0.85rem;opacity:0.75;margin-top:0.4rem">{escape(caption)}</div>' if caption else ""
    return f'<img src="{data_url(image)}" alt="{escape(caption)}" style="{style}">{below}'


def bars(probabilities: np.ndarray, class_names: Sequence[str], sure: bool = True) -> str:
    """HTML of a bar per class, the highest in colour where it is `sure`. probabilities: (classes,) 0 to 1."""
    best = int(np.argmax(probabilities)) if sure else None
    rows = []
    for number, (name, share) in enumerate(zip(class_names, probabilities, strict=True)):
        colour = ACCENT if number == best else "color-mix(in srgb, currentColor 35%, transparent)"
        weight = 600 if number == best else 400
        bar = f'<div style="width:{100 * share:.2f}%;min-width:1px;height:0.9rem;border-radius:3px;background:{colour}"></div>'
        rows.append(
            f'<div style="font-weight:{weight}">{escape(name)}</div>'
            f'<div style="align-self:center">{bar}</div>'
            f'<div style="text-align:right;font-variant-numeric:tabular-nums;font-weight:{weight}">{100 * share:.1f} %</div>'
        )
    grid = "display:grid;grid-template-columns:1.2rem 1fr 4.2rem;gap:0.25rem 0.5rem"
    return f'<div style="{grid}">{"".join(rows)}</div>'
