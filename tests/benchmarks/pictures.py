"""Reads paper-like pictures of pen strokes and prints the share that is classified correctly, by kind of picture.

python -m tests.benchmarks.pictures [--pictures 600] [--run RUN]      needs MNIST_ATELIER_DATA with pen_strokes.json in it
"""

import argparse
import io
import json
import os
import time
from pathlib import Path

import numpy as np

from models import DEFAULT_RUN, import_keras, prediction, run_directory
from models.preprocessing.pictures import find_digits, from_picture, open_picture
from models.preprocessing.strokes import NoDigitError, from_strokes
from tests import papers


def main() -> None:
    """Make, read, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pictures", type=int, default=600)
    parser.add_argument("--run", default=DEFAULT_RUN)
    parser.add_argument("--keep", type=Path, help="folder for the pictures that are read wrongly")
    chosen = parser.parse_args()
    drawings = json.loads((Path(os.environ["MNIST_ATELIER_DATA"]) / "pen_strokes.json").read_text())
    import_keras()
    read = prediction.load(run_directory(chosen.run)).predict
    rng = np.random.default_rng(0)
    picked = rng.choice(len(drawings), chosen.pictures, replace=False)
    _single([drawings[n] for n in picked], read, rng, chosen.keep)
    _several(drawings, chosen.pictures // 4, read, rng)


def _single(drawings, read, rng, keep) -> None:
    kinds, right, seconds, missed = [], [], [], 0
    for number, drawing in enumerate(drawings):
        name = list(papers.KINDS)[number % len(papers.KINDS)]
        content = papers.camera(papers.KINDS[name]([np.array(s) for s in drawing["strokes"]], rng), rng)
        started = time.perf_counter()
        try:
            answer = int(read(from_picture(open_picture(io.BytesIO(content)))[None])[0].argmax())
        except NoDigitError:
            answer, missed = None, missed + 1
        seconds.append(time.perf_counter() - started)
        kinds.append(name)
        right.append(answer == drawing["label"])
        if keep and not right[-1]:
            keep.mkdir(exist_ok=True, parents=True)
            (keep / f"{name}-{number}-is-{drawing['label']}-read-{answer}").write_bytes(content)
    for name in papers.KINDS:
        own = [r for r, k in zip(right, kinds, strict=True) if k == name]
        print(f"{name:10} {np.mean(own):7.1%} of {len(own)}")
    strokes = np.stack([from_strokes(drawing["strokes"]) for drawing in drawings])
    plain = (read(strokes).argmax(axis=1) == [drawing["label"] for drawing in drawings]).mean()
    print(
        f"all        {np.mean(right):7.1%} of {len(right)}, no digit found in {missed}; the strokes themselves {plain:.1%}"
    )
    print(f"picture to digit p50 {1000 * np.median(seconds):.0f} ms, longest {1000 * max(seconds):.0f} ms")


def _several(drawings, count, read, rng) -> None:
    digits = rightly = extra = 0
    for _ in range(count):
        many = [drawings[n] for n in rng.choice(len(drawings), rng.integers(2, 7), replace=False)]
        sheet = papers.several([[np.array(s) for s in drawing["strokes"]] for drawing in many], rng)
        found = find_digits(open_picture(io.BytesIO(papers.camera(sheet, rng))))
        answers = read(np.stack([digit.image for digit in found])).argmax(axis=1)
        digits += len(many)
        extra += max(0, len(found) - len(many))
        if len(found) == len(many):
            rightly += sum(int(a) == drawing["label"] for a, drawing in zip(answers, many, strict=True))
    print(f"{count} pictures of several digits: {rightly / digits:.1%} of {digits} found and read, {extra} too many")


if __name__ == "__main__":
    main()
