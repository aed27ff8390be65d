"""MNIST is found, refused or fetched; the bundled digits are always there."""

import http.server
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets import registry
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
        small(path, x_train=np.zeros((130_000, 28, 28), np.uint8))
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
    "empty": "the file is empty",
    "text": "not an npz file",
    "cut": "not an npz file",
    "objects": "Python objects, which are never loaded",
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


def own_file(path, classes=10, side=28, seed=0):
    """A dataset of a user's own in a file: 60 digits to train on, 30 for testing."""
    rng = np.random.default_rng(seed)
    parts = {"train": 60, "test": 30}
    arrays = {f"x_{part}": rng.integers(0, 256, (count, side, side), np.uint8) for part, count in parts.items()}
    arrays |= {f"y_{part}": (np.arange(count) % classes).astype(np.uint8) for part, count in parts.items()}
    np.savez(path, **arrays)
    return path


def test_a_dataset_is_called_by_all_that_decides_its_digits():
    assert registry.load("generated:60").name == "generated:60:1"
    assert registry.load("generated").name == "generated:6000:1"
    assert registry.load("generated:60+generated:60:2").name == "generated:60:1+generated:60:2"


def test_the_same_test_digits_have_one_hash_whatever_the_name(tmp_path):
    first, second = registry.load("generated:60:1"), registry.load("generated:60:2")
    assert first.test_sha256 != second.test_sha256
    copies = [registry.load(f"npz:{own_file(tmp_path / name)}") for name in ("a.npz", "b.npz")]
    assert copies[0].test_sha256 == copies[1].test_sha256
    joined = registry.load(f"generated:60:1+npz:{own_file(tmp_path / 'c.npz')}")
    assert joined.test_sha256 == first.test_sha256
    assert joined.sha256 != first.sha256


@pytest.mark.parametrize("name", ["a+b.npz", "in (1): 7+npz.npz", "mnist+generated.npz"])
@pytest.mark.parametrize("written", ["{}", '"{}"', " {} ", "'{}'"])
def test_a_path_may_hold_what_joins_and_divides(name, written, tmp_path):
    path = own_file(tmp_path / name)
    if "+generated" in name and not written.startswith(('"', "'")):
        written = f'"{written.strip()}"'  # a + before a dataset's name joins, so such a path stands in quotes
    found = registry.load("npz:" + written.format(path))
    assert len(found.images) == 90
    again = registry.load(found.name)
    assert again.sha256 == found.sha256
    joined = registry.load(f"generated:60+{found.name}")
    assert [part for part, _ in joined.parts] == ["generated:60:1", found.name]


def test_the_home_folder_may_stand_in_a_path(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    own_file(tmp_path / "own.npz")
    assert len(registry.load("npz:~/own.npz").images) == 90


@given(
    st.lists(st.sampled_from(["mnist", "digits", "generated:60:2", "npz:/a/b c+d.npz", "drawn:x.npz:70"]), min_size=1)
)
def test_a_join_is_taken_apart_as_it_was_put_together(names):
    assert registry.split_name("+".join(names)) == names


def test_parts_that_do_not_fit_are_refused_in_a_sentence(tmp_path):
    letters, small = own_file(tmp_path / "letters.npz", classes=26), own_file(tmp_path / "small.npz", side=8)
    with pytest.raises(DatasetError, match=r"different classes, 10 and 26 in number"):
        registry.load(f"generated:60+npz:{letters}")
    with pytest.raises(DatasetError, match=r"different sizes, 28 x 28 and 8 x 8"):
        registry.load(f"generated:60+npz:{small}")
    both = registry.load(f"npz:{letters}+npz:{letters}")
    assert len(both.class_names) == 26


def test_each_training_digit_of_a_join_of_three_is_found_in_its_own_part(tmp_path):
    file = own_file(tmp_path / "own.npz")
    joined = registry.load(f"generated:60:3+npz:{file}+generated:120:4")
    images, _ = joined.part("train")
    for number in (0, 49, 50, 109, 110, 209):
        name, place = registry.part_of(joined.parts, number)
        np.testing.assert_array_equal(registry.load(name).images[place], images[number])
        if name.startswith("generated"):
            np.testing.assert_array_equal(registry.generated_digit(name, place), images[number])
    for outside in (-1, 210):
        with pytest.raises(DatasetError):
            registry.part_of(joined.parts, outside)
