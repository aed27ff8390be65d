"""Datasets that visitors bring: opened from a path, uploaded, kept by name, and what was understood of each."""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, dataset_wording, visitor_files, wording
from dashboard.components.gallery import gallery
from training.datasets import kept, registry
from training.datasets.dataset import Dataset, DatasetError, Facts

MAX_UPLOAD = 150  # MB of all files together; MNIST's 60,000 digits as CSV have 110
SAMPLES = 12  # pictures shown with what was understood
HELP = (
    "On the machine that serves this page: npz, CSV (such as Kaggle's train.csv), IDX, .npy files side by side, or a folder of "
    "pictures for each class; 8 to 64 pixels a side, 2 to 100 classes. `--dataset file:PATH` trains on it. Files are opened in the "
    f"folder that the dashboard was started in, or in the one that the variable {visitor_files.VARIABLE} names. Names such as "
    "generated:1000:2 are read too."
)


def names() -> list[str]:
    """The kept datasets, as choices of a control beside our own."""
    return [name for name in kept.names() if name not in registry.DATASETS and name != address.OWN]


def take_pending(options: Sequence[str]) -> None:
    """Before the control of datasets: choose in it what was just uploaded or kept, or the first where one was deleted."""
    pending = st.session_state.pop(address.TAKEN_DATASET, None)
    if pending is not None:
        st.session_state[address.DATASET] = pending if pending in options else options[0]


def choose_file(on_change: Callable[[], None], place: DeltaGenerator) -> Dataset:
    """A field for a path or a name, and an upload; until there is something that can be read, the bundled digits."""
    path = st.text_input(
        "Path of a file or folder",
        key=address.FILE,
        bind="query-params",
        placeholder="train.csv",
        help=HELP,
        on_change=on_change,
        width=320,
    )
    with st.popover("Upload", icon=":material/upload:"):
        _upload(on_change)
    if registry.written(path) <= visitor_files.MAX_WRITTEN:
        write(path.strip(), place)
    dataset = visitor_files.dataset(path) if path.strip() else "Name a file or folder, or upload one."
    if isinstance(dataset, str):
        st.info(f"{wording.plain(dataset)} Until then, the 8 x 8 digits stand in.", icon=":material/folder_open:")
        return cache.dataset("digits")
    if dataset.facts:
        tell(dataset, dataset.facts, place, on_change)
    return dataset


def choose_kept(name: str, on_change: Callable[[], None], place: DeltaGenerator) -> Dataset:
    """A kept dataset; where it is damaged, that is said and the bundled digits stand in."""
    dataset = cache.dataset(f"{kept.PREFIX}:{name}")
    if isinstance(dataset, str):
        with place.container(horizontal=True, vertical_alignment="center"):
            st.warning(
                f"{wording.plain(dataset)} Until then, the 8 x 8 digits stand in.", icon=":material/broken_image:"
            )
            st.button("Delete", icon=":material/delete:", on_click=_delete, args=(name, on_change))
        return cache.dataset("digits")
    if dataset.facts:
        tell(dataset, dataset.facts, place, on_change, name)
    return dataset


def write(name: str, place: DeltaGenerator) -> None:
    """A bar while the generator writes digits. Another choice ends it: Streamlit stops a page where the page shows something."""
    bar = place.empty()
    for done, count in cache.writing(name):
        bar.progress(done / count, f"Writing digits: {done:,} of {count:,}. Another choice stops it.")
    bar.empty()


def _upload(on_change: Callable[[], None]) -> None:
    """Files from the visitor's own machine; what can be read is kept and chosen."""
    version = st.session_state.get(address.UPLOADS, 0)
    files = st.file_uploader(
        f"One file, or those that belong together; up to {MAX_UPLOAD} MB",
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD,
        key=address.upload_key(version),
    )
    st.caption("It is kept on this server and listed for everybody who opens this page, until somebody deletes it.")
    if not files or not st.button("Open", icon=":material/folder_open:", key="open upload"):
        return
    try:
        with st.spinner("Reading the digits"):
            name = take({file.name: file.getbuffer() for file in files})
    except DatasetError as error:
        st.error(wording.plain(error), icon=":material/broken_image:")
        return
    st.session_state.update({address.TAKEN_DATASET: name, address.UPLOADS: version + 1})
    on_change()
    st.rerun(scope="app")


def take(files: dict[str, bytes | memoryview]) -> str:
    """Keep the dataset in these files, by their names; its name. Raises DatasetError in a sentence."""
    if sum(map(len, files.values())) > MAX_UPLOAD * 10**6:
        raise DatasetError(
            f"The files have more than {MAX_UPLOAD} MB together: the command line and a path open larger ones."
        )
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / visitor_files.bare_name(name) for name in files]
        try:
            for path, content in zip(paths, files.values(), strict=True):
                path.write_bytes(content)
        except OSError as error:
            raise DatasetError(f"The files could not be put aside on this server: {error.strerror}.") from error
        path = paths[0] if len(paths) == 1 else Path(folder)
        try:
            dataset = registry.load(f'file:"{path}"')
        except DatasetError as error:
            reason = str(error).replace(f"{folder}/", "").replace(folder, "What you uploaded")
            raise DatasetError(reason) from error
        return kept.keep(dataset, kept.free_name(paths[0].name, (*registry.DATASETS, address.OWN)))


def tell(
    dataset: Dataset, facts: Facts, place: DeltaGenerator, on_change: Callable[[], None], name: str | None = None
) -> None:
    """What was understood of a dataset, with sample pictures and switches. name: of one that is kept."""
    with place:
        st.caption(wording.plain(dataset_wording.understood(dataset, facts)))
        if doubt := dataset_wording.odd_look(facts):
            st.warning(doubt, icon=":material/help:")
            _switches(dataset, facts, on_change, name)
    with st.popover("This dataset", icon=":material/tune:"):
        if not dataset_wording.odd_look(facts):
            _switches(dataset, facts, on_change, name)
        if name is None:
            st.button("Keep it under its name", icon=":material/save:", on_click=_keep, args=(dataset,))
            st.caption("Then it stands among the datasets of every page, whatever becomes of the file.")
        else:
            st.button("Delete", icon=":material/delete:", on_click=_delete, args=(name, on_change))
            st.caption("Its runs stay. Nothing brings the digits back but the file itself.")
        if said := st.session_state.pop(address.DATASET_MESSAGE, None):
            st.error(wording.plain(said))


def _switches(dataset: Dataset, facts: Facts, on_change: Callable[[], None], name: str | None) -> None:
    """Some pictures, and what turns them."""
    some = np.linspace(0, len(dataset.images) - 1, min(SAMPLES, len(dataset.images))).astype(int)
    labels = [dataset.class_names[label] for label in dataset.labels[some]]
    gallery(
        dataset.images[some], [f"a {label}" for label in labels], "samples", [label[:6] for label in labels], size=48
    )
    with st.container(horizontal=True, gap="small"):
        for switch, on in (("inverted", facts.inverted), ("transposed", facts.transposed)):
            asked = {"inverted": facts.inverted, "transposed": facts.transposed} | {switch: not on}
            text = {"inverted": "Invert", "transposed": "Transpose"}[switch] + (" back" if on else "")
            icon = {"inverted": ":material/invert_colors:", "transposed": ":material/rotate_left:"}[switch]
            st.button(text, icon=icon, on_click=_change, args=(dataset.name, asked, on_change, name))


def _change(of: str, asked: dict[str, bool], on_change: Callable[[], None], name: str | None) -> None:
    """Show the digits inverted or transposed: a kept dataset is kept so, of a path it stands in the name."""
    on_change()
    if name is None:
        st.session_state[address.FILE] = registry.switched(st.session_state[address.FILE], **asked)
        return
    try:
        kept.change(name, **asked)
    except DatasetError as error:
        st.session_state[address.DATASET_MESSAGE] = str(error)


def _keep(dataset: Dataset) -> None:
    path = registry.files_of(dataset.name)[0]
    try:
        name = kept.keep(dataset, kept.free_name(path.name, (*registry.DATASETS, address.OWN)))
        st.session_state[address.TAKEN_DATASET] = name
    except DatasetError as error:
        st.session_state[address.DATASET_MESSAGE] = str(error)


def _delete(name: str, on_change: Callable[[], None]) -> None:
    kept.delete(name)
    on_change()
    st.session_state[address.TAKEN_DATASET] = ""
