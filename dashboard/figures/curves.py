"""Figures of runs: their learning curves and their test errors."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.layout import LAYOUT, MAX_NAMED_LINES, TICKS
from training.analysis import learning_curves as analysis

CURVES = {  # name on the page -> title, axis, solid column, dashed column
    "Test error": ("How does the test error fall?", "test error", "test_error", None),
    "Training and validation error": ("Does it generalise, or overfit?", "error", "val_error", "error"),
    "Loss": ("Does the loss still fall?", "cross-entropy (nats)", "val_loss", "loss"),
}


def learning_curves(
    histories: Mapping[str, Sequence[pd.DataFrame]],
    colours: Mapping[str, str],
    curve: str,
    log: bool = False,
    seconds: bool = False,
    smoothing: float = 0.0,
    single: bool = False,
) -> go.Figure:
    """A line per entry over epochs or seconds, the mean of its repeats in a band of one standard deviation either way.

    histories: by entry, one per repeat, as cache.history gives them; smoothing: as learning_curves.smooth takes it; single:
    whether each repeat has a thin line. Training is dotted if the curve has it; a star marks the lowest validation loss.
    """
    title, axis, solid, dashed = CURVES[curve]
    traces, few = (
        [],
        len(histories) <= MAX_NAMED_LINES,
    )  # traces as dictionaries, for Plotly to check once: half the time
    for name, members in histories.items():
        mean, deviation = analysis.mean_history(members)
        x, colour = mean["elapsed" if seconds else "epoch"], colours[name]
        sides = ((dashed, "dot", "training"), (solid, "solid", "test" if dashed is None else "validation"))
        for column, dash, what in [side for side in sides if side[0] and not mean[side[0]].isna().all()]:
            y = pd.Series(analysis.smooth(mean[column], smoothing), mean.index)
            if len(members) > 1:
                traces.append(_band(name, x, y, deviation[column].fillna(0), colour))
            for member in members if single and len(members) > 1 else ():
                place = member["elapsed" if seconds else "epoch"]
                traces.append(_thin(name, place, analysis.smooth(member[column], smoothing), colour))
            line = {
                "type": "scatter",
                "x": x.to_numpy(),
                "y": y.to_numpy(),
                "name": name,
                "legendgroup": name,
                "showlegend": bool(column == solid or mean[solid].isna().all()),
                "mode": "lines+markers" if few and len(mean) < 2 else "lines",
                "line": {"color": colour, "dash": dash, "width": 2 if few else 1.2},
                "hovertemplate": _hover(name, what, axis, curve, seconds),
            }
            traces.append(line)
            if few and column == solid and not mean["val_loss"].isna().all():
                traces.append(_mark(name, x, y, int(mean["val_loss"].argmin()), colour))
    figure = go.Figure(traces)
    figure.update_xaxes(title="seconds of training" if seconds else "epoch", tickformat="~s" if seconds else "d")
    scale = {"type": "log", "tickvals": TICKS} if log else {"type": "linear"}
    figure.update_yaxes(title=axis, tickformat="~g" if curve == "Loss" else "~%", **scale)
    return _laid_out(figure, title, few)


def _laid_out(figure: go.Figure, title: str, few: bool) -> go.Figure:
    """The figure with its title and margins, and a legend where its lines are few."""
    legend = {"orientation": "h", "y": -0.2}
    figure.update_layout(title=title, height=440, legend=legend, showlegend=few, **LAYOUT)
    if not few:  # margins that need not be measured: a tenth of the time from a click to the chart
        figure.update_xaxes(automargin=False).update_yaxes(automargin=False)
        figure.update_layout(margin={**LAYOUT["margin"], "l": 72, "b": 56})
    return figure.update_layout(legend_itemclick=False, legend_itemdoubleclick=False)  # runs are chosen above the chart


def _hover(name: str, what: str, axis: str, curve: str, seconds: bool) -> str:
    measure = axis.split(" (")[0].removeprefix("test ")
    where = "after %{x:.0f} s" if seconds else "epoch %{x}"
    return f"{name}, {where}: {what} {measure} " + ("%{y:.3f}" if curve == "Loss" else "%{y:.2%}") + "<extra></extra>"


def _band(name: str, x: pd.Series, y: pd.Series, deviation: pd.Series, colour: str) -> dict:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return {
        "type": "scatter",
        "x": pd.concat([x, x[::-1]]),
        "y": pd.concat([y + deviation, (y - deviation)[::-1]]),
        "fill": "toself",
        "fillcolor": f"rgba({red}, {green}, {blue}, 0.18)",
        "line": {"width": 0},
        "mode": "lines",
        "legendgroup": name,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _thin(name: str, x: pd.Series, y: np.ndarray, colour: str) -> dict:
    line = {"color": colour, "width": 0.8}
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "line": line,
        "opacity": 0.5,
        "legendgroup": name,
        "showlegend": False,
        "hoverinfo": "skip",
    }


def _mark(name: str, x: pd.Series, y: pd.Series, place: int, colour: str) -> dict:
    return {
        "type": "scatter",
        "x": [x.iloc[place]],
        "y": [y.iloc[place]],
        "mode": "markers",
        "marker": {"symbol": "star", "size": 13, "color": colour},
        "legendgroup": name,
        "showlegend": False,
        "hovertemplate": f"{name}: lowest validation loss after epoch {place + 1}<extra></extra>",
    }


def errors(table: pd.DataFrame, colours: dict[str, str]) -> go.Figure:
    """Test error of each run with its 95 % interval, best on top. table: as cache.run_table gives it."""
    table = table.sort_values("error", ascending=False)
    figure = go.Figure()
    figure.add_scatter(
        x=table["error"],
        y=table["run"],
        mode="markers",
        marker={"size": 11, "color": [colours[run] for run in table["run"]]},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": table["high"] - table["error"],
            "arrayminus": table["error"] - table["low"],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=table[["low", "high", "errors"]],
        hovertemplate="%{y} misclassifies %{customdata[2]:,} digits: %{x:.2%}, "
        "95 % interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    figure.update_xaxes(title="test error with its 95 % interval", tickformat=".1%", rangemode="tozero")
    figure.update_yaxes(type="category")
    figure.update_layout(title="Which run makes the fewest errors?", height=120 + 34 * len(table), **LAYOUT)
    return figure
