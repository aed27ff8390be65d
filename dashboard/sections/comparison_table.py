"""The part of the page Compare that says which run is better: the verdict table, and links to more about its runs."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import address, address_bar, wording
from dashboard.components import tables
from dashboard.sections import comparison_report, inference_time
from dashboard.sections.comparison_report import PERCENT
from training.analysis.comparison import ALONE, BEST, DIVERGED, TIE, UNTESTED, WORSE, evaluated, same_trainings
from training.identity import OWN_DIGITS
from training.metrics import METRICS

COLUMNS = {  # of the verdicts, except the metrics -> heading, format, what it means
    "run": ("run", None, None),
    "dataset": (
        "tested on",
        None,
        "The dataset whose test digits it was tested on; verdicts compare runs on the same digits",
    ),
    "verdict": ("verdict", None, "Compared with the run with the fewest errors on the same digits"),
    "error": ("test error", PERCENT, "Share of the test digits that the run misclassifies"),
    "low": (
        "95 % from",
        PERCENT,
        "Lower end of the 95 % confidence interval of the test error (Wilson's score interval)",
    ),
    "high": (
        "95 % to",
        PERCENT,
        "Upper end of the 95 % confidence interval of the test error (Wilson's score interval)",
    ),
    "runs": ("repeats", "%d", "How often it was trained, each time with another seed or on another fold"),
    "deviation": ("± repeats", PERCENT, "Standard deviation of the test error between repeats"),
    "p_value": (
        "p-value (Holm)",
        "%.3f",
        "Probability of so large a difference from the best run if both were equally good (exact McNemar test), corrected for the "
        "number of runs compared (Holm); A against B shows it uncorrected",
    ),
    "best_epoch": (
        "best epoch",
        "%.0f",
        "The one with the lowest validation loss; the test error is of the saved model, often of a later epoch",
    ),
    "last_epoch": ("epochs", "%.0f", "How often the run went through its training digits"),
    "parameters": (
        "parameters",
        "localized",
        "Numbers that it learns, with the statistics of batch normalisation",
    ),
    "kilobytes": ("file (kB)", "localized", "Size of the saved model"),
    "seconds": ("training (s)", "%.0f", "How long the training took"),
    "milliseconds": ("ms per digit", "%.3f", "How long a prediction takes, measured on this machine"),
    "gap": (
        "gap (nats)",
        "%.4f",
        "Validation loss minus training loss at the end: large if the run overfits",
    ),
    "batch": ("batch", "%d", "Digits per step of the optimizer"),
    "optimizer": ("optimizer", None, "With its learning rate"),
    "validation": (
        "validated on",
        None,
        "Digits of the validation loss: a part or fold held out of the training set, or the test set",
    ),
}
BADGES = {BEST: "green", TIE: "blue", WORSE: "gray", ALONE: "gray", DIVERGED: "red", UNTESTED: "gray"}
MAX_LINKED = 30  # runs that an address has room for
DEFAULT = [
    "dataset",
    "verdict",
    "error",
    "low",
    "high",
    "runs",
    "deviation",
    "best_epoch",
    "last_epoch",
    "parameters",
    "kilobytes",
    "seconds",
]
METHOD = (
    f"“{TIE}”: if both runs were equally good, chance alone would often make them differ this much. The exact McNemar test counts "
    "only digits that exactly one of the two misclassifies; Holm's correction asks for a larger difference the more runs are "
    "compared. 95 % interval: of 100 such intervals, about 95 contain the error that the run makes on all digits of this kind."
)
MEDIAN = " A recipe that was trained several times is represented by the repeat with the median error."


def columns() -> dict[str, tuple[str, str | None, str | None]]:
    """Of the verdicts by name: heading, format, what it means; every metric is one of them."""
    return COLUMNS | {
        name: (metric.heading, PERCENT if metric.percent else "%.4f", metric.caption)
        for name, metric in METRICS.items()
        if name not in COLUMNS
    }


def summary(verdicts: pd.DataFrame, chosen: Mapping[str, Sequence[str]], all_runs: pd.DataFrame) -> None:
    """The verdicts in a sentence. Arguments: see `table`."""
    again = same_trainings(all_runs, [run for members in chosen.values() for run in members])
    sentence = _summary(verdicts) + _again(again)
    comparison_report.keep_sentence(sentence)
    st.markdown(sentence, help=METHOD + (MEDIAN if _repeated(verdicts) else ""))


def _repeated(verdicts: pd.DataFrame) -> bool:
    return bool((verdicts["runs"] > 1).any())


def table(verdicts: pd.DataFrame, chosen: Mapping[str, Sequence[str]], all_runs: pd.DataFrame) -> None:
    """The verdicts as a table.

    verdicts: as comparison.compare gives them; chosen: the runs of each entry; all_runs: a row per run.
    """
    st.header("Which is better?")
    repeated = _repeated(verdicts)
    described = columns()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Columns"):
            picked = st.pills(
                "Columns",
                list(described)[1:],
                default=DEFAULT,
                selection_mode="multi",
                key=address.COLUMNS,
                bind="query-params",
                format_func=lambda name: described[name][0],
                label_visibility="collapsed",
            )
        inference_time.button([run for members in chosen.values() for run in members], all_runs, _show_speeds)
        rivals = st.toggle("Hide significantly worse runs", key=address.RIVALS, bind="query-params")
    verdicts["milliseconds"] = [inference_time.of(chosen[name]) for name in verdicts["run"]]
    empty = {name for name in described if verdicts[name].isna().all()}
    empty |= set() if repeated else {"runs"}
    empty |= {"dataset"} if verdicts["test_digits"].nunique() == 1 else set()
    verdicts = verdicts[verdicts["verdict"] != WORSE] if rivals else verdicts
    shown = verdicts[["run", *(name for name in described if name in picked and name not in empty)]]
    formatted = _formatted(shown.round({"kilobytes": 0}), described)
    ticked = st.dataframe(
        formatted,
        hide_index=True,
        column_config=_config(shown, described),
        key="table",
        on_select="rerun",
        placeholder="",
        alt="The verdict on each run",
    ).selection["rows"]
    comparison_report.keep_tables(verdicts, list(shown), described, chosen, all_runs)
    _links(verdicts.iloc[[place for place in ticked if place < len(verdicts)]], verdicts)


def _show_speeds() -> None:
    """Add the measured column to those shown."""
    st.session_state[address.COLUMNS] = [*dict.fromkeys([*st.session_state[address.COLUMNS], "milliseconds"])]


def _formatted(shown: pd.DataFrame, described: Mapping[str, tuple]) -> pd.DataFrame:
    """Rates in percent, and each verdict as a badge. described: as `columns` gives it."""
    shown = shown.copy()
    for rate in [name for name in shown if described[name][1] == PERCENT]:
        shown[rate] = (100 * shown[rate]).round(4)
    if "verdict" in shown:
        shown["verdict"] = pd.Series([[verdict] for verdict in shown["verdict"]], shown.index, dtype=object)
    return shown


def _config(shown: pd.DataFrame, described: Mapping[str, tuple]) -> dict:
    """Settings of the columns of a table. described: as `columns` gives it."""
    config = tables.columns({name: described[name] for name in shown})
    if (longest := max(map(len, shown["run"]))) > 14:
        config["run"] = st.column_config.Column(COLUMNS["run"][0], width=int(min(28 + 7.5 * longest, 400)))
    if "verdict" in config:
        heading, _, meaning = COLUMNS["verdict"]
        config["verdict"] = st.column_config.MultiselectColumn(
            heading, help=meaning, options=list(BADGES), color=list(BADGES.values())
        )
    return config


def _links(picked: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """Links to the pages about the picked rows, or about the best ones if none is picked."""
    picked, verdicts = evaluated(picked), evaluated(verdicts)
    if verdicts.empty:
        return
    rows = picked if len(picked) else verdicts[verdicts["test_digits"] == verdicts["test_digits"].iloc[0]]
    runs = list(rows["middle"])
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.page_link(
            "views/evaluate.py",
            label=f"What does {runs[0]} misclassify?",
            icon=":material/fact_check:",
            query_params={address.RUN: runs[0]},
        )
        if len(runs) > 1 and rows["test_digits"].iloc[0] == rows["test_digits"].iloc[1]:
            st.button(
                f"Where do {runs[0]} and {runs[1]} differ?",
                key="differ",
                icon=":material/difference:",
                type="tertiary",
                on_click=address_bar.open_part,  # a link would leave the page's controls as they are
                args=(
                    address.PART_OF_COMPARE,
                    address.A_AGAINST_B,
                    {address.RUN: runs[0], address.AGAINST: runs[1]},
                ),
            )
        if 1 < len(runs) <= MAX_LINKED:
            st.page_link(
                "views/ensemble.py",
                label=f"Combine {'both' if len(runs) == 2 else f'these {len(runs)}'} in an ensemble",
                icon=":material/groups:",
                query_params={address.MEMBERS: runs},
            )
    if not len(picked):
        st.caption("Tick rows of the table to change these links.")


def _summary(verdicts: pd.DataFrame) -> str:
    """The best run on each set of test digits, and how many others differ significantly from it."""
    sentences = []
    for _, rows in evaluated(verdicts).groupby("test_digits", sort=False):
        digits = _digits(rows["dataset"].iloc[0])
        if len(rows) == 1:
            sentences.append(
                f"**{rows['run'].iloc[0]}** misclassifies {wording.percent(rows['error'].iloc[0])} of {digits}."
            )
            continue
        best = rows.loc[rows["verdict"] == BEST, "run"].iloc[0]
        tied, worse = ((rows["verdict"] == verdict).sum() for verdict in (TIE, WORSE))
        others = [f"{tied} {'is' if tied == 1 else 'are'} not significantly different"] if tied else []
        others += [f"{worse} {'makes' if worse == 1 else 'make'} significantly more"] if worse else []
        sentences.append(f"**{best}** makes the fewest errors on {digits}.")
        if len(rows) == 2:
            sentences.append(
                "The other is not significantly different." if tied else "The other makes significantly more."
            )
        elif others:
            sentences.append(f"Of the others, {' and '.join(others)}.")
    sentences += [f"**{name}** diverged{_when(epoch)}." for name, epoch in _diverged(verdicts)]
    if untested := list(verdicts.loc[verdicts["verdict"] == UNTESTED, "run"]):
        sentences.append(f"Recorded without test digits: {', '.join(untested)}.")
    return " ".join(sentences)


def _digits(dataset: str) -> str:
    """The test digits of a dataset, or of runs that came without theirs."""
    return "test digits of unknown origin" if dataset == OWN_DIGITS else f"the test digits of {dataset}"


def _again(trainings: Sequence[Sequence[str]]) -> str:
    """Which runs are the same training more than once."""
    said = ""
    for runs in trainings:
        often = "twice" if len(runs) == 2 else f"{len(runs)} times"
        said += f" {wording.listed(runs)} are the same training {often}: one recipe and one seed."
    return said


def _diverged(verdicts: pd.DataFrame) -> list[tuple[str, float]]:
    """The entries that diverged, each with its epoch."""
    lost = verdicts[verdicts["verdict"] == DIVERGED]
    return list(zip(lost["run"], lost["diverged"], strict=True))


def _when(epoch: float) -> str:
    return f" in epoch {int(epoch)}" if epoch else ""
