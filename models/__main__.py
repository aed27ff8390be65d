"""The command line `python -m models predict PICTURE... | --strokes FILE.json  [--run RUN]`."""

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro

from models import DEFAULT_RUN, calls, command_line, committees, import_keras
from models.preprocessing.pictures import PictureError, find_digits, open_picture
from models.preprocessing.strokes import NoDigitError, from_strokes


def main(arguments: list[str]) -> int:
    """Run one command; gives the exit code of the process."""
    commands = {"predict": predict}
    return command_line.main("python -m models", "Read handwritten digits with a saved model.", commands, arguments)


def predict(
    pictures: Annotated[
        tyro.conf.Positional[tuple[str, ...]], tyro.conf.arg(help="files with a digit or several")
    ] = (),
    strokes: Annotated[
        Path | None, tyro.conf.arg(metavar="FILE.json", help='instead, a list of {"strokes": [[[x, y], ...], ...]}')
    ] = None,
    run: Annotated[str, tyro.conf.arg(metavar="RUN", help="the saved run or ensemble that reads them")] = DEFAULT_RUN,
) -> int:
    """Print item, digit, confidence (0 to 1) as CSV; what cannot be read is named on standard error, exit code 1."""
    if bool(pictures) == bool(strokes):
        command_line.stop("Name pictures, or a file of strokes with --strokes, one of the two.")
    names, digits, refused = [], [], 0
    try:
        for name, digit in _from_file(strokes) if strokes else _from_pictures(pictures):
            if isinstance(digit, Exception):
                print(f"{name}: {digit}", file=sys.stderr)
                refused += 1
            else:
                names.append(name)
                digits.append(digit)
        probabilities = _predict(run, digits)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["item", "digit", "confidence"])
    for name, row in zip(names, probabilities, strict=True):
        writer.writerow([name, row.argmax(), f"{row.max():.4f}"])
    return 1 if refused else 0


def _from_pictures(paths: Sequence[str]) -> Iterator[tuple[str, np.ndarray | Exception]]:
    for path in paths:
        try:
            found = find_digits(open_picture(path))
            for number, digit in enumerate(found, start=1):
                yield (path if len(found) == 1 else f"{path} #{number}"), digit.image
        except (PictureError, NoDigitError) as error:
            yield path, error


def _from_file(path: Path) -> Iterator[tuple[str, np.ndarray | Exception]]:
    try:
        drawings = [drawing["strokes"] for drawing in json.loads(path.read_text(encoding="utf-8"))]
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f'{path} is not a list of drawings, [{{"strokes": [[[x, y], ...], ...]}}, ...].') from error
    for number, strokes in enumerate(drawings):
        try:
            yield str(number), from_strokes(strokes)
        except (ValueError, TypeError) as error:
            yield str(number), error


def _predict(run: str, digits: list[np.ndarray]) -> np.ndarray:
    if not digits:
        return np.empty((0, 10))
    committees.members(run)  # told before Keras is loaded
    import_keras()
    return calls.predict(run, np.stack(digits)).probabilities


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
