"""Figures of runs: their learning curves."""

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.layout import LOW, MAX_NAMED_LINES, TICKS, epoch_axis
from dashboard.theme import FIGURE, FIXED_LEGEND, LEGEND, Line
from training.analysis import learning_curves as courses

CURVES = {  # name on the page -> title, axis, column of the thick line, of the thin one
    "Test error": ("How does the test error fall?", "test error", "test_error", None),
    "Training and validation error": ("Does it generalise, or overfit?", "error", "val_error", "error"),
    "Loss": ("Does the loss still fall?", "cross-entropy (nats)", "val_loss", "loss"),
}
THICK, THIN = 2.4, 0.9  # pixels of a line
PALE = {"opacity": 0.6}  # of a training that goes on


def learning_curves(
    thick: Mapping[str, courses.Line | None],
    thin: Mapping[str, courses.Line | None],
    lines: Mapping[str, Line],
    curve: str,
    log: bool = False,
    seconds: bool = False,
    single: bool = False,
    growing: Collection[str] = (),
) -> go.Figure:
    """A line per entry over epochs or seconds, the mean of its repeats in a band of one standard deviation either way.

    thick, thin: by entry, what CURVES names for the curve, None where an entry has none; lines: how each is drawn; single: whether
    each repeat has a faint line; growing: entries whose training goes on, which are paler and end in a ring. A star marks the
    lowest validation loss of the others.
    """
    title, axis, _, training = CURVES[curve]
    few = len(thick) <= MAX_NAMED_LINES
    traces = []  # as dictionaries, which Plotly checks once: half the time
    for name in thick:
        sides = ((thin.get(name), THIN, "training"), (thick[name], THICK, "validation" if training else "test"))
        for line, width, what in [side for side in sides if side[0] is not None]:
            traces += _spread(name, line, lines[name].colour, single)
            shown = width == THICK or thick[name] is None
            hover = _hover(name, what, axis, curve, seconds)
            trace = _line(name, line, lines[name], width if few else width / 2, hover, few)
            traces.append(trace | {"showlegend": shown} | (PALE if name in growing else {}))
            if width == THICK and name in growing:
                traces.append(_mark(name, line, -1, lines[name].colour, "circle-open", f"{name}: still training"))
            elif few and width == THICK and line.best is not None:
                said = f"{name}: lowest validation loss after epoch {_best_epoch(line)}"
                traces.append(_mark(name, line, line.best, lines[name].colour, "star", said))
    figure = go.Figure(traces)
    drawn = [line for line in (*thick.values(), *thin.values()) if line is not None]
    _set_axes(figure, drawn, curve, log, seconds)
    return _laid_out(figure, title, few)


def _set_axes(figure: go.Figure, drawn: Sequence[courses.Line], curve: str, log: bool, seconds: bool) -> None:
    """The axes of these lines: of whole epochs or of seconds, and of rates or losses, by their logarithm where they are all low."""
    axis = CURVES[curve][1]
    last = max((line.x[-1] for line in drawn if len(line.x)), default=1)
    figure.update_xaxes({"title": "seconds of training", "tickformat": "~s"} if seconds else epoch_axis(last))
    log |= curve != "Loss" and _all_low(drawn)
    scale = (
        {"type": "log", "tickvals": TICKS, "title": f"{axis}, log scale"} if log else {"type": "linear", "title": axis}
    )
    # around a single point Plotly would show one above and one below it
    sound = all((line.y[np.isfinite(line.y)] >= 0).all() for line in drawn)
    figure.update_yaxes(
        tickformat="~g" if curve == "Loss" else "~%", rangemode="nonnegative" if sound else "normal", **scale
    )


def _all_low(lines: Sequence[courses.Line]) -> bool:
    """Whether all rates are so low that only a log scale tells them apart."""
    rates = [line.y[np.isfinite(line.y)] for line in lines]
    return bool(rates) and all(((y > 0) & (y < LOW)).all() for y in rates)


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


def _spread(name: str, line: courses.Line, colour: str, single: bool) -> list[dict]:
    """The band around the mean of repeats, and a thin line for each of them if wanted."""
    if line.deviation is None:
        return []
    below = {"type": "scatter", "mode": "lines", "legendgroup": name, "showlegend": False, "hoverinfo": "skip"}
    band = {
        "x": np.concatenate([line.x, line.x[::-1]]),
        "y": np.concatenate([line.y + line.deviation, (line.y - line.deviation)[::-1]]),
        "fill": "toself",
        "fillcolor": colour,
        "opacity": 0.18,
        "line": {"width": 0},
    }
    thin = [{"x": x, "y": y, "line": {"color": colour, "width": 0.8}, "opacity": 0.5} for x, y in line.repeats]
    return [below | trace for trace in (band, *(thin if single else ()))]


def _line(name: str, line: courses.Line, style: Line, width: float, hover: str, few: bool) -> dict:
    return {
        "type": "scatter",
        "name": name,
        "legendgroup": name,
        "x": line.x,
        "y": line.y,
        "mode": "lines+markers" if few and len(line.x) < 2 else "lines",
        "line": {"color": style.colour, "dash": style.dash, "width": width},
        "hovertemplate": hover,
    }


def _best_epoch(line: courses.Line) -> int:
    return line.best + 1 if line.best_epoch is None else line.best_epoch


def _mark(name: str, line: courses.Line, place: int, colour: str, symbol: str, said: str) -> dict:
    """A mark at a place of a line."""
    return {
        "type": "scatter",
        "x": [line.x[place]],
        "y": [line.y[place]],
        "mode": "markers",
        "marker": {"symbol": symbol, "size": 13, "color": colour},
        "legendgroup": name,
        "showlegend": False,
        "hovertemplate": f"{said}<extra></extra>",
    }
