"""The questions of a first course, each with a figure to handle."""

from pathlib import Path

import streamlit as st

from dashboard import address, cache
from dashboard.sections import concepts, opening, path
from dashboard.sections.concepts import CONCEPTS, GROUPS, Concept, Link

USUAL = "filter"  # the question that is open at first


def main() -> None:
    opening.page("Concepts", "The questions of a first course, to try out.")
    named = st.query_params.get(address.CONCEPT, USUAL)
    chosen = CONCEPTS[named if named in CONCEPTS else USUAL]
    with st.container(key="concepts"):
        left, right = st.columns([2, 5], gap="large")
    with left:
        if path.named() is None:
            chosen = _list(chosen)
        else:  # whoever follows the path has one thing to do
            with st.popover("All questions", icon=":material/list:"):
                _list(chosen)
    with right:
        _open(chosen)


def _list(chosen: Concept) -> Concept:
    """A search and the questions that it finds, by group. Gives the one to open: the first that is found, if the chosen is not."""
    if path.named() is None:
        path.link(1, "Path in seven steps", ":material/route:")
    words = st.text_input(
        "Find a question",
        type="search",
        placeholder="Find a question",
        live=True,
        key=address.FIND,
        bind="query-params",
        label_visibility="collapsed",
    )
    found = concepts.find(words or "")
    if not found:
        st.caption("No question has these words.")
    for group in GROUPS:
        if among := concepts.of_group(group, found):
            names = {one.key: one.name for one in among}
            key = address.questions_key(group)
            st.session_state[key] = chosen.key if chosen.key in names else None
            st.pills(group, list(names), format_func=names.get, key=key, on_change=_choose, args=(key,), wrap=True)
    return CONCEPTS[found[0]] if found and chosen.key not in found else chosen


def _choose(key: str) -> None:
    if chosen := st.session_state[key]:
        st.query_params[address.CONCEPT] = chosen


def _open(chosen: Concept) -> None:
    """A question with its answer, its figure, its formula and where it comes from."""
    st.header(chosen.question, anchor=False)
    with st.container(width=860):
        st.markdown(chosen.text, help=f"Source: {chosen.source}")
    st.fragment(opening.bears_changes(chosen.show))()
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        for formula in filter(
            None, chosen.formula.split(r"\qquad")
        ):  # each in a line of its own where there is no room
            st.latex(formula.strip(), width="content", help=chosen.letters or None)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for link in chosen.links:
            _lead(link)


def _lead(link: Link) -> None:
    """To where something of ours shows it, if that is there."""
    there = (Path(__file__).parent / f"{link.page}.py").exists()
    table = cache.run_table()[0]
    if there and (link.run is None or (len(table) and link.run in set(table["run"]))):
        st.page_link(
            f"views/{link.page}.py", label=link.label, icon=":material/arrow_forward:", query_params=link.named
        )


main()
