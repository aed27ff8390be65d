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
    """page: the stem of its file in views/; do: the one thing to do; know: what one has to know for it; seen: what one should have
    seen; named: what its address says besides."""

    page: str
    do: str
    know: str
    seen: str
    named: Mapping[str, str | list[str]] = field(default_factory=dict)


STEPS = (
    Step(
        "draw",
        "Draw a 7 with a bar. Which digit is read, and with what confidence?",
        "A trained network reads it. The bars show its confidence in each digit.",
        "The bars move while the pen moves: half a digit is read as another one, or as none. Finished, it is a 7 for "
        "most networks.",
    ),
    Step(
        "explore",
        "From such digits a network learns. Find a 7 that could be taken for a 1.",
        "Each picture has a label: the digit that its writer meant. A network learns from pictures and labels.",
        "Many sevens have a short upper stroke and no bar. People disagree on some; a network cannot do better than its labels.",
        {address.CLASS: "7"},
    ),
    Step(
        "concepts",
        "Choose *horizontal edges*, then move one weight. Where does the map light up?",
        "A network multiplies pixels by weights and adds up, layer after layer. A filter is nine such weights.",
        "Blue lies along one side of each horizontal stroke, amber along the other: there the picture looks like the filter, or "
        "like its opposite. Every weight that you move changes what it looks for.",
        {address.CONCEPT: "filter"},
    ),
    Step(
        "concepts",
        "Turn the learning rate up. Which learns best, and from which on does it go wrong?",
        "Learning changes the weights in small steps, so that the loss falls: the number that says how wrong the network is.",
        "Up to 0.3 a higher rate learns faster. At 1 the steps leap over the valley, and most digits are misclassified. From 3 on "
        "the network only guesses.",
        {address.CONCEPT: "learning-rate"},
    ),
    Step(
        "evaluate",
        "Press *Play*, then find the chart below: which class has the highest error at last?",
        "An epoch is one pass over all training digits. The run shown, cnn-large, is a small network with filters.",
        "Most is learned in the first epoch. After it the hard classes catch up slowly, and single digits still change sides.",
        {address.PART_OF_EVALUATE: address.EPOCH_BY_EPOCH, address.RUN: "cnn-large"},
    ),
    Step(
        "compare",
        "Two trained networks. Which makes fewer errors, and could that be chance?",
        "mlp-800 has 800 units that see the whole picture, cnn-large has filters. The verdict stands above the table.",
        "cnn-large makes fewer errors, but the verdict says that they are not significantly different: on other digits it could be "
        "the other way round. It has a tenth of the parameters.",
        {address.RUNS: ["mlp-800", "cnn-large"]},
    ),
    Step(
        "evaluate",
        "Click a cell beside the diagonal: its digits are misclassified. Could you read them?",
        "A row is the true digit, a column what the network predicts; on the diagonal both agree.",
        "Some you read at once: there a better network helps. Some nobody reads for certain, so no network will.",
        {address.PART_OF_EVALUATE: "Mistakes", address.RUN: "cnn-large"},
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
    if not path and step.page != HOME:  # the short address of a step
        st.switch_page(f"views/{step.page}.py", query_params={**step.named, address.PATH_STEP: str(number)})
    _arrive(number, step)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="path"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**Step {number} of {len(STEPS)}.** {step.do}")
            st.caption(step.know)
        if step.page != (path or HOME):
            link(number, "To this step", ":material/my_location:")
            return
        if number > 1:
            link(number - 1, "Back", ":material/arrow_back:", step.page)
        with st.popover("What to see", type="tertiary"):
            st.markdown(step.seen)
        if number < len(STEPS):
            link(number + 1, "Next", ":material/arrow_forward:", step.page)
        else:
            st.page_link("views/concepts.py", label="All questions", icon=":material/school:")


def _arrive(number: int, step: Step) -> None:
    """Have the controls of the page stand as the step names them, also where the visitor left them otherwise on an earlier step:
    Streamlit lets a link from another page say nothing about a control that it remembers."""
    before, st.session_state[address.PATH_TAKEN] = st.session_state.get(address.PATH_TAKEN), number
    if before not in (None, number):
        for name, value in step.named.items():
            if name in st.session_state:
                st.session_state[name] = st.query_params[name] = value


def begin() -> None:
    """A link to the first step, where none is open. The browser loads the page anew, at its top, where the step stands."""
    if named() is not None:
        return
    with st.container(key="begin"):
        st.html(f'<a href="./?{address.PATH_STEP}=1" target="_self">New here? Seven steps</a>')


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
