"""What can be done with the runs that Compare shows: another name, hidden, deleted; and what was deleted brought back."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import address, cache, wording
from dashboard.sections import runs_table
from training import annotations, runs, shelf


def show(chosen: Mapping[str, Sequence[str]]) -> None:
    """Buttons for the runs that are compared. chosen: the runs of each entry."""
    alone = [name for name, members in chosen.items() if len(members) == 1]
    members = [run for own in chosen.values() for run in own]
    if len(alone) == 1 == len(chosen):
        name = st.text_input("Name", value=alone[0], key=f"rename {alone[0]}", max_chars=60)
        st.button("Rename", icon=":material/edit:", disabled=name == alone[0], on_click=_rename, args=(alone[0], name))
    else:
        st.caption("Tick one run alone to give it another name.")
    what = "this run" if len(members) == 1 else f"these {len(members)} runs"
    if members and address.RUNS not in st.query_params:
        st.caption("Tick the runs that you want to hide or delete.")
    elif members:
        st.button(f"Hide {what}", icon=":material/visibility_off:", on_click=_hide, args=(list(chosen),))
        st.button(f"Delete {what}", icon=":material/delete:", on_click=_delete, args=(members,))
    hidden = [name for name, one in annotations.load().items() if one.hidden]
    if hidden:
        st.button(f"Show the {len(hidden)} hidden", icon=":material/visibility:", on_click=_unhide, args=(hidden,))
    if gone := shelf.deleted():
        st.markdown("**Deleted**")
        for deleted in gone[:10]:
            st.button(
                f"Restore {wording.plain(deleted.run_id)}",
                key=f"restore {deleted.key}",
                icon=":material/restore_from_trash:",
                on_click=_restore,
                args=(deleted.key,),
            )
        st.button("Delete them for good", type="tertiary", on_click=shelf.empty)


def _rename(run_id: str, name: str) -> None:
    try:
        st.session_state[address.RUNS] = [shelf.rename(run_id, name).run_id]
    except runs.RunError as error:
        st.session_state[address.TABLE_MESSAGE] = str(error)
    cache.look_again()


def _hide(names: Sequence[str]) -> None:
    runs_table.keep({name: {"hidden": True} for name in names})
    st.session_state[address.RUNS] = []


def _unhide(names: Sequence[str]) -> None:
    runs_table.keep({name: {"hidden": False} for name in names})


def _delete(names: Sequence[str]) -> None:
    refused = []
    for run_id in names:
        try:
            shelf.delete(run_id)
        except runs.RunError as error:
            refused.append(str(error))
    if refused:
        st.session_state[address.TABLE_MESSAGE] = " ".join(refused[:3])
    st.session_state[address.RUNS] = []
    # or the page would say that the run which the address names is gone
    st.query_params.pop(address.RUN, None)
    cache.look_again()


def _restore(key: str) -> None:
    try:
        st.session_state[address.RUNS] = [shelf.restore(key)]
    except runs.RunError as error:
        st.session_state[address.TABLE_MESSAGE] = str(error)
    cache.look_again()
