"""The part of the page Compare that says which run is better: the verdict table, and where to go from it."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import address
from dashboard.components import tables
from dashboard.sections import inference_time
from training.analysis.comparison import BEST, TIE, WORSE
from training.metrics import METRICS

PERCENT = "%.2f %%"  # how a share from 0 to 1 is written
COLUMNS = {  # of the verdicts, but for the metrics -> heading, format, what it means
    "run": ("run", None, None),
    "dataset": (
        "tested on",
        None,
        "The dataset whose test digits it was tested on; verdicts are among those with the same",
    ),
    "verdict": ("verdict", None, "Against the run with the fewest errors on the same digits"),
    "error": ("test error", PERCENT, "Share of the test digits that it misreads"),
    "low": ("95 % from", PERCENT, "On other digits like these the error is probably above this"),
    "high": ("95 % to", PERCENT, "On other digits like these the error is probably below this"),
    "runs": ("repeats", "%d", "How often it was trained, each time with another seed or on another fold"),
    "deviation": ("± repeats", PERCENT, "Standard deviation of the test error from repeat to repeat"),
    "chance": ("p (chance)", "%.3f", "How often chance alone makes two equally good runs differ so much, 0 to 1"),
    "best_epoch": (
        "best epoch",
        "%.0f",
        "That of the lowest watched loss; the test error is of the saved model, often a later one",
    ),
    "last_epoch": ("epochs", "%.0f", "How often it went through its training digits"),
    "parameters": ("parameters", "localized", "Numbers that the network learns"),
    "kilobytes": ("file (kB)", "localized", "Size of the saved model"),
    "seconds": ("training (s)", "%.0f", "How long the training took"),
    "milliseconds": ("ms a digit", "%.3f", "How long it takes to read a digit, measured here"),
    "gap": (
        "gap (nats)",
        "%.4f",
        "The watched loss at the end minus that on training digits: large if it learned by heart",
    ),
    "batch": ("batch", "%d", "Digits between two steps of the optimizer"),
    "optimizer": ("optimizer", None, "With its learning rate"),
    "watched": (
        "watched on",
        None,
        "Digits it was watched on after each epoch: a split or fold of the training set, or the test set",
    ),
}
BADGES = {BEST: "green", TIE: "blue", WORSE: "gray"}
SEVERAL = 30  # runs that an address has room for
FIRST = [
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


def columns() -> dict[str, tuple[str, str | None, str | None]]:
    """Of the verdicts by name: heading, format, what it means; every metric is one of them."""
    return COLUMNS | {
        name: (metric.heading, PERCENT if metric.percent else "%.4f", metric.caption)
        for name, metric in METRICS.items()
        if name not in COLUMNS
    }


def table(found: pd.DataFrame, chosen: Mapping[str, Sequence[str]], every: pd.DataFrame) -> None:
    """The verdicts, in a sentence and as a table.

    found: as training.verdicts gives them; chosen: the runs of each entry; every: the table of all runs.
    """
    st.subheader("Which is better?")
    st.markdown(_in_words(found))
    every_column = columns()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.popover("Columns"):
            picked = st.pills(
                "Columns",
                list(every_column)[1:],
                default=FIRST,
                selection_mode="multi",
                key=address.COLUMNS,
                bind="query-params",
                format_func=lambda name: every_column[name][0],
                label_visibility="collapsed",
            )
        inference_time.button([run for members in chosen.values() for run in members], every, _show_speeds)
        rivals = st.toggle("Only those that could be best", key=address.RIVALS, bind="query-params")
    found["milliseconds"] = [inference_time.of(chosen[name]) for name in found["run"]]
    empty = {name for name in every_column if found[name].isna().all()}
    empty |= {"runs"} if (found["runs"] == 1).all() else set()
    empty |= {"dataset"} if found["test_digits"].nunique() == 1 else set()
    found = found[found["verdict"] != WORSE] if rivals else found
    shown = found[["run", *(name for name in every_column if name in picked and name not in empty)]]
    ticked = st.dataframe(
        _printed(shown.round({"kilobytes": 0}), every_column),
        hide_index=True,
        column_config=_config(shown, every_column),
        key="table",
        on_select="rerun",
        placeholder="",
        alt="The verdict on each run",
    ).selection["rows"]
    middle = (
        " Of a recipe that was trained several times, the run of middle error is compared."
        if "runs" not in empty
        else ""
    )
    st.caption(
        f"“{TIE}”: chance alone could make two equally good runs differ so much. Only digits that one of the two misreads count, "
        "and the more runs are compared, the more a difference has to be (exact McNemar test, Holm's correction). The 95 % "
        "interval: of 100 such ranges, some 95 hold the error that the run makes on all digits of this kind." + middle
    )
    _onward(found.iloc[[place for place in ticked if place < len(found)]], found)


def _show_speeds() -> None:
    """Let the measured column be among those shown."""
    st.session_state[address.COLUMNS] = [*dict.fromkeys([*st.session_state[address.COLUMNS], "milliseconds"])]


def _printed(shown: pd.DataFrame, described: Mapping[str, tuple]) -> pd.DataFrame:
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


def _onward(picked: pd.DataFrame, found: pd.DataFrame) -> None:
    """Links to the pages about the picked rows, or about the best ones where none is picked."""
    own = picked if len(picked) else found[found["test_digits"] == found["test_digits"].iloc[0]]
    runs = list(own["middle"])
    with st.container(horizontal=True, gap="medium"):
        st.page_link(
            "views/evaluate.py",
            label=f"What does {runs[0]} misread?",
            icon=":material/fact_check:",
            query_params={address.RUN: runs[0]},
        )
        if len(runs) > 1 and own["test_digits"].iloc[0] == own["test_digits"].iloc[1]:
            st.page_link(
                "views/difference.py",
                label=f"Where do {runs[0]} and {runs[1]} differ?",
                icon=":material/difference:",
                query_params={address.RUN: runs[0], address.AGAINST: runs[1]},
            )
        if 1 < len(runs) <= SEVERAL:
            st.page_link(
                "views/together.py",
                label=f"What do {'both' if len(runs) == 2 else f'these {len(runs)}'} read together?",
                icon=":material/groups:",
                query_params={address.TOGETHER: runs},
            )
    if not len(picked):
        st.caption("Tick rows of the table, and these links lead to them.")


def _in_words(found: pd.DataFrame) -> str:
    sentences = []
    for _, own in found.groupby("test_digits", sort=False):
        dataset = own["dataset"].iloc[0]
        best = own.loc[own["verdict"] == BEST, "run"].iloc[0]
        tied, worse = ((own["verdict"] == verdict).sum() for verdict in (TIE, WORSE))
        text = f"**{best}** makes the fewest errors on the test part of {dataset}."
        if tied:
            text += f" {tied} {'other' if tied == 1 else 'others'} could be equal to it."
        if worse:
            text += f" {worse} {'makes' if worse == 1 else 'make'} more errors, and that is more than chance."
        sentences.append(text)
    return " ".join(sentences)
