"""What a model is: networks, preprocessing, prediction, and the shelf where saved runs stand."""

import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_RUN = "canvas"  # the run that reads a drawing when nobody chose another
SHIPPED_UNTIL = (
    "2026-11-26T10:45:14+00:00"  # when the newest run of the project was finished; later ones are a user's own
)


def saved_directory() -> Path:
    """Folder of the saved runs: the variable MNIST_ATELIER_MODELS, else models/saved in this project."""
    return Path(os.environ.get("MNIST_ATELIER_MODELS") or ROOT / "models" / "saved")


def run_directory(run_id: str, shelf: Path | None = None) -> Path:
    """Folder of one saved run. Raises ValueError, in a sentence, where there is none of that name."""
    folder = (shelf or saved_directory()) / run_id
    if not run_id or run_id.startswith(".") or Path(run_id).name != run_id or not folder.is_dir():
        raise ValueError(f"There is no run '{run_id}'. `python -m training runs` lists those there are.")
    return folder


def caption(function: Callable) -> str:
    """The first line of a docstring: what the command line and the dashboard show of an architecture, a metric, a dataset."""
    return (inspect.getdoc(function) or "").partition("\n")[0]


def import_keras():
    """Keras, imported without the lines that TensorFlow writes to standard error before its log level counts."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow

            tensorflow.config.list_logical_devices()  # looks for accelerators now, which writes the last of them
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
    return keras
