"""What a model.fit of Keras tells of itself while it goes on."""

import contextlib
import math
import platform
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

import keras
import numpy as np

from models import device
from training.recording import plain_settings


def caller() -> Any:
    """The list of callbacks by which Keras calls this one, which nothing keeps after fit; None where another calls it."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        owner = frame.f_locals.get("self")
        if isinstance(owner, keras.callbacks.CallbackList):
            return owner
        frame = frame.f_back
    return None


def _locals(model: Any) -> Mapping[str, Any]:
    """What the model's fit, by which this is called, keeps under its names; nothing where another calls it."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code.co_name == "fit" and frame.f_locals.get("self") is model:
            return frame.f_locals
        frame = frame.f_back
    return {}


def _sizes(model: Any, params: Mapping[str, Any]) -> dict[str, int]:
    """The size of a batch, the steps of an epoch and the number of validation digits, each where it is known."""
    names = _locals(model)
    iterator, validation = names.get("epoch_iterator"), names.get("val_x")
    batch = names.get("batch_size")
    # what an adapter of Keras does to tell it may fail
    with contextlib.suppress(Exception):
        batch = batch or getattr(getattr(iterator, "data_adapter", None), "batch_size", None)
    digits = getattr(validation, "shape", None)
    sizes = {
        "batch_size": batch,
        "steps_per_epoch": params.get("steps"),
        "validation_size": digits[0] if digits else None,
    }
    return {name: int(size) for name, size in sizes.items() if isinstance(size, int | np.integer)}


def known(model: Any) -> dict[str, Any]:
    """What a record says of a model and of what it is computed with; outputs: how many there are."""
    shape = getattr(model, "input_shape", None)
    layers = [f"{type(layer).__name__} {layer.count_params():,}" for layer in model.layers if layer.built]
    trainable = sum(math.prod(one.shape) for one in model.trainable_weights)
    network: dict[str, Any] = {"layers": layers[:200], "trainable": trainable}
    if isinstance(shape, tuple):
        network["input_shape"] = [size for size in shape[1:] if size != 1]
    versions = {"python": platform.python_version(), "numpy": np.__version__, **device.keras_libraries()}
    outputs = model.output_shape[-1] if isinstance(getattr(model, "output_shape", None), tuple) else 1
    return {
        "network": network,
        "parameters": model.count_params(),
        "machine": device.keras_machine(),
        "versions": versions,
        "outputs": max(int(outputs or 1), 2),
    }


def settings(model: Any, params: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the model itself tells of its training."""
    optimizer, loss = getattr(model, "optimizer", None), getattr(model, "loss", None)
    values = {
        "optimizer": None if optimizer is None else type(optimizer).__name__.lower(),
        "learning_rate": learning_rate(model),
        "loss": loss if isinstance(loss, str) else getattr(loss, "name", None),
        "epochs": (params or {}).get("epochs"),
    }
    told = {name: value for name, value in plain_settings(values).items() if value is not None}
    return told | _sizes(model, params or {})


def learning_rate(model: Any) -> float | None:
    """The step size of the optimizer, to seven figures as float32 holds it."""
    try:
        return float(f"{float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)):.7g}")
    except (AttributeError, TypeError, ValueError, RuntimeError):
        return None
