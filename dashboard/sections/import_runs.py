"""Runs that visitors bring: files are uploaded, what was recognised in them is shown, and then they are imported."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import address, cache, visitor_files, wording
from dashboard.components import drop
from training.datasets import kept
from training.datasets.dataset import Dataset
from training.importers import checking, importing, plan
from training.importers.grouping import Group
from training.importers.parts import Answers, History, Network, Part, Whole
from training.recording import MAX_NAME
from training.runs import Record

MAX_UPLOAD = 200  # MB of all files together
MAX_BYTES = MAX_UPLOAD * 10**6
MAX_LINKED = 20  # runs in a link
HELP = (
    "Models (.keras, .h5, or model.json with weights), histories (CSVLogger, history.json, .npy, .pkl), predictions (npz, CSV, "
    ".npy), TensorBoard's event files, CSV of W&B and Trackio, and zip archives of folders, of MLflow too. Files of one run are "
    "told by their names: small_model.h5 and small_history.npy are small's. `python -m training import PATH` takes folders."
)
FORMS = "CSVLogger and other CSV, history.json, .keras, .h5, predictions as CSV or npz, TensorBoard, MLflow, zip."
MAX_FOLDERS = 6  # that a dropped file keeps of those that it lies in
POPOVER = "import-runs"  # its key
FEW = 8  # lines before the rest are folded


@dataclass(frozen=True)
class Recognised:
    """files: by which it is known again; plan: what was recognised; keeps: the folder that the files lie in."""

    files: tuple[str, ...]
    plan: plan.Plan
    keeps: Any


def in_popover() -> None:
    """The same behind a button; what is dropped anywhere on the page opens it."""
    with st.popover("Import", icon=":material/upload:", key=POPOVER):
        show(choose=True)
        st.caption("Or drop files and folders anywhere on this page.")
    drop.install(POPOVER, "Drop runs here: models, histories, predictions, folders", plan.MAX_FILES)


def show(choose: bool = False) -> None:
    """An upload, what is in it, a button, and what became of it. choose: whether the page lists runs, and is to choose these."""
    version = st.session_state.get(address.RUN_UPLOADS, 0)
    files = st.file_uploader(
        f"Models, histories, predictions or a zip archive; up to {MAX_UPLOAD} MB",
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD,
        key=address.run_upload_key(version),
        help=HELP,
    )
    if not files:
        st.caption(FORMS)
        _outcomes(st.session_state.get(address.IMPORTED, ()))
        return
    if sum(file.size for file in files) > MAX_BYTES:
        st.error(f"The files have more than {MAX_UPLOAD} MB together: the command line takes larger ones.")
        return
    try:
        recognised = _recognised({file.file_id: (file.name, file.getbuffer()) for file in files}).plan
    except OSError as error:
        st.error(f"The files could not be put aside on this server: {error.strerror}.")
        return
    _told(recognised)
    if recognised.runs:
        _choose_and_import(recognised, version, choose)


def _recognised(files: Mapping[str, tuple[str, Any]]) -> Recognised:
    """What is in these files, by their ids; looked at once."""
    recognised = st.session_state.get(address.RECOGNISED)
    if recognised is None or recognised.files != tuple(files):
        folder = tempfile.TemporaryDirectory(prefix="upload-")
        top = Path(folder.name)
        put = [_put(top, name, content) for name, content in files.values()]
        # what was dropped as a folder is looked at as one
        paths = list(dict.fromkeys(top / path.relative_to(top).parts[0] for path in put))
        with st.spinner("Looking at the files"):
            recognised = Recognised(tuple(files), plan.recognise(paths), folder)
        st.session_state[address.RECOGNISED] = recognised
    return recognised


def _put(folder: Path, name: str, content: Any) -> Path:
    """A file in the folder, under its name without anything that leads elsewhere, below the folders that it was dropped in."""
    *above, bare = [visitor_files.bare_name(part) for part in name.split("/") if part.strip(". ")] or ["file"]
    folder = folder.joinpath(*above[:MAX_FOLDERS])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / bare
    number = 2
    while path.exists():
        path = folder / f"{Path(bare).stem}-{number}{Path(bare).suffix}"
        number += 1
    path.write_bytes(content)
    return path


def _told(recognised: plan.Plan) -> None:
    """What was recognised as a table, and what was not in sentences."""
    rows = [
        {"run": group.name, "what": _what(part), "from": part.path.name}
        for group in recognised.runs
        for part in group.parts
    ]
    if rows:
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content" if len(rows) <= FEW else 320)
    sentences = [refused.sentence for refused in recognised.refused]
    for sentence in sentences[:FEW]:
        st.warning(wording.plain(sentence), icon=":material/broken_image:")
    if len(sentences) > FEW:
        with st.expander(f"{len(sentences) - FEW} more files are not imported"):
            st.markdown("\n".join(f"- {wording.plain(sentence)}" for sentence in sentences[FEW:]))


def _what(part: Part) -> str:
    if isinstance(part.content, Answers):
        return f"{part.form}, {len(part.content.scores):,} rows"
    epochs = len(part.content.table) if isinstance(part.content, History) else 0
    return part.form + (f", {epochs:,} epoch{'s' if epochs > 1 else ''}" if epochs else "")


def _foretold(recognised: plan.Plan, dataset: str) -> None:
    """What would be made of each run, and whose test digits its predictions are, of the first few."""
    for group in recognised.runs[:FEW]:
        known = cache.dataset(dataset) if group.of(Answers) else None
        checked = checking.check(group, known if isinstance(known, Dataset) else None)
        sentences = [*(remark for part in group.parts for remark in part.remarks), *checked]
        if sentences:
            st.caption(f"**{wording.plain(group.name)}**: {wording.plain(' '.join(sentences))}")


def _choose_and_import(recognised: plan.Plan, version: int, choose: bool) -> None:
    """What a run alone is called, whose digits models are asked about, where there are models, and the button."""
    dataset, foretold = "mnist", st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recognised = _named(recognised, version)
        if any(_needs_digits(group) for group in recognised.runs):
            names = ["mnist", "digits", *(f"{kept.PREFIX}:{name}" for name in kept.names())]
            dataset = st.selectbox("Test digits", names, key=address.ASKED_DIGITS, width=220)
        count = len(recognised.runs)
        pressed = st.button(
            "Import 1 run" if count == 1 else f"Import {count} runs", type="primary", icon=":material/download:"
        )
    if not pressed:
        with foretold:
            _foretold(recognised, dataset)
        return
    done, bar = [], st.progress(0.0, "Importing")
    for outcome in importing.import_(recognised, dataset):
        done.append(outcome)
        bar.progress(len(done) / count, f"Importing: {len(done)} of {count}")
    cache.look_again()
    if choose:
        st.session_state[address.NEW_RUNS] = [one.record.run_id for one in done if one.record is not None]
    st.session_state.update({address.IMPORTED: tuple(done), address.RUN_UPLOADS: version + 1})
    st.session_state.pop(address.RECOGNISED, None)
    st.rerun()


def _named(recognised: plan.Plan, version: int) -> plan.Plan:
    """The same under the name that is typed, where one run is recognised that has none of its own in its record."""
    (first, *others) = recognised.runs
    if others or first.of(Whole) is not None:
        return recognised
    typed = st.text_input("Name", first.name, max_chars=MAX_NAME, key=f"name {version} {first.name}", width=220)
    return replace(recognised, runs=(replace(first, name=typed.strip() or first.name),))


def _needs_digits(group: Group) -> bool:
    """Whether a dataset is asked for: by a model, or by predictions without labels."""
    answers = group.of(Answers)
    return group.of(Network) is not None or (answers is not None and answers.content.labels is None)


def _outcomes(outcomes: tuple[importing.Outcome, ...]) -> None:
    """What became of the last import, with a link to where the runs stand side by side."""
    for outcome in outcomes:
        remarks = wording.plain(" ".join(outcome.remarks))
        if outcome.record is None:
            st.warning(f"**{wording.plain(outcome.name)}** was not imported. {remarks}", icon=":material/broken_image:")
        else:
            st.markdown(f"**{wording.plain(outcome.record.run_id)}**: {_result(outcome.record)} {remarks}")
    saved = [outcome.record.run_id for outcome in outcomes if outcome.record is not None]
    if saved:
        st.page_link(
            "views/compare.py",
            label="Compare it" if len(saved) == 1 else f"Compare these {len(saved)}",
            icon=":material/compare_arrows:",
            query_params={address.RUNS: saved[:MAX_LINKED]},
        )


def _result(record: Record) -> str:
    """What is known of a run, in a sentence."""
    if record.diverged is not None:
        return "it diverged." if not record.diverged else f"it diverged in epoch {record.diverged}."
    if not record.evaluated:
        return "imported without test digits, so it has curves and no test error."
    wrong = cache.wrong(record.run_id)
    return f"test error {wording.error_rate(int(wrong.sum()), len(wrong))}."
