"""A path in seven steps, from the first drawing to a trained network and its mistakes, for a student who works alone.

The step stands in the address, so that a teacher can send the fourth; whoever takes another page from the menu leaves the path.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import streamlit as st

from dashboard import address

HOME = "draw"  # the page that has no path of its own


@dataclass(frozen=True)
class Step:
    """page: the stem of its file in views/; do: the one thing to do; named: what its address says besides."""

    page: str
    do: str
    named: Mapping[str, str | list[str]] = field(default_factory=dict)


STEPS = (
    Step("draw", "Draw a 7 with a bar. Which digit is read, and with what confidence?"),
    Step("explore", "From such digits a network learns. Find a 7 that could be taken for a 1.", {address.CLASS: "7"}),
    Step(
        "concepts",
        "Choose *horizontal edges*, then move one weight. Where does the map light up?",
        {address.CONCEPT: "filter"},
    ),
    Step(
        "concepts",
        "Turn the learning rate up. From which rate on does the loss no longer fall?",
        {address.CONCEPT: "learning-rate"},
    ),
    Step(
        "evaluate",
        "Press *Play*. Which digits does this network learn to classify last?",
        {address.PART_OF_EVALUATE: address.EPOCH_BY_EPOCH, address.RUN: "cnn-large"},
    ),
    Step(
        "compare",
        "Two trained networks. Which makes fewer errors, and could that be chance?",
        {address.RUNS: ["mlp-800", "cnn-large"]},
    ),
    Step(
        "evaluate",
        "Click a cell beside the diagonal: its digits are misclassified. Could you read them?",
        {address.RUN: "cnn-large"},
    ),
)


def show(path: str) -> None:
    """Above a page: what to do in the step that the address names, with links to those before and after; nothing without.

    path: what the address says of the open page, "" for home.
    """
    number = named()
    if number is None:
        return
    step = STEPS[number - 1]
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="path"):
        st.markdown(f"**Step {number} of {len(STEPS)}.** {step.do}", width="stretch")
        if step.page != (path or HOME):
            link(number, "To this step", ":material/my_location:")
            return
        if number > 1:
            link(number - 1, "Back", ":material/arrow_back:", step.page)
        if number < len(STEPS):
            link(number + 1, "Next", ":material/arrow_forward:", step.page)


def named() -> int | None:
    """The step that the address names, from 1."""
    text = st.query_params.get(address.PATH_STEP, "")
    return int(text) if text.isdecimal() and len(text) < 3 and 1 <= int(text) <= len(STEPS) else None


def link(number: int, label: str, icon: str, page: str | None = None) -> None:
    """A link to a step. page: the open one, of which Streamlit would leave the address as it is."""
    step = STEPS[number - 1]
    query = {**step.named, address.PATH_STEP: str(number)}
    if step.page == page:
        st.button(label, icon=icon, type="tertiary", on_click=st.query_params.update, args=(query,))
    else:
        st.page_link(f"views/{step.page}.py", label=label, icon=icon, query_params=query)
