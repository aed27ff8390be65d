"""The part of the page Results that shows what the course texts claim and what was measured here."""

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import address, address_bar, cache, wording
from dashboard.components import charts, tables
from dashboard.figures import sources as figures
from dashboard.sections import choices
from training.studies.grids import STUDIES
from training.studies.sources import Measured, Source

COLUMNS = {  # of the table -> heading, format, meaning
    "recipe": ("recipe", None),
    "claimed": ("claimed", "%.2f %%", "test error that the source states"),
    "measured": ("measured", "%.2f %%", "test error of the run here; the mean where there are several seeds"),
    "low": ("from", "%.2f %%", "95 % interval of one run, or lowest and highest error of several seeds"),
    "high": ("to", "%.2f %%", "95 % interval of one run, or lowest and highest error of several seeds"),
    "source": ("source", None),
    "system": ("system", None),
    "parameters": (
        "parameters",
        "localized",
        "with the statistics of batch normalisation",
    ),
    "seconds": ("training (s)", "%.0f"),
    "command": ("command", None),
}


def show() -> None:
    """Claims beside measurements, and one system more closely."""
    systems = cache.sources()
    measured = {source.recipe: (source, result) for source, result in systems if result}
    if not measured:
        st.info("The measured errors would be here. Make the first with `python -m training run mlp-128x2`.")
        return
    st.markdown(_verdict(list(measured.values())))
    rows = [(name, source.claim, result.mean, *result.range) for name, (source, result) in measured.items()]
    draw = partial(figures.claims, rows)
    charts.chart(draw, "claims", "Claimed and measured test error of each system", (cache.shelf_key(),))
    st.markdown(
        "The line around a measurement is its 95 % interval.",
        help="Where there are several seeds, the dot is their mean and the line their range.",
    )
    table = pd.DataFrame([_row(*system) for system in systems])[list(COLUMNS)]
    config = tables.columns(COLUMNS)
    st.dataframe(table, hide_index=True, column_config=config, key="systems", height="content", placeholder="")
    choices.tell_unknown(address.SYSTEM, measured)
    name = st.selectbox("System", list(measured), key=address.SYSTEM, bind="query-params", width=320)
    _system(*measured[name])


def _verdict(measured: Sequence[tuple[Source, Measured]]) -> str:
    """How many of the claimed errors are reached, as far as the intervals tell, and which are not."""
    claimed = [(source, result) for source, result in measured if source.claim is not None]
    missed = [(source, result) for source, result in claimed if result.range[0] > source.claim]
    said = wording.listed(
        f"{source.recipe} makes {wording.percent(result.mean)} instead of {wording.percent(source.claim)}"
        for source, result in missed
    )
    reached = (
        f"**{len(claimed) - len(missed)} of {len(claimed)}** claimed errors are reached here or lie within the interval"
    )
    return f"{reached}; {said}." if missed else f"{reached}."


def _row(source: Source, measured: Measured | None) -> dict:
    row = {"recipe": source.recipe, "source": source.title, "system": source.system.replace("`", "")}
    row["claimed"] = None if source.claim is None else 100 * source.claim
    if measured:
        low, high = measured.range
        row |= {
            "measured": 100 * measured.mean,
            "low": 100 * low,
            "high": 100 * high,
            "seconds": measured.first.seconds,
        }
        row |= {"parameters": measured.first.parameters or None}
    return row | {"command": source.command}


def _system(source: Source, measured: Measured) -> None:
    """Where a system leads, the command that trains it, and how its error was measured."""
    run_id = measured.first.run_id
    if source.recipe in STUDIES:
        st.button(
            "What this study found",
            key="found",
            icon=":material/science:",
            type="tertiary",
            on_click=_open_study,
            args=(source.recipe,),
        )
    else:
        st.page_link(
            "views/evaluate.py",
            label=f"The digits that {run_id} misclassifies",
            icon=":material/fact_check:",
            query_params={address.RUN: run_id},
        )
    st.code(source.command, language="sh", width=640)
    if details := _details(measured):
        with st.expander("How this error was measured"):
            st.markdown(" ".join(details))
            if measured.fold_errors:
                draw = partial(figures.folds, {source.recipe: list(measured.fold_errors)})
                charts.chart(draw, "folds", "Error of each fold", (cache.shelf_key(), source.recipe))


def _open_study(name: str) -> None:
    """Open the page's part on studies with this one; a link to a page leaves its controls as they are where that page is open."""
    address_bar.open_part(address.TOPIC, address.STUDIES, {address.STUDY: name})
    st.session_state.pop(address.SECTION, None)  # which may be of another study


def _details(measured: Measured) -> list[str]:
    """What the table does not say: seeds, folds, and what the run was chosen among."""
    details = []
    if len(measured.errors) > 1:
        errors = wording.listed(wording.percent(error) for _, error in measured.errors)
        details.append(f"The {len(measured.errors)} seeds have the errors {errors}.")
    if measured.chosen_among > 1:
        details.append(
            f"The run {measured.first.run_id} is the best of {measured.chosen_among} on the digits held out of the training set; "
            "the test set was not used to choose it."
        )
    if measured.folds:
        mean, deviation = map(wording.percent, measured.folds)
        details.append(
            f"Cross-validation in {len(measured.fold_errors)} folds, each held out once: a mean error of {mean} with a standard "
            f"deviation of {deviation}."
        )
    return details
