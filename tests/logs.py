"""What TensorBoard and MLflow keep of a training, written by hand."""

import struct
from pathlib import Path

from training.importers.from_tensorboard import _sum as masked_sum


def varint(number: int) -> bytes:
    found = b""
    while number > 127:
        found, number = found + bytes([number & 127 | 128]), number >> 7
    return found + bytes([number])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + masked_sum(length) + content + masked_sum(content)


def event(step: int, tag: str, value: float) -> bytes:
    """As PyTorch's SummaryWriter writes a scalar."""
    scalar = field(1, tag.encode()) + varint(2 << 3 | 5) + struct.pack("<f", value)
    return record(varint(2 << 3 | 0) + varint(step) + field(5, field(1, scalar)))


HEAD = record(b"\x09" + struct.pack("<d", 0) + field(3, b"brain.Event:2"))


def write_events(folder: Path, *events: bytes, name: str = "events.out.tfevents.1.host") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(HEAD + b"".join(events))
    return folder / name


def write_mlflow(folder: Path, name: str = "brave-crab-7") -> Path:
    for below, files in {
        "metrics": {
            "loss": "1700000000000 0.5 0\n1700000000100 0.25 1\n",
            "val/loss": "1700000000000 0.75 0\n17 0.5 1\n",
        },
        "params": {"learning_rate": "0.01", "batch_size": "32", "optimizer": "adam"},
        "tags": {"mlflow.runName": name},
    }.items():
        for file, text in files.items():
            (folder / below / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / below / file).write_text(text)
    (folder / "meta.yaml").write_text(f"run_id: abc\nrun_name: {name}\nstatus: 3\n")
    return folder
