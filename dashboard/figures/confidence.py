"""Figures of a run's confidence, and of precision and recall."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.theme import ACCENT, FIGURE, LEGEND_OF_LOW_FIGURE, MUTED, OTHER, digit_colours
from training.metrics import Reliability

HEIGHT = 320
POINTS = 300  # of a line at most: more than a screen can show


def confidences(counts: Mapping[str, np.ndarray]) -> go.Figure:
    """How many digits have which confidence. counts: as calibration.confidence_counts gives them."""
    edges, figure = counts["edges"], go.Figure()
    for name, colour in (("correct", ACCENT), ("wrong", OTHER)):
        digits = counts[name]
        figure.add_bar(
            x=(edges[:-1] + edges[1:]) / 2,
            y=np.where(digits, digits, np.nan),
            name=name,
            marker_color=colour,
            customdata=np.stack([edges[:-1], edges[1:]], axis=1),
            hovertemplate=f"%{{y:,}} {name} predictions with a confidence of %{{customdata[0]:.0%}} to %{{customdata[1]:.0%}}"
            "<extra></extra>",
        )
    figure.update_xaxes(title="confidence", tickformat=".0%", range=[0, 1])
    figure.update_yaxes(title="digits, log scale", type="log", tickvals=[1, 10, 100, 1000, 10_000], tickformat=",")
    figure.update_layout(
        title="Is it less confident if it is wrong?",
        barmode="group",
        bargap=0.1,
        legend=LEGEND_OF_LOW_FIGURE,
        height=HEIGHT,
        **FIGURE,
    )
    return figure


def reliabilities(by_name: Mapping[str, Reliability]) -> go.Figure:
    """Reliability diagram: accuracy by confidence, a line per name; a calibrated run stays on the diagonal."""
    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": MUTED}, hoverinfo="skip", showlegend=False
    )
    for (name, bins), colour in zip(by_name.items(), (ACCENT, OTHER), strict=False):
        filled = bins.digits > 0
        figure.add_scatter(
            x=bins.confidence[filled],
            y=bins.right[filled],
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker_size=5 + 3 * np.log10(bins.digits[filled]),
            customdata=bins.digits[filled],
            hovertemplate="Of %{customdata:,} digits with about %{x:.1%} confidence, %{y:.1%} are correct<extra></extra>",
        )
    figure.update_xaxes(title="confidence", tickformat=".0%", range=[0, 1.03])
    figure.update_yaxes(title="accuracy", tickformat=".0%", range=[0, 1.06])
    figure.update_layout(
        title="Is 90 % confidence right in 90 %?", legend=LEGEND_OF_LOW_FIGURE, height=HEIGHT, **FIGURE
    )
    return figure


def rejections(share: np.ndarray, error: np.ndarray) -> go.Figure:
    """Error (k,) of the digits that remain if a share (k,) of all is rejected; both 0 to 1."""
    chosen = _thinned(len(share))
    figure = go.Figure()
    figure.add_scatter(
        x=share[chosen],
        y=error[chosen],
        mode="lines",
        line={"color": ACCENT, "width": 2},
        hovertemplate="With %{x:.2%} of the digits rejected, %{y:.2%} of the others are misclassified<extra></extra>",
    )
    figure.update_xaxes(title="share rejected, lowest confidence first", tickformat="~%", rangemode="tozero")
    figure.update_yaxes(title="error of the others", tickformat="~%", rangemode="tozero")
    figure.update_layout(title="What if doubtful digits are rejected?", height=HEIGHT, **FIGURE)
    return figure


def precision_recall(curves: Sequence[tuple[np.ndarray, np.ndarray] | None], class_names: Sequence[str]) -> go.Figure:
    """Precision against recall of each class that has digits. curves: as training.analysis.confusion.precision_recall gives
    them."""
    figure, colours = go.Figure(), digit_colours(len(class_names))
    lowest = 1.0
    for number, (name, curve) in enumerate(zip(class_names, curves, strict=True)):
        if curve is None:
            continue
        precision, recall = curve
        chosen = _thinned(len(recall))
        lowest = min(lowest, float(precision[(recall >= 0.9) & (recall <= 0.995)].min(initial=1.0)))
        figure.add_scatter(
            x=recall[chosen],
            y=precision[chosen],
            name=name,
            mode="lines",
            line={"color": colours[number], "width": 2},
            hovertemplate=f"Class {name}: recall %{{x:.1%}}, precision %{{y:.1%}}<extra></extra>",
        )
    start = max(0.0, np.floor(20 * min(lowest, 0.95)) / 20)
    figure.update_xaxes(title="recall", tickformat="~%", range=[0.9, 1.002])
    figure.update_yaxes(title="precision", tickformat="~%", range=[start, 1.005])
    title = "What does finding every digit of a class cost?"
    figure.update_layout(title=title, legend={"orientation": "v"}, height=HEIGHT, **FIGURE)
    return figure


def _thinned(points: int) -> np.ndarray:
    """Places of at most POINTS of so many points, the first and the last among them, the ends of the line densest."""
    if points <= POINTS:
        return np.arange(points)
    even = np.linspace(0, points - 1, POINTS // 2)
    ends = np.geomspace(1, points, POINTS // 4) - 1
    return np.unique(np.concatenate([even, ends, points - 1 - ends]).round().astype(int))
