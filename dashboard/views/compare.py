"""Runs side by side, or two against each other."""

import streamlit as st

from dashboard import address
from dashboard.sections import choices, comparison, difference, opening, two_runs

PARTS = {"All runs": comparison.show, address.A_AGAINST_B: difference.show}


def main() -> None:
    table = opening.page_of_runs(
        "Compare",
        "How did each run learn, and is one better than another?",
        "The learning curves of your runs would be here.",
        help="A recipe says which network is trained, on which digits and how; a run is one training of a recipe.",
    )
    if table is None:
        return
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        part = choices.choose_part(tuple(PARTS), address.PART_OF_COMPARE, two_runs.follow_ticks)
    PARTS[part](table, row)


main()
