"""The digits of a dataset: one by one, and what they have in common."""

import streamlit as st

from dashboard import address
from dashboard.sections import choices, digit_gallery, opening, statistics

GALLERY = "Gallery"


def main() -> None:
    opening.page("Explore", "What do the digits look like, one by one and all together?")
    _open_clicked()
    notice = st.container()
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    with row:
        part = choices.choose_part((GALLERY, address.STATISTICS), address.PART_OF_EXPLORE)
        dataset = choices.choose_dataset(digit_gallery.first_page, notice)
        split = st.segmented_control(
            "Split",
            ["all", "train", "test"],
            default="all",
            required=True,
            key=address.SPLIT,
            bind="query-params",
            on_change=digit_gallery.first_page,
        )
        class_name = st.pills(
            "Class",
            dataset.class_names,
            key=address.CLASS,
            bind="query-params",
            wrap=True,
            on_change=digit_gallery.first_page,
        )
    for refused in dataset.refused:
        st.warning(refused, icon=":material/broken_image:")
    split = None if split == "all" else split
    if part == address.STATISTICS:
        statistics.show(dataset, split, class_name)
    else:
        digit_gallery.show(dataset, split, class_name, row)


def _open_clicked() -> None:
    """Where a digit was clicked among the statistics: open it among the digits."""
    opened = st.session_state.pop(address.OPENED, None)
    if opened is not None:
        st.session_state[address.PART_OF_EXPLORE] = GALLERY
        st.session_state.pop(address.PAGE, None)
        st.query_params[address.DIGIT] = str(opened)


main()
