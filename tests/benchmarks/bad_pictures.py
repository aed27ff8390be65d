"""Reads strange and damaged pictures, and random mutations of good ones, and prints the longest time and the most memory.

python -m tests.benchmarks.bad_pictures [--mutations 10000]      memory is read from /proc, so on Linux only
"""

import argparse
import collections
import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from models.preprocessing.picture_files import PictureError, open_picture
from models.preprocessing.pictures import find_digits
from models.preprocessing.strokes import NoDigitError
from tests import bad_pictures


def main() -> None:
    """Read, time, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(_peak(dict(bad_pictures.everything())[chosen.one]))
        return
    _warm_up()
    for name, content in bad_pictures.everything():
        started = time.perf_counter()
        said = _read(content)
        took = time.perf_counter() - started
        alone = subprocess.run(
            [sys.executable, "-m", __spec__.name, "--one", name], capture_output=True, text=True, check=True
        )
        print(f"{name:30} {1000 * took:5.0f} ms {float(alone.stdout):5.0f} MB  {said}")
    _mutate(chosen.mutations)


def _read(content: bytes) -> str:
    try:
        return f"{len(find_digits(open_picture(io.BytesIO(content))))} found"
    except (PictureError, NoDigitError) as error:
        return str(error)


def _warm_up() -> None:
    """Libraries that are loaded at first use are no part of a picture's time."""
    _read(bad_pictures.encode(bad_pictures.Image.fromarray(bad_pictures.SEVEN)))


def _peak(content: bytes) -> float:
    """Megabytes that reading takes above what the process held before, in a fresh process."""
    _warm_up()
    before = _memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    _read(content)
    return max(0.0, _memory("VmHWM") - before)


def _memory(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def _mutate(count: int) -> None:
    """Good pictures with bytes changed, cut or doubled by lot."""
    rng = np.random.default_rng(0)
    good = [content for _, content in bad_pictures.modes()]
    longest, said = 0.0, collections.Counter()
    for _ in range(count):
        content = bytearray(good[rng.integers(len(good))])
        for _ in range(rng.integers(1, 12)):
            start, length = rng.integers(len(content) + 1), rng.integers(1, 40)
            content[start : start + length] = rng.bytes(length) if rng.random() < 0.7 else b""
        started = time.perf_counter()
        answer = _read(bytes(content))
        longest = max(longest, time.perf_counter() - started)
        said[answer if not answer[0].isdigit() else "a digit is found"] += 1
    print(f"{count:,} mutations, no exception, longest {1000 * longest:.0f} ms")
    for answer, times in said.most_common():
        print(f"{times:7,} {answer}")


if __name__ == "__main__":
    main()
