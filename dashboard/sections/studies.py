"""The part of the page Results on studies: many trainings that answer a question together, and the answer in words and figures."""

from functools import partial

import streamlit as st

from dashboard import address, cache, wording
from dashboard.components import charts, tables
from dashboard.figures import studies as figures
from dashboard.sections import choices, study_conclusions
from dashboard.sections.study_conclusions import way
from training.runs import RunError
from training.studies.conclusions import COMPARED_STUDIES, MAX_LEARNED_ERROR, regularised
from training.studies.findings import SHAPE_FIELDS, Findings
from training.studies.grids import STUDIES, Study
from training.studies.ingredients import changed_once

COLUMNS = {  # of the table of findings -> heading, format
    "label": ("setting", None),
    "val_error": ("held-out error", "%.2f %%"),
    "test_error": ("test error", "%.2f %%"),
    "low": ("95 % from", "%.2f %%"),
    "high": ("to", "%.2f %%"),
    "tied": (
        "not significantly different",
        None,
        "from the first row: exact McNemar test on the held-out digits, Holm's correction",
    ),
    "mean_error": ("mean over seeds", "%.2f %%", "test error, where several seeds of the recipe were trained"),
    "deviation": ("± seeds", "%.2f %%", "standard deviation between these seeds"),
    "seeds": ("seeds", "%d"),
    "train_loss": ("training loss", "%.4f"),
    "val_loss": ("validation loss", "%.4f"),
    "epochs": ("epochs", "%d"),
    "parameters": ("parameters", "localized"),
    "seconds": ("training (s)", "%.0f"),
}
RATES = {"val_error", "test_error", "low", "high", "mean_error", "deviation"}  # of them, in percent
OF_SEEDS = ("mean_error", "deviation", "seeds")


def show() -> None:
    """A study to choose, its conclusion a section at a time, and all of its trainings. Raises runs.RunError."""
    name = st.segmented_control(
        "Study",
        list(STUDIES),
        default="mlp-study",
        required=True,
        key=address.STUDY,
        bind="query-params",
        on_change=_forget_section,
    )
    st.header(STUDIES[name].question)
    findings = cache.findings(name)
    if findings is None:
        st.info(_plan(STUDIES[name]))
        return
    best, *parts = cache.conclusion(name)
    with st.container(width=860):
        sentence, details = study_conclusions.best(best)
        st.markdown(sentence, help=details)
        if parts:
            _sections(findings, [study_conclusions.section(part) for part in parts])
    _table(findings)


def _forget_section() -> None:
    """Another study has other sections."""
    st.session_state.pop(address.SECTION, None)
    st.query_params.pop(address.SECTION, None)


def _plan(study: Study) -> str:
    """What a study that has no runs yet would train, and how to train it."""
    varied = " and ".join(field.replace("_", " ") for field in study.varied())
    return (
        f"This study has no runs yet. It trains {len(study.recipes())} times with another {varied}: "
        f"`python -m training sweep {study.base.name}`."
    )


def _sections(findings: Findings, sections: list[study_conclusions.Section]) -> None:
    """A control for the sections, and the chosen one: only its chart is drawn."""
    by_title = {section.title: section for section in sections}
    choices.tell_unknown(address.SECTION, by_title)
    title = st.segmented_control(
        "Section",
        list(by_title),
        default=sections[0].title,
        required=True,
        key=address.SECTION,
        bind="query-params",
        label_visibility="collapsed",
    )
    section = by_title[title]
    draw = partial(FIGURES[section.figure], findings)
    charts.chart(draw, section.figure, section.title, (cache.shelf_key(), findings.study.base.name))
    st.markdown(section.sentence)
    with st.expander("The numbers behind it"):
        st.markdown(section.details)


def _table(findings: Findings) -> None:
    described = _columns(findings)
    shown = findings.table[list(described)].copy()
    for rate in RATES & set(shown):
        shown[rate] = 100 * shown[rate]
    with st.expander(f"Every training ({len(shown)})"):
        st.dataframe(shown, hide_index=True, column_config=tables.columns(described), key="table", placeholder="")
        st.code(f"python -m training sweep {findings.study.base.name}", language="sh")
    best = findings.table.iloc[0]
    st.page_link(
        "views/evaluate.py",
        label=f"The digits that {best['label']} misclassifies",
        icon=":material/fact_check:",
        query_params={address.RUN: best["run"]},
    )


def _columns(findings: Findings) -> dict[str, tuple]:
    """The columns of the table: those of the seeds where there are several, and what the study varies."""
    repeated = (findings.table["seeds"] > 1).any()
    described = {name: column for name, column in COLUMNS.items() if repeated or name not in OF_SEEDS}
    varied = ["shape" if name in SHAPE_FIELDS else name for name in findings.study.varied()]
    return described | {name: (name.replace("_", " "), None) for name in varied if name not in described}


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


def _start(findings: Findings):
    best = findings.table[findings.table["val_error"] < MAX_LEARNED_ERROR].drop_duplicates("optimizer")
    return figures.start(_histories(dict(zip(best["label"], best["run"], strict=True))))


def _histories(named: dict[str, str]) -> dict:
    """The histories of runs by what they are called; a run that was deleted meanwhile is left out."""
    histories = {}
    for name, run in named.items():
        try:
            histories[name] = cache.history(run)
        except RunError as error:
            st.warning(wording.plain(error))
    return histories


def _kinds(_findings: Findings):
    names = dict(zip(COMPARED_STUDIES, ("perceptrons", "convolutional networks"), strict=True))
    return figures.kinds({name: cache.findings(study).table for study, name in names.items()})


FIGURES = {
    "shapes": _shapes,
    "steps": lambda findings: figures.steps(findings.around("learning_rate", "batch_size")),
    "gaps": _gaps,
    "stopping": _stopping,
    "kinds": _kinds,
    "optimizers": lambda findings: figures.optimizers(findings.table),
    "start": _start,
    "ingredients": lambda findings: figures.ingredients(changed_once(findings), findings.best_with()["run"]),
}
