"""Which parts of pictures are probably no digit, by the digits that a run learned from, and which are left out."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np

from models.calls import Reading

CLEARLY = 1.3  # times the limit of the distance beyond which a part is left out


def kept(reading: Reading, sources: Sequence[Hashable]) -> np.ndarray:
    """Which parts are worth showing, (n,) bool: all but those that are clearly no digit beside others of their picture
    that may be one. sources: the picture that each part is from, (n,)."""
    if reading.distance is None or reading.limit is None:
        return np.ones(len(sources), bool)
    foreign = reading.distance > CLEARLY * reading.limit
    likely = {source for source, far in zip(sources, foreign, strict=True) if not far}
    return ~foreign | np.array([source not in likely for source in sources], bool)


def chosen(reading: Reading, which: np.ndarray) -> Reading:
    """The reading of some of the parts. which: (n,) bool."""
    arrays = {name: getattr(reading, name) for name in ("probabilities", "distance", "doubtful")}
    return replace(reading, **{name: array[which] for name, array in arrays.items() if array is not None})
