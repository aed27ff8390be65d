"""Models, histories, predictions and archives that are damaged, strange or dangerous, by name, each with what is said of it."""

import copy
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np

BAD: dict[
    str, tuple[Callable[[Path], Path], str]
] = {}  # by name: what writes it into a folder, and part of its refusal
GIB = 2**30


def bad(name: str, said: str) -> Callable:
    """Enter a function that writes a bad file into a folder and gives its path; said: part of the sentence that refuses it."""

    def enter(function: Callable[[Path], Path]) -> Callable[[Path], Path]:
        BAD[name] = function, said
        return function

    return enter


def layer(kind: str, **config) -> dict:
    return {"class_name": kind, "module": "keras.layers", "config": config, "registered_name": None}


def described(*layers: dict, shape=(8, 8)) -> dict:
    first = layer("InputLayer", batch_shape=[None, *shape], name="input")
    # copied, for whoever gets it may change it
    config = {"name": "bad", "layers": copy.deepcopy([first, *layers])}
    return {"class_name": "Sequential", "module": "keras", "config": config}


DENSE = (layer("Flatten", name="flatten"), layer("Dense", name="dense", units=10, activation="softmax", use_bias=True))
WEIGHTS = {"layers/dense/vars/0": np.full((64, 10), 0.5, np.float32), "layers/dense/vars/1": np.zeros(10, np.float32)}


def weights(arrays=WEIGHTS, change: Callable[[h5py.File], None] = lambda file: None) -> bytes:
    """An HDF5 file with these arrays, changed."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, array in arrays.items():
            file[name] = array
        change(file)
    return stream.getvalue()


def keras_file(path: Path, config=None, content: bytes | None = None) -> Path:
    """A .keras file of a network with one dense layer, or of another description and weights."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(described(*DENSE) if config is None else config))
        archive.writestr("metadata.json", "{}")
        archive.writestr("model.weights.h5", weights() if content is None else content)
    return path


def write(path: Path, content: bytes | str) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@bad("a Lambda layer", "has a layer Lambda, which runs a program that the file brings")
def _lambda(folder):
    code = {"class_name": "__lambda__", "config": {"code": "4wEAAAAAAAAA"}}
    return keras_file(folder / "model.keras", described(layer("Lambda", name="l", function=code), *DENSE))


@bad("a Lambda layer in HDF5", "has a layer Lambda")
def _lambda_h5(folder):
    def change(file):
        file.attrs["model_config"] = json.dumps(described(layer("Lambda", name="l", function="os.system"), *DENSE))

    return write(folder / "model.h5", weights(change=change))


@bad("a layer of its own", "has a layer Reader, which is not one that is rebuilt here")
def _custom(folder):
    own = layer("Reader", name="reader") | {"module": "os", "registered_name": "mine>Reader"}
    return keras_file(folder / "model.keras", described(own, *DENSE))


@bad("an activation that is a program", "has an activation")
def _activation(folder):
    dense = layer(
        "Dense", name="dense", units=10, activation={"class_name": "function", "config": "system", "module": "os"}
    )
    return keras_file(folder / "model.keras", described(DENSE[0], dense))


@bad("a link out of an HDF5 file", "holds links, which could lead anywhere")
def _external_link(folder):
    def change(file):
        del file["layers/dense"]
        file["layers/dense"] = h5py.ExternalLink("/etc/passwd", "/")

    return keras_file(folder / "model.keras", content=weights(change=change))


@bad("a soft link in a circle", "holds links, which could lead anywhere")
def _soft_link(folder):
    def change(file):
        file["layers/again"] = h5py.SoftLink("/layers")

    return keras_file(folder / "model.keras", content=weights(change=change))


@bad("weights that lie in another file", "leads to other files, which are never opened")
def _external(folder):
    def change(file):
        del file["layers/dense/vars/0"]
        file["layers/dense/vars"].create_dataset("0", (64, 10), "f4", external=[("/etc/hostname", 0, 2560)])

    return keras_file(folder / "model.keras", content=weights(change=change))


@bad("weights of 3.7 GiB that are not there", "claims 4,000 MB of weights, and 500 MB at most are read")
def _bomb(folder):
    def change(file):
        file["layers/dense/vars"].create_dataset("2", (1_000_000_000,), "f4", chunks=(1_000_000,), compression="gzip")

    return keras_file(folder / "model.keras", content=weights(change=change))


@bad("weights that unpack to far more", "claims far more weights than it holds")
def _packed(folder):
    def change(file):
        zeros = np.zeros(50_000_000, np.float32)
        file["layers/dense/vars"].create_dataset("2", data=zeros, chunks=(1_000_000,), compression="gzip")

    return write(folder / "some.weights.h5", weights(change=change))


@bad("a model cut short", "is not a whole .keras file")
def _cut(folder):
    whole = keras_file(folder / "model.keras").read_bytes()
    return write(folder / "model.keras", whole[: len(whole) // 2])


@bad("an HDF5 file cut short", "its weights cannot be read")
def _cut_h5(folder):
    return write(folder / "model.h5", weights()[:-1000])


@bad("a flipped bit in a model", "is damaged")
def _flipped(folder):
    path = keras_file(folder / "model.keras")
    raw = bytearray(path.read_bytes())
    raw[raw.index(struct.pack("<f", 0.5) * 3)] ^= 8
    return write(path, bytes(raw))


@bad("weights that are NaN", "has weights that are NaN or infinite, in the layer dense")
def _nan(folder):
    lost = WEIGHTS | {"layers/dense/vars/1": np.full(10, np.nan, np.float32)}
    return keras_file(folder / "model.keras", content=weights(lost))


@bad("nothing but a description", "describes a network without weights")
def _no_weights(folder):
    return write(folder / "model.json", json.dumps(described(*DENSE)))


@bad("an HDF5 file of something else", "holds no weights of a Keras network")
def _other_h5(folder):
    return write(folder / "data.h5", weights({"table": np.zeros(3)}))


@bad("a network of 10,000 layers", "too many to be rebuilt")
def _long(folder):
    return keras_file(folder / "model.keras", described(*[DENSE[0]] * 10_000))


@bad("models inside models", "too deep to be rebuilt")
def _nested_models(folder):
    inner = described(*DENSE)
    for _ in range(20):
        inner = described(inner)
    return keras_file(folder / "model.keras", inner)


@bad("a layer of 10 billion units", "has settings that are not rebuilt here")
def _wide(folder):
    return keras_file(folder / "model.keras", described(DENSE[0], layer("Dense", name="d", units=10**10)))


@bad("a hostile pickle", "names posix.system, which could run any program")
def _hostile(folder):
    return write(folder / "history.pkl", b"\x80\x02cposix\nsystem\nX\x0c\x00\x00\x00touch hacked\x85R.")


@bad("a hostile pickle in .npy", "names builtins.eval, which could run any program")
def _hostile_npy(folder):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": ()})
    return write(folder / "history.npy", stream.getvalue() + b"cbuiltins\neval\n(S'1'\ntR.")


@bad("a pickle cut short", "is damaged: it ends early")
def _cut_pickle(folder):
    return write(folder / "history.pkl", b"\x80\x02}q\x00X\x04\x00\x00\x00loss]q\x01(G?\xe0\x00\x00")


@bad("JSON nested 100,000 deep", "is damaged")
def _deep(folder):
    return write(folder / "history.json", '{"loss": ' + "[" * 100_000 + "]" * 100_000 + "}")


@bad("a history of 2 million epochs", "has 2,000,000 epochs")
def _epochs(folder):
    return write(folder / "history.csv", "epoch,loss\n" + "\n".join(f"{n},1" for n in range(2_000_000)))


@bad("an epoch of 10 to the 300", "the epochs of the history must be whole numbers")
def _absurd(folder):
    return write(folder / "history.csv", "epoch,loss\n1,0.5\n1e300,0.4\n")


@bad("columns of different length", "is not a history")
def _ragged(folder):
    return write(folder / "history.json", '{"loss": [1, 2, 3], "val_loss": [1]}')


@bad("an empty file", "is empty")
def _empty(folder):
    return write(folder / "model.keras", b"")


@bad("a folder called model.keras", "holds no file that could be a run")
def _folder(folder):
    (folder / "model.keras").mkdir()
    return folder / "model.keras"


@bad("a link in an archive", "holds a link (model.h5), which could lead anywhere")
def _linked(folder):
    link = zipfile.ZipInfo("run/model.h5")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return folder / "run.zip"


@bad("an archive that leads outside", "would be written outside its folder")
def _outside(folder):
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        archive.writestr("../../history.csv", "epoch,loss\n1,2\n")
    return folder / "run.zip"


@bad("an archive of 3.9 GiB", "unpacks to 4,188 MB, and 1,000 MB at most are read")
def _zip_bomb(folder):
    return _claims(folder / "run.zip", int(3.9 * GIB))


@bad("an archive that unpacks to 800 times its size", "times its size, as no run does")
def _ratio(folder):
    with zipfile.ZipFile(folder / "run.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("history.csv", b"0" * 60_000_000)
    return folder / "run.zip"


@bad("a damaged archive", "is a damaged archive")
def _damaged_zip(folder):
    with zipfile.ZipFile(folder / "run.zip", "w") as archive:
        archive.writestr("history.csv", "epoch,loss\n1,2\n")
    raw = bytearray((folder / "run.zip").read_bytes())
    raw[raw.index(b"epoch")] ^= 1
    return write(folder / "run.zip", bytes(raw))


@bad("predictions of objects", "holds Python objects, which are never loaded")
def _objects(folder):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "|O", "fortran_order": False, "shape": (2,)})
    with zipfile.ZipFile(folder / "predictions.npz", "w") as archive:
        archive.writestr("labels.npy", stream.getvalue() + b"cposix\nsystem\n")
        archive.writestr("probabilities.npy", stream.getvalue() + b"cposix\nsystem\n")
    return folder / "predictions.npz"


@bad("predictions of 3.7 GiB that are not there", "unpacks to more than 200 MB")
def _large_npz(folder):
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": (100_000_000, 10)})
    with zipfile.ZipFile(folder / "predictions.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("probabilities.npy", stream.getvalue())
    return folder / "predictions.npz"


@bad("a PyTorch file", "is PyTorch's, which holds a pickle and is never opened")
def _torch(folder):
    with zipfile.ZipFile(folder / "model.pt", "w") as archive:
        archive.writestr("model/data.pkl", b"\x80\x02}.")
    return folder / "model.pt"


def _claims(path: Path, size: int) -> Path:
    """An archive whose directory claims that a file of a few bytes unpacks to so many."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("history.csv", b"0" * 1000)
    raw = bytearray(path.read_bytes())
    place = raw.index(b"PK\x01\x02") + 24
    raw[place : place + 4] = struct.pack("<I", size)
    return write(path, bytes(raw))
