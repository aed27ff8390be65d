"""What all visitors share and nobody may start twice: the models' process, the download of MNIST, measured times."""

import streamlit as st

from dashboard.download import Download
from models.worker import Worker


def _stop(worker: Worker) -> None:
    worker.stop()


@st.cache_resource(show_spinner=False, on_release=_stop)
def worker() -> Worker:
    """The process that holds the models, started in the background."""
    started = Worker()
    started.start()
    return started


@st.cache_resource(show_spinner=False)
def mnist_download() -> Download:
    """The download of MNIST, shared by all visitors; it begins by itself the first time MNIST is missed."""
    download = Download()
    download.start()
    return download


@st.cache_resource(show_spinner=False)
def speeds() -> dict[tuple[str, str], float]:
    """Milliseconds a digit, by run and the hash of its predictions, as far as somebody had them measured."""
    return {}
