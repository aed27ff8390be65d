"""A dataset from a file or a folder of any form that a reader knows, or the sentence that says how to mend it."""

from pathlib import Path

from training.datasets.contents import BYTES, start
from training.datasets.dataset import Dataset, DatasetError
from training.datasets.raw import Raw
from training.datasets.readers import READERS, Reader, find
from training.datasets.understanding import Options, understand

ARCHIVES = {  # what ZIP archives hold near their beginning that are something else, and what to do with them
    b"[Content_Types].xml": "an office document, such as an Excel workbook: save its table as CSV",
    b"data.pkl": "a PyTorch file, which holds a pickle and is never opened: save the arrays with numpy.savez",
}
FOREIGN = {  # how files begin that are something else, and what to do with them
    b"PK\x03\x04": "a ZIP archive without arrays: unpack it and name the folder or the file in it",
    b"\x80": "probably a pickle, which is never opened, since it can run any program: save the arrays with numpy.savez",
    b"\x89HDF": "an HDF5 file, which is not read here: save the arrays with numpy.savez",
    b"MATLAB": "a MATLAB file, which is not read here: save the arrays with numpy.savez",
    b"PAR1": "a Parquet file, which is not read here: save it as CSV, with the label and then the pixels in each line",
    b"\x89PNG": "a picture: put the pictures into a folder for each class, and name the folder that holds these",
    b"\xff\xd8\xff": "a picture: put the pictures into a folder for each class, and name the folder that holds these",
    b"7z\xbc\xaf": "a 7z archive: unpack it and name the folder or the file in it",
    b"Rar!": "a RAR archive: unpack it and name the folder or the file in it",
    b"%PDF": "a PDF document, not a dataset: name a file with pictures and labels",
}

DEPTH = 3  # folders that hold nothing but one other, as an unpacked archive does


def load_file(path: str, name: str, options: Options | None = None) -> Dataset:
    """The dataset in that file or folder. Raises DatasetError in a sentence that says what is wrong with it.

    name: of the dataset, with all that is asked for but the seed of a split.
    """
    try:
        reader, raw = _read(Path(path))
        return understand(raw, reader.name, name, path, options or Options())
    except DatasetError as error:
        raise DatasetError(f"{path} was refused: {error}") from error
    except FileNotFoundError:
        raise DatasetError(f"{path} was refused: there is no such file.") from None
    except PermissionError:
        raise DatasetError(f"{path} was refused: it may not be read.") from None
    except (OSError, ValueError, OverflowError, MemoryError) as error:
        raise DatasetError(f"{path} was refused: it is damaged ({type(error).__name__}).") from error


def _read(path: Path) -> tuple[Reader, Raw]:
    if path.is_file() and not path.stat().st_size:
        raise DatasetError("the file is empty.")
    if not path.exists():
        raise FileNotFoundError(path)
    if path.is_file() and path.stat().st_size > 4 * BYTES:
        raise DatasetError(f"it has {path.stat().st_size / 1e9:.1f} GB: bring a part of it.")
    readers = find(path)
    for _ in range(DEPTH):
        below = [one for one in path.iterdir() if not one.name.startswith(".")] if path.is_dir() and not readers else []
        if len(below) != 1:
            break
        path, readers = below[0], find(below[0])
    if len(readers) > 1:
        forms = " and ".join(sorted(one.name for one in readers))
        raise DatasetError(
            f"it could be read as {forms}: name one file in it, or put each dataset into a folder of its own."
        )
    if not readers:
        raise DatasetError(_what_it_is(path))
    return readers[0], readers[0].read(path)


def _what_it_is(path: Path) -> str:
    """Why nothing reads it, and what to do."""
    forms = ", ".join(READERS)
    if path.is_dir():
        return f"the folder holds no dataset of a known form ({forms}): name a file, or a folder with a folder for each class."
    head = start(path)
    inside = ARCHIVES if head.startswith(b"PK") else {}
    kind = next((text for sign, text in inside.items() if sign in head), None)
    kind = kind or next((text for sign, text in FOREIGN.items() if head.startswith(sign)), None)
    return f"it is {kind}." if kind else f"it is not a dataset of a known form ({forms}): save it as npz or CSV."
