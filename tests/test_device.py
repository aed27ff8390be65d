"""A record says on what it was computed, and no other backend's library is needed."""

import platform
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from models import device, import_keras, prediction
from tests.conftest import TOY
from training import runs, trainer
from training.network_learner import jit_compile


def tensorflow_with_gpu() -> SimpleNamespace:
    details = {"second": {"device_name": "NVIDIA H100 80GB HBM3"}}
    config = {
        "list_logical_devices": list,
        "list_physical_devices": {"GPU": ["first", "second"]}.get,
        "experimental": SimpleNamespace(get_device_details=details.get),
    }
    return SimpleNamespace(config=SimpleNamespace(**config), __version__="2.21")


JAX_GPU = SimpleNamespace(platform="gpu", device_kind="NVIDIA H100 80GB HBM3")
JAX_CPU = SimpleNamespace(platform="cpu", device_kind="cpu")
CUDA = SimpleNamespace(get_device_name=lambda device: "NVIDIA H100 80GB HBM3")
TORCH = SimpleNamespace(cuda=CUDA, get_num_threads=lambda: 3, __version__="2.9")
GPU = {"device": "gpu", "name": "NVIDIA H100 80GB HBM3"}
CPU = {"device": "cpu", "name": device.processor_name()}
BACKENDS = {
    "tensorflow gpu": (
        SimpleNamespace(device="/job:localhost/replica:0/task:0/device:GPU:1"),
        tensorflow_with_gpu(),
        GPU,
    ),
    "jax gpu": (SimpleNamespace(devices=lambda: [JAX_GPU]), SimpleNamespace(__version__="0.10"), GPU),
    "jax cpu": (SimpleNamespace(devices=lambda: [JAX_CPU]), SimpleNamespace(__version__="0.10"), CPU),
    "torch gpu": (SimpleNamespace(device=SimpleNamespace(type="cuda")), TORCH, GPU | {"threads": 3}),
    "torch cpu": (SimpleNamespace(device=SimpleNamespace(type="cpu")), TORCH, CPU | {"threads": 3}),
}


@pytest.fixture(params=BACKENDS)
def backend(request, monkeypatch):
    """A Keras that computes with this backend, whose library alone can be imported; gives its name, and device and name."""
    tensor, library, expected = BACKENDS[request.param]
    name = request.param.split()[0]
    keras = ModuleType("keras")
    keras.__version__ = "3.15"
    keras.backend, keras.ops = SimpleNamespace(backend=lambda: name), SimpleNamespace(zeros=lambda shape: tensor)
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    monkeypatch.setitem(sys.modules, "keras", keras)
    for other in ("tensorflow", "jax", "torch"):
        monkeypatch.setitem(sys.modules, other, library if other == name else None)  # None: importing it fails
    return name, expected


def test_the_device_is_the_one_that_holds_a_tensor(backend):
    name, expected = backend
    found = device.keras_machine()
    assert found == device.processor(name) | expected
    assert set(found) == {"device", "name", "backend", "threads"}


def test_no_other_backend_is_imported(backend):
    name, _ = backend
    keras = import_keras()
    learner = SimpleNamespace(keras=keras)
    assert jit_compile(name) == (False if name == "tensorflow" else "auto")
    assert trainer._libraries(learner) == {"keras": "3.15", name: sys.modules[name].__version__}
    if name != "tensorflow":
        network = SimpleNamespace(predict_on_batch=lambda images: np.ones((len(images), 10)))
        assert prediction.compile_call(network)(np.zeros((3, 8, 8), np.uint8)).shape == (3, 10)


def test_the_threads_are_those_that_tensorflow_was_given(keras, monkeypatch):
    monkeypatch.setenv("TF_NUM_INTRAOP_THREADS", "7")
    assert device.keras_machine()["threads"] == 7
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS")
    assert device.keras_machine()["threads"] == device.cores()


def test_a_processor_without_a_name_is_its_architecture(tmp_path, monkeypatch):
    monkeypatch.setattr(device, "CPUS", tmp_path / "none")
    assert device.processor_name() == (platform.processor() or platform.machine())


def test_records_tell_it(toy_run, digits):
    assert toy_run.record.machine == device.keras_machine()
    assert toy_run.record.machine["backend"] == "tensorflow"
    forest = TOY.model_copy(update={"architecture": "random_forest", "hidden": None, "trees": 5, "epochs": 1})
    assert trainer.train(forest, digits).record.machine == device.processor("scikit-learn")


def test_older_records_load():
    record = runs.load_record("cnn-6layer")
    assert record.machine["device"] == "cpu"
    assert "backend" not in record.machine
    assert "tensorflow" in record.versions
