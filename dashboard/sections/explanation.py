"""Which pixels mattered for a model's prediction: the one section for a drawn digit, one of a dataset and a mistake."""

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

FAINT = 0.001  # of a probability; below it an effect is not shown


def show(run_id: str, digit: np.ndarray, class_names: Sequence[str]) -> None:
    """A choice of the functions of models/explanations.py, and what the chosen one says, over the digit.

    run_id: a run with a saved model, or an ensemble; digit: (height, width) uint8.
    """
    name = _choose()
    try:
        with st.spinner("Asking the model", show_time=False):
            explained = cache.worker().explain(run_id, digit[None], name)
    except WorkerError as error:
        st.warning(wording.plain(error), icon=":material/error:")
        return
    predicted = class_names[explained.labels[0]]
    if np.abs(explained.heat).max() < FAINT:
        st.caption(f"No pixel counts: whatever is covered, the model predicts {predicted} with the same confidence.")
        return
    charts.chart(figures.heat(digit, explained.heat[0], predicted), "heat", "Pixels that mattered", width=420)
    st.caption(
        f"Blue pixels speak for the predicted {predicted}, red ones against it.", help=caption(EXPLANATIONS[name])
    )


def _choose() -> str:
    names = list(EXPLANATIONS)
    if len(names) == 1:
        return names[0]
    return st.segmented_control(
        "Explained by", names, default=names[0], required=True, key=address.EXPLANATION, bind="query-params"
    )


def of(dataset: Dataset, number: int, among: Sequence[str] = ()) -> None:
    """A digit of a dataset, with a choice of the runs that can classify it. among: of these runs only, if any is named."""
    able = able_to_classify(dataset)
    if among:
        able = [run_id for run_id in among if run_id in able]
        if not able:
            st.caption(f"Only the predictions of {' and '.join(among)} were saved, no model.")
            return
    if not able:
        st.caption("No run has a saved model for such pictures. Train one with `python -m training run`.")
        return
    run_id = able[0]
    if len(able) > 1:
        index = able.index(DEFAULT_RUN) if DEFAULT_RUN in able else 0
        run_id = st.selectbox("Run", able, index=index, key=address.EXPLAINED, bind="query-params")
    show(run_id, dataset.images[number], dataset.class_names)


def able_to_classify(dataset: Dataset) -> list[str]:
    """The runs with a saved model that takes the digits of this dataset."""
    return [record.run_id for record in runs.list_runs()[0] if _accepts(record, dataset)]


def keeps_model(record: runs.Record) -> bool:
    """Whether the run's model was saved, not only its predictions."""
    return any(name in record.files for name in MODEL_FILES)


def _accepts(record: runs.Record, dataset: Dataset) -> bool:
    """Whether the run's model has the input shape and the classes of the dataset."""
    shape, names = record.network.get("input_shape") or (), record.dataset["class_names"]
    return keeps_model(record) and (*shape,) == dataset.input_shape and (*names,) == dataset.class_names
