"""The part of the page Evaluate that shows how confident a run is, and how far that can be trusted."""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import cache, wording
from dashboard.components import charts
from dashboard.figures import confidence as figures
from models.classifiers import PROBABILITIES
from training.analysis.calibration import Calibration
from training.runs import Predictions

UNREAD = 0.01  # share of the digits that the sentence leaves out


def confidence(run_id: str, scores: str, class_names: tuple[str, ...]) -> None:
    """Four figures, each with a sentence. scores: what the run's rows are. Raises runs.RunError."""
    st.subheader("How confident is it?")
    if scores != PROBABILITIES:
        st.caption(f"This run gives {scores}, not probabilities: confidence here is its largest share of them.")
    found, of = cache.predictions(run_id), (cache.run_key(run_id),)
    left, right = st.columns(2, gap="large")
    with left:
        draw = partial(figures.confidences, found.confidence, found.wrong)
        charts.chart(draw, "confidences", "Digits by confidence", of)
        st.markdown(_median_confidence(found))
        rejection = cache.rejection(run_id)
        charts.chart(partial(figures.rejections, *rejection), "rejection", "Error against rejection", of)
        st.markdown(_unread(*rejection))
    with right:
        _reliability(found, cache.calibrated(run_id), of)
        curves = cache.precision_recall(run_id, len(class_names))
        draw = partial(figures.precision_recall, curves, class_names)
        charts.chart(draw, "precision", "Precision and recall of each class", of)
        st.markdown("A line that stays at the top finds all digits of its class and takes no other digit for one.")


def _median_confidence(found: Predictions) -> str:
    confidence, wrong = found.confidence, found.wrong
    if not wrong.any() or wrong.all():
        return f"Its median confidence is {wording.percent(float(np.median(confidence)), 1)}."
    right, mistaken = (wording.percent(float(np.median(confidence[part])), 1) for part in (~wrong, wrong))
    high = int((confidence[wrong] >= 0.99).sum())
    return (
        f"Median confidence: {right} where it is right, {mistaken} where it is wrong. "
        f"{high:,} of {wrong.sum():,} mistakes are made with 99 % or more."
    )


def _unread(share: np.ndarray, error: np.ndarray) -> str:
    place = int(np.searchsorted(share, UNREAD))
    if place >= len(share):
        return "It is equally confident of nearly all digits, so it cannot leave the doubtful ones out."
    if not error[0]:
        return "It makes no mistake, so it need not leave any digit out."
    return (
        f"Without the {wording.percent(share[place], 1)} that it is least confident of, its error is "
        f"{wording.percent(error[place])} instead of {wording.percent(error[0])}."
    )


def _reliability(found: Predictions, calibration: Calibration, of: tuple[str, ...]) -> None:
    """The reliability diagram, with the temperature where digits were held out to fit it on."""
    lines = {"as it is": calibration.before}
    error = wording.percent(calibration.before.error)
    text = f"Confidence and accuracy differ by {error} on average (expected calibration error)."
    told = "The larger a dot, the more digits. "
    if calibration.after is None:
        told += "No digits were held out on which a temperature could be fitted, and the test digits may not be used for that."
    else:
        lines[f"at temperature {calibration.temperature:.2f}"] = calibration.after
        manner = "too confident" if calibration.temperature > 1 else "not confident enough"
        text += f" A temperature of {calibration.temperature:.2f} brings that to {wording.percent(calibration.after.error)}."
        told += (
            f"On the {len(found.held_out_labels):,} held-out digits it was {manner}: its scores divided by "
            f"{calibration.temperature:.2f}, the temperature, fit them best."
        )
    draw = partial(figures.reliabilities, lines)
    charts.chart(draw, "reliability", "Share that is right by confidence", of)
    st.markdown(text, help=told)
