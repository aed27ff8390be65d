"""Pictures of digits from files, the clipboard or a camera: what is found in each, and what is read."""

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import address, cache
from dashboard.components import clipboard, reading
from dashboard.images import data_url
from dashboard.sections.drawn_digit import NAMES, doubt
from models.preprocessing import pictures
from models.preprocessing.strokes import NoDigitError
from models.worker import WorkerError

TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
Taken = tuple[str, np.ndarray]  # what it is called, and the digit (28, 28) uint8


def main(run_id: str, scores: str) -> None:
    """Ways to bring pictures, and a table of the digits in them."""
    with st.expander(
        "Read pictures instead", icon=":material/upload:", expanded=bool(st.session_state.get(address.PASTED))
    ):
        files = st.file_uploader(
            "Photographs, scans or drawings, with one digit or several; or paste one with Ctrl+V",
            type=TYPES,
            accept_multiple_files=True,
        )
        if st.toggle("Use the camera", key="camera"):
            photograph = st.camera_input("A photograph of digits on paper")
            files = [*files, photograph] if photograph else files
        found = clipboard.pasted()
        if found:
            st.session_state[address.PASTED] = found
        brought = [(file.name, file.getvalue()) for file in files]
        if st.session_state.get(address.PASTED):
            brought.append(("pasted", st.session_state[address.PASTED]))
            if st.button("Forget the pasted picture"):
                del st.session_state[address.PASTED]
                st.rerun(scope="fragment")
        taken = [digit for name, content in brought for digit in _digits(name, content)]
        if taken:
            _table(taken, run_id, scores)


def _digits(name: str, content: bytes) -> Iterator[Taken]:
    """The digits in one file; what is wrong with it is said on the page."""
    try:
        found = _found(content)
    except (pictures.PictureError, NoDigitError) as error:
        st.warning(f"{name}: {error}", icon=":material/broken_image:")
        return
    for number, image in enumerate(found, start=1):
        yield (f"{name}, digit {number}" if len(found) > 1 else name), image


@st.cache_data(show_spinner="Looking for digits", max_entries=100)
def _found(content: bytes) -> list[np.ndarray]:
    return [digit.image for digit in pictures.find_digits(pictures.open_picture(io.BytesIO(content)))]


def _table(taken: list[Taken], run_id: str, scores: str) -> None:
    """The prediction for each digit: one in large, several as a table to download."""
    names, images = [name for name, _ in taken], np.stack([image for _, image in taken])
    try:
        read = cache.worker().read(run_id, images)
    except WorkerError as error:
        st.warning(f"{error} Choose another run.", icon=":material/error:")
        return
    if len(taken) == 1:
        caption = "What the network sees: cut out, scaled and centred as MNIST's digits were"
        reading.reading(images[0], read.probabilities[0], NAMES, caption, 0, scores, doubt(read))
        return
    probabilities = read.probabilities
    confidence = probabilities.max(axis=1).astype(float)
    table = pd.DataFrame({"item": names, "digit": probabilities.argmax(axis=1), "confidence": confidence})
    urls = [data_url(image) for image in images]
    shown = table.assign(crop=urls, confidence=100 * confidence)[["crop", "digit", "confidence", "item"]]
    config = {
        "crop": st.column_config.ImageColumn("seen", width="small"),
        "confidence": st.column_config.NumberColumn("confidence", format="%.1f %%"),
        "item": st.column_config.TextColumn("from"),
    }
    st.dataframe(shown, hide_index=True, column_config=config, row_height=56, key="readings")
    csv = table.assign(confidence=confidence.round(4)).to_csv(index=False)
    st.download_button("Take the readings as CSV", csv, "readings.csv", "text/csv", icon=":material/download:")
