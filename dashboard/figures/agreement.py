"""Figures of several runs on the same digits, and of one run over its epochs."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.layout import end_names, epoch_axis
from dashboard.theme import ACCENT, FIGURE, PAPER, TEXT, digit_colours
from training.analysis.learning_curves import thinned

FEW = 15  # bars up to which each has its number
TICKS = np.array([0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999])


def misses(missed_by: np.ndarray, runs: int) -> go.Figure:
    """How many digits are misclassified by how many runs; missed_by: (n,) by how many each is."""
    counts = np.bincount(missed_by, minlength=runs + 1)[1:]
    figure = go.Figure()
    figure.add_bar(
        x=np.arange(1, runs + 1),
        y=np.where(counts, counts, np.nan),
        text=[f"{count:,}" if count else "" for count in counts] if runs <= FEW else None,
        textposition="outside",
        cliponaxis=False,
        marker_color=ACCENT,
        hovertemplate=f"%{{y:,}} digits are misclassified by %{{x}} of {runs} runs<extra></extra>",
    )
    figure.update_xaxes(title="runs that misclassify the digit", dtick=1 if runs <= FEW else None)
    figure.update_yaxes(title="digits, log scale", type="log", tickvals=[1, 10, 100, 1000, 10_000], tickformat=",")
    figure.update_yaxes(range=[-0.3, np.log10(max(counts.max(initial=1), 1)) + 0.3])  # a bar of one digit is seen, too
    return figure.update_layout(title="Are the same digits hard for all?", height=320, **FIGURE)


def alike(shares: np.ndarray, names: Sequence[str]) -> go.Figure:
    """Share of the digits that two runs classify alike, (runs, runs), in the order given."""
    differing = 1 - shares[shares < 1]
    least = (
        float(differing.min()) if len(differing) else 0.01
    )  # two that never differ are as dark as the two that differ least
    figure = go.Figure(
        go.Heatmap(
            z=-np.log10(np.maximum(1 - shares, least)),
            customdata=shares,
            x=list(names),
            y=list(names),
            colorscale=[[0, PAPER], [1, ACCENT]],
            xgap=1,
            ygap=1,
            zmax=-np.log10(least),
            colorbar={
                "thickness": 12,
                "tickvals": -np.log10(1 - TICKS),
                "ticktext": [f"{100 * share:g} %" for share in TICKS],
            },
            hovertemplate="%{y} and %{x} classify %{customdata:.2%} of the digits alike<extra></extra>",
        )
    )
    figure.update_xaxes(type="category", tickangle=-45)
    figure.update_yaxes(type="category", autorange="reversed")
    return figure.update_layout(title="Which runs agree?", height=220 + 22 * len(names), **FIGURE)


def class_errors(
    errors: np.ndarray, class_names: Sequence[str], epoch: int | None, epochs: np.ndarray | None = None
) -> go.Figure:
    """Error of each class after each epoch, (epochs, classes), 0 to 1; epoch: the one to mark, 1 for the first, if any; epochs: of
    each row, where these are not 1, 2, and so on."""
    figure, kept = go.Figure(), thinned(len(errors))
    epochs, errors = (np.arange(1, len(errors) + 1) if epochs is None else epochs)[kept], errors[kept]
    first, last = int(epochs[0]), int(epochs[-1])
    for name, line, colour in zip(class_names, errors.T, digit_colours(len(class_names)), strict=True):
        if np.isnan(line).all():
            continue
        hover = f"After epoch %{{x}}, %{{y:.2%}} of the {name}s are misclassified<extra></extra>"
        style = {"color": colour, "width": 2}
        figure.add_scatter(x=epochs, y=line, name=name, mode="lines+markers", line=style, hovertemplate=hover)
    if epoch is not None:
        figure.add_vline(x=epoch, line={"color": TEXT, "dash": "dot", "width": 1.5})
    figure.update_xaxes(**epoch_axis(last), range=[first - (last - first + 1) / 40, last + 0.01 * (last - first + 1)])
    highest = 1.06 * max(float(np.nanmax(errors, initial=0)), 0.001)
    figure.update_yaxes(title="error of the class", tickformat="~%", range=[-highest / 40, highest])
    _name_ends(figure, highest)
    figure.update_layout(title="Which digits take longest to learn?", height=380, showlegend=False, **FIGURE)
    return figure.update_layout(margin={**FIGURE["margin"], "r": 40})


def _name_ends(figure: go.Figure, highest: float) -> None:
    """The name of each line at its end, in the place of a legend, on an axis from 0 to `highest`."""
    ends = [(line.x[-1], line.y[-1]) for line in figure.data]
    for line, (x, y), shift in zip(figure.data, ends, end_names(ends, 270, 0, highest), strict=True):
        for text, right, font in (("●", 6, {"color": line.line.color}), (line.name, 20, {})):
            figure.add_annotation(
                x=x, y=y, text=text, font=font, showarrow=False, xanchor="left", xshift=right, yshift=shift
            )
