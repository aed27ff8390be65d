"""Figures of runs: their learning curves."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.layout import MAX_NAMED_LINES, TICKS
from dashboard.theme import FIGURE, FIXED_LEGEND, LEGEND
from training.analysis.learning_curves import Line

CURVES = {  # name on the page -> title, axis, solid column, dashed column
    "Test error": ("How does the test error fall?", "test error", "test_error", None),
    "Training and validation error": ("Does it generalise, or overfit?", "error", "val_error", "error"),
    "Loss": ("Does the loss still fall?", "cross-entropy (nats)", "val_loss", "loss"),
}


def learning_curves(
    solid: Mapping[str, Line | None],
    dotted: Mapping[str, Line | None],
    colours: Mapping[str, str],
    curve: str,
    log: bool = False,
    seconds: bool = False,
    single: bool = False,
) -> go.Figure:
    """A line per entry over epochs or seconds, the mean of its repeats in a band of one standard deviation either way.

    solid, dotted: by entry, what CURVES names for the curve, None where an entry has none; single: whether each repeat has a thin
    line. A star marks the lowest validation loss.
    """
    title, axis, _, training = CURVES[curve]
    few = len(solid) <= MAX_NAMED_LINES
    traces = []  # as dictionaries, which Plotly checks once: half the time
    for name in solid:
        sides = ((dotted.get(name), "dot", "training"), (solid[name], "solid", "validation" if training else "test"))
        for line, dash, what in [side for side in sides if side[0] is not None]:
            shown = {"name": name, "legendgroup": name, "showlegend": dash == "solid" or solid[name] is None}
            traces += _spread(name, line, colours[name], single)
            traces.append(
                shown
                | {
                    "type": "scatter",
                    "x": line.x,
                    "y": line.y,
                    "mode": "lines+markers" if few and len(line.x) < 2 else "lines",
                    "line": {"color": colours[name], "dash": dash, "width": 2 if few else 1.2},
                    "hovertemplate": _hover(name, what, axis, curve, seconds),
                }
            )
            if few and dash == "solid" and line.best is not None:
                traces.append(_mark(name, line, colours[name]))
    figure = go.Figure(traces)
    figure.update_xaxes(title="seconds of training" if seconds else "epoch", tickformat="~s" if seconds else "d")
    scale = {"type": "log", "tickvals": TICKS} if log else {"type": "linear"}
    figure.update_yaxes(title=axis, tickformat="~g" if curve == "Loss" else "~%", **scale)
    return _laid_out(figure, title, few)


def _laid_out(figure: go.Figure, title: str, few: bool) -> go.Figure:
    """The figure with its title and margins, and a legend where its lines are few."""
    figure.update_layout(title=title, height=440, legend=LEGEND, showlegend=few, **FIGURE)
    if not few:  # margins that need not be measured: a tenth of the time from a click to the chart
        figure.update_xaxes(automargin=False).update_yaxes(automargin=False)
        figure.update_layout(margin={**FIGURE["margin"], "l": 72, "b": 56})
    return figure.update_layout(**FIXED_LEGEND)  # runs are chosen above the chart


def _hover(name: str, what: str, axis: str, curve: str, seconds: bool) -> str:
    measure = axis.split(" (")[0].removeprefix("test ")
    where = "after %{x:.0f} s" if seconds else "epoch %{x}"
    return f"{name}, {where}: {what} {measure} " + ("%{y:.3f}" if curve == "Loss" else "%{y:.2%}") + "<extra></extra>"


def _spread(name: str, line: Line, colour: str, single: bool) -> list[dict]:
    """The band around the mean of repeats, and a thin line for each of them if wanted."""
    if line.deviation is None:
        return []
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    below = {"type": "scatter", "mode": "lines", "legendgroup": name, "showlegend": False, "hoverinfo": "skip"}
    band = {
        "x": np.concatenate([line.x, line.x[::-1]]),
        "y": np.concatenate([line.y + line.deviation, (line.y - line.deviation)[::-1]]),
        "fill": "toself",
        "fillcolor": f"rgba({red}, {green}, {blue}, 0.18)",
        "line": {"width": 0},
    }
    thin = [{"x": x, "y": y, "line": {"color": colour, "width": 0.8}, "opacity": 0.5} for x, y in line.repeats]
    return [below | trace for trace in (band, *(thin if single else ()))]


def _mark(name: str, line: Line, colour: str) -> dict:
    return {
        "type": "scatter",
        "x": [line.x[line.best]],
        "y": [line.y[line.best]],
        "mode": "markers",
        "marker": {"symbol": "star", "size": 13, "color": colour},
        "legendgroup": name,
        "showlegend": False,
        "hovertemplate": f"{name}: lowest validation loss after epoch {line.best + 1}<extra></extra>",
    }
