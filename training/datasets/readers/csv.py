"""Datasets in CSV files: a column with the label and one for each pixel, with or without a line of names; Kaggle's among them."""

import csv
import io
import math
import re
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.datasets import contents
from training.datasets.dataset import DatasetError
from training.datasets.raw import LABEL_WORDS, TEST, TRAIN, Part, Raw, part_of_name
from training.datasets.readers import reader

ROWS = 4000  # that are read at a time
FEWEST = 64  # pixels of a picture
LABEL_NAMES = (LABEL_WORDS | {"digit", "character", "letter", "species"}) - {"classes"}
NOT_PIXELS = {"", "id", "index", "imageid", "image_id", "unnamed: 0", "usage", "split"}
PIXEL = re.compile(r"(pixel|px?|x|v|f)?[ _]?\d+([x_.]\d+)?", re.IGNORECASE)
NO_LABELS = (
    "it has no column of labels, only pixels, as Kaggle's test.csv: name the file that has labels, such as train.csv."
)

NO_LINES = "it has names of columns and no line below them: bring the table with its digits."


@dataclass(frozen=True)
class Table:
    """How a CSV file is laid out. names: of the columns, none where it has no such line; count: of columns; decimal: the sign
    before fractions."""

    separator: str
    names: tuple[str, ...]
    count: int
    decimal: str = "."

    @property
    def numbered(self) -> bool:
        """Whether no name says what a column is: there are none, or they are numbers."""
        return all(name.isdecimal() or not name for name in self.names)


def _is_csv(path: Path) -> bool:
    return bool(_every(path)) if path.is_dir() else _is_text(path)


def _is_text(path: Path) -> bool:
    start = contents.start(path)[:4096]
    return (
        bool(start)
        and b"\0" not in start
        and all(byte >= 32 or byte in b"\t\r\n\f" for byte in start)
        and bool(re.search(rb"[,;\t ]", start.partition(b"\n")[0]))
    )


def _every(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.iterdir()) if re.search(r"\.(csv|tsv)(\.gz)?$", path.name.lower())][:100]


def _files(folder: Path) -> dict[str, Path]:
    """The CSV files of a folder by part; one alone is for training. Raises DatasetError where one part has several."""
    every = _every(folder)
    named = [(part, path) for path in every if (part := part_of_name(path.name)) in (TRAIN, TEST)]
    parts = {str(part): path for part, path in named}
    if len(parts) < len(named):
        raise DatasetError(
            f"the folder holds several tables of one part ({', '.join(p.name for _, p in named[:4])}): name one file."
        )
    return parts or ({TRAIN: every[0]} if len(every) == 1 else {})


@reader("CSV", _is_csv)
def read(path: Path) -> Raw:
    """The table of a file, or those of a folder: its test.csv is left out where it has no labels. Raises DatasetError."""
    files = _files(path) if path.is_dir() else {TRAIN: path}
    parts, left_out, label_names = {}, [], []
    for part, file in sorted(files.items(), reverse=True):
        try:
            pictures, labels, label_name, unused = _read_table(file)
        except DatasetError as error:
            if str(error) != NO_LABELS or len(files) == 1:
                raise DatasetError(f"in {file.name} {error}" if path.is_dir() else str(error)) from error
            left_out.append(file.name)
            continue
        parts[part] = Part(pictures, labels, file.name if path.is_dir() else "the file", f"the column {label_name}")
        left_out += unused
        label_names.append(label_name)
    if not parts:
        raise DatasetError(
            NO_LABELS if files else "the folder holds several tables: call them train.csv and test.csv, or name one."
        )
    if path.is_dir():
        left_out += [file.name for file in _every(path) if file not in files.values()]
    return Raw(parts, ("column", label_names[0]), left_out=tuple(left_out))


def _read_table(file: Path) -> tuple[np.ndarray, np.ndarray, str, list[str]]:
    """Pixels (n, pixels), labels (n,), the label column's name or number, and the columns that are not used."""
    table = layout(contents.start(file))
    columns = None if table.numbered else _columns(table)
    pixels, labels = [], []
    try:
        with contents.opened(file) as stream:
            for chunk in _chunks(stream, table):
                columns = columns or _by_content(chunk, table)
                labels.append(chunk.iloc[:, columns[0]].to_numpy())
                pixels.append(_numbers(chunk, columns[1], table))
    except (ValueError, UnicodeError, csv.Error) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"line {line.group(1)} has more columns than the first" if line else "it is not a table"
        reason = NO_LINES if "No columns" in str(error) else f"{where}: save it as CSV again."
        raise DatasetError(reason) from error
    if not pixels or columns is None:
        raise DatasetError(NO_LINES)
    label, used = columns
    unused = [
        table.names[n] or f"column {n + 1}" for n in range(table.count) if table.names and n != label and n not in used
    ]
    name = f"'{table.names[label]}'" if table.names else str(label + 1)
    return np.concatenate(pixels), _joined(labels), name, unused


def layout(start: bytes) -> Table:
    """How a table is laid out, from its first bytes. Raises DatasetError."""
    text = start.decode("utf-8-sig", "replace")
    line = text.splitlines()[0]
    # a semicolon first: where it divides as often as a comma, that is the sign before fractions
    separator = max(";\t, ", key=line.count)
    first = [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=separator))]
    first = first[:-1] if separator == " " and not first[-1] else first
    if len(first) < FEWEST:
        raise DatasetError(
            f"its first line has {len(first)} columns, which is too few: a line holds the label and then the pixels of one "
            "picture, 785 columns for 28 x 28."
        )
    numbers = [cell for cell in first if re.fullmatch(r"[-+]?(\d+[.,]?\d*|\.\d+)(e[-+]?\d+)?", cell, re.IGNORECASE)]
    counted = [cell for cell in first if cell.isdecimal()]
    counts_up = len(counted) >= FEWEST and [int(cell) for cell in counted[1:]] == list(
        range(int(counted[0]) + 1, int(counted[0]) + len(counted))
    )
    named = len(numbers) < len(first) / 2 or counts_up
    decimal = "," if separator != "," and re.search(r"\d,\d", text) else "."
    return Table(separator, tuple(first) if named else (), len(first), decimal)


def _columns(table: Table) -> tuple[int, list[int]]:
    """The columns of the label and of the pixels, by their names. Raises DatasetError."""
    names = [name.lower() for name in table.names]
    labels = [n for n, name in enumerate(names) if name in LABEL_NAMES and not (name in ("y",) and names.count("x"))]
    rest = [n for n in range(table.count) if n not in labels[:1] and names[n] not in NOT_PIXELS]
    if not _is_square(len(rest)):
        rest = [n for n in rest if PIXEL.fullmatch(names[n])]
    odd = [n for n in range(table.count) if not PIXEL.fullmatch(names[n]) and names[n] not in NOT_PIXELS]
    if not (labels or odd) and _is_square(len(rest)):
        raise DatasetError(NO_LABELS)
    if not labels and len(odd) == 1 and _is_square(len(rest) - (odd[0] in rest)):
        return odd[0], [n for n in rest if n != odd[0]]
    if not labels:
        raise DatasetError("it has no column called label: name the column of the labels so.")
    if not _is_square(len(rest)):
        raise DatasetError(
            f"beside the label it has {len(rest)} columns, which make no square picture of 8 to 64 pixels a side: keep the "
            "label and the pixels alone."
        )
    return labels[0], rest


def _by_content(chunk, table: Table) -> tuple[int, list[int]]:
    """The columns of the label and of the pixels where no name tells: the label is the first or the last."""
    columns = [
        n for n in range(chunk.shape[1]) if not (table.names and n < table.count and table.names[n] in NOT_PIXELS)
    ]
    count = len(columns)
    if not _is_square(count - 1):
        reason = f"its lines have {count} columns: the label and a square number of pixels were expected, such as 785."
        raise DatasetError(NO_LABELS if _is_square(count) else reason)
    label = min((columns[0], columns[-1]), key=lambda n: _unlike_a_label(chunk.iloc[:, n]))
    return label, [n for n in columns if n != label]


def _unlike_a_label(column) -> tuple[bool, float]:
    """Labels have few values, none of which is in nearly all lines, as 0 is in the corner of a picture."""
    shares = column.value_counts(normalize=True)
    return not 2 <= len(shares) <= 100, float(shares.iloc[0]) if len(shares) else 1.0


def _is_square(count: int) -> bool:
    return count >= FEWEST and math.isqrt(count) ** 2 == count


def _chunks(stream, table: Table):
    """The lines of a table, some thousand at a time, as frames."""
    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of columns of more than one type, which are refused by name
        yield from pd.read_csv(
            stream,
            sep=r"\s+" if table.separator == " " else table.separator,
            header=None,
            skiprows=1 if table.names else 0,
            chunksize=ROWS,
            encoding="utf-8-sig",
            encoding_errors="replace",
            low_memory=False,
            decimal=table.decimal,
        )


def _numbers(chunk, columns: list[int], table: Table) -> np.ndarray:
    """The pixels of some lines, of the smallest type that holds them."""
    if chunk.shape[1] != table.count:
        raise DatasetError(
            f"its lines have {chunk.shape[1]} columns and its first has {table.count}: save it as CSV again."
        )
    array = chunk.iloc[:, columns].to_numpy()
    if array.dtype.kind not in "buif":
        wrong = next(n for n in columns if chunk.iloc[:, n].dtype.kind not in "buif")
        name = table.names[wrong] if table.names else wrong + 1
        raise DatasetError(f"its column {name} holds text between the pixels: a line holds the label and numbers.")
    if array.dtype.kind == "f":
        empty = np.isnan(array).any(axis=1)
        if empty.any():
            line = int(chunk.index[empty][0]) + (2 if table.names else 1)
            raise DatasetError(f"line {line} has an empty cell: fill it, by 0 for example, or take the line out.")
        return array.astype(np.float32)
    return array.astype(np.uint8) if array.min() >= 0 and array.max() <= 255 else array.astype(np.int32)


def _joined(labels: list[np.ndarray]) -> np.ndarray:
    """The labels of all lines: numbers, or text where one is text."""
    if all(part.dtype.kind in "buif" for part in labels):
        return np.concatenate(labels)
    texts = [["" if value != value else str(value) for value in part] for part in labels]
    return np.array([text for part in texts for text in part])
