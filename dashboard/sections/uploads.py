"""Pictures of digits from files, the clipboard or a camera: what is found in each, and what is read."""

import io
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import clipboard, reading
from dashboard.images import data_url
from dashboard.sections.drawn_digit import doubt
from models import foreign
from models.calls import Reading
from models.preprocessing import pictures
from models.preprocessing.picture_files import PictureError
from models.worker import WorkerError

TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
Taken = tuple[str, np.ndarray]  # the name of its file, and the digit (28, 28) uint8


def main(run_id: str, scores: str, class_names: Sequence[str]) -> None:
    """Ways to bring pictures, and a table of what is in them. class_names: of the run that classifies it."""
    with st.expander(
        "Read pictures instead", icon=":material/upload:", expanded=bool(st.session_state.get(address.PASTED))
    ):
        files = st.file_uploader(
            "Photographs, scans or drawings, with one digit or several; or paste one with Ctrl+V",
            type=TYPES,
            accept_multiple_files=True,
            max_upload_size=5,
        )
        if st.toggle("Use the camera", key="camera"):
            photograph = st.camera_input("A photograph of digits on paper")
            files = [*files, photograph] if photograph else files
        pasted = clipboard.pasted()
        if pasted:
            st.session_state[address.PASTED] = pasted
        brought = [(file.name, file.getvalue()) for file in files]
        if st.session_state.get(address.PASTED):
            brought.append(("pasted", st.session_state[address.PASTED]))
            if st.button("Forget the pasted picture"):
                del st.session_state[address.PASTED]
                st.rerun(scope="fragment")
        taken = [digit for name, content in brought for digit in _digits(name, content)]
        if taken:
            _table(taken, run_id, scores, class_names)


def _digits(name: str, content: bytes) -> Iterator[Taken]:
    """The digits in one file; what is wrong with it, or was not read of it, is said on the page."""
    try:
        pages = _read(content)
    except PictureError as error:
        st.warning(f"{name}: {error}", icon=":material/broken_image:")
        return
    if sentence := pictures.not_read(pages):
        st.caption(f"{wording.plain(name)}: {sentence}")
    for page in pages:
        own = name if len(pages) == 1 else f"{name}, page {page.number}"
        if isinstance(page.found, Exception):
            st.warning(f"{own}: {page.found}", icon=":material/broken_image:")
        else:
            yield from ((own, digit.image) for digit in page.found)


@st.cache_data(show_spinner="Looking for digits", max_entries=100)
def _read(content: bytes) -> list[pictures.PageRead]:
    return pictures.read_file(io.BytesIO(content))


def _table(taken: list[Taken], run_id: str, scores: str, class_names: Sequence[str]) -> None:
    """The prediction for each digit: one in large, several as a table to download."""
    sources, images = [name for name, _ in taken], np.stack([image for _, image in taken])
    try:
        read = cache.worker().read(run_id, images)
    except WorkerError as error:
        st.warning(f"{error} Choose another run.", icon=":material/error:")
        return
    kept = foreign.kept(read, sources)
    read, images, sources = foreign.chosen(read, kept), images[kept], list(itertools.compress(sources, kept))
    if not kept.all():
        parts = "1 part that does" if (~kept).sum() == 1 else f"{(~kept).sum()} parts that do"
        st.caption(f"Left out: {parts} not look like a digit.")
    if len(images) == 1:
        caption = "What the network sees: cut out, scaled and centred as MNIST's digits were"
        reading.reading(images[0], read.probabilities[0], class_names, caption, 0, scores, doubt(read))
        return
    _rows(sources, images, read, class_names)


def _rows(sources: list[str], images: np.ndarray, read: Reading, class_names: Sequence[str]) -> None:
    """Several digits as a table. sources: the name of the file that each is from."""
    names = [
        name if sources.count(name) == 1 else f"{name}, digit {n}"
        for name, n in zip(sources, _counted(sources), strict=True)
    ]
    confidence = read.probabilities.max(axis=1).astype(float)
    table = pd.DataFrame(
        {
            "item": names,
            "digit": [class_names[best] for best in read.probabilities.argmax(axis=1)],
            "confidence": confidence,
        }
    )
    doubted = read.doubtful
    if doubted is not None:
        table["doubt"] = np.where(doubted, "yes", "no")
    shown = table.assign(crop=[data_url(image) for image in images], confidence=100 * confidence)
    if doubted is not None:
        shown["doubt"] = np.where(doubted, "perhaps no digit", "")
    config = {
        "crop": st.column_config.ImageColumn("seen", width="small"),
        "confidence": st.column_config.NumberColumn("confidence", format="%.1f %%"),
        "doubt": st.column_config.TextColumn("doubt"),
        "item": st.column_config.TextColumn("from"),
    }
    order = [name for name in ("crop", "digit", "confidence", "doubt", "item") if name in shown]
    st.dataframe(shown[order], hide_index=True, column_config=config, row_height=56, key="readings")
    csv = table.assign(confidence=confidence.round(4)).to_csv(index=False)
    st.download_button("Take the readings as CSV", csv, "readings.csv", "text/csv", icon=":material/download:")


def _counted(sources: list[str]) -> Iterator[int]:
    """The how manieth of its file each is, from 1."""
    seen: Counter[str] = Counter()
    for name in sources:
        seen[name] += 1
        yield seen[name]
