"""What all figures have in common: type, ticks, how many lines are named, and where names find room."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import TEXT

MAX_NAMED_LINES = 14  # beyond, lines have neither a star nor a place in the legend, and colours repeat
TICKS = [digit * 10.0**power for power in (-4, -3, -2, -1, 0) for digit in (1, 2, 5)]  # of a log scale
LOW = 0.05  # rates that all lie below it are told apart on a log scale
TYPE = 13  # pixels of the letters of a chart
MAX_EPOCH_TICKS = 8  # that fit a telephone
INTERVAL = {"color": TEXT, "thickness": 1.5, "width": 0}  # the line of an error bar


def dressed(figure: go.Figure) -> go.Figure:
    """The figure with its letters in the theme's colour of text and of one size; Streamlit's own are smaller and paler."""
    font = {"size": TYPE, "color": TEXT}
    axis = {"tickfont": font, "title_font": font}
    figure.update_layout(font=font, legend_font=font, hoverlabel_font_size=TYPE)
    figure.update_xaxes(axis).update_yaxes(axis)
    figure.for_each_annotation(lambda note: note.update(font=font | note.font.to_plotly_json()))
    figure.update_traces(textfont=font, selector={"type": "scatter"})
    figure.update_traces(textfont=font, selector={"type": "bar"})
    figure.update_traces(colorbar_tickfont=font, selector={"type": "heatmap"})
    figure.update_traces(labelfont=font, tickfont=font, selector={"type": "parcoords"})
    return figure


def epoch_axis(last: float) -> dict:
    """An axis of epochs up to `last`, its ticks whole numbers, few enough for a telephone."""
    steps = (digit * 10**power for power in range(9) for digit in (1, 2, 5))
    step = next((step for step in steps if last / step <= MAX_EPOCH_TICKS), 1)
    return {"title": "epoch", "tickformat": "d", "tick0": 0, "dtick": step, "rangemode": "nonnegative"}


def end_names(ends: Sequence[tuple[float, float]], height: int, low: float, high: float) -> list[float]:
    """Where the names of lines stand at their ends so that none lies on another: for each its distance upwards from the end,
    in pixels.

    ends: (x, y) of the last point of each; height: pixels of the axis, which runs from low to high.
    """
    wanted = np.array([(y - low) / max(high - low, 1e-12) * height for _, y in ends])
    places, gap = wanted.copy(), TYPE + 1.0
    order = np.argsort(wanted, kind="stable")
    for _ in range(200):
        apart = np.diff(places[order])
        close = np.maximum(gap - apart, 0) / 2
        if not close.any():
            break
        moves = np.append(close, 0) * -1
        moves[1:] += close
        places[order] += moves
    return (places - wanted).round(1).tolist()
