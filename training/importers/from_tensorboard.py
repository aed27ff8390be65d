"""Scalars in TensorBoard's event files, of Keras, PyTorch or any other writer.

The format is small: records with their length and two sums, and in each a message of protobuf of which five fields matter. It is
read here, for TensorBoard's own reader comes with a server and its libraries, and tbparse with TensorBoard.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from training import history as histories
from training.importers import importer
from training.importers.parts import TENSORBOARD, History, Part, UnreadableError, content, head, to_history

MAX_BYTES = 200_000_000  # of a file
SCALAR = 4_096  # bytes of a record of scalars; longer ones are pictures and graphs
VALIDATION = ("validation", "val", "valid", "eval", "test")
TRAINING = ("train", "training")
KINDS = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}  # TensorFlow's numbers of the types of a scalar
VALUES = {5: "<f4", 6: "<f8"}  # fields of a tensor that hold floats one by one
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # protobuf's ways to write a field


def _table() -> list[int]:
    entries = []
    for byte in range(256):
        for _ in range(8):
            byte = (byte >> 1) ^ (0x82F63B78 if byte & 1 else 0)
        entries.append(byte)
    return entries


CASTAGNOLI = _table()


def _is_events(path: Path) -> bool:
    start = head(path)
    return len(start) > 24 and start[8:12] == _sum(start[:8]) and b"brain.Event:" in start[12:64]


@importer("TensorBoard", _is_events)
def read(path: Path) -> list[Part]:
    """The scalars of an event file, a column for each tag; in a folder called validation they are of the validation digits."""
    columns: dict[str, dict[int, float]] = {}
    for step, tag, value in _scalars(content(path, MAX_BYTES)):
        name = column(tag, path.parent.name.lower() in VALIDATION)
        if name is not None:
            columns.setdefault(name, {})[step] = value
    if not columns:
        raise UnreadableError("holds no scalars, such as a loss")
    history, remarks = table(pd.DataFrame({name: pd.Series(values, dtype=float) for name, values in columns.items()}))
    return [Part(TENSORBOARD, path, history, remarks=remarks)]


def table(frame: pd.DataFrame) -> tuple[History, tuple[str, ...]]:
    """Values by step as a history, thinned where there are more steps than a history may have."""
    frame = frame.sort_index()
    remarks: tuple[str, ...] = ()
    if len(frame) > histories.MAX_EPOCHS:
        kept = np.linspace(0, len(frame) - 1, histories.MAX_EPOCHS).astype(int)
        remarks = (f"Of its {len(frame):,} steps {histories.MAX_EPOCHS:,} were kept, evenly chosen.",)
        frame = frame.iloc[kept]
    history, more = to_history(frame.rename_axis("epoch").reset_index())
    return history, remarks + more


def column(tag: str, validation: bool = False) -> str | None:
    """What a history calls a tag: epoch_loss, Loss/train and train/loss are loss, Loss/val is val_loss; None of a batch's."""
    if tag.startswith(("batch_", "evaluation_", "keras")):
        return None
    parts = [part for part in tag.removeprefix("epoch_").split("/") if part]
    lowered = [part.lower() for part in parts]
    validation = validation or any(part in VALIDATION for part in lowered)
    rest = [part for part in parts if part.lower() not in (*VALIDATION, *TRAINING)]
    name = "_".join(rest) or tag
    name = name.lower() if name.lower() in ("loss", "accuracy", "acc", "error") else name
    return f"val_{name}" if validation and not name.startswith("val_") else name


def _scalars(raw: bytes) -> Iterator[tuple[int, str, float]]:
    """Step, tag and value of each scalar. A record that is cut short at the end, as of a training that was killed, ends them."""
    start = 0
    while start + 12 <= len(raw):
        length = int.from_bytes(raw[start : start + 8], "little")
        if raw[start + 8 : start + 12] != _sum(raw[start : start + 8]):
            raise UnreadableError("is damaged: a record in it is not as it was written")
        record = raw[start + 12 : start + 12 + length]
        after = raw[start + 12 + length : start + 16 + length]
        if len(record) < length or len(after) < 4:
            return
        start += 16 + length
        if length <= SCALAR:
            if after != _sum(record):
                raise UnreadableError("is damaged: a record in it is not as it was written")
            yield from _of_event(record)


def _of_event(record: bytes) -> Iterator[tuple[int, str, float]]:
    step, summaries = 0, []
    for number, value in _fields(record):
        if number == 2 and isinstance(value, int):
            step = value
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for summary in summaries:
        for number, value in _fields(summary):
            if number == 1 and isinstance(value, bytes):
                tag, scalar = _of_value(value)
                if tag and scalar is not None and 0 <= step <= histories.MAX_EPOCH:
                    yield step, tag, scalar


def _of_value(message: bytes) -> tuple[str, float | None]:
    """The tag and the number of a value, which older writers keep plainly and newer ones as a tensor."""
    tag, scalar = "", None
    for number, value in _fields(message):
        if number == 1 and isinstance(value, bytes):
            tag = value.decode("utf-8", "replace")[: histories.MAX_NAME]
        elif number == 2 and isinstance(value, bytes) and len(value) == 4:
            scalar = struct.unpack("<f", value)[0]
        elif number == 8 and isinstance(value, bytes):
            scalar = _of_tensor(value)
    return tag, scalar


def _of_tensor(message: bytes) -> float | None:
    kind = ""
    for number, value in _fields(message):
        if number == 1 and isinstance(value, int):
            kind = KINDS.get(value, "")
        elif number in (4, *VALUES) and isinstance(value, bytes):
            name = VALUES.get(number, kind)
            if name and len(value) == np.dtype(name).itemsize:
                return float(np.frombuffer(value, name)[0])
    return None


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The number and the value of each field of a message of protobuf."""
    start = 0
    while start < len(message):
        key, start = _varint(message, start)
        number, how = key >> 3, key & 7
        if how == VARINT:
            value, start = _varint(message, start)
            yield number, value
            continue
        if how == BYTES:
            size, start = _varint(message, start)
        elif how in (FIXED64, FIXED32):
            size = 8 if how == FIXED64 else 4
        else:
            raise UnreadableError("is damaged: a record in it cannot be read")
        if start + size > len(message):
            raise UnreadableError("is damaged: a record in it is cut short")
        yield number, message[start : start + size]
        start += size


def _varint(message: bytes, start: int) -> tuple[int, int]:
    decoded = 0
    for place in range(10):
        if start + place >= len(message):
            break
        byte = message[start + place]
        decoded |= (byte & 127) << (7 * place)
        if byte < 128:
            return decoded, start + place + 1
    raise UnreadableError("is damaged: a record in it cannot be read")


def _sum(content: bytes) -> bytes:
    """The sum that follows a record: CRC-32C, turned and shifted as TensorFlow does."""
    crc = 0xFFFFFFFF
    for byte in content:
        crc = CASTAGNOLI[(crc ^ byte) & 255] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)
