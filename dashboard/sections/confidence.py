"""The part of the page Evaluate that shows how confident a run is, and whether its confidence can be trusted."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import cache, wording
from dashboard.components import charts
from dashboard.figures import confidence as figures
from models.classifiers import PROBABILITIES
from training.analysis.calibration import Calibration, confidence_counts
from training.runs import Predictions, load_record

REJECTED = 0.01  # share of the digits that the sentence leaves out
PRECISION = (
    "For every threshold of a class's probability: recall, the share of its digits above the threshold, and precision, the share "
    "of the digits above it that belong to the class. A line that stays at the top finds all digits of its class and no others."
)


def show(run_id: str) -> None:
    """Four figures, each with a sentence. Raises runs.RunError."""
    record = load_record(run_id)
    scores, class_names = cache.scores(run_id), tuple(record.dataset["class_names"])
    if scores == wording.CLASSES:
        st.caption(
            "This run came with one class for each digit, without probabilities: it says nothing of its confidence."
        )
    elif scores != PROBABILITIES:
        st.caption(
            f"This run gives {wording.SCORES[scores]}, not probabilities; confidence is the largest share of them."
        )
    predictions, key = cache.predictions(run_id), (cache.run_key(run_id),)
    left, right = st.columns(2, gap="large")
    with left:
        draw = partial(figures.confidences, confidence_counts(predictions.confidence, predictions.wrong))
        charts.chart(draw, "confidences", "Digits by confidence", key)
        st.markdown(_median_confidence(predictions))
        rejection = cache.rejection(run_id)
        charts.chart(partial(figures.rejections, *rejection), "rejection", "Error against rejection", key)
        st.markdown(_rejection(*rejection))
    with right:
        _reliability(predictions, cache.calibrated(run_id), key)
        curves = cache.precision_recall(run_id, len(class_names))
        draw = partial(figures.precision_recall, curves, class_names)
        charts.chart(draw, "precision", "Precision and recall of each class", key)
        st.markdown("Precision against recall, a line per class.", help=PRECISION)


def _median_confidence(predictions: Predictions) -> str:
    confidence, wrong = predictions.confidence, predictions.wrong
    if not wrong.any() or wrong.all():
        return f"Its median confidence is {wording.percent(float(np.median(confidence)), 1)}."
    correct, mistaken = (wording.percent(float(np.median(confidence[part])), 1) for part in (~wrong, wrong))
    high = int((confidence[wrong] >= 0.99).sum())
    return (
        f"Median confidence: {correct} if correct, {mistaken} if wrong; "
        f"{high:,} of {wrong.sum():,} mistakes have 99 % or more."
    )


def _rejection(share: np.ndarray, error: np.ndarray) -> str:
    place = int(np.searchsorted(share, REJECTED))
    if place >= len(share):
        return "Nearly all digits have the same confidence, so doubtful ones cannot be rejected."
    if not error[0]:
        return "The run makes no mistakes, so no digit has to be rejected."
    return (
        f"Without the {wording.percent(share[place], 1)} of lowest confidence, the error is "
        f"{wording.percent(error[place])} instead of {wording.percent(error[0])}."
    )


def _reliability(predictions: Predictions, calibration: Calibration, key: tuple[str, ...]) -> None:
    """The reliability diagram, also at the fitted temperature if digits were held out to fit it on."""
    lines = {"as trained": calibration.before}
    error = wording.percent(calibration.before.error)
    text = f"Expected calibration error: {error}"
    details = "The mean distance between confidence and accuracy. The larger a dot, the more digits. "
    if calibration.after is None:
        details += "No digits were held out to fit a temperature on, and the test digits must not be used for that."
    else:
        lines[f"at temperature {calibration.temperature:.2f}"] = calibration.after
        manner = "overconfident" if calibration.temperature > 1 else "underconfident"
        text += f"; {wording.percent(calibration.after.error)} at temperature {calibration.temperature:.2f}"
        details += (
            f"On the {len(predictions.held_out_labels):,} held-out digits the run is {manner}: its logits divided by "
            f"{calibration.temperature:.2f}, the temperature, fit them best (temperature scaling)."
        )
    draw = partial(figures.reliabilities, lines)
    charts.chart(draw, "reliability", "Accuracy by confidence", key)
    st.markdown(f"{text}.", help=details)
