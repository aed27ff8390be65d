"""Figures of how a measure is distributed."""

import numpy as np
import plotly.graph_objects as go

from dashboard.figures.digits import MARGIN
from dashboard.theme import ACCENT, TEN

BINS = 60
TAIL = 0.1  # percent of the values at either end that the axis leaves out


def distribution(train: np.ndarray, test: np.ndarray, title: str, unit: str) -> go.Figure:
    """Share of the digits by a measure, a line for each part; train (n,), test (m,)."""
    low, high = np.percentile(np.concatenate([train, test]), [TAIL, 100 - TAIL])
    whole = np.array_equal(train, np.round(train))
    edges = (
        np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.5)
        if whole
        else np.linspace(low, max(high, low + 1e-6), BINS + 1)
    )
    middles, digits = (edges[:-1] + edges[1:]) / 2, 0 if whole else 2
    figure = go.Figure()
    for name, values, colour in (("train", train, ACCENT), ("test", test, TEN[1])):
        share = np.histogram(values, edges)[0] / max(1, len(values))
        hover = f"%{{y:.2%}} of the {name} digits have about %{{x:.{digits}f}} {unit}<extra></extra>"
        figure.add_scatter(
            x=middles, y=share, name=name, mode="lines", line={"color": colour, "width": 2}, hovertemplate=hover
        )
    figure.update_xaxes(title=unit)
    figure.update_yaxes(title="share of the digits", tickformat=".0%", rangemode="tozero")
    figure.update_layout(
        title=title,
        margin=MARGIN,
        height=300,
        dragmode=False,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.12},
    )
    return figure
