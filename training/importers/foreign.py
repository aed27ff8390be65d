"""What files are that no importer reads, and what would be needed of them."""

from pathlib import Path

from training.importers.parts import head

RECORD = "save its predictions as npz with the arrays labels and probabilities"
SIGNS = {  # how files begin, and what they are
    b"\x89PNG": "is a picture, not a run",
    b"\xff\xd8\xff": "is a picture, not a run",
    b"%PDF": "is a document, not a run",
    b"SQLite format 3": "is a database, perhaps MLflow's or Trackio's: export its runs as CSV",
    b"PAR1": "is a Parquet file: save it as CSV",
    b"\x1f\x8b": "is packed with gzip: unpack it first, or pack it as zip",
    b"7z\xbc\xaf": "is a 7z archive: unpack it first, or pack it as zip",
    b"Rar!": "is a RAR archive: unpack it first, or pack it as zip",
    b"\x08\x00\x00\x00": f"is perhaps a network of another library: {RECORD}",
}
NAMES = {  # how their names end
    ".pt": f"is PyTorch's, which holds a pickle and is never opened: {RECORD}",
    ".pth": f"is PyTorch's, which holds a pickle and is never opened: {RECORD}",
    ".joblib": f"is a pickle of joblib's, which is never opened: {RECORD}",
    ".onnx": f"is an ONNX network, which is not read here: {RECORD}",
    ".tflite": f"is a TensorFlow Lite network, which is not read here: {RECORD}",
    ".pb": "is part of a SavedModel, which can hold any program: save the model as .keras",
    ".ipynb": "is a notebook, not a run: run it with RunRecorder among its callbacks",
    ".py": "is a program, not a run: run it with RunRecorder among its callbacks",
    ".tar": "is a tar archive: unpack it first, or pack it as zip",
    ".wandb": "is W&B's own file: export the run as CSV from its page",
}


def told(path: Path) -> str:
    """What an unknown file is, and what would be needed, as the end of a sentence."""
    start = head(path)
    by_name = NAMES.get(path.suffix.lower())
    by_sign = next((what for sign, what in SIGNS.items() if start.startswith(sign)), None)
    return f"{by_name or by_sign or 'is of no known format: a run has a history, predictions or a Keras model'}."
