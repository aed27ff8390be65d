"""The command line `python -m models predict PICTURE... | --strokes FILE.json  [--run RUN]`."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro

from models import DEFAULT_RUN, calls, command_line, foreign, import_keras, inputs
from models.preprocessing import pictures
from models.preprocessing.picture_files import PictureError
from models.preprocessing.strokes import NoDigitError, from_strokes

Source = tuple[int, str]  # the number and the name of what a digit is from
Part = tuple[Source, np.ndarray | Exception]  # a digit, or why there is none


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code of the process."""
    commands = {"predict": predict}
    return command_line.main("python -m models", "Read handwritten digits with a saved model.", commands, arguments)


def predict(
    pictures: Annotated[
        tyro.conf.Positional[tuple[str, ...]], tyro.conf.arg(help="files with a digit or several, or folders of them")
    ] = (),
    strokes: Annotated[
        Path | None, tyro.conf.arg(metavar="FILE.json", help='instead, a list of {"strokes": [[[x, y], ...], ...]}')
    ] = None,
    run: Annotated[str, tyro.conf.arg(metavar="RUN", help="the saved run or ensemble that reads them")] = DEFAULT_RUN,
) -> int:
    """Print item, digit, confidence (0 to 1), doubt as CSV: yes where it does not look like a digit, nothing where nobody can
    tell. What cannot be read is named on standard error, exit code 1."""
    if bool(pictures) == bool(strokes):
        command_line.stop("Name pictures, or a file of strokes with --strokes, one of the two.")
    sources, digits, refused = [], [], 0
    try:
        # told before Keras is loaded
        takes = inputs.of(run)
        for source, digit in (
            _from_file(strokes, takes.shape) if strokes else _from_pictures(_files(pictures), takes.shape)
        ):
            if isinstance(digit, Exception):
                print(f"{source[1]}: {digit}", file=sys.stderr)
                refused += 1
            else:
                sources.append(source)
                digits.append(digit)
        _print(sources, _read(run, digits), takes.class_names)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if refused else 0


def _print(sources: list[Source], reading: calls.Reading, class_names: Sequence[str]) -> None:
    """The readings as CSV, and how many parts of each picture were left out."""
    which = foreign.kept(reading, sources)
    for source in dict.fromkeys(sources):
        dropped = sum(not kept for kept, own in zip(which, sources, strict=True) if own == source)
        if dropped:
            parts = "1 part that does" if dropped == 1 else f"{dropped} parts that do"
            print(f"{source[1]}: left out {parts} not look like a digit.", file=sys.stderr)
    reading = foreign.chosen(reading, which)
    names = _names([source for source, kept in zip(sources, which, strict=True) if kept])
    doubted = reading.doubtful
    doubts = [""] * len(names) if doubted is None else ["yes" if doubt else "no" for doubt in doubted]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["item", "digit", "confidence", "doubt"])
    for name, row, doubt in zip(names, reading.probabilities, doubts, strict=True):
        answer = int(row.argmax())
        writer.writerow([name, class_names[answer] if class_names else answer, f"{row.max():.4f}", doubt])


def _names(sources: list[Source]) -> list[str]:
    """Names of parts, with a number where a picture has several."""
    seen: Counter[Source] = Counter()
    total = Counter(sources)
    names = []
    for source in sources:
        seen[source] += 1
        names.append(source[1] if total[source] == 1 else f"{source[1]} #{seen[source]}")
    return names


def _files(paths: Sequence[str]) -> Iterator[str]:
    """The files that were named, and of a folder those in it, by name. Raises ValueError for a folder without any."""
    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        inside = sorted(file for file in Path(path).iterdir() if file.is_file() and not file.name.startswith("."))
        if not inside:
            raise ValueError(f"{path} is a folder without files. Name pictures, or a folder that holds some.")
        yield from map(str, inside)


def _from_pictures(paths: Iterable[str], shape: tuple[int, int]) -> Iterator[Part]:
    for number, path in enumerate(paths):
        try:
            pages = pictures.read_file(path, shape)
        except PictureError as error:
            yield (number, path), error
        else:
            yield from _from_pages(number, path, pages)


def _from_pages(number: int, path: str, pages: Sequence[pictures.PageRead]) -> Iterator[Part]:
    """The digits of one file, and on standard error which of its pages or frames was not read, and why."""
    if sentence := pictures.not_read(pages):
        print(f"{path}: {sentence}", file=sys.stderr)
    some = any(isinstance(page.found, list) for page in pages)
    for page in pages:
        name = path if len(pages) == 1 else f"{path} page {page.number}"
        # an empty page among others is no failure
        if some and isinstance(page.found, NoDigitError):
            print(f"{name}: {page.found}", file=sys.stderr)
        elif isinstance(page.found, Exception):
            yield (number, name), page.found
        else:
            yield from (((number, name), digit.image) for digit in page.found)


def _from_file(path: Path, shape: tuple[int, int]) -> Iterator[Part]:
    try:
        drawings = [drawing["strokes"] for drawing in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f'{path} is not a list of drawings, [{{"strokes": [[[x, y], ...], ...]}}, ...].') from error
    for number, strokes in enumerate(drawings):
        try:
            yield (number, str(number)), from_strokes(strokes, shape=shape)
        except (ValueError, TypeError) as error:
            yield (number, str(number)), error


def _read(run: str, digits: list[np.ndarray]) -> calls.Reading:
    if not digits:
        return calls.Reading(np.empty((0, 10)))
    import_keras()
    return calls.read(run, np.stack(digits))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
