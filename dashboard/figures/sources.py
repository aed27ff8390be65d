"""Figures of what the course texts claim, of folds, and of the lowest errors known."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.layout import INTERVAL, TICKS, TYPE
from dashboard.theme import ACCENT, FIGURE, FIXED_LEGEND, MUTED, OTHER, TEXT


def claims(rows: list[tuple[str, float | None, float, float, float]]) -> go.Figure:
    """Claimed and measured error of each system: rows of name, claim, measured, low, high, rates from 0 to 1."""
    names, claimed, measured, lows, highs = zip(*reversed(rows), strict=True)
    measured, lows, highs = map(np.array, (measured, lows, highs))
    figure = go.Figure()
    figure.add_scatter(
        x=measured,
        y=names,
        name="measured here",
        mode="markers",
        marker={"size": 11, "color": ACCENT},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": highs - measured,
            "arrayminus": measured - lows,
            **INTERVAL,
        },
        hovertemplate="%{y}: %{x:.2%} measured<extra></extra>",
    )
    figure.add_scatter(
        x=claimed,
        y=names,
        name="claimed by the source",
        mode="markers",
        marker={"size": 12, "symbol": "diamond-open", "color": OTHER, "line": {"width": 2}},
        hovertemplate="%{y}: %{x:.2%} claimed<extra></extra>",
    )
    figure.update_xaxes(title="test error, log scale", type="log", tickvals=TICKS, tickformat="~%")
    figure.update_yaxes(type="category")
    legend = {"orientation": "h", "y": -0.16}
    figure.update_layout(title="Is each claim reached?", height=140 + 34 * len(rows), legend=legend, **FIGURE)
    return figure


def folds(rates: dict[str, list[float]]) -> go.Figure:
    """Error on the held-out digits of each fold, a box per recipe; rates from 0 to 1."""
    figure = go.Figure()
    for name, values in rates.items():
        figure.add_box(
            x=values,
            name=name,
            boxpoints="all",
            jitter=0.4,
            pointpos=0,
            marker_color=ACCENT,
            hovertemplate="%{x:.2%} of the digits of this fold misclassified<extra></extra>",
        )
    figure.update_xaxes(title="error on the held-out fold", tickformat=".2%")
    figure.update_layout(
        title="How much does the error depend on the digits?", height=140 + 60 * len(rates), showlegend=False, **FIGURE
    )
    return figure


def records(rows: list[tuple[str, float, float, float, bool]], aim: float) -> go.Figure:
    """Test errors with their 95 % intervals, the lowest on top; rows of name, error, low, high, rates from 0 to 1, and whether it
    is ours; aim: the error to be beaten, marked by a line."""
    rows = sorted(rows, key=lambda row: -row[1])
    figure = go.Figure()
    line = {"color": OTHER, "dash": "dot", "width": 1.5}
    label = {
        "text": "the aim",
        "textangle": 0,
        "textposition": "end",
        "xanchor": "left",
        "font": {"color": TEXT, "size": TYPE},
    }
    figure.add_vline(x=aim, line=line, label=label)
    for name, ours, colour, size in (("published", False, MUTED, 9), ("ours", True, ACCENT, 13)):
        if part := [row for row in rows if row[4] is ours]:
            names, errors, lows, highs = (np.array(column) for column in list(zip(*part, strict=True))[:4])
            figure.add_scatter(
                x=errors,
                y=names,
                name=name,
                mode="markers",
                marker={"size": size, "color": colour},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": highs - errors,
                    "arrayminus": errors - lows,
                    **INTERVAL,
                    "thickness": 3 if ours else 1.5,
                },
                customdata=np.stack([lows, highs], axis=1),
                hovertemplate="%{y}: %{x:.2%}, 95 % interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
            )
    ticks = [0.0005, 0.002, 0.01, 0.05]  # few enough for a phone
    figure.update_xaxes(title="test error, log scale", type="log", tickvals=ticks, tickformat="~%")
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=[row[0] for row in rows])
    legend = {"orientation": "h", "y": -0.14}
    return figure.update_layout(
        title="How few errors are known?", height=140 + 28 * len(rows), legend=legend, **FIXED_LEGEND, **FIGURE
    )
