"""Controls that several pages share: choosing a dataset or a run, bringing MNIST."""

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import address, cache, wording
from dashboard.address import OWN
from dashboard.download import Download
from dashboard.sections import own_dataset, why_not
from training.datasets import mnist, registry
from training.datasets.dataset import Dataset


def choose_part(parts: Sequence[str], key: str, on_change: Callable[[], None] | None = None) -> str:
    """A control for the part of the page that is open, in the URL: a page draws that one alone."""
    return st.segmented_control(
        "Part",
        parts,
        default=parts[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        on_change=on_change,
    )


def choose_dataset(
    on_change: Callable[[], None], place: DeltaGenerator, tested: Collection[str] | None = None
) -> Dataset:
    """A control for the datasets that can show something here, in the URL: MNIST is not among them while it is missing.

    place: a container as wide as the page, for a line that says so; tested: of a page that needs runs, the datasets that they were
    tested on.
    """
    missing = isinstance(cache.dataset("mnist"), str)
    if missing:
        with place:
            _missing_mnist()
    there = [name for name in registry.DATASETS if not (missing and name == "mnist")]
    able = [name for name in there if tested is None or _in_full(name) in tested] or there
    brought = own_dataset.names()
    own_dataset.take_pending([*able, *brought])
    tell_unknown(address.DATASET, [*able, *brought, OWN])
    name = st.segmented_control(
        "Dataset",
        [*able, *brought, OWN],
        default=able[0],
        required=True,
        key=address.DATASET,
        bind="query-params",
        on_change=on_change,
    )
    if name == OWN:
        return own_dataset.choose_file(on_change, place)
    if name in brought:
        return own_dataset.choose_kept(name, on_change, place)
    own_dataset.write(name, place)
    dataset = cache.dataset(name)
    return cache.dataset("digits") if isinstance(dataset, str) else dataset


def _in_full(name: str) -> str:
    """A dataset's name as records have it."""
    return registry.GENERATED if name == "generated" else name


def _missing_mnist() -> None:
    """The download of MNIST with a bar and a way to stop, or a line that says what works without it, until it is closed."""
    running = cache.mnist_download().running()
    if running or not st.session_state.get(address.NOTICE_CLOSED):
        st.fragment(_download, run_every=0.7 if running else None)()


def _download() -> None:
    download = cache.mnist_download()
    if download.running():
        share = download.received / download.total if download.total else 0.0
        st.progress(
            share, f"Downloading MNIST: {download.received / 1e6:.1f} MB. Until it is here, the 8 x 8 digits stand in."
        )
        st.button("Stop the download", on_click=download.stop)
    elif not isinstance(cache.dataset("mnist"), str):
        st.rerun(scope="app")
    else:
        _how_to_bring(download)


def _how_to_bring(download: Download) -> None:
    """One line, with the details behind it and a way to close it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "MNIST is not on this machine, so the 8 x 8 digits stand in. Drawing and all runs work without it.",
            width="content",
        )
        with st.popover("Get MNIST", icon=":material/cloud_download:"):
            if download.error:
                st.caption("The download did not succeed.")
            st.markdown(mnist.HOW_TO_BRING)
            if st.button("Try the download again", icon=":material/refresh:"):
                download.start()
                st.rerun(scope="app")
        if st.button("Close", icon=":material/close:", type="tertiary"):
            st.session_state[address.NOTICE_CLOSED] = True
            st.rerun(scope="app")


def chosen_run(options: Sequence[str], default: str) -> str:
    """The run that the control below stands on, also before it is there."""
    run_id = st.session_state.get(address.RUN, st.query_params.get(address.RUN))
    return run_id if run_id in options else default if default in options else options[0]


def tell_unknown(key: str, options: Collection[str], why: Callable[[str], str] | None = None) -> None:
    """Before the control of that key takes its value from the address: a line about what the address names and is not there.

    why: the reason for one of them, in a sentence.
    """
    unknown = [name for name in st.query_params.get_all(key) if name not in options]
    if unknown:
        quoted = ", ".join(f"“{wording.plain(name[:60])}”" for name in unknown[:3]) + (
            " and others" if len(unknown) > 3 else ""
        )
        reason = why(unknown[0]) if why and len(unknown) == 1 else ""
        verb = "is" if len(unknown) == 1 else "are"
        st.toast(
            f"The address asks for {quoted}, which {verb} not among the choices here. {reason}".strip(),
            icon=":material/link_off:",
            duration="long",
        )


def choose_run(
    options: Sequence[str],
    default: str | None,
    label: str = "Run",
    on_change: Callable[[], None] | None = None,
    key: str = address.RUN,
    labels: Mapping[str, str] | None = None,
    why: Callable[[str], str] = why_not.anywhere,
    told: bool = False,
) -> str:
    """A control for one run, in the URL and kept from page to page.

    labels: what the list shows of each run; its name without. why: the reason why one is not among the options, in a sentence;
    told: whether that is said elsewhere.
    """
    if not told:
        tell_unknown(key, options, why)
    index = list(options).index(default) if default in options else 0
    control = {"options": options, "key": key, "bind": "query-params", "index": index}
    if labels is None:
        return st.selectbox(label, width=320, on_change=on_change, **control)
    # an address would hold what the list shows: the control that is bound to it is hidden by theme.py, and another one shown
    with st.container(key=f"bound-{key}"):
        chosen = st.selectbox(label, label_visibility="collapsed", **control)
    st.session_state[address.SHOWN + key] = chosen
    shown = {"key": address.SHOWN + key, "format_func": lambda run: labels.get(run, run), "width": 320}
    st.selectbox(label, options, on_change=_take, args=(key, on_change), **shown)
    return chosen


def _take(key: str, on_change: Callable[[], None] | None) -> None:
    """The bound control follows the shown one."""
    st.session_state[key] = st.session_state[address.SHOWN + key]
    if on_change:
        on_change()
