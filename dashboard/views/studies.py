"""The studies: many trainings that answer a question together, and the answer in words and figures."""

from functools import partial

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts, tables
from dashboard.figures import studies as figures
from dashboard.sections import opening
from training.runs import RunError
from training.studies.conclusions import NOTHING, Section, regularised, way
from training.studies.findings import Findings
from training.studies.grids import STUDIES, Study

COLUMNS = {  # of the table of findings -> heading, format
    "label": ("setting", None),
    "val_error": ("held-out error", "%.2f %%"),
    "test_error": ("test error", "%.2f %%"),
    "low": ("95 % from", "%.2f %%"),
    "high": ("to", "%.2f %%"),
    "tied": ("as good as the best", None),
    "train_loss": ("training loss", "%.4f"),
    "val_loss": ("validation loss", "%.4f"),
    "epochs": ("epochs", "%d"),
    "parameters": ("parameters", "localized"),
    "seconds": ("training (s)", "%.0f"),
}


def main() -> None:
    opening.page("Studies", "Many trainings, each a little different, answer a question that one alone cannot.")
    name = st.segmented_control(
        "Study", list(STUDIES), default="mlp-study", required=True, key=address.STUDY, bind="query-params"
    )
    st.subheader(STUDIES[name].question)
    findings = cache.findings(name)
    if findings is None:
        st.info(_plan(STUDIES[name]))
        return
    for section in cache.conclusion(name):
        _section(findings, section)
    _table(findings)


def _plan(study: Study) -> str:
    """What a study that has no runs yet would train, and how to train it."""
    varied = " and ".join(field.replace("_", " ") for field in study.varied())
    return (
        f"No run of this study is here yet. It trains {len(study.recipes())} times with another {varied}: "
        f"`python -m training sweep {study.base.name}`."
    )


def _section(findings: Findings, section: Section) -> None:
    st.markdown(f"#### {section.title}")
    with st.container(width=860):
        st.markdown(section.text)
        if section.figure:
            draw = partial(FIGURES[section.figure], findings)
            of = cache.shelf_key(), findings.study.base.name
            charts.chart(draw, section.figure, section.title, of)


def _table(findings: Findings) -> None:
    st.markdown("#### Every training")
    shown = findings.table[list(COLUMNS)].copy()
    for rate in ("val_error", "test_error", "low", "high"):
        shown[rate] = 100 * shown[rate]
    st.dataframe(shown, hide_index=True, column_config=tables.columns(COLUMNS), key="table")
    best = findings.table.iloc[0]
    left, right = st.columns(2)
    with left:
        st.code(f"python -m training sweep {findings.study.base.name}", language="sh")
    with right:
        st.page_link(
            "views/evaluate.py",
            label=f"The {wording.percent(best['test_error'])} that the best misses",
            icon=":material/fact_check:",
            query_params={address.RUN: best["run"]},
        )


def _shapes(findings: Findings):
    convolutional = bool(findings.study.base.filters)
    names = ("convolutions", "maps") if convolutional else ("hidden layers", "units")
    return figures.shapes(findings.around("shape", "learning_rate").drop_duplicates("shape"), *names)


def _gaps(findings: Findings):
    rows = regularised(findings)
    return figures.gaps(rows, [way(row) for _, row in rows.iterrows()])


def _stopping(findings: Findings):
    rows = findings.around("dropout", "batch_normalization")
    return figures.stopping(
        _histories({way(row): row["run"] for _, row in rows.sort_values(["dropout", "batch_normalization"]).iterrows()})
    )


def _starts(findings: Findings):
    best = findings.table[findings.table["val_error"] < NOTHING].drop_duplicates("optimizer")
    return figures.starts(_histories(dict(zip(best["label"], best["run"], strict=True))))


def _histories(named: dict[str, str]) -> dict:
    """The histories of runs by what they are called; a run that was deleted meanwhile is left out."""
    found = {}
    for name, run in named.items():
        try:
            found[name] = cache.history(run)
        except RunError as error:
            st.warning(wording.plain(error))
    return found


def _rivals(_findings: Findings):
    names = {"perceptrons": "mlp-study", "with convolutions": "cnn-study"}
    return figures.rivals({name: cache.findings(study).table for name, study in names.items()})


FIGURES = {
    "shapes": _shapes,
    "steps": lambda findings: figures.steps(findings.around("learning_rate", "batch_size")),
    "gaps": _gaps,
    "stopping": _stopping,
    "rivals": _rivals,
    "optimizers": lambda findings: figures.optimizers(findings.table),
    "starts": _starts,
}

main()
