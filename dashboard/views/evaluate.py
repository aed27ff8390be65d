"""One run on the test digits: what it misclassifies, how confident it is, and how it learned."""

import streamlit as st

from dashboard import address, cache, wording
from dashboard.sections import choices, confidence, epochs, mistakes, opening, run_lists
from training import runs
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
        part = choices.choose_part(PARTS, address.PART_OF_EVALUATE, epochs.PLAYER.stop)
        listed = run_lists.without_repeats(run_lists.ordered(table), address.RUN)
        labels = run_lists.labels(table)
        run_id = choices.choose_run(listed, run_lists.preferred(), on_change=epochs.PLAYER.stop, labels=labels)
    if part == address.EPOCH_BY_EPOCH:
        epochs.show(run_id)
    elif not runs.load_record(run_id).evaluated:
        _not_evaluated(run_id)
    elif part == CONFIDENCE:
        confidence.show(run_id)
    else:
        mistakes.show(run_id, row)
    with row, st.popover("More"):
        if run_lists.has_repeats(table["run"]):
            run_lists.toggle()
        _report(run_id)


def _not_evaluated(run_id: str) -> None:
    kept = cache.predictions(run_id).epoch_classes is not None
    st.info(f"**{run_id}** {wording.not_evaluated(runs.load_record(run_id).diverged, kept)}")


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
