"""Reads paper-like pictures of pen strokes and prints the share that is classified correctly, by kind of picture.

python -m tests.benchmarks.pictures [--pictures 600] [--run RUN]      needs MNIST_ATELIER_DATA with pen_strokes.json in it
"""

import argparse
import io
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from models import DEFAULT_RUN, import_keras, prediction, run_directory
from models.preprocessing.picture_files import open_picture
from models.preprocessing.pictures import Found, find_digits, from_picture
from models.preprocessing.strokes import NoDigitError, from_strokes
from tests import digit_pages, papers
from training.datasets import registry

MARGINS = (0, 1, 2, 4, 8)  # pixels of the 28 around the ink of a digit that was cut out
LARGER = 10  # times that such a picture is enlarged


def main() -> None:
    """Make, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--pictures", type=int, default=600, help="of one digit; as many are cut close, with each margin"
    )
    parser.add_argument("--pages", type=int, default=40, help="with several digits, of each kind")
    parser.add_argument("--run", default=DEFAULT_RUN)
    parser.add_argument("--keep", type=Path, help="folder for the pictures that are read wrongly")
    parser.add_argument("--only", choices=["single", "cut", "several"], help="one of the three alone")
    chosen = parser.parse_args()
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    import_keras()
    read = prediction.load(run_directory(chosen.run)).predict
    picked = np.random.default_rng(0).choice(len(drawings), chosen.pictures, replace=False)
    if chosen.only in (None, "single"):
        _single([drawings[n] for n in picked], read, chosen.keep)
    if chosen.only in (None, "cut"):
        _cut_close(chosen.pictures, read, chosen.keep)
    if chosen.only in (None, "several"):
        _several(drawings, chosen.pages, read, chosen.keep)


def _single(drawings: list, read: Callable, keep: Path | None) -> None:
    """One digit on a sheet, of every kind of paper in turn."""
    seconds, right, missed = [], [], 0
    for place, (name, make) in enumerate(papers.KINDS.items()):
        own, rng = [], np.random.default_rng((0, place))
        for number, drawing in list(enumerate(drawings))[place :: len(papers.KINDS)]:
            content = papers.camera(make([np.array(s) for s in drawing["strokes"]], rng), rng)
            answer, took = _timed(lambda content=content: _answer(content, read))
            missed += answer is None
            own.append(answer == drawing["label"])
            seconds.append(took)
            if not own[-1]:
                _keep(keep, f"{name}-{number}-is-{drawing['label']}-read-{answer}", content)
        right += own
        print(f"{name:10} {np.mean(own):7.1%} of {len(own)}")
    strokes = np.stack([from_strokes(drawing["strokes"]) for drawing in drawings])
    plain = (read(strokes).argmax(axis=1) == [drawing["label"] for drawing in drawings]).mean()
    print(
        f"all        {np.mean(right):7.1%} of {len(right)}, no digit found in {missed}; the strokes alone {plain:.1%}"
    )
    print(f"picture to digit p50 {1000 * np.median(seconds):.0f} ms, longest {1000 * max(seconds):.0f} ms")


def _timed(act: Callable) -> tuple:
    started = time.perf_counter()
    return act(), time.perf_counter() - started


def _answer(content: bytes, read: Callable) -> int | None:
    """What is read as the largest digit of a picture, or nothing where none is found."""
    try:
        return int(read(from_picture(open_picture(io.BytesIO(content)))[None])[0].argmax())
    except NoDigitError:
        return None


def _keep(folder: Path | None, name: str, content: bytes) -> None:
    if folder:
        folder.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(content)


def _cut_close(count: int, read: Callable, keep: Path | None) -> None:
    """MNIST's test digits, dark on white, enlarged and cut to their ink with a margin."""
    test = registry.load("mnist", download=False).part("test")
    for margin in MARGINS:
        wrong, seconds = 0, 0.0
        for number, (image, label) in enumerate(zip(*(part[:count] for part in test), strict=True)):
            content = papers.cut_close(image, margin, LARGER)
            answer, took = _timed(lambda content=content: _answer(content, read))
            seconds += took
            wrong += answer != label
            if answer != label:
                _keep(keep, f"cut-{margin}-{number}-is-{label}-read-{answer}", content)
        print(f"cut close, margin {margin} {wrong / count:6.2%} of {count} wrong, in {seconds:.1f} s")


def _several(drawings: list, count: int, read: Callable, keep: Path | None) -> None:
    """Pages with several digits: whether all are found, and nothing else, in their order, and what is read."""
    for place, (name, make) in enumerate(digit_pages.KINDS.items()):
        rng = np.random.default_rng((1, place))
        exact = digits = right = extra = 0
        seconds = []
        for number in range(count if name != "hundred" else max(1, count // 10)):
            many = [drawings[n] for n in rng.choice(len(drawings), rng.integers(2, 7), replace=False)]
            sheet, places = make([[np.array(s) for s in drawing["strokes"]] for drawing in many], rng)
            labels = [many[n % len(many)]["label"] for n in range(len(places))]
            content = papers.camera(sheet, rng)
            found, took = _timed(lambda content=content: _find(content))
            seconds.append(took)
            ordered = len(found) == len(places) and all(map(_around, found, places))
            exact += ordered
            extra += max(0, len(found) - len(places))
            digits += len(places)
            right += sum(_read_rightly(found, places, labels, read))
            if not ordered:
                _keep(keep, f"{name}-{number}-is-{''.join(map(str, labels))}-found-{len(found)}", content)
        print(
            f"{name:10} {exact / len(seconds):7.1%} of {len(seconds)} pages exact in count and order, {extra} too many, "
            f"{right / digits:.1%} of {digits} digits read rightly, p50 {1000 * np.median(seconds):.0f} ms"
        )


def _find(content: bytes) -> list[Found]:
    try:
        return find_digits(open_picture(io.BytesIO(content)))
    except NoDigitError:
        return []


def _around(digit: Found, place: np.ndarray) -> bool:
    """Whether a digit's box holds a place, and that in its middle."""
    left, top, right, bottom = digit.box
    size = max(right - left, bottom - top)
    return bool((np.abs(place - ((left + right) / 2, (top + bottom) / 2)) < 0.25 * size).all())


def _read_rightly(found: list[Found], places: np.ndarray, labels: list[int], read: Callable) -> Iterator[bool]:
    answers = read(np.stack([digit.image for digit in found])).argmax(axis=1) if found else []
    for place, label in zip(places, labels, strict=True):
        yield any(_around(digit, place) and answer == label for digit, answer in zip(found, answers, strict=True))


if __name__ == "__main__":
    main()
