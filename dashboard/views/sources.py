"""The systems of the sources: what each claims, what was measured here, and the command that makes the run."""

from functools import partial

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts
from dashboard.figures import sources
from dashboard.sections import opening
from training.studies.grids import STUDIES
from training.studies.sources import Measured, Source, in_words


def main() -> None:
    opening.page("Sources", "Five course texts describe these systems. Is what they claim what comes out?")
    found = cache.sources()
    there = [(source, measured) for source, measured in found if measured]
    if not there:
        st.info("The measured errors would be here. Make the first with `python -m training run mlp-128x2`.")
        return
    rows = [(source.recipe, source.claim, measured.mean, *_range(measured)) for source, measured in there]
    of = (cache.shelf_key(),)
    charts.chart(partial(sources.claims, rows), "claims", "Claimed and measured test error of each system", of)
    st.caption("The line around a measurement is its 95 % interval, or the range where there are several seeds.")
    folds = {source.recipe: list(measured.fold_errors) for source, measured in there if measured.fold_errors}
    if folds:
        charts.chart(partial(sources.folds, folds), "folds", "Error of each fold", of)
    st.subheader("One by one")
    for source, measured in found:
        _system(source, measured)


def _range(measured: Measured) -> tuple[float, float]:
    rates = [error for _, error in measured.errors]
    return (min(rates), max(rates)) if len(rates) > 1 else (measured.low, measured.high)


def _system(source: Source, measured: Measured | None) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        claim = "States no error." if source.claim is None else f"Claims {wording.percent(source.claim)}."
        st.markdown(f"**{source.recipe}** · {source.title}: {source.system}. {claim} Measured: {in_words(measured)}.")
        if measured:
            parameters = f"{measured.first.parameters:,} parameters, " if measured.first.parameters else ""
            st.caption(f"{parameters}trained in {measured.first.seconds:,.0f} s")
    with right:
        st.code(source.command, language="sh")
        if measured and source.recipe in STUDIES:
            st.page_link(
                "views/studies.py",
                label="What it found",
                icon=":material/science:",
                query_params={address.STUDY: source.recipe},
            )
        elif measured:
            st.page_link(
                "views/evaluate.py",
                label="Its mistakes",
                icon=":material/fact_check:",
                query_params={address.RUN: measured.first.run_id},
            )


main()
