"""A drawing's place among all digits: the small map beside the canvas, and what of the large one it opens."""

import numpy as np

from dashboard import address, cache
from dashboard.components.live import SmallMap
from dashboard.components.scatter import as_circle
from models import DEFAULT_RUN
from models.calls import Reading

RADIUS = 0.03  # of the circle around the drawing's place on the large map, whose side is 1
WAITING = "Every point is a digit. Where will yours fall?"
SAID = "Your drawing among the digits: open the map"


def of(reading: Reading | None) -> SmallMap | None:
    """The map for what the worker read, or for nothing yet; None where the run that could place it keeps no map."""
    run_id = reading.judge if reading else DEFAULT_RUN
    marks = cache.landmarks(str(run_id)) if run_id else None
    if marks is None:
        return None
    place = marks.place(reading.embeddings[0])[0] if reading else None
    return SmallMap(marks.positions, marks.labels, marks.middles(), place, SAID if reading else WAITING)


def link(reading: Reading | None) -> dict[str, str]:
    """What the address of the page Map says so that it shows the place of what the worker read."""
    run_id = str(reading.judge) if reading else DEFAULT_RUN
    marks = cache.landmarks(run_id)
    query = {address.DATASET: marks.dataset, address.MAP: run_id} if marks else {}
    if not marks or reading is None or reading.judge is None:
        return query
    place, _ = marks.place(np.asarray(reading.embeddings)[0])
    return query | {address.DRAWN: "true", address.CIRCLE: as_circle(place, RADIUS)}
