"""The part of the page Evaluate that shows how sure a run is of what it reads, and how far that can be trusted."""

import numpy as np
import streamlit as st

from dashboard import wording
from dashboard.components import charts
from dashboard.figures import confidence as figures
from models.classifiers import PROBABILITIES
from training import metrics
from training.analysis import calibration
from training.runs import Predictions

UNREAD = 0.01  # share of the digits that the sentence leaves unread


def certainty(found: Predictions, scores: str, class_names: tuple[str, ...]) -> None:
    """Four figures, each with a sentence. scores: what the run's rows are."""
    st.subheader("How sure is it?")
    if scores != PROBABILITIES:
        st.caption(
            f"This run gives {scores}, not probabilities: what is called confidence here is its largest share of them."
        )
    labels, probabilities = found.labels, found.probabilities
    wrong = found.classes != labels
    left, right = st.columns(2, gap="large")
    with left:
        charts.chart(figures.confidences(found.confidence, wrong), "confidences", "Digits by confidence")
        st.markdown(_sureness(found.confidence, wrong))
        charts.chart(
            figures.rejections(*calibration.rejection(labels, probabilities)), "rejection", "Error against rejection"
        )
        st.markdown(_unread(labels, probabilities))
    with right:
        _reliability(found)
        charts.chart(
            figures.precision_recall(labels, probabilities, class_names),
            "precision",
            "Precision and recall of each class",
        )
        st.markdown(
            "A line that stays at the top to its end finds all of its class without calling another digit by its name."
        )


def _sureness(confidence: np.ndarray, wrong: np.ndarray) -> str:
    if not wrong.any() or wrong.all():
        return f"Its median confidence is {wording.percent(float(np.median(confidence)), 1)}."
    right, mistaken = (wording.percent(float(np.median(confidence[part])), 1) for part in (~wrong, wrong))
    sure = int((confidence[wrong] >= 0.99).sum())
    return (
        f"Half of what it reads rightly it reads with at least {right} confidence, half of its mistakes with at least {mistaken}. "
        f"{sure:,} of {wrong.sum():,} mistakes it makes with 99 % or more."
    )


def _unread(labels: np.ndarray, probabilities: np.ndarray) -> str:
    share, error = calibration.rejection(labels, probabilities)
    place = int(np.searchsorted(share, UNREAD))
    if place >= len(share):
        return "It is equally sure of nearly all digits, so leaving the doubtful ones unread is no choice it has."
    if not error[0]:
        return "It misreads none, so it need not leave any unread."
    return (
        f"If it leaves the {wording.percent(share[place], 1)} unread that it is least sure of, it misreads "
        f"{wording.percent(error[place])} of the others instead of {wording.percent(error[0])}."
    )


def _reliability(found: Predictions) -> None:
    """The reliability diagram, with the temperature where digits were held out to fit it on."""
    before = metrics.reliability(found.labels, found.probabilities)
    lines = {"as it is": before}
    text = f"What it says and what is true lie {wording.percent(before.error)} apart on average (expected calibration error). "
    if found.held_out_labels is None or not len(found.held_out_labels):
        text += "It kept no digits aside on which its sureness could be adjusted, and the test digits may not be used for that."
    else:
        temperature = calibration.fit_temperature(found.held_out_labels, found.held_out_probabilities)
        after = metrics.reliability(found.labels, calibration.at_temperature(found.probabilities, temperature))
        lines[f"at temperature {temperature:.2f}"] = after
        manner = "too sure" if temperature > 1 else "not sure enough"
        text += (
            f"On the {len(found.held_out_labels):,} digits it kept aside it was {manner}: its certainty divided by "
            f"{temperature:.2f} (a temperature of {temperature:.2f}) fits them best, and leaves {wording.percent(after.error)} "
            "on the test digits."
        )
    charts.chart(figures.reliabilities(lines), "reliability", "Share that is right by confidence")
    st.markdown(text + " The larger a dot, the more digits.")
