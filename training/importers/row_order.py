"""Which digit each row of predictions is of, where a column or an array such as index, id or sample says so."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from training import identity
from training.importers.parts import Answers
from training.recording import labels_of

# what such a column is called, without capital letters and signs; pandas leaves the name of its own index empty
CALLED = """
    index indices indexes idx id ids key number no n unnamed0 row rowid rowindex sample sampleid sampleindex sampleidx
    samples image imageid imageindex imageidx example exampleid testindex testidx testid digitid digitindex itemid
    dataid dataindex
"""
NAMES = frozenset(["", *CALLED.split()])


def column(names: Iterable[str]) -> str | None:
    """The first of these names that says which digit a row is of."""
    return next((name for name in names if re.sub(r"[^a-z0-9]", "", name.lower()) in NAMES), None)


def positions(index: Any) -> np.ndarray | None:
    """Which rows stand first, second and so on by their index (n,): whole numbers in a row, from 0 or any other, each once.
    None where it is no such index."""
    numbers = pd.to_numeric(pd.Series(np.ravel(index)), errors="coerce").to_numpy(float)
    order = np.argsort(numbers, kind="stable")
    counted = len(numbers) and np.isfinite(numbers).all() and (np.diff(numbers[order]) == 1).all()
    return order if counted and float(numbers[order[0]]).is_integer() else None


def in_order(answers: Answers, index: Any, name: str) -> tuple[Answers, tuple[str, ...]]:
    """Answers with their rows by an index, and what was done, in a sentence. name: what the index is called.

    Labels that are those of known test digits as they stand show that the index means something else.
    """
    if np.size(index) != len(answers.scores):
        return answers, ()
    order = positions(index)
    if order is None:
        return answers, (
            f"Its {name or 'first column'} does not number the rows, each once, so they stay in their order.",
        )
    if (np.diff(order) == 1).all() or _are_known(answers.labels):
        return answers, ()
    labels, images = (None if array is None else np.asarray(array)[order] for array in (answers.labels, answers.images))
    sorted_ = replace(answers, scores=np.asarray(answers.scores)[order], labels=labels, images=images, order=order)
    return sorted_, (f"Its rows were sorted by {name or 'its first column'}.",)


def with_labels(answers: Answers, labels: Any) -> Answers:
    """Answers with labels (n,) or one-hot rows from a file of their own, which stand in the order of the digits, or in that of the
    file of answers before it was sorted."""
    as_written = answers.order is not None and not _are_known(labels)
    labels = np.asarray(labels)[answers.order] if as_written else labels
    return replace(answers, labels=labels, paired=False)


def _are_known(labels: Any) -> bool:
    """Whether labels are those of known test digits, in their order."""
    try:
        return labels is not None and identity.identify(labels_of(labels))[0] != identity.OWN_DIGITS
    except ValueError:
        return False
