"""The lowest errors on MNIST that are known, with our best run and ensemble among them."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import cache, wording
from dashboard.components import charts, tables
from dashboard.figures import sources as figures
from training.studies.records import AIM, KNOWN, Own

COLUMNS = {  # of the table -> heading, format, meaning
    "name": ("system", None),
    "error": ("test error", "%.3f %%"),
    "low": ("95 % from", "%.2f %%", "of so many errors on 10,000 test digits; reported by none of these sources"),
    "high": ("to", "%.2f %%"),
    "year": ("year", "%d"),
    "reference": ("reference", None),
    "remark": ("remark", None),
}


def show() -> None:
    """The known errors and ours, as a chart, a sentence and a table."""
    ensemble, run = cache.best_ensemble(), cache.best_run()
    own = [one for one in (ensemble, run) if one]
    rows = [(_dated(one.name, one.year), one.error, *one.interval, False) for one in KNOWN]
    rows += [(f"ours: {one.name}", one.error, *one.interval, True) for one in own]
    of = cache.shelf_key(), *((one.name, one.members) for one in own)
    with st.container(width=860):
        charts.chart(partial(figures.records, rows, AIM.error), "records", "The lowest test errors known, and ours", of)
        st.markdown(_sentence(ensemble, run), help=_chosen(own) if own else None)
    with st.expander(f"Every record ({len(KNOWN) + len(own)})"):
        config = tables.columns(COLUMNS)
        st.dataframe(
            _table(own), hide_index=True, column_config=config, key="records", height="content", placeholder=""
        )


def _dated(name: str, year: int | None) -> str:
    return f"{name}, {year}" if year else name


def _sentence(ensemble: Own | None, run: Own | None) -> str:
    """What is aimed at, and how far ours are from it."""
    aim = f"The aim is fewer than {wording.percent(AIM.error)} errors ({AIM.name}, {AIM.year})."
    if run is None:
        return f"{aim} Our best would be here: train a run with `python -m training run cnn-large`."
    best = min((one for one in (ensemble, run) if one), key=lambda one: one.errors)
    below = "It is reached" if best.error < AIM.error else "It is not reached"
    if best.interval[0] < AIM.error < best.interval[1]:
        below += ", and the interval holds it: more or fewer errors may be chance"
    if ensemble is None:
        saved = "No ensemble of runs on MNIST is saved; the page Ensemble saves one."
    else:
        name, many = wording.plain(ensemble.name), len(ensemble.members)
        saved = f"The ensemble **{name}** of {many} runs misclassifies {_errors(ensemble)}."
    return f"{aim} {below}. {saved} The best single run, **{wording.plain(run.name)}**, misclassifies {_errors(run)}."


def _errors(own: Own) -> str:
    return f"**{own.errors}** of {len(own.wrong):,} test digits, {wording.error_rate(own.errors, len(own.wrong))}"


def _chosen(own: list[Own]) -> str:
    """What each was the best of: that was seen on the test digits."""
    among = wording.listed(f"{wording.plain(one.name)} the best of {one.among}" for one in own)
    return f"By the errors on the test digits themselves, {among}; the best of many is partly luck. {wording.INTERVAL}"


def _table(own: list[Own]) -> pd.DataFrame:
    rows = [
        (result.name, result.error, *result.interval, result.year, result.reference, result.remark) for result in KNOWN
    ]
    for result in own:
        remark = f"ensemble of {', '.join(result.members)}" if len(result.members) > 1 else ""
        rows.append((result.name, result.error, *result.interval, None, "this project", remark))
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values("error", ignore_index=True)
    return table.assign(**{rate: 100 * table[rate] for rate in ("error", "low", "high")})
