"""Figures of runs: how they learned, and where they ended."""

import pandas as pd
import plotly.graph_objects as go

LAYOUT = {"margin": {"l": 0, "r": 0, "t": 48, "b": 0}, "hovermode": "closest", "dragmode": False}
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
    figure.update_yaxes(title=axis, type="log" if log else "linear", tickformat=None if curve == "Loss" else ".1%")
    figure.update_layout(title=title, height=440, legend={"orientation": "h", "y": -0.2}, **LAYOUT)
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
