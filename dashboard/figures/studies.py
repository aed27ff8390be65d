"""Figures of studies: one question each, from the table of training/studies/findings.py."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.figures.layout import INTERVAL, TICKS, epoch_axis
from dashboard.theme import ACCENT, FIGURE, FIXED_LEGEND, LEGEND, MUTED, OTHER, TEN


def shapes(rows: pd.DataFrame, layers: str, units: str) -> go.Figure:
    """Error by depth, a line per width; layers, units: what they are called. rows: one per shape, at its best rate."""
    figure = go.Figure()
    for colour, (width, line) in zip(TEN, rows.sort_values("depth").groupby("width"), strict=False):
        name = f"{width} {units}"
        _line(figure, line["depth"], line["val_error"], f"first layer {name}", colour, f"{name}, %{{x}} {layers}")
    figure.update_xaxes(title=layers, dtick=1)
    return _errors(figure, "Wider or deeper?")


def steps(rows: pd.DataFrame) -> go.Figure:
    """Error by learning rate, a line per batch size."""
    figure = go.Figure()
    for colour, (size, line) in zip(TEN, rows.sort_values("learning_rate").groupby("batch_size"), strict=False):
        setting = f"batches of {size}, learning rate %{{x}}"
        _line(figure, line["learning_rate"], line["val_error"], f"batches of {size}", colour, setting)
    rates = sorted(rows["learning_rate"].unique())
    figure.update_xaxes(title="learning rate, log scale", type="log", tickvals=rates, tickformat="~g")
    return _errors(figure, "Which learning rate for which batch?")


def _line(figure: go.Figure, x, y, name: str, colour: str, setting: str) -> None:
    hover = f"{setting}: %{{y:.2%}} of the held-out digits misclassified<extra></extra>"
    figure.add_scatter(x=x, y=y, name=name, mode="lines+markers", marker_size=9, line_color=colour, hovertemplate=hover)


def _errors(figure: go.Figure, title: str) -> go.Figure:
    figure.update_yaxes(title="error on held-out digits", tickformat=".1%", rangemode="tozero")
    return figure.update_layout(title=title, height=380, legend=LEGEND, **FIXED_LEGEND, **FIGURE)


def gaps(rows: pd.DataFrame, ways: list[str]) -> go.Figure:
    """Training and validation loss of each way to regularise, and the gap between; ways: the rows' names."""
    figure = go.Figure()
    for name, row in zip(ways, rows.to_dict("records"), strict=True):
        line = {"color": "rgba(128, 128, 128, 0.5)", "width": 3}
        ends = [row["train_loss"], row["val_loss"]]
        figure.add_scatter(x=ends, y=[name, name], mode="lines", line=line, showlegend=False, hoverinfo="skip")
    for column, name, colour in (("train_loss", "training digits", OTHER), ("val_loss", "held-out digits", ACCENT)):
        hover = f"%{{y}}: a loss of %{{x:.4f}} nats on {name}<extra></extra>"
        marker = {"size": 11, "color": colour}
        figure.add_scatter(x=rows[column], y=ways, name=name, mode="markers", marker=marker, hovertemplate=hover)
    figure.update_xaxes(
        title="cross-entropy (nats), log scale", type="log", tickvals=[n / 100 for n in TICKS], tickformat="~g"
    )
    figure.update_yaxes(type="category")
    title = "How large is the gap between the losses?"
    return figure.update_layout(title=title, height=160 + 36 * len(rows), legend=LEGEND, **FIXED_LEGEND, **FIGURE)


def stopping(histories: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Training (dotted) and validation loss by epoch, the lowest marked; histories: by what the run is called."""
    figure = go.Figure()
    for colour, (name, history) in zip(TEN, histories.items(), strict=False):
        for column, dash, loss in (("train_loss", "dot", "training"), ("val_loss", "solid", "validation")):
            hover = f"{name}, epoch %{{x}}: {loss} loss %{{y:.4f}} nats<extra></extra>"
            line = {"color": colour, "dash": dash}
            figure.add_scatter(
                x=history["epoch"],
                y=history[column],
                name=name,
                line=line,
                mode="lines",
                hovertemplate=hover,
                showlegend=column == "val_loss",
            )
        best = history.loc[history["val_loss"].idxmin()]
        figure.add_scatter(
            x=[best["epoch"]],
            y=[best["val_loss"]],
            mode="markers",
            marker={"size": 11, "color": colour},
            showlegend=False,
            hovertemplate=f"{name}: lowest validation loss in epoch %{{x}}, %{{y:.4f}} nats<extra></extra>",
        )
    figure.update_xaxes(epoch_axis(max((history["epoch"].max() for history in histories.values()), default=1)))
    figure.update_yaxes(title="cross-entropy (nats)", rangemode="tozero")
    title = "When does the validation loss rise again?"
    return figure.update_layout(title=title, height=400, legend=LEGEND, **FIXED_LEGEND, **FIGURE)


def kinds(tables: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Test error by number of parameters, a colour per kind of network."""
    figure = go.Figure()
    for colour, (name, table) in zip(TEN, tables.items(), strict=False):
        figure.add_scatter(
            x=table["parameters"],
            y=table["test_error"],
            name=name,
            mode="markers",
            marker={"size": 9, "color": colour},
            customdata=table["label"],
            hovertemplate="%{customdata}: %{x:,} parameters, %{y:.2%} of the test digits misclassified<extra></extra>",
        )
    figure.update_xaxes(title="parameters, log scale", type="log", dtick=1, tickformat="~s")
    figure.update_yaxes(title="test error, log scale", type="log", tickvals=TICKS, tickformat="~%")
    return figure.update_layout(
        title="What do more parameters bring?", height=420, legend=LEGEND, **FIXED_LEGEND, **FIGURE
    )


def optimizers(table: pd.DataFrame) -> go.Figure:
    """Error of each optimizer at each learning rate, the best optimizer on top."""
    order = list(table.drop_duplicates("optimizer")["optimizer"])[::-1]
    figure = go.Figure()
    for colour, (rate, rows) in zip(TEN, table.groupby("learning_rate"), strict=False):
        figure.add_scatter(
            x=rows["val_error"],
            y=rows["optimizer"],
            name=f"rate {rate:g}",
            mode="markers",
            marker={"size": 11, "color": colour},
            hovertemplate=f"%{{y}} at {rate:g}: %{{x:.2%}} of the held-out digits misclassified<extra></extra>",
        )
    figure.update_xaxes(title="error on held-out digits, log scale", type="log", tickvals=TICKS, tickformat="~%")
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=order)
    title = "Which optimizer, at which rate?"
    return figure.update_layout(title=title, height=160 + 26 * len(order), legend=LEGEND, **FIXED_LEGEND, **FIGURE)


def start(histories: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Error on the held-out digits by epoch, a line per run; histories: by what the run is called."""
    figure = go.Figure()
    palette = [*TEN, *TEN]
    for number, (name, history) in enumerate(histories.items()):
        figure.add_scatter(
            x=history["epoch"],
            y=1 - history["val_accuracy"],
            name=name,
            mode="lines+markers",
            line={"color": palette[number], "dash": "solid" if number < len(TEN) else "dot"},
            hovertemplate=f"{name}, epoch %{{x}}: %{{y:.2%}} of the held-out digits misclassified<extra></extra>",
        )
    figure.update_xaxes(epoch_axis(max((history["epoch"].max() for history in histories.values()), default=1)))
    figure.update_yaxes(title="error on held-out digits, log scale", type="log", tickvals=TICKS, tickformat="~%")
    title = "How fast does each optimizer learn?"
    return figure.update_layout(title=title, height=480, legend={**LEGEND, "y": -0.15}, **FIXED_LEGEND, **FIGURE)


def ingredients(rows: pd.DataFrame, base: str) -> go.Figure:
    """Error of each setting on the held-out digits with its 95 % interval, and on the test digits; base: the run that all others
    differ from in one thing, marked and on top. rows: of Findings.table."""
    is_base = rows["run"] == base
    figure = go.Figure()
    figure.add_vline(x=rows.loc[is_base, "val_error"].iloc[0], line={"color": ACCENT, "dash": "dot", "width": 1.5})
    for name, part, colour in (("base", rows[is_base], ACCENT), ("one change", rows[~is_base], MUTED)):
        spread = {"array": part["val_high"] - part["val_error"], "arrayminus": part["val_error"] - part["val_low"]}
        figure.add_scatter(
            x=part["val_error"],
            y=part["label"],
            name=f"{name}, held-out digits (95 % interval)",
            mode="markers",
            marker={"size": 12, "color": colour},
            error_x={"type": "data", "symmetric": False, **INTERVAL, **spread},
            customdata=part[["val_low", "val_high"]],
            hovertemplate=_misclassified("held-out"),
        )
    figure.add_scatter(
        x=rows["test_error"],
        y=rows["label"],
        name="test digits",
        mode="markers",
        marker={"size": 11, "symbol": "diamond-open", "color": OTHER, "line": {"width": 2}},
        customdata=rows[["low", "high"]],
        hovertemplate=_misclassified("test"),
    )
    order = [*rows.loc[is_base, "label"], *rows.loc[~is_base, "label"]][::-1]
    figure.update_xaxes(title="error", tickformat=".1%", rangemode="tozero")
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=order)
    title = "What does each ingredient change?"
    return figure.update_layout(title=title, height=180 + 34 * len(rows), legend=LEGEND, **FIXED_LEGEND, **FIGURE)


def _misclassified(digits: str) -> str:
    return (
        f"%{{y}}: %{{x:.2%}} of the {digits} digits misclassified, 95 % interval %{{customdata[0]:.2%}} to "
        "%{customdata[1]:.2%}<extra></extra>"
    )
