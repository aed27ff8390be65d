"""Why a model reads a digit as it does: the one section for a drawn digit, one of a dataset and a mistake."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.figures import digits as figures
from models import DEFAULT_RUN, caption
from models.explanations import EXPLANATIONS
from models.prediction import MODEL_FILES
from models.worker import WorkerError
from training import runs
from training.datasets.dataset import Dataset


def show(run_id: str, digit: np.ndarray, class_names: Sequence[str]) -> None:
    """A choice of the functions of models/explanations.py, and what the chosen one says, over the digit.

    run_id: a run that keeps its model, or a committee; digit: (height, width) uint8.
    """
    name = _choose()
    try:
        with st.spinner("Asking the model", show_time=False):
            found = cache.worker().explain(run_id, digit[None], name)
    except WorkerError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    read = class_names[found.labels[0]]
    charts.chart(figures.heat(digit, found.heat[0], read), "heat", "Where the model looked", width=420)
    st.caption(f"Blue spoke for the {read} that it reads, red against it. {caption(EXPLANATIONS[name])}")


def _choose() -> str:
    names = list(EXPLANATIONS)
    if len(names) == 1:
        return names[0]
    return st.segmented_control(
        "Explained by", names, default=names[0], required=True, key=address.EXPLANATION, bind="query-params"
    )


def of(dataset: Dataset, number: int) -> None:
    """A digit of a dataset, with a choice of the runs that can read it."""
    able = [record.run_id for record in runs.list_runs()[0] if _reads(record, dataset)]
    if not able:
        st.caption("No run here keeps a model that reads such pictures. `python -m training run` trains one.")
        return
    index = able.index(DEFAULT_RUN) if DEFAULT_RUN in able else 0
    run_id = st.selectbox("Read by", able, index=index, key=address.EXPLAINED, bind="query-params")
    show(run_id, dataset.images[number], dataset.class_names)


def keeps_model(record: runs.Record) -> bool:
    """Whether the run can be asked: its model was saved, not its answers alone."""
    return any(name in record.files for name in MODEL_FILES)


def _reads(record: runs.Record, dataset: Dataset) -> bool:
    """Whether the run's model takes pictures and names classes as the dataset has them."""
    shape, names = record.network["input_shape"], record.dataset["class_names"]
    return keeps_model(record) and (*shape,) == dataset.input_shape and (*names,) == dataset.class_names
