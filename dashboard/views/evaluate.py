"""One run on the test digits: what it misclassifies, how confident it is, and how it learned."""

import streamlit as st

from dashboard import address
from dashboard.sections import choices, confidence, epochs, mistakes, opening
from models import DEFAULT_RUN
from training.analysis.report import report

MISTAKES, CONFIDENCE = "Mistakes", "Confidence"
PARTS = (MISTAKES, CONFIDENCE, address.EPOCH_BY_EPOCH)


def main() -> None:
    table = opening.page_of_runs(
        "Evaluate",
        "Which digits does a run misclassify, how confident is it, and how did it learn?",
        "The confusion matrix of your runs would be here.",
    )
    if table is None:
        return
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        part = choices.choose_part(PARTS, address.PART_OF_EVALUATE, epochs.stop)
        run_id = choices.choose_run(list(table["run"]), DEFAULT_RUN, on_change=epochs.stop)
    if part == address.EPOCH_BY_EPOCH:
        epochs.show(run_id)
    elif part == CONFIDENCE:
        confidence.show(run_id)
    else:
        mistakes.show(run_id, row)
    with row:
        _report(run_id)


def _report(run_id: str) -> None:
    st.download_button(
        "Report",
        data=lambda: report(run_id),
        file_name=f"{run_id}.html",
        mime="text/html",
        icon=":material/print:",
        on_click="ignore",
        help="Recipe, curves, matrix and mistakes in one file",
    )


main()
