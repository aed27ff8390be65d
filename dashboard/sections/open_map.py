"""Which map of a run's layers is open, by what the page's address says."""

from dataclasses import dataclass

from models.activations import BEGIN, POOLS
from models.prediction import MODEL_FILES
from training import runs


@dataclass(frozen=True)
class OpenMap:
    """A map of a convolution, or a unit of a hidden dense layer. step: the place of its sum among the network's steps; unit: its
    number, from 0, of so many units; layer: the layer's number, the input 0; kind: conv or dense."""

    record: runs.Record
    step: int
    unit: int
    units: int
    layer: int
    kind: str

    @property
    def noun(self) -> str:
        """What it is called."""
        return "map" if self.kind == "conv" else "unit"


def begins(steps: list[dict]) -> list[int]:
    """The places of the steps with which a layer begins, as a visitor counts layers. steps: see `of`."""
    return [place for place, step in enumerate(steps) if step["kind"] in BEGIN]


def of(record: runs.Record, steps: list[dict], opened: tuple[int, int | None]) -> OpenMap | None:
    """The open map; None where there is none, in another layer, and where the run's model is no network of Keras.

    steps: as models.browser_network.pack_steps has them; opened: a layer's number and a map's, as the page's address has them.
    """
    begin = begins(steps)
    layer, unit = opened
    if unit is None or MODEL_FILES[0] not in record.files or not 0 < layer < len(begin):
        return None
    step = steps[begin[layer - 1]]
    if step["kind"] in POOLS or unit >= step["shape"][-1]:
        return None
    return OpenMap(record, begin[layer - 1], unit, step["shape"][-1], layer, step["kind"])
