"""Figures of the page Concepts: losses of small trainings, sums, gradients, paths and counts."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.layout import end_names, epoch_axis
from dashboard.theme import ACCENT, FIGURE, FIXED_LEGEND, LEGEND_OF_LOW_FIGURE, MUTED, OTHER, TEN, TEXT
from dashboard.wording import number
from training.concepts.optimisers import START, valley
from training.concepts.stopping import Stop

HEIGHT = 340
HIGHEST = 3.5  # nats, of an axis of losses; a network that knows nothing has 2.3
WIDEST = 4.0  # of an axis of sums
FAINT = {"color": MUTED, "width": 1}


def _dressed(figure: go.Figure, title: str, **layout) -> go.Figure:
    return figure.update_layout(
        title=title, height=HEIGHT, **FIGURE, **FIXED_LEGEND, legend=LEGEND_OF_LOW_FIGURE, **layout
    )


def batch_losses(losses: np.ndarray, after: np.ndarray, updates: int) -> go.Figure:
    """The loss of each batch (iterations,), and on all digits before the first epoch and after each (epochs + 1,).

    updates: iterations an epoch.
    """
    figure = go.Figure()
    figure.add_scatter(
        x=np.arange(1, len(losses) + 1),
        y=losses,
        mode="lines+markers" if len(losses) < 40 else "lines",
        name="this batch",
        line={"color": OTHER, "width": 1},
        marker={"size": 5},
        hovertemplate="iteration %{x}: %{y:.3f} on its batch<extra></extra>",
    )
    figure.add_scatter(
        x=np.arange(len(after)) * updates,
        y=after,
        mode="lines+markers",
        name="all digits, after each epoch",
        line={"color": ACCENT, "width": 2.4},
        hovertemplate="after %{x} iterations: %{y:.3f} on all digits<extra></extra>",
    )
    figure.update_xaxes(title="iterations", rangemode="tozero")
    figure.update_yaxes(title="cross-entropy (nats)", range=[0, 3])
    return _dressed(figure, "How the loss falls, batch by batch")


def rates(chosen: tuple[str, np.ndarray], others: Mapping[str, np.ndarray]) -> go.Figure:
    """The loss after each epoch (epochs + 1,) at the chosen rate, in front of those at other rates."""
    figure = go.Figure()
    name, losses = chosen
    ends = [(len(one) - 1, float(min(one[-1], HIGHEST))) for one in (*others.values(), losses)]
    for other in others.values():
        figure.add_scatter(y=other, mode="lines", line=FAINT, showlegend=False, hoverinfo="skip")
    for (x, y), text, up in zip(
        ends, (*others, f"<b>{name}</b>"), end_names(ends, HEIGHT - 110, 0, HIGHEST), strict=True
    ):
        figure.add_annotation(x=x, y=y, text=text, showarrow=False, xanchor="left", xshift=6, yshift=up)
    figure.add_scatter(
        y=losses,
        name=name,
        mode="lines+markers",
        line={"color": ACCENT, "width": 3},
        showlegend=False,
        hovertemplate="epoch %{x}: %{y:.3f}<extra></extra>",
    )
    figure.update_xaxes(epoch_axis(len(losses) - 1) | {"range": [0, 1.12 * (len(losses) - 1)]})
    figure.update_yaxes(title="cross-entropy (nats)", range=[0, HIGHEST])
    return _dressed(figure, f"The loss at a learning rate of {name}")


def spreads(without: np.ndarray, normalised: np.ndarray, limit: float = WIDEST) -> go.Figure:
    """How the sums of a layer are distributed, (n,) each, without batch normalisation and with it, from -limit to limit."""
    figure = go.Figure()
    edges = np.linspace(-limit, limit, 41)
    for values, name, colour in ((without, "without", OTHER), (normalised, "with batch normalisation", ACCENT)):
        share = np.histogram(values, edges)[0] / values.size
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=share,
            name=name,
            marker_color=colour,
            opacity=0.75,
            hovertemplate=f"{name}: %{{y:.1%}} of the sums lie near %{{x:.1f}}<extra></extra>",
        )
    figure.update_xaxes(title="sum of a unit, before its activation", range=[-limit, limit])
    figure.update_yaxes(title="share of the sums", tickformat=".0%")
    return _dressed(figure, "How far the sums of this layer spread", barmode="overlay", bargap=0)


def paths(by_optimiser: Mapping[str, np.ndarray], steepness: float) -> go.Figure:
    """The paths of optimisers, (steps + 1, 2) each, over the valley."""
    a, b = np.linspace(-5, 3, 81), np.linspace(-2.4, 2.4, 61)
    heights = np.sqrt(valley(a[None], b[:, None], steepness))
    figure = go.Figure(
        go.Contour(
            x=a,
            y=b,
            z=heights,
            ncontours=14,
            contours_coloring="lines",
            colorscale=[[0, MUTED], [1, MUTED]],
            line={"width": 0.6},
            showscale=False,
            hoverinfo="skip",
        )
    )
    for (name, places), colour in zip(by_optimiser.items(), (OTHER, TEN[4], ACCENT), strict=True):
        figure.add_scatter(
            x=places[:, 0],
            y=places[:, 1],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 4},
            hovertemplate=f"{name}, step %{{pointNumber}}: %{{x:.2f}}, %{{y:.2f}}<extra></extra>",
        )
    marks = {"x": [0, START[0]], "y": [0, START[1]], "text": ["lowest", "start"]}
    figure.add_scatter(
        **marks,
        mode="markers+text",
        textposition=["bottom right", "top left"],
        marker={"symbol": ["star", "circle"], "size": 11, "color": TEXT},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(title="first weight", range=[-5, 3], zeroline=False)
    figure.update_yaxes(title="second weight", range=[-2.4, 2.4], zeroline=False)
    return _dressed(figure, "Which way down the valley?")


def lines(
    by_name: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    title: str,
    x: str,
    y: str,
    mark: float | None = None,
    **axis,
) -> go.Figure:
    """A line (x, y) by name. x, y: what the axes say; mark: a place on the x axis; axis: of the y axis."""
    figure = go.Figure()
    for (name, (across, up)), colour in zip(by_name.items(), (ACCENT, OTHER, TEN[4], TEN[6]), strict=False):
        figure.add_scatter(
            x=across,
            y=up,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2.4},
            marker={"size": 5},
            hovertemplate=f"{name}: %{{y:.4~g}} at %{{x:,}}<extra></extra>",
        )
    if mark is not None:
        figure.add_vline(mark, line_dash="dot", line_width=1.5, line_color=TEXT)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y, **axis)
    return _dressed(figure, title)


def stopping(training: np.ndarray, validation: np.ndarray, stop: Stop) -> go.Figure:
    """The losses after each epoch, (epochs,) each, with where early stopping ends the training and what it keeps."""
    epochs = np.arange(1, len(validation) + 1)
    figure = lines({"validation loss": (epochs, validation), "training loss": (epochs, training)}, "", "", "")
    marks = {"x": [stop.best], "y": [validation[stop.best - 1]]}
    figure.add_scatter(
        **marks,
        mode="markers",
        name="kept",
        marker={"symbol": "star", "size": 14, "color": ACCENT},
        hovertemplate="its weights are kept<extra></extra>",
    )
    if stop.epoch < len(validation):
        figure.add_vrect(stop.epoch, len(validation), fillcolor=MUTED, opacity=0.12, line_width=0)
        figure.add_vline(stop.epoch, line_dash="dot", line_width=1.5, line_color=TEXT)
    figure.update_xaxes(epoch_axis(len(validation)))
    figure.update_yaxes(title="cross-entropy (nats)", rangemode="tozero")
    return _dressed(figure, "Where does the training stop?")


def contributions(parts: np.ndarray, rows: Sequence[str], classes: Sequence[str]) -> go.Figure:
    """What each of the rows adds to the score of each class, (rows, classes), with the sums below."""
    table, names = np.vstack([parts, parts.sum(axis=0)]), [*rows, "sum"]
    limit = float(np.abs(table).max())
    figure = go.Figure(
        go.Heatmap(
            z=table,
            x=list(classes),
            y=names,
            text=[[number(value, 1) for value in row] for row in table],
            texttemplate="%{text}",
            textfont={"color": TEXT, "size": 13},
            zmin=-limit,
            zmax=limit,
            colorscale=[[0, "rgba(214, 69, 65, 0.6)"], [0.5, "rgba(128, 128, 128, 0)"], [1, "rgba(58, 134, 208, 0.6)"]],
            showscale=False,
            hovertemplate="%{y} adds %{text} to class %{x}<extra></extra>",
        )
    )
    figure.add_hline(len(rows) - 0.5, line_width=1.5, line_color=TEXT)
    figure.update_xaxes(title="class", type="category", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return _dressed(figure, "What each map adds to each class")


def matrix(counts: np.ndarray, label: int) -> go.Figure:
    """A confusion matrix (classes, classes), rows the labels, with the row and the column of one class framed."""
    classes = [str(number) for number in range(len(counts))]
    figure = go.Figure(
        go.Heatmap(
            z=np.log1p(counts),
            x=classes,
            y=classes,
            text=np.where(counts > 0, counts.astype(str), ""),
            texttemplate="%{text}",
            textfont={"color": TEXT, "size": 13},
            colorscale=[[0, "rgba(58, 134, 208, 0)"], [1, "rgba(58, 134, 208, 0.55)"]],
            showscale=False,
            hovertemplate="%{text} with label %{y} predicted as %{x}<extra></extra>",
        )
    )
    last = len(counts) - 0.5
    for x0, x1, y0, y1, colour in (
        (-0.5, last, label - 0.5, label + 0.5, ACCENT),
        (label - 0.5, label + 0.5, -0.5, last, OTHER),
    ):
        figure.add_shape(type="rect", x0=x0, x1=x1, y0=y0, y1=y1, line={"color": colour, "width": 2.5})
    figure.update_xaxes(title="prediction", type="category", showgrid=False)
    figure.update_yaxes(title="label", type="category", autorange="reversed", showgrid=False)
    return _dressed(figure, "What was predicted for each label?").update_layout(height=460)
