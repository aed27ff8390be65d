"""Datasets in the words that visitors read: what their digits are like, and what was understood of a file."""

from collections.abc import Sequence

import numpy as np

from dashboard import wording
from training.analysis.dataset_statistics import Balance, Drift, Pixels
from training.datasets.dataset import Dataset, Facts


def pixels(statistics: Pixels) -> str:
    """Which pixels are always zero, and where the digits differ most."""
    always_zero = int((statistics.used == 0).sum())
    row, column = np.unravel_index(statistics.deviation.argmax(), statistics.deviation.shape)
    background = statistics.levels[0] / max(1, statistics.levels.sum())
    return (
        f"{always_zero} of the {statistics.used.size} pixels are zero in every digit, and {background:.0%} of all pixels are "
        f"background. The digits differ most in row {row}, column {column}: standard deviation "
        f"{statistics.deviation.max():.0f} of 255."
    )


def balance(balance: Balance, class_names: Sequence[str]) -> str:
    """Whether the classes are equally frequent, and alike in both parts."""
    most, least = int(balance.shares.argmax()), int(balance.shares.argmin())
    differ = "differ significantly" if balance.significant else "do not differ significantly"
    return (
        f"The most frequent class is {class_names[most]} with {balance.shares[most]:.1%}, the rarest {class_names[least]} with "
        f"{balance.shares[least]:.1%}. The shares of the two parts {differ} (chi-squared test, p = {balance.probability:.2g})."
    )


def drift(drift: Drift) -> str:
    """Whether a measure differs between the two parts."""
    if not drift.significant:
        return "not significant"
    return "significant, visible" if drift.visible else "significant, too small to see"


def understood(dataset: Dataset, facts: Facts) -> str:
    """What was understood of a file that somebody brought."""
    height, width = dataset.input_shape
    count = f"{len(dataset.labels):,} pictures of {height} x {width}"
    scaled = "" if (facts.low, facts.high) == (0, 255) else " scaled to 0-255"
    said = [
        f"{count}, {_classes(dataset.class_names)}{_labels_from(facts)}, values {facts.low:g}-{facts.high:g}{scaled}"
    ]
    made = {"flat": "from flat rows", "colour": "made grey"}.get(facts.layout)
    said[0] += "".join(f", {one}" for one in (made, facts.resized and "brought to one size") if one)
    said[0] += "".join(f", {one}" for one in ("inverted", "transposed") if getattr(facts, one))
    if facts.seed is not None:
        said.append(f"The file has one part: {facts.test:,} pictures, chosen with seed {facts.seed}, are for testing")
    else:
        said.append(f"{facts.train:,} are for training, {facts.test:,} for testing")
    if facts.left_out:
        more = f" and {len(facts.left_out) - 4} more" if len(facts.left_out) > 4 else ""
        said.append(f"Not used: {', '.join(facts.left_out[:4])}{more}")
    return ". ".join(said) + "."


def _classes(names: Sequence[str]) -> str:
    """The labels, few of them one by one."""
    if all(name.isdecimal() for name in names) and [int(n) for n in names] == list(
        range(int(names[0]), int(names[-1]) + 1)
    ):
        return f"labels {names[0]}-{names[-1]}"
    if len(names) <= 10:
        return f"labels {', '.join(names)}"
    return f"{len(names)} labels from {names[0]} to {names[-1]}"


def _labels_from(facts: Facts) -> str:
    """Where the labels stood."""
    kind, name = facts.labels_from
    place = " from the folders' names" if kind == "folders" else f" from {kind} {name}"
    return place + (" (one-hot)" if facts.labels_as == "one-hot" else "")


def odd_look(facts: Facts) -> str | None:
    """Whether the digits look inverted or transposed, and were not turned."""
    inverted = facts.looks_inverted and not facts.inverted
    transposed = facts.looks_transposed and not facts.transposed
    seen = [
        text
        for text, true in (("dark on a light background", inverted), ("transposed, as EMNIST is", transposed))
        if true
    ]
    return (
        f"These digits look {wording.listed(seen)}. They are shown as the file has them; turn them if that is wrong."
        if seen
        else None
    )
