"""The command `python -m training study`."""

from typing import Annotated

import pandas as pd
import tyro

from models.command_line import stop
from training.studies.findings import find
from training.studies.grids import STUDIES

NAMES = tyro.extras.literal_type_from_choices(list(STUDIES))
HEADINGS = ("setting", "held-out error", "test error", "p value against the base")


def print_study(
    name: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="the study", constructor=NAMES)],
) -> None:
    """Print what a study found as a Markdown table: a row for every run, the fewest errors on held-out digits first."""
    findings = find(name)
    if findings is None:
        stop(f"The study '{name}' has no runs yet: python -m training sweep {name}", 1)
    base = findings.best_with()
    run = None if base is None else base["run"]
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(row, run) for _, row in findings.table.iterrows())]
    print("\n".join(f"| {' | '.join(row)} |" for row in rows))


def _row(row: pd.Series, base: str | None) -> tuple[str, ...]:
    test = f"{_percent(row['test_error'])} % ({_percent(row['low'])} to {_percent(row['high'])})"
    if row["seeds"] > 1:
        test += f"; {row['seeds']} seeds: {_percent(row['mean_error'])} % ± {_percent(row['deviation'])}"
    return (
        row["label"],
        f"{_percent(row['val_error'])} %",
        test,
        "the base" if row["run"] == base else _p(row["p_value"]),
    )


def _percent(rate: float) -> str:
    return f"{100 * rate:.2f}"


def _p(value: float) -> str:
    """A p-value; nothing where the base has no run."""
    if pd.isna(value):
        return ""
    return f"{value:.2g}" if value >= 0.0001 else "< 0.0001"
