"""What can be done with the runs that Compare shows: another name, hidden, deleted; and what was deleted brought back."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import address, cache, wording
from dashboard.sections import runs_table
from training import annotations, runs, shelf


def in_popover(chosen: Mapping[str, Sequence[str]]) -> None:
    """A popover with `show`. What was done in it closes it: where "Restore" was clicked, "Delete" would stand else."""
    if said := st.session_state.pop(address.TABLE_DONE, None):
        st.toast(wording.plain(said), icon=":material/check:")
    key = address.managed_key(st.session_state.get(address.MANAGED, 0))
    with st.popover("Manage", icon=":material/folder_managed:", key=key):
        show(chosen)


def show(chosen: Mapping[str, Sequence[str]]) -> None:
    """Buttons for the runs that are compared, or for one of them. chosen: the runs of each entry."""
    names = _meant(list(chosen))
    members = [run for name in names for run in chosen[name]]
    if len(members) == 1 == len(names):
        name = st.text_input("Name", value=names[0], key=f"rename {names[0]}", max_chars=60)
        st.button("Rename", icon=":material/edit:", disabled=name == names[0], on_click=_rename, args=(names[0], name))
    what = "this run" if len(members) == 1 else f"these {len(members)} runs"
    if names:
        st.button(f"Hide {what}", icon=":material/visibility_off:", on_click=_hide, args=(names,))
        st.button(f"Delete {what}", icon=":material/delete:", on_click=_delete, args=(members, names))
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


def _meant(chosen: Sequence[str]) -> list[str]:
    """The entries that the buttons are about: one of those compared, or, where the visitor ticked them, all."""
    # those that a visitor did not tick are not to go all at once
    together = [chosen] if len(chosen) > 1 and address.RUNS in st.query_params else []
    ways = {f"All {len(chosen)} ticked runs": names for names in together} | {name: [name] for name in chosen}
    if len(ways) < 2:
        return list(chosen)
    key = address.managed_run_key(st.session_state.get(address.MANAGED, 0))
    meant = st.selectbox("Of the ticked runs", list(ways), index=None if not together else 0, key=key)
    return list(ways.get(meant, ()))


def _tick(names: Sequence[str], done: str, gone: Sequence[str] = ()) -> None:
    """Compare these from now on, and say what was done unless an error is said. gone: the runs that have no longer that name."""
    st.session_state[address.RUNS] = list(names)
    st.session_state[address.MANAGED] = st.session_state.get(address.MANAGED, 0) + 1
    st.session_state[address.TABLE_DONE] = "" if address.TABLE_MESSAGE in st.session_state else done
    if st.session_state.get(address.RUN) in gone:
        st.session_state.pop(address.RUN)
    if st.query_params.get(address.RUN) in gone:
        st.query_params.pop(address.RUN)
    cache.look_again()


def _ticked() -> list[str]:
    return list(st.session_state.get(address.RUNS, []))


def _rename(run_id: str, name: str) -> None:
    try:
        renamed = shelf.rename(run_id, name).run_id
    except runs.RunError as error:
        st.session_state[address.TABLE_MESSAGE] = str(error)
        return
    _tick([renamed if one == run_id else one for one in _ticked()], f"Renamed to {renamed}.", [run_id])


def _hide(names: Sequence[str]) -> None:
    runs_table.keep({name: {"hidden": True} for name in names})
    _tick([name for name in _ticked() if name not in names], "Hidden, shown again under Manage.")


def _unhide(names: Sequence[str]) -> None:
    runs_table.keep({name: {"hidden": False} for name in names})
    _tick(_ticked(), "Shown again.")


def _delete(members: Sequence[str], names: Sequence[str]) -> None:
    """Delete the runs of some entries; the ticks of the others stay, and of those that could not be deleted."""
    refused = []
    for run_id in members:
        try:
            shelf.delete(run_id)
        except runs.RunError as error:
            refused.append((run_id, str(error)))
    if refused:
        st.session_state[address.TABLE_MESSAGE] = " ".join(reason for _, reason in refused[:3])
    left = {run_id for run_id, _ in refused}
    _tick(
        [name for name in _ticked() if name not in names or name in left], "Deleted, restore it under Manage.", members
    )


def _restore(key: str) -> None:
    try:
        restored = shelf.restore(key)
    except runs.RunError as error:
        st.session_state[address.TABLE_MESSAGE] = str(error)
        return
    _tick([*dict.fromkeys([*_ticked(), restored])], f"Restored {restored}.")
