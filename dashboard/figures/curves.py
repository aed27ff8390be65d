"""Figures of runs: how they learned, and where they ended."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.theme import ACCENT, TEN

LAYOUT = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
TICKS = [digit * 10.0**power for power in (-4, -3, -2, -1, 0) for digit in (1, 2, 5)]  # of a log scale
CURVES = {  # name on the page -> title, axis, solid column, dashed column
    "Test error": ("How does the test error fall?", "test error", "test_error", None),
    "Training and watched error": ("Does it learn, or learn by heart?", "error", "val_error", "error"),
    "Loss": ("Does the loss still fall?", "cross-entropy (nats)", "val_loss", "loss"),
}


def learning_curves(histories: dict[str, pd.DataFrame], colours: dict[str, str], curve: str, log: bool) -> go.Figure:
    """A line per run over the epochs; training dashed where the curve has one. histories: as cache.history gives them."""
    title, axis, solid, dashed = CURVES[curve]
    figure = go.Figure()
    for run, history in histories.items():
        history = history.assign(error=1 - history["accuracy"], val_error=1 - history["val_accuracy"])
        for column, dash, said in (
            (dashed, "dot", "training"),
            (solid, "solid", "test" if dashed is None else "watched"),
        ):
            if column is None or history[column].isna().all():
                continue
            figure.add_scatter(
                x=history["epoch"],
                y=history[column],
                name=run,
                legendgroup=run,
                showlegend=bool(column == solid or history[solid].isna().all()),
                mode="lines+markers",
                marker_size=6,
                line={"color": colours[run], "dash": dash, "width": 2},
                hovertemplate=f"{run}, epoch %{{x}}: {said} {axis.split(' (')[0].removeprefix('test ')} "
                + ("%{y:.3f}" if curve == "Loss" else "%{y:.2%}")
                + "<extra></extra>",
            )
    figure.update_xaxes(title="epoch", tickformat="d")
    scale = {"type": "log", "tickvals": TICKS} if log else {"type": "linear"}
    figure.update_yaxes(title=axis, tickformat="~g" if curve == "Loss" else "~%", **scale)
    figure.update_layout(title=title, height=440, legend={"orientation": "h", "y": -0.2}, **LAYOUT)
    figure.update_layout(legend_itemclick=False, legend_itemdoubleclick=False)  # runs are chosen above the chart
    return figure


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
        hovertemplate="%{y} reads %{customdata[2]:,} digits wrongly: %{x:.2%}, "
        "95 % interval %{customdata[0]:.2%} to %{customdata[1]:.2%}<extra></extra>",
    )
    figure.update_xaxes(title="test error with its 95 % interval", tickformat=".1%", rangemode="tozero")
    figure.update_yaxes(type="category")
    figure.update_layout(title="Which run makes the fewest errors?", height=120 + 34 * len(table), **LAYOUT)
    return figure


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
            "width": 0,
        },
        hovertemplate="%{y}: %{x:.2%} measured<extra></extra>",
    )
    figure.add_scatter(
        x=claimed,
        y=names,
        name="claimed by the source",
        mode="markers",
        marker={"size": 12, "symbol": "diamond-open", "color": TEN[5], "line": {"width": 2}},
        hovertemplate="%{y}: %{x:.2%} claimed<extra></extra>",
    )
    figure.update_xaxes(title="test error, log scale", type="log", tickvals=TICKS, tickformat="~%")
    figure.update_yaxes(type="category")
    legend = {"orientation": "h", "y": -0.16}
    figure.update_layout(title="Is each claim reached?", height=140 + 34 * len(rows), legend=legend, **LAYOUT)
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
            hovertemplate="%{x:.2%} of a fold's digits<extra></extra>",
        )
    figure.update_xaxes(title="error on the fold that was held out", tickformat=".2%")
    figure.update_layout(
        title="How much does the error depend on the digits?", height=140 + 60 * len(rates), showlegend=False, **LAYOUT
    )
    return figure
