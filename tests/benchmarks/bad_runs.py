"""Refuses bad models, histories and archives, and prints how long each took, the longest last."""

import tempfile
import time
from pathlib import Path

from tests.bad_runs import BAD
from training.importers.plan import recognise


def main() -> None:
    """Print seconds, name and sentence of each."""
    rows = []
    for name, (build, _) in BAD.items():
        with tempfile.TemporaryDirectory() as folder:
            path = build(Path(folder))
            began = time.perf_counter()
            plan = recognise([path])
            rows.append((time.perf_counter() - began, name, plan.refused[0].sentence))
    for seconds, name, sentence in sorted(rows):
        print(f"{seconds:5.2f} s  {name}: {sentence}")


if __name__ == "__main__":
    main()
