"""What a model is computed with: Keras's backend, the device on which it computes, and that device's name."""

import importlib
import os
import platform
from pathlib import Path
from typing import Any

CPUS = Path("/proc/cpuinfo")


def keras_machine() -> dict[str, Any]:
    """What Keras computes with, as `processor` gives it; device is "cpu", "gpu" or "tpu".

    It is asked of a tensor that Keras has made, so it is true whatever chose the device.
    """
    import keras

    backend = keras.backend.backend()
    machine = processor(backend)
    if backend in BACKENDS:
        machine |= BACKENDS[backend](keras.ops.zeros(1))
    return machine


def keras_libraries() -> dict[str, str]:
    """Versions of Keras and of its backend, by name."""
    import keras

    backend = keras.backend.backend()
    return {"keras": keras.__version__, backend: importlib.import_module(backend).__version__}


def processor(library: str) -> dict[str, Any]:
    """device "cpu", its maker's name for it, the library that computes (backend), and how many threads it may use."""
    return {"device": "cpu", "name": processor_name(), "backend": library, "threads": cores()}


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_name() -> str:
    """Its maker's name for the processor, or its architecture where the system does not tell."""
    try:
        lines = CPUS.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def _tensorflow(tensor) -> dict[str, Any]:
    """What differs from a processor with all its cores, for the device that holds an eager tensor."""
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS")
    differences = {"threads": int(threads)} if threads else {}
    kind, _, number = tensor.device.rpartition("device:")[2].partition(":")
    if kind == "CPU":
        return differences
    import tensorflow

    place = tensorflow.config.list_physical_devices(kind)[int(number)]
    details = tensorflow.config.experimental.get_device_details(place)
    return differences | {"device": kind.lower(), "name": details.get("device_name", kind)}


def _jax(tensor) -> dict[str, Any]:
    """As _tensorflow."""
    (place,) = tensor.devices()
    return {} if place.platform == "cpu" else {"device": place.platform, "name": place.device_kind}


def _torch(tensor) -> dict[str, Any]:
    """As _tensorflow."""
    import torch

    differences = {"threads": torch.get_num_threads()}
    if tensor.device.type == "cpu":
        return differences
    name = torch.cuda.get_device_name(tensor.device) if tensor.device.type == "cuda" else tensor.device.type
    return differences | {"device": "gpu", "name": name}


BACKENDS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
