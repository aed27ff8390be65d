"""Which pixels mattered for a model's prediction: the one section for a drawn digit, one of a dataset and a mistake."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.figures import digits as figures
from models import DEFAULT_RUN, calls, caption
from models.explanations import EXPLANATIONS, agreement
from models.prediction import MODEL_FILES
from models.worker import WorkerError
from training import runs
from training.datasets.dataset import Dataset

FAINT = 0.001  # of a probability or a nat; below it an effect is not shown
ALL = "side by side"


def show(run_id: str, digit: np.ndarray, class_names: Sequence[str]) -> None:
    """A choice of the functions of models/explanations.py, and what the chosen one says, over the digit.

    run_id: a run with a saved model, or an ensemble; digit: (height, width) uint8.
    """
    name = _choose()
    if name == ALL:
        _all(run_id, digit, class_names)
        return
    explained = _explained(run_id, digit, name)
    if isinstance(explained, str):
        hint = "" if name == "occlusion" else " Occlusion works for all models."
        st.info(f"{wording.plain(explained)}{hint}", icon=":material/lightbulb:")
        return
    predicted = class_names[explained.labels[0]]
    if np.abs(explained.heat).max() < FAINT:
        st.caption(f"No pixel counts: whatever is covered, the model predicts {predicted} with the same confidence.")
        return
    charts.chart(figures.heat(digit, explained.heat[0], predicted), "heat", "Pixels that mattered", width=420)
    st.caption(
        f"Blue pixels speak for the predicted {predicted}, amber ones against it. {wording.EXPLANATIONS.get(name, '')}",
        help=caption(EXPLANATIONS[name]),
    )
    _check(run_id, digit, name, explained)


def _all(run_id: str, digit: np.ndarray, class_names: Sequence[str]) -> None:
    """Every explanation beside the others."""
    for place, name in enumerate(EXPLANATIONS):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            explained = _explained(run_id, digit, name)
            st.markdown(
                f"**{wording.field(name)[0].upper()}{wording.field(name)[1:]}**", help=caption(EXPLANATIONS[name])
            )
            if isinstance(explained, str):
                st.caption(wording.plain(explained))
                continue
            predicted = class_names[explained.labels[0]]
            figure = figures.heat(digit, explained.heat[0], predicted).update_layout(
                title=None, height=220, margin={"t": 4, "b": 4}
            )
            charts.chart(figure, f"heat {name}", f"{wording.field(name)}: pixels that mattered for {predicted}")
            st.caption(wording.EXPLANATIONS.get(name, ""))


def _check(run_id: str, digit: np.ndarray, name: str, explained: calls.Explanation) -> None:
    """The sanity check: the same explanation of the same network before any training."""
    if not st.toggle(
        "Check against random weights", key=address.RANDOMIZED, bind="query-params", help=wording.SANITY_CHECK
    ):
        return
    drawn = _explained(run_id, digit, name, randomized=True)
    if isinstance(drawn, str):
        st.caption(wording.plain(drawn))
        return
    figure = figures.heat(digit, drawn.heat[0], "class").update_layout(title="The same network with random weights")
    charts.chart(figure, "heat at random", "Pixels that matter to random weights", width=420)
    st.markdown(wording.sanity_check(agreement(explained.heat[0], drawn.heat[0])))


def _explained(run_id: str, digit: np.ndarray, name: str, randomized: bool = False) -> calls.Explanation | str:
    """What the models' process says, or a sentence why it does not."""
    try:
        with st.spinner("Asking the model", show_time=False):
            return cache.worker().explain(run_id, digit[None], name, randomized)
    except WorkerError as error:
        return str(error)


def _choose() -> str:
    names = list(EXPLANATIONS)
    return st.segmented_control(
        "Explained by",
        [*names, ALL],
        default=names[0],
        required=True,
        key=address.EXPLANATION,
        bind="query-params",
        format_func=wording.field,
    )


def of(dataset: Dataset, number: int, among: Sequence[str] = ()) -> None:
    """A digit of a dataset, with a choice of the runs that can classify it. among: of these runs only, if any is named."""
    if (run_id := choose_run(dataset, among)) is not None:
        show(run_id, dataset.images[number], dataset.class_names)


def choose_run(dataset: Dataset, among: Sequence[str]) -> str | None:
    """A control for a run that can classify digits of this dataset, where there are several; None, and a line why, where there is
    none. among: of these runs only, if any is named."""
    able = able_to_classify(dataset)
    if among:
        able = [run_id for run_id in among if run_id in able]
        if not able:
            st.caption(f"Only the predictions of {' and '.join(among)} were saved, no model.")
            return None
    if not able:
        st.caption("No run has a saved model for such pictures. Train one with `python -m training run`.")
        return None
    if len(able) == 1:
        return able[0]
    index = able.index(DEFAULT_RUN) if DEFAULT_RUN in able else 0
    return st.selectbox("Run", able, index=index, key=address.EXPLAINED, bind="query-params")


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
