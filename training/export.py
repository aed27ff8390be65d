"""Export of saved runs: one to Keras's and other common file formats, or any number as they are, for another machine."""

import contextlib
import json
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

from models import architectures, run_directory
from models.classifiers import CLASSIFIERS
from training import annotations
from training.runs import Record, RunError, load_history, load_record


def export(run_id: str, folder: Path) -> list[Path]:
    """Write the run's architecture, weights, whole network and history into `folder`; returns the paths of the files.

    architecture.json and model.weights.h5 (what Keras's model.to_json and save_weights write), model.keras, model.h5 (the
    legacy format), history.json (a list per column). Raises RunError for a run that is not a network or cannot be read.
    """
    record = load_record(run_id)
    if "model.keras" not in record.files:
        raise RunError(_without_network(record))
    if "architecture" not in record.network:
        raise RunError(f"The network of the run '{run_id}' was not built here, so it cannot be exported.")
    network = architectures.build(**record.network)
    network.load_weights(run_directory(run_id) / "model.keras")
    history = load_history(run_id)
    columns = {name: column.dropna().tolist() for name, column in history.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "architecture.json").write_text(network.to_json(indent=1))
        network.save_weights(folder / "model.weights.h5")
        shutil.copyfile(run_directory(run_id) / "model.keras", folder / "model.keras")
        network.save(folder / "model.h5")
        (folder / "history.json").write_text(json.dumps(columns, indent=1))
    except OSError as error:
        raise RunError(f"The run could not be exported to {folder}: {error.strerror or error}.") from error
    return [folder / n for n in ("architecture.json", "model.weights.h5", "model.keras", "model.h5", "history.json")]


def _without_network(record: Record) -> str:
    """Why there is no network of a run to export, in a sentence."""
    if record.recipe is not None and record.recipe.architecture in CLASSIFIERS:
        return f"The run '{record.run_id}' is not a Keras network, so it cannot be exported."
    recorded = " RunRecorder saves one with save_model=True." if record.origin == "recorded" else ""
    return (
        f"The model of the run '{record.run_id}' was not saved with it, so only the run as it is can be exported: "
        f"--to runs.zip.{recorded}"
    )


def pack(run_ids: Sequence[str], path: Path) -> None:
    """Write runs as they are into a zip archive, which `python -m training import` takes on another machine, each with its star,
    tags and note. Raises RunError."""
    records, beside_runs = [load_record(run_id) for run_id in run_ids], annotations.load()
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(beside, "w") as archive:
            for record in records:
                for name in ("record.json", *record.files):
                    archive.write(run_directory(record.run_id) / name, f"{record.run_id}/{name}")
                if told := annotations.carried(beside_runs.get(record.run_id, annotations.NOTHING)):
                    archive.writestr(f"{record.run_id}/{annotations.CARRIED}", told)
        beside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise RunError(f"The runs could not be written to {path}: {error.strerror or error}.") from error
