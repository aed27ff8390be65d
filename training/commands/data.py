"""The command `python -m training data`."""

from typing import Annotated

import tyro

from training.commands.terminal import console, load_dataset


def load_data(name: Annotated[tyro.conf.Positional[str], tyro.conf.arg(help="the dataset")] = "mnist") -> None:
    """Load a dataset, downloading it if needed, and print what it holds."""
    dataset = load_dataset(name)
    for refused in dataset.refused:
        console.print(refused)
    height, width = dataset.input_shape
    counts = ", ".join(f"{(dataset.split == part).sum():,} {part}" for part in ("train", "test"))
    console.print(f"{dataset.name}: {counts}, {height} x {width} pixels, from {dataset.source}")
