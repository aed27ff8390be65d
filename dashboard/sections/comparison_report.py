"""What the report of a comparison says beside its charts: the verdict, its table, settings, tags, notes, and where two differ."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.components import charts
from dashboard.components.confusion_matrix import as_table
from training import annotations
from training.analysis import run_settings
from training.analysis.difference import Difference
from training.annotations import NOTHING
from training.predictions import Predictions

PERCENT = "%.2f %%"  # how a share from 0 to 1 is written
P_VALUE = "p_value"  # which a report has, whether the page shows it or not


def keep_sentence(sentence: str) -> None:
    """Have the verdict stand first in the report. sentence: in Markdown."""
    charts.keep_text(sentence.replace("**", "").replace("\\", ""), "verdict", "Verdict")


def keep_tables(
    verdicts: pd.DataFrame,
    columns: Sequence[str],
    described: Mapping[str, tuple],
    chosen: Mapping[str, Sequence[str]],
    all_runs: pd.DataFrame,
) -> None:
    """Have the table of verdicts stand in the report, and a second one on how the runs were trained and what stands beside them.

    verdicts: as comparison.compare gives them; columns: those that the page shows; described: of each column its heading, how its
    numbers are written, and what it means; chosen: the runs of each entry; all_runs: a row per run.
    """
    charts.keep_table(written(verdicts, columns, described), "verdicts", "Which is better?")
    table = differences({name: chosen[name] for name in verdicts["run"]}, all_runs)
    if len(table.columns) > 1:
        charts.keep_table(table, "differences", "What differs")


def keep_pair(
    sentences: Sequence[str],
    pair: tuple[str, str],
    predictions: tuple[Predictions, Predictions],
    differing: Difference,
    names: Sequence[str],
) -> None:
    """Have the report say how two runs differ: sentences in Markdown, both matrices' difference, and every digit that they classify
    differently.

    pair: run A and run B, whose predictions these are; names: of the classes.
    """
    keep_sentence(f"A is {pair[0]}, B is {pair[1]}. {' '.join(sentences)}")
    matrix = as_table(differing.matrix, names).reset_index()
    charts.keep_table(matrix, "pair matrix", "Confusion matrix of A minus that of B")
    a, b = predictions
    numbers = np.flatnonzero(a.classes != b.classes)
    classes = [np.array(names)[one[numbers]] for one in (a.labels, a.classes, b.classes)]
    table = dict(zip(("label", f"A: {pair[0]}", f"B: {pair[1]}"), classes, strict=True))
    charts.keep_table(
        pd.DataFrame({"test digit": numbers} | table),
        "pair digits",
        f"Classified differently: {len(numbers):,} test digits",
    )


def written(verdicts: pd.DataFrame, columns: Sequence[str], described: Mapping[str, tuple]) -> pd.DataFrame:
    """The columns and the p-value as texts, as the page writes them, under their headings. Arguments: see `keep_tables`."""
    names = list(columns)
    if P_VALUE not in names and verdicts[P_VALUE].notna().any():
        names.insert(names.index("verdict") + 1 if "verdict" in names else len(names), P_VALUE)
    return pd.DataFrame(
        {described[name][0]: [_text(name, value, described[name][1]) for value in verdicts[name]] for name in names}
    )


def _text(name: str, value: Any, form: str | None) -> str:
    if pd.isna(value):
        return ""
    if form is None:
        return str(value)
    if name == P_VALUE:
        return wording.p_value(value).removeprefix("p").removeprefix(" =").strip()
    if form == PERCENT:
        return wording.percent(value)
    return f"{value:,.0f}" if form == "localized" else form % value


def differences(entries: Mapping[str, Sequence[str]], all_runs: pd.DataFrame) -> pd.DataFrame:
    """A row per entry: the settings in which they differ, its tags and its note, as texts, each where any entry has some.

    entries: the runs of each; all_runs: a row per run.
    """
    by_run = {row["run"]: row for row in all_runs.to_dict("records")}
    members = {name: [by_run[run] for run in runs] for name, runs in entries.items()}
    shared = {name: run_settings.shared(rows) for name, rows in members.items()}
    columns: dict[str, list[str]] = {"run": list(entries)}
    for setting in run_settings.differing(list(shared.values())):
        values = [one["settings"].get(setting) for one in shared.values()]
        heading = wording.field(setting)
        heading += " (setting)" if heading in ("run", "tags", "note") else ""
        columns[heading] = ["" if value is None else str(wording.setting(value)) for value in values]
    beside = annotations.load()
    recorded = {name: [tag for row in rows for tag in row.get("tags", ())] for name, rows in members.items()}
    told = {
        "tags": [", ".join(annotations.tags(beside.get(name, NOTHING), recorded[name])) for name in entries],
        "note": [beside.get(name, NOTHING).note for name in entries],
    }
    return pd.DataFrame(columns | {name: texts for name, texts in told.items() if any(texts)})
