"""How a model is made: datasets, recipes, the trainer, and the runs it leaves behind.

`from training import RunRecorder, record` brings runs from elsewhere; neither is imported before it is asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from training.recorder import RunRecorder as RunRecorder
    from training.recording import record as record

HOMES = {"RunRecorder": "training.recorder", "record": "training.recording"}


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(HOMES[name]), name)
