"""MNIST is found, refused or fetched; the bundled digits are always there."""

import http.server
import shutil
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from training.datasets.dataset import DatasetError, content_hash
from training.datasets.mnist import MNIST_SHAPES, keras_cache, read_mnist
from training.datasets.registry import DATASETS, load


@pytest.mark.parametrize("name", DATASETS)
def test_every_dataset_keeps_the_contract(name, request):
    found = request.getfixturevalue(name) if name in ("mnist", "digits") else load(name)
    count, (height, width) = len(found.labels), found.input_shape
    assert found.images.shape == (count, height, width)
    assert found.images.dtype == found.labels.dtype == np.uint8
    assert set(found.labels) == set(range(len(found.class_names)))
    first_test = np.argmax(found.split == "test")
    assert (found.split[:first_test] == "train").all()
    assert (found.split[first_test:] == "test").all()
    images, labels = found.part("test")
    np.testing.assert_array_equal(images, found.images[first_test:])
    np.testing.assert_array_equal(labels, found.labels[first_test:])
    assert found.sha256 == content_hash(found.images, found.labels)


def test_digits_are_scikit_learns(digits):
    from sklearn.datasets import load_digits

    np.testing.assert_array_equal(digits.images / 15, load_digits().images)
    assert (digits.split == "train").sum() == 1000


def test_where(digits):
    chosen = digits.where("test", 3)
    assert set(digits.labels[chosen]) == {3}
    assert set(digits.split[chosen]) == {"test"}
    assert len(digits.where()) == 1797


def test_an_unknown_dataset_is_named():
    with pytest.raises(DatasetError, match="no dataset 'emnist'"):
        load("emnist")


def test_without_mnist_and_network_the_sentence_says_what_to_do(without_mnist):
    with pytest.raises(DatasetError, match=r"not on this machine.*MNIST_ATELIER_DATA"):
        load("mnist", download=False)
    with pytest.raises(DatasetError, match=r"could not be downloaded \(ProxyError\).*MNIST_ATELIER_DATA"):
        load("mnist")


def small(path, **changes):
    """A file with arrays of MNIST's names, all of them wrong in shape unless changed."""
    arrays = {name: np.zeros((2, *shape[1:]), np.uint8) for name, shape in MNIST_SHAPES.items()}
    np.savez(path, **{name: array for name, array in (arrays | changes).items() if array is not None})


def damaged(kind: str, path: Path) -> None:
    if kind == "empty":
        path.write_bytes(b"")
    elif kind == "text":
        path.write_text("not an archive")
    elif kind == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x_train.npy", bytes(100_000_000))
    elif kind == "no labels":
        small(path, y_train=None)
    elif kind == "signed":
        small(path, x_train=np.zeros((60000, 28, 28), np.int8))
    elif kind == "objects":
        small(path, y_train=np.array([{}], dtype=object))
    elif kind == "cut":
        small(path)
        path.write_bytes(path.read_bytes()[:-200])
    else:
        small(path)


KINDS = {
    "empty": "no readable npz",
    "text": "no readable npz",
    "cut": "no readable npz",
    "objects": "no readable npz",
    "bomb": "unpacks to more",
    "no labels": "no array y_train",
    "signed": "x_train is",
    "too few": "x_train is",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_wrong_file_is_refused_by_name(kind, tmp_path, without_mnist, monkeypatch):
    damaged(kind, tmp_path / "mnist.npz")
    monkeypatch.setenv("MNIST_ATELIER_DATA", str(tmp_path))
    with pytest.raises(DatasetError, match=f"mnist.npz was refused: .*{KINDS[kind]}"):
        load("mnist", download=False)


def test_after_a_refused_file_the_next_place_is_tried(tmp_path, mnist, without_mnist, monkeypatch):
    good = Path(mnist.source)
    damaged("cut", tmp_path / "mnist.npz")
    monkeypatch.setenv("MNIST_ATELIER_DATA", str(tmp_path))
    keras_cache().mkdir(parents=True)
    shutil.copy(good, keras_cache() / "mnist.npz")
    found = load("mnist", download=False)
    assert found.source == str(keras_cache() / "mnist.npz")
    assert len(found.refused) == 1
    assert str(tmp_path / "mnist.npz") in found.refused[0]


def test_one_changed_pixel_is_noticed(tmp_path, mnist):
    parts = {f"{a}_{s}": array for s in ("train", "test") for a, array in zip("xy", mnist.part(s), strict=True)}
    parts["x_test"] = parts["x_test"].copy()
    parts["x_test"][77, 3, 3] ^= 1
    np.savez(tmp_path / "mnist.npz", **parts)
    with pytest.raises(DatasetError, match="differ from MNIST's published ones"):
        read_mnist(tmp_path / "mnist.npz")


@pytest.fixture
def site(tmp_path, without_mnist, monkeypatch):
    """A web server on this machine that stands in for MNIST's: gives the folder it serves."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr("training.datasets.mnist.MNIST_URL", f"http://127.0.0.1:{server.server_port}/mnist.npz")
        yield folder
        server.shutdown()


def test_mnist_is_downloaded_into_keras_cache(site, mnist, monkeypatch):
    import hashlib

    content = Path(mnist.source).read_bytes()
    (site / "mnist.npz").write_bytes(content)
    monkeypatch.setattr("training.datasets.mnist.MNIST_FILE_SHA256", hashlib.sha256(content).hexdigest())
    told = []
    found = load("mnist", report=lambda received, total: told.append((received, total)))
    assert found.source == str(keras_cache() / "mnist.npz")
    assert told[-1] == (len(content), len(content))
    assert [received for received, _ in told] == sorted(received for received, _ in told)
    assert load("mnist", download=False).sha256 == mnist.sha256


def test_a_download_with_another_hash_is_thrown_away(site):
    (site / "mnist.npz").write_bytes(b"something else")
    with pytest.raises(DatasetError, match="its hash is not the published one"):
        load("mnist")
    assert list(keras_cache().glob("*")) == []


def test_a_download_can_be_stopped(site):
    (site / "mnist.npz").write_bytes(bytes(1_000_000))

    def stop(received, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load("mnist", report=stop)
    assert list(keras_cache().glob("*")) == []
