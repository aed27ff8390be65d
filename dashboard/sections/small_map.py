"""A drawing's place among all digits: the small map beside the canvas, and what of the large one it opens."""

from dashboard import address, cache
from dashboard.components.live import SmallMap
from dashboard.components.scatter import as_circle
from models import DEFAULT_RUN
from models.calls import Reading

RADIUS = 0.03  # of the circle around the drawing's place on the large map, whose side is 1
EMPTY_CAPTION = "Every point is a digit. Where will yours fall?"
CAPTION = "Your drawing among the digits: open the map"


def of(reading: Reading | None) -> SmallMap | None:
    """The map for what the worker read, or for nothing yet; None where the run that could place it keeps no map."""
    marks = cache.landmarks(_judge(reading))
    if marks is None:
        return None
    place = marks.place(reading.embeddings[0])[0] if reading else None
    return SmallMap(marks.positions, marks.labels, marks.middles, place, CAPTION if reading else EMPTY_CAPTION)


def link(reading: Reading | None) -> dict[str, str]:
    """What the address of the page Map says so that it shows that map, and the place of what the worker read on it."""
    judge = _judge(reading)
    marks = cache.landmarks(judge)
    if marks is None:
        return {}
    query = {address.DATASET: marks.dataset, address.MAP: judge}
    if reading is None:
        return query
    place, _ = marks.place(reading.embeddings[0])
    return query | {address.DRAWN: "true", address.CIRCLE: as_circle(place, RADIUS)}


def _judge(reading: Reading | None) -> str:
    """The run whose map it is; an empty name, which no run has, where nobody could judge."""
    return DEFAULT_RUN if reading is None else str(reading.judge or "")
